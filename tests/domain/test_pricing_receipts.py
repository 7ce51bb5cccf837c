"""Whole quotes worked by hand, each amount of each part, and the trail told to the letter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import evolve

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import (
    Basket,
    PricingRules,
    Quote,
    QuotedLine,
    QuotedShipping,
    TaxShare,
    UnitShares,
    appraise,
    explain,
    quote,
)
from automate_store.domain.promotions import (
    Gift,
    MinimumAmount,
    Off,
    OffShipping,
    PercentOffItems,
    Selection,
    Shopper,
)
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding
from tests.domain.promotions.counter import (
    BERLIN,
    POLICY,
    a_cart,
    a_coupon,
    a_giveaway,
    a_parcel,
    a_promotion,
    a_rate,
    eur,
    given,
    own_id,
)

MUGS = Selection(tags={"mug"})


SALES = a_rate("SALES", "0.06")
LUXURY = a_rate("LUXURY", "0.1", applies_to_shipping=False, compound=True)
CITY = a_rate("CITY", "0.01", applies_to_shipping=False)
VAT = a_rate("VAT", "0.19")

TENTH_OF_MUGS = a_promotion(PercentOffItems(Decimal(10), of=MUGS))
HALF_SHIPPING = a_promotion(OffShipping(Off(percent=Decimal(50))), number=2)
PRESENT = a_promotion(Gift(own_id(99)), number=3)


def rules(*taxes: TaxRate, mode: TaxMode = TaxMode.EXCLUSIVE, **more: Any) -> PricingRules:
    policy = evolve(POLICY, tax_mode=mode, tax_rounding_level=more.pop("level", TaxRounding.LINE))
    methods = (a_parcel("4.90"),)
    return PricingRules(policy=policy, tax_rates=taxes, shipping_methods=methods, **more)


def to_berlin(*lines: str, **facts: Any) -> Basket:
    return a_cart(*lines, destination=BERLIN, shipping_method="parcel", **facts)


def amounts(part: QuotedLine | QuotedShipping | None) -> str:
    """Price, discount, net, tax and gross."""
    assert part is not None
    whole = part.subtotal if isinstance(part, QuotedLine) else part.amount
    five = (whole, part.discount, part.net, part.tax, part.gross)
    return " ".join(f"{amount.decimal():f}" for amount in five)


def sums(quoted: Quote) -> str:
    """Subtotal, discount, shipping, tax and total."""
    five = quoted.subtotal, quoted.discount, quoted.shipping_amount, quoted.tax, quoted.total
    return " ".join(f"{amount.decimal():f}" for amount in five)


def adjusted(part: QuotedLine | QuotedShipping | None) -> list[tuple[str, str, str, str]]:
    assert part is not None
    return [
        (each.step, each.rule, each.label, f"{each.amount.decimal():f}")
        for each in part.adjustments
    ]


def taxed(part: QuotedLine | QuotedShipping | None) -> list[tuple[str, str]]:
    assert part is not None
    return [(each.code, f"{each.amount.decimal():f}") for each in part.taxes]


def the_receipt(**more: Any) -> Quote:
    """Two mugs with 10 % off, a book, a code for 4.60, half the shipping, a gift."""
    coupon = a_coupon("4.60", name="Spring")
    basket = to_berlin(
        "2 x 10.00 #mug",
        "5.00",
        codes=given(coupon),
        giveaways=(a_giveaway("3.00", 1),),
    )
    promotions = (TENTH_OF_MUGS, HALF_SHIPPING, PRESENT)
    return quote(basket, rules(SALES, LUXURY, promotions=promotions, **more))


def test_added_taxes_by_line() -> None:
    quoted = the_receipt()
    mugs, book, gift = quoted.lines
    # 20.00 - 2.00 = 18.00; 4.60 over 18.00 : 5.00 = 3.60, 1.00
    # 14.40 x 0.06 = 0.864; (14.40 + 0.864) x 0.1 = 1.5264
    assert (amounts(mugs), taxed(mugs)) == (
        "20.00 5.60 14.40 2.39 16.79",
        [("SALES", "0.86"), ("LUXURY", "1.53")],
    )
    # 4.00 x 0.06 = 0.24; 4.24 x 0.1 = 0.424
    assert (amounts(book), taxed(book)) == (
        "5.00 1.00 4.00 0.66 4.66",
        [("SALES", "0.24"), ("LUXURY", "0.42")],
    )
    assert amounts(gift) == "3.00 3.00 0.00 0.00 0.00"
    # 50 % of 4.90 = 2.45; 2.45 x 0.06 = 0.147
    assert (amounts(quoted.shipping), taxed(quoted.shipping)) == (
        "4.90 2.45 2.45 0.15 2.60",
        [("SALES", "0.15")],
    )
    # 28.00 - 12.05 + 4.90 + 3.20 = 24.05
    assert sums(quoted) == "28.00 12.05 4.90 3.20 24.05"
    assert (quoted.currency, quoted.tax_mode) == ("EUR", TaxMode.EXCLUSIVE)


def test_contained_taxes_by_line() -> None:
    quoted = the_receipt(mode=TaxMode.INCLUSIVE)
    mugs, book, gift = quoted.lines
    # 6 % and 10 % of 1.06 are 16.6 %: 14.40 - 14.40 / 1.166 = 2.0501; over 6 : 10.6
    assert (amounts(mugs), taxed(mugs)) == (
        "20.00 5.60 12.35 2.05 14.40",
        [("SALES", "0.74"), ("LUXURY", "1.31")],
    )
    # 4.00 - 4.00 / 1.166 = 0.5695; over 6 : 10.6
    assert (amounts(book), taxed(book)) == (
        "5.00 1.00 3.43 0.57 4.00",
        [("SALES", "0.21"), ("LUXURY", "0.36")],
    )
    assert amounts(gift) == "3.00 3.00 0.00 0.00 0.00"
    # 2.45 - 2.45 / 1.06 = 0.1387
    assert amounts(quoted.shipping) == "4.90 2.45 2.31 0.14 2.45"
    # 28.00 - 12.05 + 4.90 = 20.85, and 2.76 in it
    assert sums(quoted) == "28.00 12.05 4.90 2.76 20.85"
    told = [(each.code, each.base.minor, each.amount.minor) for each in quoted.taxes]
    # 12.35 + 3.43 + 2.31 = 18.09 bear 0.95 + 0.14; 15.78 + 0.95 = 16.73 bear 1.67
    assert told == [("SALES", 1809, 109), ("LUXURY", 1673, 167)]


def test_each_rate_tells_what_it_is_taken_from_and_what_it_comes_to() -> None:
    quoted = the_receipt()
    told = [
        (each.code, each.name, each.rate, each.base.minor, each.amount.minor)
        for each in quoted.taxes
    ]
    assert told == [
        # 14.40 + 4.00 + 2.45 = 20.85; 0.86 + 0.24 + 0.15 = 1.25
        ("SALES", "SALES tax", Decimal("0.06"), 2085, 125),
        # 18.40 and the 1.10 before it = 19.50; 1.53 + 0.42 = 1.95
        ("LUXURY", "LUXURY tax", Decimal("0.1"), 1950, 195),
    ]
    sales, luxury = quoted.lines[0].taxes
    assert sales == TaxShare("SALES", Decimal("0.06"), eur("0.86"))
    assert luxury == TaxShare("LUXURY", Decimal("0.1"), eur("1.53"), compound=True)


def test_each_part_tells_what_was_taken_off_it_and_by_what() -> None:
    quoted = the_receipt()
    mugs, book, gift = quoted.lines
    assert adjusted(mugs) == [
        ("promotions", "p1", "p1", "-2.00"),
        ("order_discounts", "C70", "Spring", "-3.60"),
    ]
    assert adjusted(book) == [("order_discounts", "C70", "Spring", "-1.00")]
    assert adjusted(gift) == [("gifts", "p3", "p3", "-3.00")]
    assert adjusted(quoted.shipping) == [("shipping_discounts", "p2", "p2", "-2.45")]


def test_a_line_tells_what_it_is_and_what_its_units_bear() -> None:
    mugs, book, gift = the_receipt().lines
    assert [(line.id, line.product_id, line.variant_id) for line in (mugs, book)] == [
        (own_id(1), own_id(1), own_id(1)),
        (own_id(2), own_id(2), own_id(2)),
    ]
    assert (gift.product_id, gift.variant_id) == (own_id(99), own_id(99))
    assert [(line.unit_price, line.quantity, line.gift) for line in (mugs, book, gift)] == [
        (eur("10.00"), 2, False),
        (eur("5.00"), 1, False),
        (eur("3.00"), 1, True),
    ]
    # 5.60 on two is 2.80 each; 2.39 on two is 1.20, 1.19
    assert (mugs.discount_shares, mugs.tax_shares) == (UnitShares(280, 0), UnitShares(119, 1))
    # 10.00 - 2.80, and 1.20 of tax where it is added
    assert mugs.gross_of_first(1, TaxMode.EXCLUSIVE) == eur("8.40")
    assert mugs.gross_of_first(1, TaxMode.INCLUSIVE) == eur("7.20")


def test_shipping_tells_its_method_and_a_code_what_became_of_it() -> None:
    quoted = the_receipt()
    assert quoted.shipping is not None
    assert (quoted.shipping.method, quoted.shipping.name) == ("parcel", "parcel")
    (code,) = quoted.codes
    assert (code.code, code.name, code.standing.value, code.discount, code.detail) == (
        "C70",
        "Spring",
        "applied",
        eur("4.60"),
        "4.60 EUR off",
    )
    assert (code.reason, code.missing_amount, code.missing_quantity) == (None, None, None)


def test_the_same_gift_keeps_its_line_in_a_cart_and_has_another_in_another() -> None:
    again, other = the_receipt().lines[-1].id, the_receipt().lines[-1].id
    assert again == other
    basket = to_berlin("5.00", giveaways=(a_giveaway("3.00", 1),))
    elsewhere = evolve(basket, lines=[evolve(basket.lines[0], id=LineId(own_id(5)))])
    found = [quote(each, rules(promotions=(PRESENT,))).lines[-1].id for each in (basket, elsewhere)]
    assert found[0] == again
    assert found[1] != again


def test_the_trail_to_the_letter() -> None:
    quoted = the_receipt()
    mugs, book, gift = (line.id for line in quoted.lines)
    told = f"""\
