"""What every adapter of the ports in ``ports.credentials`` promises."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.ports.credentials import (
    AccessClaims,
    AccessTokens,
    PasswordHasher,
    PasswordPolicy,
    SecondFactor,
    SigningKey,
    TokenRefused,
)
from automate_store.domain.identity.passwords import LONGEST_PASSWORD
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.moments import NOON

PASSWORD = "Zebra-lamp 42"  # noqa: S105 - nobody's
KEY = SigningKey(id="key-1", secret=b"k" * 43)
OTHER_KEY = SigningKey(id="key-2", secret=b"o" * 43)
KEYS = {KEY.id: KEY, OTHER_KEY.id: OTHER_KEY}
SECOND = timedelta(seconds=1)
STEP = timedelta(seconds=30)


class Safe(Protocol):
    """The hasher, and how an older shop hashed."""

    @property
    def hasher(self) -> PasswordHasher:
        """The adapter under test."""

    def older(self, password: str) -> str:
        """A hash that is verified and upgraded."""


@pytest.mark.asyncio
class PasswordHasherContract:
    """The right password is known again, and nothing else is taken for it; ``safe`` gives one."""

    async def test_the_right_password_is_right(self, safe: Safe) -> None:
        for password in (
            PASSWORD,
            " both ends have blanks ",
            "žebra·42·Пароль·\N{PILE OF POO}",
            "nul\0and-42",
            "half a pair \ud83d",
            "x" * LONGEST_PASSWORD,
        ):
            verified = await safe.hasher.verify(password, await safe.hasher.hash(password))
            assert (verified.ok, verified.upgraded) == (True, None), ascii(password)

    async def test_any_other_password_is_wrong(self, safe: Safe) -> None:
        long = "x" * 72
        for right, wrong in [
            (PASSWORD, PASSWORD.lower()),
            (PASSWORD, PASSWORD + " "),
            (PASSWORD, PASSWORD[:-1]),
            (PASSWORD, ""),
            ("nul\0and-42", "nul\0"),
            (long + "a", long + "b"),
            (long + "a", long),
        ]:
            verified = await safe.hasher.verify(wrong, await safe.hasher.hash(right))
            assert (verified.ok, verified.upgraded) == (False, None), (right, wrong)

    async def test_two_spellings_of_the_same_characters_are_one_password(self, safe: Safe) -> None:
        typed = "Café-Zoë-42"
        stored = await safe.hasher.hash(unicodedata.normalize("NFC", typed))
        assert (await safe.hasher.verify(unicodedata.normalize("NFD", typed), stored)).ok

    async def test_one_password_is_stored_differently_each_time(self, safe: Safe) -> None:
        first, second = await safe.hasher.hash(PASSWORD), await safe.hasher.hash(PASSWORD)
        assert first != second
        assert PASSWORD not in first

    async def test_without_anything_stored_no_password_is_right(self, safe: Safe) -> None:
        for password in (PASSWORD, "", "x" * (LONGEST_PASSWORD + 1)):
            verified = await safe.hasher.verify(password, None)
            assert (verified.ok, verified.upgraded) == (False, None)

    async def test_what_cannot_be_read_makes_no_password_right(self, safe: Safe) -> None:
        stored = await safe.hasher.hash(PASSWORD)
        for broken in ("", PASSWORD, "$", stored[:-1], stored[1:], stored + "=", stored[:12], "é"):
            verified = await safe.hasher.verify(PASSWORD, broken)
            assert (verified.ok, verified.upgraded) == (False, None), broken

    async def test_what_is_too_long_is_never_right(self, safe: Safe) -> None:
        long = "x" * (LONGEST_PASSWORD + 1)
        for stored in (await safe.hasher.hash(long[1:]), safe.older(long)):
            verified = await safe.hasher.verify(long, stored)
            assert (verified.ok, verified.upgraded) == (False, None)

    async def test_an_older_hash_is_upgraded_once(self, safe: Safe) -> None:
        verified = await safe.hasher.verify(PASSWORD, safe.older(PASSWORD))
        assert verified.ok
        again = await safe.hasher.verify(PASSWORD, verified.upgraded)
        assert (again.ok, again.upgraded) == (True, None)

    async def test_an_older_hash_is_kept_where_the_password_is_wrong(self, safe: Safe) -> None:
        verified = await safe.hasher.verify(PASSWORD.lower(), safe.older(PASSWORD))
        assert (verified.ok, verified.upgraded) == (False, None)

    async def test_a_hash_is_not_shown_where_the_answer_is(self, safe: Safe) -> None:
        verified = await safe.hasher.verify(PASSWORD, safe.older(PASSWORD))
        assert verified.upgraded
        assert verified.upgraded not in repr(verified)


@pytest.mark.asyncio
class PasswordPolicyContract:
    """The owner's rules, and what anyone would try first; ``passwords`` gives a policy."""

    async def test_a_good_password_has_no_faults(self, passwords: PasswordPolicy) -> None:
        assert _faults(passwords, PASSWORD) == ()
        assert _faults(passwords, PASSWORD + "x" * (LONGEST_PASSWORD - len(PASSWORD))) == ()

    async def test_what_breaks_the_owners_rules_has_faults(self, passwords: PasswordPolicy) -> None:
        for bad in ("", "Zebra-4", "Zebra-lamp", "Zebralamp42", "Zebra-42" * 17):
            assert _faults(passwords, bad), bad

    async def test_what_is_tried_first_has_faults(self, passwords: PasswordPolicy) -> None:
        for common in ("Password1!", "p@ssw0rd-1", "qwerty-123", "12345678-!"):
            assert _faults(passwords, common), common

    async def test_what_names_the_customer_has_faults(self, passwords: PasswordPolicy) -> None:
        for named in ("ann.miller@example.com-42", "Annmiller-42", "the-Miller-42"):
            assert _faults(passwords, named), named

    async def test_a_fault_is_told_in_words(self, passwords: PasswordPolicy) -> None:
        assert all(len(fault.split()) > 1 for fault in _faults(passwords, "miller"))


