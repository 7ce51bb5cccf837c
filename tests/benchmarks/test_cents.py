"""The sums of P07 find a cent wherever it is lost or made, and none where all are there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.domain.kernel.ids import (
    LineId,
    ProductId,
    PromotionId,
    ShippingMethodId,
    TaxRateId,
    VariantId,
)
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    PricingPolicy,
    PricingRules,
    Quote,
    UnitShares,
    quote,
)
from automate_store.domain.promotions import AmountOffOrder, Promotion
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding
from benchmarks.rig import cents

CENT = Money(1, "EUR")


def rules(level: TaxRounding, mode: TaxMode = TaxMode.EXCLUSIVE) -> PricingRules:
    """19 % and then 5 % on both, 10.00 off the order, 4.90 for the parcel."""
    rates = [
        TaxRate(
            id=TaxRateId(UUID(int=number)),
            code=f"T{number}",
            name="Tax",
            rate=Decimal(rate),
            tax_class="standard",
            zone=Zone("DE"),
            applies_to_shipping=True,
            period=Period(),
            compound=number > 1,
        )
        for number, rate in ((1, "0.19"), (2, "0.05"))
    ]
    method = ShippingMethod(
        id=ShippingMethodId(UUID(int=1)),
        code="parcel",
        name="Parcel",
        zones=(),
        rate=FlatRate(Money(490, "EUR")),
        tax_class="standard",
        active=True,
        position=0,
    )
    off = Promotion(
        id=PromotionId(UUID(int=1)),
        code="TEN",
        name="Ten",
        actions=(AmountOffOrder(Money(1000, "EUR")),),
    )
    return PricingRules(
        policy=PricingPolicy(
            tax_mode=mode,
            tax_rounding_level=level,
            price_rounding=Rounding.HALF_UP,
            tax_rounding=Rounding.HALF_UP,
        ),
        shipping_methods=(method,),
        tax_rates=tuple(rates),
        promotions=(off,),
    )


def basket() -> Basket:
    """3 x 10.00, 7 x 1.23 with a floor price of 1.00, and 1 x 0.01."""
    lines = [
        BasketLine(
            id=LineId(UUID(int=number)),
            product_id=ProductId(UUID(int=number)),
            variant_id=VariantId(UUID(int=number)),
            unit_price=Money(minor, "EUR"),
            quantity=quantity,
            weight_g=100,
            requires_shipping=True,
            tax_class="standard",
            minimum_price=Money(floor, "EUR"),
        )
        for number, minor, quantity, floor in ((1, 1000, 3, 0), (2, 123, 7, 100), (3, 1, 1, 0))
    ]
    return Basket(
        lines=tuple(lines),
        currency="EUR",
        at=datetime(2026, 3, 1, tzinfo=UTC),
        destination=Destination("DE"),
        shipping_method="parcel",
    )


def faults(quoted: Quote, level: TaxRounding = TaxRounding.LINE) -> list[str]:
    policy = rules(level).policy
    return [*cents.sums(quoted), *cents.refunds(quoted), *cents.taxes(quoted, policy)]


@pytest.mark.parametrize("mode", TaxMode)
@pytest.mark.parametrize("level", TaxRounding)
def test_a_quote_that_is_right_has_no_fault(level: TaxRounding, mode: TaxMode) -> None:
    priced_by = rules(level, mode)
    quoted = quote(basket(), priced_by)

    assert quoted.discount == Money(1000, "EUR")
    assert not [*cents.sums(quoted), *cents.refunds(quoted)]
    assert not list(cents.taxes(quoted, priced_by.policy))


def test_an_amount_off_the_order_is_taken_as_far_as_the_floor_lets_it() -> None:
    # Room: 30.00, 7 x 0.23 = 1.61 and 0.01, 31.62 in all.
    for minor in (1, 1000, 3162, 3163, 10**6):
        assert not list(cents.order_discount(basket(), rules(TaxRounding.LINE), minor))


def _less_in_all(quoted: Quote) -> Quote:
    return evolve(quoted, total=quoted.total - CENT)


def _less_for_a_line(quoted: Quote) -> Quote:
    first, *others = quoted.lines
    return evolve(quoted, lines=(evolve(first, gross=first.gross - CENT), *others))


def _an_odd_cent_on_no_unit(quoted: Quote) -> Quote:
    first, *others = quoted.lines
    shares = UnitShares(first.discount_shares.base, first.discount_shares.extra - 1)
    return evolve(quoted, lines=(evolve(first, discount_shares=shares), *others))


def _a_cent_of_tax_more(quoted: Quote) -> Quote:
    first, *others = quoted.lines
    share, *further = first.taxes
    more = (evolve(share, amount=share.amount + CENT), *further)
    line = evolve(first, taxes=more, tax=first.tax + CENT, gross=first.gross + CENT)
    shares = UnitShares(*divmod(line.tax.minor, line.quantity))
    lines = (evolve(line, tax_shares=shares), *others)
    return evolve(quoted, lines=lines, tax=quoted.tax + CENT, total=quoted.total + CENT)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_less_in_all, "add up to those of the order"),
        (_less_for_a_line, "not its price less discounts plus tax"),
        (_an_odd_cent_on_no_unit, "what units give back one by one"),
        (_a_cent_of_tax_more, "not the exact one settled once over each line"),
    ],
)
def test_a_cent_that_is_lost_or_made_is_told(spoil: Callable[[Quote], Quote], said: str) -> None:
    found = faults(spoil(quote(basket(), rules(TaxRounding.LINE))))

    assert any(said in fault for fault in found), found


def test_a_cent_of_tax_too_much_over_the_order_is_told() -> None:
    spoilt = _a_cent_of_tax_more(quote(basket(), rules(TaxRounding.ORDER)))

    assert faults(spoilt, TaxRounding.ORDER) == [
        "a tax is not the exact one settled once over the order"
    ]