line 1, {mugs}
  subtotal: unit_price, 2 x 10.00 EUR          20.00
  promotions: p1, p1                           -2.00
  order_discounts: C70, Spring                 -3.60
  tax: SALES, 6 % on 14.40 EUR                  0.86
  tax: LUXURY, 10 % on 15.26 EUR                1.53
line 2, {book}
  subtotal: unit_price, 1 x 5.00 EUR            5.00
  order_discounts: C70, Spring                 -1.00
  tax: SALES, 6 % on 4.00 EUR                   0.24
  tax: LUXURY, 10 % on 4.24 EUR                 0.42
line 3, {gift}
  subtotal: unit_price, 1 x 3.00 EUR            3.00
  gifts: p3, p3                                -3.00
  tax: SALES, 6 % on 0.00 EUR                   0.00
  tax: LUXURY, 10 % on 0.00 EUR                 0.00
shipping
  shipping: parcel, parcel                      4.90
  shipping_discounts: p2, p2                   -2.45
  tax: SALES, 6 % on 2.45 EUR                   0.15
total in EUR, tax added
  subtotal                                     28.00
  discount                                    -12.05
  shipping                                      4.90
  tax                                           3.20
  total                                        24.05"""
    assert explain(quoted) == told


def test_the_trail_goes_on_to_say_what_became_of_every_promotion() -> None:
    least = a_promotion(
        PercentOffItems(Decimal(50)), number=2, conditions=(MinimumAmount(eur("50.00")),)
    )
    lower, higher = (
        a_promotion(PercentOffItems(Decimal(n)), number=n, group="g") for n in (10, 20)
    )
    appraisal = appraise(a_cart("10.00"), rules(promotions=(least, lower, higher, PRESENT)))
    assert explain(appraisal.quote, appraisal.verdicts).splitlines()[-5:] == [
        "promotions",
        "  p2: refused, 40.00 EUR more to spend",
        "  p3: refused, the gift is out of stock",
        "  p10: displaced, p20 applies instead",
        "  p20: applied, 2.00 EUR off",
    ]


def test_the_trail_as_data_tells_what_each_entry_is_about() -> None:
    quoted = quote(to_berlin("2 x 10.00"), rules(SALES, CITY))
    own = own_id(1)
    told = [
        (each.step, each.subject.value, each.line_id, each.rule, each.amount.minor, each.detail)
        for each in quoted.trace
    ]
    assert told == [
        ("subtotal", "line", own, "unit_price", 2000, "2 x 10.00 EUR"),
        ("tax", "line", own, "CITY", 20, "1 % on 20.00 EUR"),
        ("tax", "line", own, "SALES", 120, "6 % on 20.00 EUR"),
        ("shipping", "shipping", None, "parcel", 490, "parcel"),
        ("tax", "shipping", None, "SALES", 29, "6 % on 4.90 EUR"),
        ("totals", "order", None, "total", 2659, "1 line"),
    ]
    assert quote(to_berlin("1.00", "1.00"), rules()).trace[-1].detail == "2 lines"


def test_what_is_not_known_yet_stands_in_the_trail_for_nothing() -> None:
    told = [
        (each.step, each.subject.value, each.rule, each.amount, each.detail)
        for each in quote(a_cart("5.00"), rules(SALES)).trace[1:]
    ]
    nothing = eur("0.00")
    assert told == [
        (
            "shipping",
            "shipping",
            "pending",
            nothing,
            "no shipping is known before the destination and the method",
        ),
        ("tax", "order", "pending", nothing, "no tax is known before the destination"),
        ("totals", "order", "total", eur("5.00"), "1 line"),
    ]


def test_an_exempt_customer_pays_the_net_of_prices_that_contain_tax() -> None:
    # 11.90 - 11.90 / 1.19 = 1.90; 4.90 - 4.90 / 1.19 = 0.782
    basket = to_berlin("11.90", shopper=Shopper(tax_exempt=True))
    quoted = quote(basket, rules(VAT, mode=TaxMode.INCLUSIVE))
    (line,) = quoted.lines
    assert amounts(line) == "11.90 1.90 10.00 0.00 10.00"
    assert amounts(quoted.shipping) == "4.90 0.78 4.12 0.00 4.12"
    said = "exemption", "tax_exempt", "the tax that the price contains"
    assert (adjusted(line), adjusted(quoted.shipping)) == ([(*said, "-1.90")], [(*said, "-0.78")])
    assert sums(quoted) == "11.90 2.68 4.90 0.00 14.12"
    assert (quoted.taxes, quoted.tax_pending) == ((), False)


def test_an_exempt_customer_pays_no_tax_that_is_added() -> None:
    basket = to_berlin("11.90", shopper=Shopper(tax_exempt=True))
    quoted = quote(basket, rules(VAT))
    assert (sums(quoted), adjusted(quoted.lines[0])) == ("11.90 0.00 4.90 0.00 16.80", [])


def test_an_exempt_customer_of_digital_goods_is_relieved_of_their_tax_alone() -> None:
    basket = to_berlin("11.90", shopper=Shopper(tax_exempt=True))
    digital = evolve(basket, lines=[evolve(basket.lines[0], requires_shipping=False)])
    assert sums(quote(digital, rules(VAT, mode=TaxMode.INCLUSIVE))) == "11.90 1.90 0.00 0.00 10.00"


def test_what_an_exempt_customer_owes_is_open_only_where_prices_contain_tax() -> None:
    basket = a_cart("11.90", shopper=Shopper(tax_exempt=True))
    found = [quote(basket, rules(VAT, mode=mode)) for mode in TaxMode]
    assert [(each.tax_mode.value, each.tax_pending) for each in found] == [
        ("exclusive", False),
        ("inclusive", True),
    ]
    assert [each.total for each in found] == [eur("11.90")] * 2


def test_tax_by_unit_and_by_order_counts_the_shipping_too() -> None:
    # by unit: 3 x (0.25 x 0.06 = 0.015 -> 0.02) and 4.90 x 0.06 = 0.294 -> 0.29
    by_unit = quote(to_berlin("3 x 0.25"), rules(SALES, level=TaxRounding.UNIT))
    assert (amounts(by_unit.lines[0]), amounts(by_unit.shipping)) == (
        "0.75 0.00 0.75 0.06 0.81",
        "4.90 0.00 4.90 0.29 5.19",
    )
    # by order: 5.65 x 0.06 = 0.339 -> 0.34, over 0.045 : 0.294 -> 0.05, 0.29
    by_order = quote(to_berlin("3 x 0.25"), rules(SALES, level=TaxRounding.ORDER))
    assert (by_order.lines[0].tax, by_order.tax) == (eur("0.05"), eur("0.34"))


def test_tax_by_unit_sees_what_is_left_of_unit_and_shipping() -> None:
    # 10.00 - 10 % = 9.00 twice, 0.54 each; 2.45 x 0.06 = 0.147
    quoted = quote(
        to_berlin("2 x 10.00 #mug"),
        rules(SALES, level=TaxRounding.UNIT, promotions=(TENTH_OF_MUGS, HALF_SHIPPING)),
    )
    assert (quoted.lines[0].tax, quoted.shipping and quoted.shipping.tax) == (
        eur("1.08"),
        eur("0.15"),
    )


def test_classes_bear_their_own_rates() -> None:
    # 10.00 x 0.06 = 0.60; food bears nothing
    basket = to_berlin("10.00", "10.00")
    food = evolve(basket, lines=[basket.lines[0], evolve(basket.lines[1], tax_class="food")])
    quoted = quote(food, rules(SALES))
    assert [line.tax for line in quoted.lines] == [eur("0.60"), Money.zero("EUR")]
    assert (quoted.taxes[0].base, quoted.taxes[0].amount) == (eur("14.90"), eur("0.89"))