def _faults(passwords: PasswordPolicy, password: str) -> tuple[str, ...]:
    return passwords.faults(password, email="ann.miller@example.com", names=("Ann", "Miller"))


@pytest.mark.asyncio
class AccessTokensContract:
    """What was issued is read, for as long as it says, and nothing else; ``tokens`` gives one."""

    async def test_what_was_issued_is_read(self, tokens: AccessTokens) -> None:
        for claims in (
            _claims(tokens),
            evolve(_claims(tokens), email="zoë@bücher.example", role="admin"),
            evolve(_claims(tokens), email='"a b"\\@x.example', role=""),
        ):
            assert tokens.read(tokens.issue(claims, KEY), KEYS, at=NOON) == claims

    async def test_a_token_fits_into_a_header(self, tokens: AccessTokens) -> None:
        longest = evolve(_claims(tokens), email="\N{PILE OF POO}" * 255)
        token = tokens.issue(longest, KEY)
        assert tokens.read(token, KEYS, at=NOON) == longest
        assert len(token) <= 4096
        assert token.isascii()
        assert token.isprintable()
        assert " " not in token

    async def test_a_token_counts_until_its_end_and_no_longer(self, tokens: AccessTokens) -> None:
        claims = _claims(tokens)
        token, end = tokens.issue(claims, KEY), claims.expires_at
        assert tokens.read(token, KEYS, at=end - timedelta(microseconds=1)) == claims
        for late in (end, end + SECOND, end + timedelta(days=400)):
            _refused(tokens, token, at=late)

    async def test_a_token_of_later_does_not_count_yet(self, tokens: AccessTokens) -> None:
        _refused(tokens, tokens.issue(_claims(tokens), KEY), at=NOON - timedelta(minutes=1))

    async def test_every_key_in_force_counts_and_no_other(self, tokens: AccessTokens) -> None:
        claims = _claims(tokens)
        token = tokens.issue(claims, KEY)
        assert tokens.read(tokens.issue(claims, OTHER_KEY), KEYS, at=NOON) == claims
        _refused(tokens, token, {})
        _refused(tokens, token, {OTHER_KEY.id: OTHER_KEY})
        _refused(tokens, token, {KEY.id: evolve(OTHER_KEY, id=KEY.id)})

    async def test_a_token_for_others_is_refused(self, tokens: AccessTokens) -> None:
        for audience in ("elsewhere", "", tokens.audience + "x", tokens.audience.upper()):
            _refused(tokens, tokens.issue(evolve(_claims(tokens), audience=audience), KEY))

    async def test_a_token_with_any_character_changed_is_refused(
        self, tokens: AccessTokens
    ) -> None:
        token = tokens.issue(_claims(tokens), KEY)
        for at, letter in enumerate(token):
            for other in {"A", "B", ".", "=", "\n"} - {letter}:
                _refused(tokens, token[:at] + other + token[at + 1 :])

    async def test_a_token_with_more_or_less_of_it_is_refused(self, tokens: AccessTokens) -> None:
        token = tokens.issue(_claims(tokens), KEY)
        for wrong in (token[:-1], token[1:], token + "A", token + "=", f" {token}", f"{token}\n"):
            _refused(tokens, wrong)
        _refused(tokens, token.rpartition(".")[0] + ".")

    async def test_what_is_no_token_is_refused(self, tokens: AccessTokens) -> None:
        for text in ("", ".", "..", "a.b.c", "null", "é.é.é", "W10.W10.", "A" * 5000, "[" * 4000):
            _refused(tokens, text)


