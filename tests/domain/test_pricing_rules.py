"""What is to be priced and by which rules: what may be said of them, and what they tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import CurrencyMismatch
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import (
    PIPELINE,
    Draft,
    PresentedCode,
    PricingRules,
    Step,
    appraise,
    quote,
    with_steps,
)
from automate_store.domain.promotions import (
    BuyGet,
    FirstOrder,
    FirstThenOthers,
    Gift,
    MinimumQuantity,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Selection,
    SignedIn,
)
from automate_store.domain.shipping import ExternalRate
from tests.domain.promotions.counter import (
    AT,
    BERLIN,
    POLICY,
    a_cart,
    a_coupon,
    a_giveaway,
    a_line,
    a_parcel,
    a_promotion,
    eur,
    given,
    opening,
    own_id,
    priced,
    standings,
    verdict,
)

TENTH = PercentOffOrder(Decimal(10))
HOUR = timedelta(hours=1)
DRESSED = Step("dress", lambda draft, _: draft)


def rules(*promotions: Any) -> PricingRules:
    return PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(), promotions=promotions)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"quantity": 0}, ("quantity", "is 1 or more")),
        ({"weight_g": -1}, ("line", "has a price and a weight of zero or more")),
        ({"unit_price": eur("-0.01")}, ("line", "has a price and a weight of zero or more")),
        ({"minimum_price": "-0.01"}, ("minimum_price", "is zero or more")),
    ],
)
def test_what_a_line_can_not_be(facts: dict[str, Any], told: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_line("1.00", **facts)
    assert [(error.field, error.reason) for error in refused.value.errors] == [told]


def test_a_line_may_cost_and_weigh_nothing() -> None:
    line = a_line("0.00", weight_g=0, minimum_price="0.00")
    assert (line.unit_price, line.weight_g, line.minimum_price) == (eur("0"), 0, eur("0"))


def test_a_line_in_another_currency_is_told_with_that_of_the_basket() -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        a_cart(a_line("1.00"), a_line("1.00", 2, currency="USD"))
    assert (refused.value.left, refused.value.right) == ("EUR", "USD")


def test_two_lines_with_one_id_are_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        a_cart(a_line("1.00"), a_line("2.00"))
    assert [(each.field, each.reason) for each in refused.value.errors] == [
        ("lines", "have an id each")
    ]


def test_a_naive_time_is_told() -> None:
    with pytest.raises(ValueError, match=r"^the time of a quote is aware$"):
        a_cart("1.00", at=AT.replace(tzinfo=None))


def test_lines_stand_in_the_order_of_their_ids() -> None:
    cart = a_cart(a_line("1.00", 3), a_line("2.00", 1), a_line("3.00", 2))
    assert [line.unit_price for line in cart.lines] == [eur("2.00"), eur("3.00"), eur("1.00")]


def test_promotions_stand_in_the_order_of_their_turns() -> None:
    late, first, second = (
        a_promotion(TENTH, number=number, priority=priority)
        for number, priority in ((1, 0), (3, 9), (4, 9))
    )
    assert rules(late, second, first).promotions == (first, second, late)


def test_promotions_are_told_apart_by_who_opens_them() -> None:
    free = a_promotion(TENTH)
    coded = a_promotion(TENTH, number=2, needs_code=True)
    gone = [evolve(each, id=own_id(9), active=False) for each in (free, coded)]
    found = rules(free, coded, *gone)
    assert (found.automatic, found.coded) == ((free,), (coded,))


def test_promotions_are_in_force_from_their_start_and_not_at_their_end() -> None:
    always = a_promotion(TENTH)
    # 2 from AT on, 3 until an hour later, 4 from then on
    since = a_promotion(TENTH, number=2, period=Period(AT))
    until = a_promotion(TENTH, number=3, period=Period(None, AT + HOUR))
    later = a_promotion(TENTH, number=4, period=Period(AT + HOUR))
    found = rules(always, since, until, later)

    def applied(at: datetime) -> list[str]:
        told = standings(appraise(a_cart("20.00", at=at), found))
        return [rule for rule, standing in told.items() if standing == "applied"]

    for _ in range(2):  # the second time as it was remembered
        assert applied(AT - HOUR) == ["p1", "p3"]
        assert applied(AT) == ["p1", "p2", "p3"]
        assert applied(AT + HOUR / 2) == ["p1", "p2", "p3"]
        assert applied(AT + HOUR) == ["p1", "p2", "p4"]


@pytest.mark.parametrize(
    ("conditions", "active", "asks"),
    [
        ((FirstOrder(),), True, True),
        ((SignedIn(), FirstOrder()), True, True),
        ((SignedIn(),), True, False),
        ((FirstOrder(),), False, False),
    ],
)
def test_whether_a_first_order_has_to_be_found_out(
    conditions: tuple[Any, ...], *, active: bool, asks: bool
) -> None:
    other = a_promotion(TENTH, number=2)
    promotion = a_promotion(TENTH, conditions=conditions, active=active)
    assert rules(promotion, other).asks_first_order is asks


def test_the_gifts_are_those_of_active_promotions() -> None:
    two = a_promotion(TENTH, Gift(own_id(50)), Gift(own_id(51)))
    coded = a_promotion(Gift(own_id(52)), number=2, needs_code=True)
    gone = a_promotion(Gift(own_id(53)), number=3, active=False)
    assert rules(two, coded, gone).gifts == {own_id(50), own_id(51), own_id(52)}


@pytest.mark.parametrize(
    ("presented", "told"),
    [
        (PresentedCode(code=" nope", coupon=None), (" nope", None, "unknown", "no such code")),
        (
            PresentedCode(code="c70", coupon=a_coupon("5", name="Five", active=False)),
            ("C70", "Five", "inactive", "it is not active"),
        ),
        (
            # what it opens is not there, or not active
            PresentedCode(code="C70", coupon=opening(a_promotion(TENTH), name="Gone")),
            ("C70", "Gone", "inactive", "it is not active"),
        ),
        (
            PresentedCode(code="C70", coupon=a_coupon("5", name="Five"), used_by_you=1),
            ("C70", "Five", "used_by_you", "you have used it already"),
        ),
    ],
)
def test_a_code_that_is_turned_away_tells_its_name_and_why(
    presented: PresentedCode, told: tuple[str, str | None, str, str]
) -> None:
    (found,) = priced(a_cart("20.00", codes=(presented,))).quote.codes
    assert (found.code, found.name, found.reason) == told[:3]
    assert found.detail.endswith(told[3])
    assert (found.standing, found.discount) == ("refused", eur("0"))


def test_a_code_whose_promotion_does_not_apply_tells_what_is_missing() -> None:
    # 3 - 1 = 2 pieces, 30.00 - 20.00 = 10.00
    two = a_promotion(TENTH, conditions=(MinimumQuantity(3),), needs_code=True)
    pieces = opening(two, name="Three", stackable=True)
    amount = a_coupon("5", number=71, stackable=True, minimum_order_amount=eur("30.00"))
    found = priced(a_cart("20.00", codes=given(pieces, amount)), two).quote.codes
    assert [(each.missing_quantity, each.missing_amount) for each in found] == [
        (2, None),
        (None, eur("10.00")),
    ]
    assert [each.detail for each in found] == ["2 more to add", "10.00 EUR more to spend"]
    assert found[0].name == "p1"


def test_codes_are_told_in_the_order_that_they_were_given_in_and_once() -> None:
    five, six = a_coupon("5", stackable=True), a_coupon("6", number=71, stackable=True)
    codes = *given(six, five), PresentedCode(code="NOPE", coupon=None), *given(six)
    found = priced(a_cart("20.00", codes=codes)).quote.codes
    assert [each.code for each in found] == ["C71", "C70", "NOPE"]


def test_what_is_over_or_to_come_is_told_and_takes_nothing() -> None:
    past = a_promotion(TENTH, period=Period(None, AT))
    coming = a_promotion(TENTH, number=2, period=Period(AT + HOUR))
    today = a_promotion(TENTH, number=3)
    appraisal = appraise(a_cart("20.00"), rules(past, coming, today))
    assert appraisal.quote == quote(a_cart("20.00"), rules(today))
    assert standings(appraisal) == {"p1": "refused", "p2": "refused", "p3": "applied"}
    assert [each.reason for each in appraisal.verdicts] == ["expired", "not_started", None]


def test_a_verdict_tells_whose_it_is_and_what_was_taken() -> None:
    # 10 % of 20.00 = 2.00 of the first line, of 5.00 = 0.50 of the second
    shown = evolve(a_promotion(PercentOffItems(Decimal(10)), advertised=True), name="Tenth")
    (found,) = priced(a_cart("20.00", "5.00"), shown).verdicts
    assert (found.rule, found.name, found.code, found.advertised) == ("p1", "Tenth", None, True)
    assert found.lines == ((own_id(1), eur("2.00")), (own_id(2), eur("0.50")))
    assert (found.discount, found.shipping, found.displaced_by) == (eur("2.50"), eur("0"), ())


def test_a_refused_verdict_takes_nothing_and_keeps_its_names() -> None:
    shut = evolve(a_promotion(TENTH, conditions=(SignedIn(),), advertised=True), name="Tenth")
    (found,) = priced(a_cart("20.00"), shut).verdicts
    assert (found.rule, found.name, found.advertised) == ("p1", "Tenth", True)
    assert (found.discount, found.shipping, found.lines) == (eur("0"), eur("0"), ())
    assert (found.reason, found.detail) == ("sign_in_needed", "sign in to use it")


def test_what_finds_nothing_eligible_says_so() -> None:
    nothing = a_promotion(TENTH)
    (found,) = priced(a_cart("0.00"), nothing).verdicts
    assert found.detail == "there is nothing left to reduce"
    elsewhere = a_promotion(PercentOffItems(Decimal(10), of=Selection(tags={"no such tag"})))
    (found,) = priced(a_cart("10.00"), elsewhere).verdicts
    (unmet,) = found.unmet
    assert (unmet.condition, unmet.reason) == ("actions", "nothing_eligible")
    assert (unmet.actual, unmet.required, unmet.missing) == (0, 1, None)
    assert found.detail == "nothing in the cart is eligible"


def test_a_step_stands_behind_the_one_that_is_named() -> None:
    names = [step.name for step in with_steps(DRESSED, after="coupons")]
    assert names[names.index("coupons") + 1] == "dress"
    assert [name for name in names if name != "dress"] == [step.name for step in PIPELINE]


@pytest.mark.parametrize("steps", [(PIPELINE[2],), (DRESSED, DRESSED)])
def test_each_step_has_a_name_of_its_own(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match=r"^each step of a pipeline has a name of its own$"):
        with_steps(*steps, after="tax")


def test_a_step_that_takes_nothing_leaves_no_trace() -> None:
    def write(draft: Draft, _: PricingRules) -> Draft:
        assert draft.take_off("NONE", "nothing", [0]) is draft
        assert draft.take_off_shipping("NONE", "nothing", 5) is draft
        return draft

    idle = with_steps(Step("idle", write), after="shipping")
    quoted = quote(a_cart("20.00"), rules(), idle)
    assert (quoted.lines[0].adjustments, quoted.discount) == ((), eur("0"))


def test_quotes_are_the_same_where_their_problems_are() -> None:
    drone, van = (
        a_cart("20.00", destination=BERLIN, shipping_method=method) for method in ("drone", "van")
    )
    assert quote(drone, rules()) == quote(drone, rules())
    assert quote(drone, rules()) != quote(van, rules())
    entry = quote(drone, rules()).trace[1]
    assert (entry.step, entry.subject, entry.rule, entry.amount) == (
        "shipping",
        "shipping",
        "shipping_method_unknown",
        eur("0"),
    )


def test_a_step_that_comes_twice_writes_anew() -> None:
    def write(draft: Draft, _: PricingRules) -> Draft:
        return draft.take_off("FIVE", "five off", [500])

    five, seen = Step("five", write), []

    def again(draft: Draft, of: PricingRules) -> Draft:
        written = five.write(draft.at_step("five"), of)
        seen.append((written.values, written.taken_off, written.room))
        return written

    quoted = quote(a_cart("20.00"), rules(), with_steps(five, Step("again", again), after="gifts"))
    # 20.00 - 5.00, once
    assert seen == [((1500,), (500,), (1500,))]
    assert quoted.discount == eur("5.00")


def test_what_a_carrier_answered_is_what_its_method_costs() -> None:
    # 7.40 by the carrier; without its answer the method can't be had
    carried = evolve(a_parcel("4.90"), rate=ExternalRate("ups", "EUR"))
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    answered = evolve(cart, carrier_rates={"parcel": eur("7.40")})
    found = [priced(each, methods=(carried,)).quote for each in (answered, cart)]
    assert [each.total for each in found] == [eur("27.40"), eur("20.00")]
    assert found[1].shipping_problem is not None


def again(step: Step) -> Step:
    """A step that writes what the one before it wrote, a second time."""
    return Step(f"{step.name} again", lambda draft, of: step.write(draft.at_step(step.name), of))


def test_a_pipeline_whose_steps_all_come_twice_makes_the_same_price() -> None:
    promotions = (
        a_promotion(PercentOffItems(Decimal(10)), OffShipping(Off(percent=Decimal(50)))),
        a_promotion(BuyGet(buy_quantity=1, get_quantity=1), number=2),
        a_promotion(Gift(own_id(99)), number=3),
        a_promotion(Gift(own_id(98)), number=4),
        a_promotion(TENTH, number=5, conditions=(SignedIn(),)),
        a_promotion(FirstThenOthers(first_percent=Decimal(0), others_percent=Decimal(9)), number=6),
    )
    cart = a_cart(
        "3 x 10.00",
        "5.00",
        destination=BERLIN,
        shipping_method="parcel",
        giveaways=(a_giveaway("3.00", 1),),
        codes=given(a_coupon("5")),
    )
    found = evolve(rules(*promotions), shipping_methods=(a_parcel("4.90"),))
    twice = tuple(each for step in PIPELINE for each in (step, again(step)))
    assert appraise(cart, found, twice) == appraise(cart, found)
    assert quote(cart, found, twice).discount > eur("5.00")


def test_a_code_that_opens_nothing_has_a_verdict_of_its_own() -> None:
    hidden = a_promotion(TENTH, needs_code=True)
    twice = given(opening(hidden, stackable=True), opening(hidden, 71, name="Again"))
    codes = *twice, PresentedCode(code="NOPE", coupon=None)
    appraisal = priced(a_cart("20.00", codes=codes), hidden)
    again, unknown = (verdict(appraisal, rule) for rule in ("C71", "NOPE"))
    assert [(each.code, each.name, each.standing) for each in (again, unknown)] == [
        ("C71", "Again", "refused"),
        ("NOPE", "", "refused"),
    ]
    assert [(each.discount, each.shipping, each.advertised) for each in (again, unknown)] == [
        (eur("0"), eur("0"), False)
    ] * 2
    (twin,), (nothing,) = again.unmet, unknown.unmet
    assert (twin.condition, twin.reason) == ("coupon", "not_combinable")
    assert (nothing.condition, nothing.reason) == ("coupon", "unknown")
    assert [(each.actual, each.required, each.missing) for each in (twin, nothing)] == [
        (False, True, None)
    ] * 2
    assert [each.detail for each in (twin, nothing)] == [
        "another code opens the same promotion",
        "there is no such code",
    ]
