"""Worked conditions: met, and unmet with what was found, what is required and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import Standing
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    Basis,
    Condition,
    CustomerGroup,
    During,
    FirstOrder,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    PercentOffOrder,
    Selection,
    ShipsTo,
    Shopper,
    SignedIn,
)
from tests.domain.promotions.counter import (
    AT,
    BERLIN,
    a_cart,
    a_line,
    a_promotion,
    eur,
    measured,
    off,
    own_id,
    priced,
    refusal,
    standings,
    verdict,
)

TENTH = PercentOffOrder(Decimal(10))
MUGS = Selection(tags={"mug"})


def test_a_minimum_amount_is_met_to_the_cent() -> None:
    # 2 x 25.00 = 50.00, as much as it takes; 10 % of 50.00 = 5.00
    promotion = a_promotion(TENTH, conditions=(MinimumAmount(eur("50.00")),))
    assert off(a_cart("2 x 25.00"), promotion) == "5.00 of 50.00"


def test_two_and_a_cent_more_to_spend() -> None:
    # 50.00 - 47.99 = 2.01
    promotion = a_promotion(TENTH, conditions=(MinimumAmount(eur("50.00")),))
    unmet = refusal(a_cart("47.99"), promotion)
    assert measured(unmet) == ("below_minimum", eur("47.99"), eur("50.00"), eur("2.01"))
    assert unmet.detail == "2.01 EUR more to spend"


def test_a_minimum_amount_counts_what_it_selects() -> None:
    # of 100.00 only the mugs count: 2 x 9.90 = 19.80; 30.00 - 19.80 = 10.20
    promotion = a_promotion(TENTH, conditions=(MinimumAmount(eur("30.00"), of=MUGS),))
    unmet = refusal(a_cart("2 x 9.90 #mug", "80.20"), promotion)
    assert measured(unmet) == ("below_minimum", eur("19.80"), eur("30.00"), eur("10.20"))
    assert off(a_cart("4 x 9.90 #mug", "0.40"), promotion) == "3.96 0.04 of 40.00"


def test_a_minimum_amount_sees_no_shipping_and_no_tax() -> None:
    # goods for 49.00; with shipping they would be more than 50.00
    promotion = a_promotion(TENTH, conditions=(MinimumAmount(eur("50.00")),))
    unmet = refusal(a_cart("49.00", destination=BERLIN, shipping_method="parcel"), promotion)
    assert unmet.missing == eur("1.00")


def test_a_later_minimum_sees_what_an_earlier_promotion_left() -> None:
    # 60.00 - 15.00 = 45.00; 50.00 - 45.00 = 5.00
    first = a_promotion(AmountOffOrder(eur("15.00")), priority=9)
    later = a_promotion(TENTH, number=2, conditions=(MinimumAmount(eur("50.00")),))
    unmet = refusal(a_cart("60.00"), first, later, rule="p2")
    assert measured(unmet) == ("below_minimum", eur("45.00"), eur("50.00"), eur("5.00"))


def test_a_minimum_before_order_discounts_does_not_see_them() -> None:
    # 60.00 before step 3 will do; 10 % of 45.00 = 4.50; 15.00 + 4.50 = 19.50
    first = a_promotion(AmountOffOrder(eur("15.00")), priority=9)
    least = MinimumAmount(eur("50.00"), basis=Basis.BEFORE_ORDER)
    assert off(a_cart("60.00"), first, a_promotion(TENTH, number=2, conditions=(least,))) == (
        "19.50 of 60.00"
    )


def test_a_minimum_before_order_discounts_sees_those_on_items() -> None:
    # 60.00 - 15.00 off the items = 45.00, before anything comes off the order
    first = a_promotion(AmountOffItems(eur("15.00")))
    least = MinimumAmount(eur("50.00"), basis=Basis.BEFORE_ORDER)
    later = a_promotion(TENTH, number=2, conditions=(least,), priority=9)
    unmet = refusal(a_cart("60.00"), first, later, rule="p2")
    assert measured(unmet) == ("below_minimum", eur("45.00"), eur("50.00"), eur("5.00"))


def test_a_promotion_does_not_stand_in_its_own_way() -> None:
    # 50.00 were there at its first turn: 10.00 off items; 10 % of the 40.00 left = 4.00
    actions = (AmountOffItems(eur("10.00")), TENTH)
    promotion = a_promotion(*actions, conditions=(MinimumAmount(eur("50.00")),))
    assert off(a_cart("50.00"), promotion) == "14.00 of 50.00"


def test_a_minimum_quantity_is_met_over_all_lines() -> None:
    # 2 + 1 = 3 pieces; 10 % of 2 x 10.00 + 5.00 = 2.50, split 20 : 5
    promotion = a_promotion(TENTH, conditions=(MinimumQuantity(3),))
    assert off(a_cart("2 x 10.00", "5.00"), promotion) == "2.00 0.50 of 25.00"


def test_two_more_pieces_to_add() -> None:
    # 5 - 3 = 2
    promotion = a_promotion(TENTH, conditions=(MinimumQuantity(5),))
    unmet = refusal(a_cart("2 x 10.00", "5.00"), promotion)
    assert measured(unmet) == ("too_few", 3, 5, 2)
    assert unmet.detail == "2 more to add"


def test_a_minimum_quantity_of_one_asks_for_any_of_them() -> None:
    # no mug in the cart: 1 - 0 = 1; with one, 10 % of 19.90 = 1.99
    promotion = a_promotion(TENTH, conditions=(MinimumQuantity(1, of=MUGS),))
    assert measured(refusal(a_cart("10.00"), promotion)) == ("too_few", 0, 1, 1)
    assert off(a_cart("10.00", "9.90 #mug"), promotion) == "1.00 0.99 of 19.90"


@pytest.mark.parametrize(
    "named",
    [
        Selection(products={own_id(2)}),
        Selection(variants={own_id(2)}),
        Selection(categories={own_id(50)}),  # above the shelf 51 that it stands on
        Selection(brands={own_id(60)}),
        Selection(tags={"MUG"}),
        Selection(on_sale=True),
        Selection(excluding=Selection(products={own_id(1)})),
        Selection(tags={"mug", "cup"}, brands={own_id(60)}),
    ],
)
def test_a_selection_holds_the_second_line_alone(named: Selection) -> None:
    # 10 % of 20.00 = 2.00, all of it on the second line
    second = a_line(
        "20.00 #mug",
        number=2,
        category_ids=frozenset({own_id(50), own_id(51)}),
        brand_id=own_id(60),
        compare_price="25.00",
    )
    cart = a_cart(a_line("30.00", category_ids=frozenset({own_id(52)})), second)
    assert off(cart, a_promotion(PercentOffOrder(Decimal(10), of=named))) == "0.00 2.00 of 50.00"


def test_what_is_on_sale_already_may_be_left_out() -> None:
    # 24.90 -> 20.00 is on sale; a compare price of 20.00 beside 20.00 is no reduction
    reduced = a_line("20.00", compare_price="24.90")
    same = a_line("20.00", number=2, compare_price="20.00")
    fresh = Selection(on_sale=False)
    assert off(a_cart(reduced, same), a_promotion(PercentOffOrder(Decimal(10), of=fresh))) == (
        "0.00 2.00 of 40.00"
    )


def test_all_lists_of_a_selection_have_to_hold() -> None:
    # a mug of another brand is not one of them
    both = Selection(tags={"mug"}, brands={own_id(60)})
    promotion = a_promotion(TENTH, conditions=(MinimumQuantity(1, of=both),))
    assert refusal(a_cart("9.90 #mug"), promotion).actual == 0


def test_a_group_of_customers() -> None:
    # 10 % of 20.00 = 2.00 for one of the groups
    promotion = a_promotion(TENTH, conditions=(CustomerGroup({"trade", "press"}),))
    press = a_cart("20.00", shopper=Shopper(groups=frozenset({"press", "vip"})))
    assert off(press, promotion) == "2.00 of 20.00"
    unmet = refusal(a_cart("20.00", shopper=Shopper(groups=frozenset({"vip"}))), promotion)
    assert measured(unmet) == ("other_group", ("vip",), ("press", "trade"), None)


def test_who_is_signed_in() -> None:
    # 10 % of 20.00 = 2.00 for an account
    promotion = a_promotion(TENTH, conditions=(SignedIn(),))
    assert off(a_cart("20.00", shopper=Shopper(signed_in=True)), promotion) == "2.00 of 20.00"
    unmet = refusal(a_cart("20.00"), promotion)
    assert measured(unmet) == ("sign_in_needed", False, True, None)


@pytest.mark.parametrize(("known", "asks"), [(False, False), (None, True)])
def test_a_first_order_is_one_that_is_known_to_be(*, known: bool | None, asks: bool) -> None:
    # 10 % of 20.00 = 2.00 where it is the first
    promotion = a_promotion(TENTH, conditions=(FirstOrder(),))
    assert off(a_cart("20.00", shopper=Shopper(first_order=True)), promotion) == "2.00 of 20.00"
    unmet = refusal(a_cart("20.00", shopper=Shopper(first_order=known)), promotion)
    assert measured(unmet) == ("not_first_order", known, True, None)
    assert ("give your e-mail or sign in" in unmet.detail) is asks


def test_a_cart_in_another_currency() -> None:
    # 10 % of 20.00 = 2.00, dollars alone
    promotion = a_promotion(TENTH, conditions=(InCurrency("USD"),))
    assert off(a_cart("20.00", currency="USD"), promotion) == "2.00 of 20.00"
    assert measured(refusal(a_cart("20.00"), promotion)) == ("wrong_currency", "EUR", "USD", None)


def test_an_amount_implies_its_currency() -> None:
    # five dollars off are not five euro off
    promotion = a_promotion(AmountOffOrder(Money.parse("5.00", "USD")))
    assert measured(refusal(a_cart("20.00"), promotion)) == ("wrong_currency", "EUR", "USD", None)


def test_a_minimum_in_another_currency_measures_nothing_missing() -> None:
    # 100 yen are not 1.00 euro
    least = MinimumAmount(Money(100, "JPY"))
    unmet = verdict(priced(a_cart("20.00"), a_promotion(TENTH, conditions=(least,)))).unmet
    assert [measured(each) for each in unmet] == [
        ("wrong_currency", "EUR", "JPY", None),
        ("wrong_currency", eur("20.00"), Money(100, "JPY"), None),
    ]


@pytest.mark.parametrize("how", ["condition", "period of its own"])
def test_a_period_holds_its_start_and_not_its_end(how: str) -> None:
    # 10 % of 20.00 = 2.00 from AT on, for a day
    day = Period(AT, AT + timedelta(days=1))
    own = {"period": day} if how != "condition" else {"conditions": (During(day),)}
    promotion = a_promotion(TENTH, **own)
    last = AT + timedelta(days=1, microseconds=-1)
    assert off(a_cart("20.00"), promotion) == "2.00 of 20.00"
    assert off(a_cart("20.00", at=last), promotion) == "2.00 of 20.00"
    ended = refusal(a_cart("20.00", at=AT + timedelta(days=1)), promotion)
    assert measured(ended) == ("expired", AT + timedelta(days=1), last, None)
    before = AT - timedelta(microseconds=1)
    assert measured(refusal(a_cart("20.00", at=before), promotion)) == (
        "not_started",
        before,
        AT,
        None,
    )


def test_periods_tell_when_they_start_and_ended() -> None:
    # half open: what begins in April is not yet, what ended in February is over
    april, february = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    coming = refusal(a_cart("1.00"), a_promotion(TENTH, period=Period(april)))
    over = refusal(a_cart("1.00"), a_promotion(TENTH, period=Period(None, february)))
    assert (coming.detail, over.detail) == (
        "it starts at 2026-04-01 00:00 UTC",
        "it ended at 2026-02-01 00:00 UTC",
    )


def test_where_it_goes() -> None:
    # 10 % of 20.00 = 2.00 to postal codes that begin with 10
    promotion = a_promotion(TENTH, conditions=(ShipsTo([Zone("DE", None, "10"), Zone("FR")]),))
    assert off(a_cart("20.00", destination=BERLIN), promotion) == "2.00 of 20.00"
    munich = Destination("DE", None, "80331")
    unmet = refusal(a_cart("20.00", destination=munich), promotion)
    required = (Destination("DE", None, "10"), Destination("FR"))
    assert measured(unmet) == ("other_destination", (munich,), required, None)
    assert unmet.detail == "it is for deliveries to DE 10..., FR"


def test_where_it_goes_has_to_be_known() -> None:
    # nobody said yet
    promotion = a_promotion(TENTH, conditions=(ShipsTo([Zone("DE")]),))
    unmet = refusal(a_cart("20.00"), promotion)
    assert (unmet.reason, unmet.actual) == ("other_destination", ())
    assert unmet.detail.endswith("; say where it goes")


def test_all_conditions_have_to_hold_and_all_that_do_not_are_told() -> None:
    # 5.00 < 50.00 and 1 < 3, while the destination would do
    conditions: tuple[Condition, ...] = (
        MinimumAmount(eur("50.00")),
        ShipsTo([Zone("DE")]),
        MinimumQuantity(3),
    )
    promotion = a_promotion(TENTH, conditions=conditions)
    found = verdict(priced(a_cart("5.00", destination=BERLIN), promotion))
    assert found.standing is Standing.REFUSED
    assert [each.condition for each in found.unmet] == ["minimum_amount", "minimum_quantity"]
    assert found.detail == "45.00 EUR more to spend; 2 more to add"


def test_without_a_condition_it_applies_to_everything() -> None:
    # 10 % of 0.05 = 0.005 -> 0.01
    assert off(a_cart("0.05"), a_promotion(TENTH)) == "0.01 of 0.05"


def test_what_is_not_active_takes_no_part() -> None:
    # neither a promotion that is off, nor one that waits for its code
    inactive = a_promotion(TENTH, active=False)
    coded = evolve(a_promotion(TENTH, number=2), needs_code=True)
    appraisal = priced(a_cart("20.00"), inactive, coded)
    assert (standings(appraisal), appraisal.quote.discount) == ({}, eur("0.00"))