def _claims(tokens: AccessTokens) -> AccessClaims:
    return AccessClaims(
        user_id=UserId(UUID("01900000-0000-7000-8000-000000000001")),
        email="ann@example.com",
        role="customer",
        session_id=UUID("01900000-0000-7000-8000-000000000002"),
        token_id=UUID("01900000-0000-7000-8000-000000000003"),
        audience=tokens.audience,
        issued_at=NOON,
        expires_at=NOON + timedelta(minutes=15),
    )


def _refused(
    tokens: AccessTokens,
    token: str,
    keys: dict[str, SigningKey] = KEYS,
    *,
    at: datetime = NOON,
) -> None:
    with pytest.raises(TokenRefused):
        tokens.read(token, keys, at=at)


class Owner(Protocol):
    """The second factor, and somebody's authenticator."""

    @property
    def second_factor(self) -> SecondFactor:
        """The adapter under test."""

    def code(self, secret: str, at: datetime) -> str:
        """What the authenticator shows then."""


@pytest.mark.asyncio
class SecondFactorContract:
    """A code counts in its step and in those next to it; ``owner`` gives an authenticator."""

    async def test_a_code_is_of_its_step(self, owner: Owner) -> None:
        enrolment = owner.second_factor.enrol(account="ann@example.com")
        code = owner.code(enrolment.secret, NOON)
        step = int(NOON.timestamp()) // 30
        for off in (-STEP, timedelta(), STEP - SECOND, STEP):
            assert owner.second_factor.step(enrolment.sealed, code, at=NOON + off) == step

    async def test_a_code_of_long_ago_or_later_is_none(self, owner: Owner) -> None:
        enrolment = owner.second_factor.enrol(account="ann@example.com")
        code = owner.code(enrolment.secret, NOON)
        for off in (-2 * STEP, -STEP - SECOND, 2 * STEP, timedelta(days=1)):
            assert owner.second_factor.step(enrolment.sealed, code, at=NOON + off) is None

    async def test_a_code_may_be_typed_with_blanks(self, owner: Owner) -> None:
        enrolment = owner.second_factor.enrol(account="ann@example.com")
        code = owner.code(enrolment.secret, NOON)
        typed = f" {code[:3]} {code[3:]}\n"
        assert owner.second_factor.step(enrolment.sealed, typed, at=NOON) is not None

    async def test_what_is_no_code_is_none(self, owner: Owner) -> None:
        enrolment = owner.second_factor.enrol(account="ann@example.com")
        code = owner.code(enrolment.secret, NOON)
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        for wrong in ("", "abcdef", code[:-1], code + "0", f"-{code}", wide, "\0" * 6, "9" * 999):
            assert owner.second_factor.step(enrolment.sealed, wrong, at=NOON) is None, wrong

    async def test_a_code_of_somebody_else_is_none(self, owner: Owner) -> None:
        mine, theirs = (owner.second_factor.enrol(account=name) for name in ("ann", "bob"))
        assert mine.secret != theirs.secret
        code = owner.code(theirs.secret, NOON)
        assert owner.second_factor.step(mine.sealed, code, at=NOON) is None

    async def test_an_authenticator_is_told_all_that_it_needs(self, owner: Owner) -> None:
        enrolment = owner.second_factor.enrol(account="ann")
        assert enrolment.uri.startswith("otpauth://totp/")
        assert "ann?" in enrolment.uri
        assert f"secret={enrolment.secret}&issuer=" in enrolment.uri
        assert enrolment.secret not in repr(enrolment)
