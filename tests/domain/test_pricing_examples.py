"""Worked prices, the arithmetic in one line each, so that a merchant can check them by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import (
    LineId,
    ProductId,
    ShippingMethodId,
    TaxRateId,
    VariantId,
)
from automate_store.domain.kernel.money import CurrencyMismatch, Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    Draft,
    PricingPolicy,
    PricingRules,
    Quote,
    QuoteTooLarge,
    Step,
    UnitShares,
    cumulative_share,
    explain,
    quote,
    unit_shares,
    with_steps,
)
from automate_store.domain.shipping import (
    FlatRate,
    ShippingMethod,
    ShippingMethodUnknown,
    ShippingNotAvailable,
    WeightBand,
    WeightRate,
)
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding

AT = datetime(2026, 3, 1, tzinfo=UTC)
NEW_YORK, BERLIN = Destination("US", "NY", "10001"), Destination("DE", None, "10115")


def a_line(price: str, quantity: int = 1, number: int = 1, **changes: object) -> BasketLine:
    amount, currency = price.split()
    facts: dict[str, object] = {
        "id": LineId(UUID(int=number)),
        "product_id": ProductId(UUID(int=number)),
        "variant_id": VariantId(UUID(int=number)),
        "unit_price": Money.parse(amount, currency),
        "quantity": quantity,
        "weight_g": 400,
        "requires_shipping": True,
        "tax_class": "standard",
    }
    return BasketLine(**{**facts, **changes})  # type: ignore[arg-type]


def a_basket(*lines: BasketLine, to: Destination | None, by: str | None = None) -> Basket:
    currency = lines[0].currency
    return Basket(lines=lines, currency=currency, at=AT, destination=to, shipping_method=by)


def a_tax(code: str, rate: str, zone: Zone, *, shipping: bool = False) -> TaxRate:
    return TaxRate(
        id=TaxRateId(UUID(bytes=code.encode().rjust(16))),
        code=code,
        name=code,
        rate=Decimal(rate),
        tax_class="standard",
        zone=zone,
        applies_to_shipping=shipping,
        period=Period(),
    )


def some_rules(
    *taxes: TaxRate,
    mode: TaxMode = TaxMode.EXCLUSIVE,
    level: TaxRounding = TaxRounding.LINE,
    methods: tuple[ShippingMethod, ...] = (),
) -> PricingRules:
    policy = PricingPolicy(
        tax_mode=mode,
        tax_rounding_level=level,
        price_rounding=Rounding.HALF_UP,
        tax_rounding=Rounding.HALF_UP,
    )
    return PricingRules(policy=policy, shipping_methods=methods, tax_rates=taxes)


def a_parcel(*bands: tuple[int | None, str], zones: tuple[Zone, ...] = ()) -> ShippingMethod:
    amounts = [Money.parse(*price.split()) for _, price in bands]
    weights = tuple(WeightBand(e, a) for (e, _), a in zip(bands, amounts, strict=True))
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=7)),
        code="parcel",
        name="Parcel",
        zones=zones,
        rate=FlatRate(amounts[0]) if len(bands) == 1 else WeightRate(weights),
        tax_class="standard",
        active=True,
        position=0,
    )


def off(*minor: int) -> tuple[Step, ...]:
    def write(draft: Draft, _: PricingRules) -> Draft:
        return draft.take_off("SPRING", "spring sale", minor)

    return with_steps(Step("spring_sale", write), after="subtotal")


def told(quoted: Quote) -> str:
    sums = (quoted.subtotal, quoted.discount, quoted.shipping_amount, quoted.tax, quoted.total)
    return " ".join(f"{amount.decimal():f}" for amount in sums)


NY_TAX = a_tax("NY", "0.08875", Zone("US", "NY"))
VAT = a_tax("DE19", "0.19", Zone("DE"), shipping=True)


def test_new_york_adds_8_875_percent() -> None:
    # 3 x 19.99 = 59.97; 59.97 x 0.08875 = 5.3223.. -> 5.32; 59.97 + 5.32 = 65.29
    quoted = quote(a_basket(a_line("19.99 USD", 3), to=NEW_YORK), some_rules(NY_TAX))
    assert told(quoted) == "59.97 0.00 0.00 5.32 65.29"


def test_german_prices_contain_19_percent_of_the_shipping_too() -> None:
    # 2 x 49.99 - 99.98 / 1.19 = 15.963.. -> 15.96; 4.90 - 4.90 / 1.19 = 0.782.. -> 0.78
    rules = some_rules(VAT, mode=TaxMode.INCLUSIVE, methods=(a_parcel((None, "4.90 EUR")),))
    quoted = quote(a_basket(a_line("49.99 EUR", 2), to=BERLIN, by="parcel"), rules)
    assert told(quoted) == "99.98 0.00 4.90 16.74 104.88"
    assert [line.net for line in quoted.lines] == [Money(8402, "EUR")]
    assert quoted.taxes[0].base == Money(8402 + 412, "EUR")


def test_yen_have_no_decimals_to_round_to() -> None:
    # 3 x 333 = 999; 999 x 0.10 = 99.9 -> 100
    tax = a_tax("JP", "0.10", Zone("JP"))
    quoted = quote(a_basket(a_line("333 JPY", 3), to=Destination("JP")), some_rules(tax))
    assert told(quoted) == "999 0 0 100 1099"


def test_dinars_have_three_decimals() -> None:
    # 1.255 x 0.05 = 0.06275 -> 0.063
    tax = a_tax("KW", "0.05", Zone("KW"))
    quoted = quote(a_basket(a_line("1.255 KWD"), to=Destination("KW")), some_rules(tax))
    assert told(quoted) == "1.255 0.000 0.000 0.063 1.318"


def test_added_rates_are_rounded_each_by_itself() -> None:
    # 10.00 x 0.0625 = 0.625 -> 0.63; 10.00 x 0.0125 = 0.125 -> 0.13; 0.76, not 7.5 % = 0.75
    taxes = a_tax("CITY", "0.0125", Zone("US")), a_tax("STATE", "0.0625", Zone("US", "NY"))
    quoted = quote(a_basket(a_line("10.00 USD"), to=NEW_YORK), some_rules(*taxes))
    assert [(total.code, total.amount.minor) for total in quoted.taxes] == [
        ("CITY", 13),
        ("STATE", 63),
    ]
    assert told(quoted) == "10.00 0.00 0.00 0.76 10.76"


def test_contained_rates_are_rounded_together_then_split() -> None:
    # 10.00 - 10.00 / 1.075 = 0.697.. -> 0.70; split 5 : 1 = 0.583.., 0.116.. -> 0.58, 0.12
    taxes = a_tax("CITY", "0.0125", Zone("US")), a_tax("STATE", "0.0625", Zone("US", "NY"))
    rules = some_rules(*taxes, mode=TaxMode.INCLUSIVE)
    quoted = quote(a_basket(a_line("10.00 USD"), to=NEW_YORK), rules)
    assert [share.amount.minor for share in quoted.lines[0].taxes] == [12, 58]
    assert told(quoted) == "10.00 0.00 0.00 0.70 10.00"


@pytest.mark.parametrize(
    ("level", "taxes"),
    [
        (TaxRounding.LINE, [5, 5, 5]),  # 0.53 x 0.08875 = 0.0470.. -> 0.05 on each line
        (TaxRounding.ORDER, [5, 5, 4]),  # 1.59 x 0.08875 = 0.1411.. -> 0.14 on all three
    ],
)
def test_rounding_by_line_and_by_order_differ_by_a_cent(
    level: TaxRounding, taxes: list[int]
) -> None:
    lines = [a_line("0.53 USD", number=number) for number in (1, 2, 3)]
    quoted = quote(a_basket(*lines, to=NEW_YORK), some_rules(NY_TAX, level=level))
    assert [line.tax.minor for line in quoted.lines] == taxes
    assert quoted.tax == quoted.taxes[0].amount == Money(sum(taxes), "USD")


def test_rounding_by_unit_taxes_what_is_left_of_each_unit() -> None:
    # 3 x 10.00 - 10.00 leaves 6.66, 6.67, 6.67; at 8.875 %: 0.591.. each -> 3 x 0.59
    line, rules = a_line("10.00 USD", 3), some_rules(NY_TAX, level=TaxRounding.UNIT)
    quoted = quote(a_basket(line, to=NEW_YORK), rules, off(1000))
    assert told(quoted) == "30.00 10.00 0.00 1.77 21.77"
    by_line = quote(a_basket(line, to=NEW_YORK), some_rules(NY_TAX), off(1000))
    assert by_line.tax == Money(178, "USD")  # 20.00 x 0.08875 = 1.775 -> 1.78


def test_one_cent_over_three_lines_goes_to_the_first() -> None:
    cent = Money(1, "EUR").split([1, 1, 1])
    assert [part.minor for part in cent] == [1, 0, 0]
    lines = [a_line("1.00 EUR", number=number) for number in (1, 2, 3)]
    quoted = quote(a_basket(*lines, to=BERLIN), some_rules(), off(*[part.minor for part in cent]))
    assert told(quoted) == "3.00 0.01 0.00 0.00 2.99"
    assert [line.net.minor for line in quoted.lines] == [99, 100, 100]


def test_tax_is_taken_from_what_the_discount_leaves() -> None:
    # 2 x 50.00 - 10.00 = 90.00; 90.00 x 0.08875 = 7.9875 -> 7.99; 97.99
    quoted = quote(a_basket(a_line("50.00 USD", 2), to=NEW_YORK), some_rules(NY_TAX), off(1000))
    assert told(quoted) == "100.00 10.00 0.00 7.99 97.99"
    (adjustment,) = quoted.lines[0].adjustments
    assert (adjustment.step, adjustment.rule, adjustment.amount.minor) == (
        "spring_sale",
        "SPRING",
        -1000,
    )


def test_ten_over_three_units_is_3_34_and_twice_3_33() -> None:
    assert unit_shares(Money(1000, "EUR"), 3) == UnitShares(333, 1)
    shares = [cumulative_share(Money(1000, "EUR"), 3, units) for units in range(4)]
    assert shares == [Money(minor, "EUR") for minor in (0, 334, 667, 1000)]


def test_a_floor_price_keeps_its_line_from_falling_further() -> None:
    # 2 x 8.00 = 16.00 is the least; of 5.00 off 20.00 only 4.00 can be taken
    line = a_line("10.00 EUR", 2, minimum_price=Money(800, "EUR"))
    quoted = quote(a_basket(line, to=BERLIN), some_rules(), off(500))
    assert told(quoted) == "20.00 4.00 0.00 0.00 16.00"


@pytest.mark.parametrize(
    ("quantity", "shipping"),
    [(2, "4.90"), (3, "6.90")],  # 2 x 400 g = 800 g; 3 x 400 g = 1200 g, beyond 800 g
)
def test_the_parcel_weighs_what_all_its_units_do(quantity: int, shipping: str) -> None:
    rules = some_rules(methods=(a_parcel((800, "4.90 EUR"), (5000, "6.90 EUR")),))
    digital = a_line("5.00 EUR", number=2, requires_shipping=False)
    basket = a_basket(a_line("1.00 EUR", quantity), digital, to=BERLIN, by="parcel")
    assert quote(basket, rules).shipping_amount == Money.parse(shipping, "EUR")


def test_a_discount_on_shipping_lowers_its_tax_and_no_price() -> None:
    # 4.90 - 1.90 = 3.00; 3.00 x 0.19 = 0.57; 10.00 + 1.90 + 3.00 + 0.57 = 15.47
    def write(draft: Draft, _: PricingRules) -> Draft:
        return draft.take_off_shipping("SHIP", "cheaper shipping", 190)

    rules = some_rules(VAT, methods=(a_parcel((None, "4.90 EUR")),))
    basket = a_basket(a_line("10.00 EUR"), to=BERLIN, by="parcel")
    quoted = quote(basket, rules, with_steps(Step("cheaper", write), after="shipping"))
    assert told(quoted) == "10.00 1.90 4.90 2.47 15.47"
    assert quoted.shipping is not None
    assert (quoted.shipping.amount.minor, quoted.shipping.net.minor) == (490, 300)
    assert "cheaper: SHIP, cheaper shipping" in explain(quoted)


def test_digital_goods_take_no_shipping_and_wait_for_none() -> None:
    digital = a_line("5.00 EUR", requires_shipping=False)
    quoted = quote(a_basket(digital, to=None), some_rules())
    assert (quoted.shipping, quoted.shipping_pending, quoted.shipping_problem) == (
        None,
        False,
        None,
    )


@pytest.mark.parametrize(("to", "by"), [(None, None), (None, "parcel"), (BERLIN, None)])
def test_shipping_is_pending_until_place_and_method_are_chosen(
    to: Destination | None, by: str | None
) -> None:
    rules = some_rules(methods=(a_parcel((None, "4.90 EUR")),))
    quoted = quote(a_basket(a_line("5.00 EUR"), to=to, by=by), rules)
    assert (quoted.shipping, quoted.shipping_pending) == (None, True)
    assert quoted.total == Money(500, "EUR")


def test_a_method_that_can_not_carry_it_is_a_problem_and_costs_nothing() -> None:
    method = a_parcel((500, "4.90 EUR"), (1000, "6.90 EUR"))
    heavy = a_basket(a_line("5.00 EUR", 3), to=BERLIN, by="parcel")
    quoted = quote(heavy, some_rules(methods=(method,)))
    assert isinstance(quoted.shipping_problem, ShippingNotAvailable)
    assert told(quoted) == "15.00 0.00 0.00 0.00 15.00"
    gone = quote(heavy, some_rules())
    assert isinstance(gone.shipping_problem, ShippingMethodUnknown)


@pytest.mark.parametrize("mode", TaxMode)
def test_tax_is_pending_until_the_place_is_known(mode: TaxMode) -> None:
    line, rules = a_line("5.00 USD"), some_rules(NY_TAX, mode=mode)
    assert quote(a_basket(line, to=None), rules).tax_pending
    assert not quote(a_basket(line, to=NEW_YORK), rules).tax_pending
    assert not quote(a_basket(line, to=None), some_rules()).tax_pending


def test_an_empty_basket_costs_nothing() -> None:
    basket = Basket(lines=(), currency="EUR", at=AT, destination=BERLIN, shipping_method="parcel")
    rules = some_rules(VAT, methods=(a_parcel((None, "4.90 EUR")),))
    assert told(quote(basket, rules)) == "0.00 0.00 0.00 0.00 0.00"


def test_a_price_is_explained_to_the_last_cent() -> None:
    rules = some_rules(VAT, mode=TaxMode.INCLUSIVE, methods=(a_parcel((None, "4.90 EUR")),))
    line = a_line("10.00 EUR", 3)
    quoted = quote(a_basket(line, to=BERLIN, by="parcel"), rules, off(300))
    assert [text.split() for text in explain(quoted).splitlines()] == [
        text.split()
        for text in f"""
        line 1, {line.id}
          subtotal: unit_price, 3 x 10.00 EUR             30.00
          spring_sale: SPRING, spring sale                 -3.00
          tax: DE19, 19 % contained in 27.00 EUR          (4.31)
        shipping
          shipping: parcel, Parcel                         4.90
          tax: DE19, 19 % contained in 4.90 EUR           (0.78)
        total in EUR, tax contained
          subtotal                                        30.00
          discount                                        -3.00
          shipping                                         4.90
          tax                                             (5.09)
          total                                           31.90
        """.strip().splitlines()
    ]


def test_what_is_pending_or_wrong_is_told_in_the_trail() -> None:
    pending = explain(quote(a_basket(a_line("5.00 USD"), to=None), some_rules(NY_TAX)))
    assert "no shipping is known before the destination and the method" in pending
    assert "no tax is known before the destination" in pending
    wrong = explain(quote(a_basket(a_line("5.00 USD"), to=NEW_YORK, by="drone"), some_rules()))
    assert "shipping_method_unknown, There is no shipping method 'drone'" in wrong


def test_a_sum_that_no_amount_can_hold_is_refused() -> None:
    dear = a_line("9999999999999.99 EUR", 2)
    with pytest.raises(QuoteTooLarge):
        quote(a_basket(dear, to=BERLIN), some_rules())


def test_a_discount_after_the_tax_is_our_bug() -> None:
    def write(draft: Draft, _: PricingRules) -> Draft:
        return draft.take_off("LATE", "too late", [1])

    late = with_steps(Step("late", write), after="tax")
    with pytest.raises(AssertionError, match="before tax"):
        quote(a_basket(a_line("5.00 EUR"), to=BERLIN), some_rules(), late)


def test_a_step_can_not_be_put_behind_one_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        with_steps(after="nowhere")


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"weight_g": -1},
        {"unit_price": Money(-1, "EUR")},
        {"minimum_price": Money(-1, "EUR")},
    ],
)
def test_a_line_below_zero_can_not_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        a_line("1.00 EUR", **changes)  # type: ignore[arg-type]


def test_two_currencies_never_meet_in_a_basket() -> None:
    with pytest.raises(CurrencyMismatch):
        a_basket(a_line("1.00 EUR"), a_line("1.00 USD", number=2), to=BERLIN)
    with pytest.raises(CurrencyMismatch):
        a_line("1.00 EUR", minimum_price=Money(1, "USD"))


def test_two_lines_with_one_id_are_refused() -> None:
    with pytest.raises(InvalidInput):
        a_basket(a_line("1.00 EUR"), a_line("1.00 EUR"), to=BERLIN)


def test_a_basket_needs_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        Basket(
            lines=(),
            currency="EUR",
            at=datetime(2026, 3, 1),  # noqa: DTZ001 - the naive time is the point
            destination=None,
            shipping_method=None,
        )
