"""Laws of accounts: what each command asks for, what it tells, and that it refuses the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import asdict, evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.identity import (
    Account,
    AccountRole,
    CodeWrong,
    CredentialsChanged,
    EmailChangeAsked,
    EmailEnd,
    EmailReplaced,
    EmailVerified,
    LinkInvalid,
    PendingEmail,
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorState,
    VerificationAsked,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput, StoreError
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.identity import accounts, emails
from automate_store.entrypoints.properties.moments import NOON

LATER = NOON + timedelta(hours=1)
NEW = "new@example.com"
NO_CODE = b"no recovery code"
ANN = Account(
    id=UserId(UUID(int=1)),
    email="ann@example.com",
    email_verified=False,
    password_hash="hash",
    first_name="Ann",
    last_name="Example",
    created_at=NOON,
    updated_at=NOON,
)
PROVEN = evolve(ANN, email_verified=True)
STEPS = st.integers(0, 20)


def with_codes(*recovery: bytes, last_step: int | None = 10) -> Account:
    """Ann, who is asked for codes."""
    factor = SecondFactorState(
        sealed="sealed", enabled_at=NOON, last_step=last_step, recovery=recovery
    )
    return evolve(ANN, second_factor=factor)


def refused(
    account: Account, command: Callable[[Account], Account], error: type[StoreError]
) -> None:
    """The command is refused, and the account is as it was."""
    before = asdict(account)
    with pytest.raises(error):
        command(account)
    assert asdict(account) == before


def code(step: int | None, recovery: bytes = NO_CODE) -> Callable[[Account], Account]:
    """The command that uses it."""
    return lambda account: account.use_code(step, recovery)


def test_proof_is_asked_for_where_there_is_none() -> None:
    asked = ANN.ask_verification(at=LATER)

    assert asked.events == (VerificationAsked(at=LATER, account_id=ANN.id),)
    assert evolve(asked, events=()) == ANN
    proven = evolve(ANN, email_verified=True)
    assert proven.ask_verification(at=LATER) is proven


def test_mail_that_reaches_its_owner_proves_the_email_once() -> None:
    proven = ANN.verify_email(ANN.email, at=LATER)

    assert proven.events == (EmailVerified(at=LATER, account_id=ANN.id),)
    assert evolve(proven, events=()) == evolve(ANN, email_verified=True, updated_at=LATER)
    assert proven.verify_email(ANN.email, at=LATER) is proven


@given(account=accounts(), other=emails())
def test_a_link_to_another_email_proves_nothing(account: Account, other: str) -> None:
    if other != account.email:
        refused(account, lambda each: each.verify_email(other, at=LATER), LinkInvalid)


@pytest.mark.parametrize("ends", [(EmailEnd.OLD, EmailEnd.NEW), (EmailEnd.NEW, EmailEnd.OLD)])
def test_an_email_changes_once_both_ends_said_so_in_either_order(
    ends: tuple[EmailEnd, EmailEnd],
) -> None:
    asked = PROVEN.ask_email_change(NEW, at=NOON)
    once = asked.confirm_email_change(ends[0], NEW, at=NOON)
    twice = once.confirm_email_change(ends[1], NEW, at=LATER)

    assert asked.events == (EmailChangeAsked(at=NOON, account_id=ANN.id),)
    assert (once.email, once.email_verified, once.events) == (ANN.email, True, asked.events)
    assert (twice.email, twice.email_verified, twice.pending_email) == (NEW, True, None)
    told = CredentialsChanged(at=LATER, account_id=ANN.id, what="e-mail")
    assert told in twice.events
    assert EmailReplaced(at=LATER, account_id=ANN.id, before=ANN.email) in twice.events


def test_an_e_mail_that_was_never_proven_is_told_nothing_of_its_change() -> None:
    asked = evolve(ANN, email_verified=False).ask_email_change(NEW, at=NOON)
    changed = asked.confirm_email_change(EmailEnd.NEW, NEW, at=LATER)
    assert changed.email == NEW
    assert not [each for each in changed.events if isinstance(each, EmailReplaced)]


@pytest.mark.parametrize("end", EmailEnd)
def test_one_end_twice_is_still_one_end(end: EmailEnd) -> None:
    asked = PROVEN.ask_email_change(NEW, at=NOON)
    once = asked.confirm_email_change(end, NEW, at=NOON)

    assert once.confirm_email_change(end, NEW, at=NOON) == once
    assert once.email == ANN.email


@pytest.mark.parametrize("end", EmailEnd)
def test_a_change_that_is_not_waited_for_is_refused(end: EmailEnd) -> None:
    asked = PROVEN.ask_email_change(NEW, at=NOON)
    other = asked.ask_email_change("other@example.com", at=NOON)
    changed = evolve(PROVEN, email=NEW)

    for account in (PROVEN, other, changed):
        refused(account, lambda each: each.confirm_email_change(end, NEW, at=LATER), LinkInvalid)


def test_another_change_begins_with_no_end_confirmed() -> None:
    asked = PROVEN.ask_email_change(NEW, at=NOON).confirm_email_change(EmailEnd.OLD, NEW, at=NOON)
    again = asked.ask_email_change("other@example.com", at=LATER)

    assert again.pending_email == PendingEmail(email="other@example.com")


def test_an_address_that_was_never_proven_has_no_say() -> None:
    changed = ANN.ask_email_change(NEW, at=NOON).confirm_email_change(EmailEnd.NEW, NEW, at=LATER)

    assert (changed.email, changed.email_verified, changed.pending_email) == (NEW, True, None)


def test_an_email_that_is_proven_stays_so_while_a_change_waits() -> None:
    once = PROVEN.ask_email_change(NEW, at=NOON).confirm_email_change(EmailEnd.NEW, NEW, at=NOON)

    assert (once.email, once.email_verified) == (ANN.email, True)


def test_who_has_another_password_is_told() -> None:
    changed = ANN.change_password("other", at=LATER)

    assert changed.events == (CredentialsChanged(at=LATER, account_id=ANN.id, what="password"),)
    expected = evolve(ANN, password_hash="other", updated_at=LATER)
    assert evolve(changed, events=()) == expected


@pytest.mark.parametrize(("upgraded", "kept"), [(None, "hash"), ("better", "better")])
def test_a_sign_in_leaves_its_time_and_a_better_hash(upgraded: str | None, kept: str) -> None:
    signed_in = ANN.signed_in(upgraded=upgraded, at=LATER)

    assert signed_in == evolve(ANN, password_hash=kept, last_login=LATER)


def test_a_second_factor_counts_once_its_first_code_was_right() -> None:
    begun = ANN.begin_second_factor("sealed", at=NOON)
    on = begun.enable_second_factor(7, (b"one", b"two"), at=LATER)

    assert not begun.has_second_factor
    assert on.has_second_factor
    assert on.second_factor == SecondFactorState(
        sealed="sealed", enabled_at=LATER, last_step=7, recovery=(b"one", b"two")
    )
    told = CredentialsChanged(at=LATER, account_id=ANN.id, what="second factor (on from now)")
    assert (begun.events, on.events) == ((), (told,))


def test_a_second_factor_that_was_only_begun_may_be_begun_again() -> None:
    again = ANN.begin_second_factor("first", at=NOON).begin_second_factor("second", at=NOON)

    assert again.second_factor == SecondFactorState(sealed="second")


def test_a_second_factor_is_set_up_in_its_order_or_not_at_all() -> None:
    begun, on = ANN.begin_second_factor("sealed", at=NOON), with_codes()

    refused(begun, lambda each: each.enable_second_factor(None, (), at=NOON), CodeWrong)
    refused(ANN, lambda each: each.enable_second_factor(7, (), at=NOON), SecondFactorOff)
    refused(on, lambda each: each.enable_second_factor(11, (), at=NOON), SecondFactorOn)
    refused(on, lambda each: each.begin_second_factor("other", at=NOON), SecondFactorOn)
    refused(ANN, lambda each: each.disable_second_factor(at=NOON), SecondFactorOff)


def test_a_second_factor_can_be_turned_off() -> None:
    off = with_codes(b"one").disable_second_factor(at=LATER)

    told = CredentialsChanged(at=LATER, account_id=ANN.id, what="second factor (off from now)")
    assert (off.second_factor, off.events) == (None, (told,))


def test_the_code_that_turned_it_on_is_spent() -> None:
    on = ANN.begin_second_factor("sealed", at=NOON).enable_second_factor(7, (), at=NOON)

    refused(on, code(7), CodeWrong)
    assert on.use_code(8, NO_CODE) != on


@given(steps=st.lists(STEPS, max_size=12))
def test_a_codes_step_is_taken_once_and_none_before_it_afterwards(steps: list[int]) -> None:
    account, taken = with_codes(last_step=None), list[int]()
    for step in steps:
        if not taken or step > max(taken):
            account = account.use_code(step, NO_CODE)
            taken.append(step)
        else:
            refused(account, code(step), CodeWrong)
    assert taken == sorted(set(taken))


@given(codes=st.lists(st.sampled_from([b"one", b"two", b"three", b"four"]), max_size=8))
def test_a_recovery_code_is_taken_once(codes: list[bytes]) -> None:
    account, left = with_codes(b"one", b"two", b"three"), {b"one", b"two", b"three"}
    for given_code in codes:
        if given_code in left:
            account = account.use_code(None, given_code)
            left.remove(given_code)
        else:
            refused(account, code(None, given_code), CodeWrong)
        assert account.second_factor is not None
        assert set(account.second_factor.recovery) == left
        assert account.second_factor.last_step == 10


def test_a_recovery_code_serves_where_the_step_was_taken_already() -> None:
    used = with_codes(b"one").use_code(10, b"one")

    assert used == with_codes()


def test_a_right_code_spends_no_recovery_code() -> None:
    used = with_codes(b"one").use_code(11, b"one")

    assert used == with_codes(b"one", last_step=11)


@given(account=accounts())
def test_a_deleted_account_has_nothing_of_the_person(account: Account) -> None:
    deleted = account.anonymised(at=LATER)

    empty = {name for name, value in asdict(deleted).items() if not value}
    kept = {"id", "email", "role", "version", "created_at", "updated_at", "deleted_at"}
    assert asdict(deleted).keys() - empty <= kept
    assert (deleted.id, deleted.created_at) == (account.id, account.created_at)
    assert (deleted.deleted_at, deleted.updated_at) == (LATER, LATER)
    assert (deleted.role, deleted.password_hash) == (AccountRole.CUSTOMER, "")


@given(one=accounts(), other=accounts())
def test_deleted_accounts_have_an_email_each_that_is_nobodys(one: Account, other: Account) -> None:
    gone, other_gone = one.anonymised(at=LATER), other.anonymised(at=LATER)

    with pytest.raises(InvalidInput):
        normalise_email(gone.email)
    assert gone.email.endswith("@deleted.invalid")
    assert (gone.email == other_gone.email) == (one.id == other.id)
