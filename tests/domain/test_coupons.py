"""What a coupon says when it refuses, which terms it may have, and the codes that are made."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest

from automate_store.domain.coupons import (
    ALPHABET,
    CODE_LENGTH,
    RANDOM_LENGTH,
    Coupon,
    generated_codes,
    normalise_code,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import (
    ANYBODY,
    AmountOffOrder,
    Basis,
    MinimumAmount,
    MinimumQuantity,
    PercentOffItems,
    Shopper,
    Unmet,
)
from tests.domain.promotions.counter import AT, a_coupon, a_promotion, eur, opening, own_id

TENTH_OF_ITEMS = PercentOffItems(Decimal(10))


def refusal(coupon: Coupon, used_by_you: int = 0, currency: str = "EUR") -> Unmet | None:
    return coupon.refusal(at=AT, currency=currency, shopper=ANYBODY, used_by_you=used_by_you)


def faults(**terms: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        a_coupon(**{"value": "5", **terms})
    return {error.field: error.reason for error in refused.value.errors}


@pytest.mark.parametrize(
    ("terms", "used_by_you", "told"),
    [
        ({"active": False}, 0, ("inactive", False, True, "it is not active")),
        (
            {"currency": "USD"},
            0,
            ("wrong_currency", "EUR", "USD", "it is for carts in USD, and this one is in EUR"),
        ),
        ({"sign_in_needed": True}, 0, ("sign_in_needed", False, True, "sign in to use it")),
        (
            {"usage_limit": 3, "used_count": 4},  # at most 2 before this one
            0,
            ("used_up", 4, 2, "it has been used as often as it may be"),
        ),
        ({}, 2, ("used_by_you", 2, 0, "you have used it already")),
        (
            {"usage_limit_per_customer": 3},
            3,
            ("used_by_you", 3, 2, "you have used it 3 times already"),
        ),
    ],
)
def test_a_refused_coupon_says_what_it_found_and_what_would_do(
    terms: dict[str, Any], used_by_you: int, told: tuple[object, ...]
) -> None:
    unmet = refusal(a_coupon("5", **terms), used_by_you)
    assert unmet is not None
    assert (unmet.reason, unmet.actual, unmet.required, unmet.detail) == told
    assert (unmet.condition, unmet.missing) == ("coupon", None)


@pytest.mark.parametrize(
    "period", [Period(AT + timedelta(days=1)), Period(None, AT - timedelta(days=1))]
)
def test_a_coupon_out_of_its_period_tells_when(period: Period) -> None:
    unmet = refusal(a_coupon("5", period=period))
    assert unmet is not None
    assert unmet.actual == AT
    assert unmet.detail in {"it starts at 2026-03-02 00:00 UTC", "it ended at 2026-02-28 00:00 UTC"}


def test_a_coupon_that_has_ended_says_so_whatever_else_is_wrong() -> None:
    unmet = refusal(a_coupon("5", period=Period(None, AT), active=False))
    assert unmet is not None
    assert unmet.reason == "expired"


def test_what_is_wrong_with_the_coupon_comes_before_what_is_wrong_with_the_shopper() -> None:
    spent: dict[str, Any] = {"sign_in_needed": True, "usage_limit": 1, "used_count": 1}
    each_less = spent, {**spent, "sign_in_needed": False}, {"usage_limit": 1}
    found = [refusal(a_coupon("5", **terms), used_by_you=1) for terms in each_less]
    assert [unmet and unmet.reason for unmet in found] == [
        "used_up",
        "used_up",
        "used_by_you",
    ]


def test_a_shopper_who_is_signed_in_may_use_a_coupon_for_accounts() -> None:
    coupon, someone = a_coupon("5", sign_in_needed=True), Shopper(signed_in=True)
    assert coupon.refusal(at=AT, currency="EUR", shopper=someone, used_by_you=0) is None


@pytest.mark.parametrize(
    ("limit", "used", "spent"), [(None, 99, False), (2, 1, False), (2, 2, True), (2, 3, True)]
)
def test_a_coupon_is_used_up_when_its_uses_in_all_are_spent(
    limit: int | None, used: int, *, spent: bool
) -> None:
    coupon = a_coupon("5", usage_limit=limit, used_count=used)
    assert (coupon.used_up, refusal(coupon) is not None) == (spent, spent)


def test_a_coupon_opens_a_promotion_of_its_own_terms() -> None:
    coupon = a_coupon(
        "5.00", name="Five", minimum_order_amount=eur("20"), maximum_discount_amount=eur("4")
    )
    own = coupon.opened([])
    assert own is not None
    assert (own.id, own.code, own.name) == (own_id(70), "C70", "Five")
    assert own.actions == (AmountOffOrder(eur("5")),)
    assert own.conditions == (MinimumAmount(eur("20"), basis=Basis.BEFORE_ORDER),)
    assert own.maximum_discount == eur("4")


def test_a_coupon_finds_its_promotion_among_others_or_opens_nothing() -> None:
    first, mine = (a_promotion(TENTH_OF_ITEMS, number=n, needs_code=True) for n in (1, 2))
    assert opening(mine).opened([first, mine]) == mine
    assert opening(mine).opened([first]) is None


def test_a_promotion_behind_a_code_keeps_its_conditions_behind_the_coupon_s() -> None:
    two = MinimumQuantity(2)
    hidden = a_promotion(TENTH_OF_ITEMS, conditions=(two,), needs_code=True, priority=3)
    opened = opening(hidden, minimum_order_amount=eur("20")).opened([hidden])
    assert opened is not None
    assert opened.conditions == (two,)
    assert opened.terms == (MinimumAmount(eur("20"), basis=Basis.BEFORE_ORDER),)
    assert (opened.id, opened.priority, opened.maximum_discount) == (hidden.id, 3, None)


def test_a_cap_of_the_coupon_alone_leaves_the_conditions_as_they_are() -> None:
    hidden = a_promotion(TENTH_OF_ITEMS, conditions=(MinimumQuantity(2),), needs_code=True)
    opened = opening(hidden, maximum_discount_amount=eur("4")).opened([hidden])
    assert opened is not None
    assert (opened.conditions, opened.maximum_discount) == (hidden.conditions, eur("4"))


@pytest.mark.parametrize("code", ["A", "spring", "SPRING-7K3M", "a.b_c-9", "X" * CODE_LENGTH])
def test_a_code_is_of_letters_and_digits_with_marks_between_them(code: str) -> None:
    assert a_coupon("5", code=code).code == code


@pytest.mark.parametrize(
    "code", ["", "-A", "A-", ".A", "A_", "A B", "Å", "A/B", "A\n", "X" * (CODE_LENGTH + 1)]
)
def test_any_other_code_is_refused(code: str) -> None:
    reason = "must be letters, digits and . _ - between them, at most 50"
    assert faults(code=code) == {"code": reason}


@pytest.mark.parametrize("name", ["usage_limit", "usage_limit_per_customer"])
def test_a_limit_is_one_or_more(name: str) -> None:
    assert faults(**{name: 0}) == {name: "must be 1 or more; leave it out for any number"}
    once: dict[str, Any] = {name: 1}
    assert getattr(a_coupon("5", **once), name) == 1


@pytest.mark.parametrize("name", ["minimum_order_amount", "maximum_discount_amount"])
def test_an_amount_of_a_coupon_is_above_zero_and_in_its_currency(name: str) -> None:
    for amount in (eur("0"), eur("-0.01"), Money(1, "USD")):
        assert faults(**{name: amount}) == {name: "must be above zero and in EUR"}
    cent: dict[str, Any] = {name: eur("0.01")}
    assert getattr(a_coupon("5", **cent), name) == eur("0.01")


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("percentage", "0", "must be above 0 and at most 100"),
        ("percentage", "100.01", "must be above 0 and at most 100"),
        ("percentage", "0.00001", "must have at most four decimals"),
        ("fixed_amount", "0", "must be above zero"),
        ("fixed_amount", "-5", "must be above zero"),
        ("fixed_amount", "5.001", "must be an amount in EUR"),
        ("free_shipping", "1", "must be 0 for the type free_shipping"),
    ],
)
def test_a_value_that_its_type_can_not_have(kind: str, value: str, reason: str) -> None:
    assert faults(kind=kind, value=value) == {"value": reason}


def test_a_promotion_is_named_by_the_type_that_opens_one_and_by_no_other() -> None:
    reason = "must be given for the type promotion, and for it alone"
    assert faults(promotion_id=own_id(1)) == {"promotion_id": reason}
    assert faults(kind="promotion", value="0") == {"promotion_id": reason}
    both = faults(kind="promotion", value="3")
    assert both == {"promotion_id": reason, "value": "must be 0 for the type promotion"}


def test_every_fault_of_the_terms_is_told() -> None:
    names = ("code", "value", "usage_limit", "usage_limit_per_customer")
    found = faults(code="-", value="0", usage_limit=0, usage_limit_per_customer=-1)
    assert tuple(found) == names


@pytest.mark.parametrize("written", ["SPRING", "  spring ", "Spring\n"])
def test_codes_are_compared_without_case_and_spaces_around(written: str) -> None:
    assert normalise_code(written) == "spring"


def test_generated_codes_take_the_letters_in_fours() -> None:
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ0"
    codes = list(generated_codes(iter(letters), prefix="SPRING", amount=2))
    assert codes == ["SPRING-2345-6789-ABCD-EFGH", "SPRING-JKMN-PQRS-TUVW-XYZ0"]
    assert list(generated_codes(cycle("AB"), prefix="", amount=1)) == ["ABAB-ABAB-ABAB-ABAB"]


def test_a_generated_code_is_a_code_of_a_coupon() -> None:
    (code,) = generated_codes(cycle(ALPHABET), prefix="X" * 30, amount=1)
    # 30 of the prefix, 4 dashes, 16 letters
    assert len(code) == 30 + 4 + RANDOM_LENGTH == CODE_LENGTH
    assert a_coupon("5", code=code).code == code


def test_the_letters_of_codes_are_not_taken_for_each_other() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    for alike in ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1, alike
