"""Orders whose discounts are clawed back, for the tests: how they are sold, and come back."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from attrs import evolve, frozen

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import (
    CouponId,
    LineId,
    ProductId,
    PromotionId,
    TaxRateId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    Giveaway,
    PresentedCode,
    PricingRules,
    quote,
)
from automate_store.domain.promotions import (
    ANYBODY,
    AmountOffOrder,
    AnyAction,
    MinimumAmount,
    Promotion,
    Shopper,
)
from automate_store.domain.returns import RefundPart, Terms
from automate_store.domain.taxes import TaxMode, TaxRate
from automate_store.entrypoints.properties.clawback import (
    Desk,
    clawing_policy,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import PRICING
from automate_store.entrypoints.properties.returns import (
    UNWANTED,
    paid_order,
    shipped,
)

ALBANY = Destination(country="US", state="NY")
FIRST, SECOND, CAP = (LineId(UUID(int=number)) for number in (1, 2, 3))


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def line(line_id: LineId, cents: int, quantity: int) -> BasketLine:
    return BasketLine(
        id=line_id,
        product_id=ProductId(line_id),
        variant_id=VariantId(line_id),
        unit_price=usd(cents),
        quantity=quantity,
        weight_g=0,
        requires_shipping=False,
        tax_class="standard",
    )


def promotion(*actions: AnyAction, least: int | None = None) -> Promotion:
    conditions = () if least is None else (MinimumAmount(usd(least)),)
    return Promotion(
        id=PromotionId(UUID(int=1)),
        code="DEAL",
        name="Deal",
        actions=actions,
        conditions=conditions,
    )


def coupon(percent: int, *, least: int | None) -> PresentedCode:
    known = Coupon(
        id=CouponId(UUID(int=2)),
        code="TEN",
        name="Ten",
        type=CouponType.PERCENTAGE,
        value=Decimal(percent),
        currency="USD",
        minimum_order_amount=None if least is None else usd(least),
    )
    return PresentedCode(code="ten", coupon=known)


def rate(percent: int) -> TaxRate:
    return TaxRate(
        id=TaxRateId(UUID(int=1)),
        code="tax",
        name="Tax",
        rate=Decimal(percent).scaleb(-2),
        tax_class="standard",
        zone=Zone(country="US"),
        applies_to_shipping=False,
        period=Period(),
    )


@frozen(kw_only=True)
class Shop:
    """The rules that an order is bought under; one line of three at 20.00 where nothing is said."""

    promotions: tuple[Promotion, ...] = ()
    codes: tuple[PresentedCode, ...] = ()
    lines: tuple[BasketLine, ...] = (line(FIRST, 2000, 3),)
    percent: int = 0
    mode: TaxMode = TaxMode.EXCLUSIVE
    shopper: Shopper = ANYBODY
    giveaways: tuple[Giveaway, ...] = ()

    @property
    def rules(self) -> PricingRules:
        return PricingRules(
            policy=evolve(PRICING, tax_mode=self.mode),
            shipping_methods=(),
            tax_rates=(rate(self.percent),) if self.percent else (),
            promotions=self.promotions,
        )

    @property
    def basket(self) -> Basket:
        return Basket(
            lines=self.lines,
            currency="USD",
            at=NOON,
            destination=ALBANY,
            shipping_method=None,
            shopper=self.shopper,
            codes=self.codes,
            giveaways=self.giveaways,
        )

    def sold(self, *, later: PricingRules | None = None) -> Desk:
        """The order, arrived; its terms are the rules as they are by then."""
        quoted = quote(self.basket, self.rules)
        return Desk(
            order=shipped(paid_order(quoted), None),
            terms=Terms.of(self.basket, self.basket.lines, later or self.rules, quoted),
            policy=clawing_policy("USD"),
        )


TEN_OFF_FROM_FIFTY = promotion(AmountOffOrder(usd(1000)), least=5000)


def back(desk: Desk) -> list[int]:
    """What went back for each return, in cents."""
    return [refund.total.minor for refund in desk.refunds]


def clawed(desk: Desk) -> list[int]:
    """What of it was for discounts, in cents; 0 where there is no such line."""
    return [
        sum(each.amount.minor for each in refund.lines if each.part is RefundPart.CLAWBACK)
        for refund in desk.refunds
    ]


def one_by_one(desk: Desk, line_id: LineId = FIRST, units: int = 3) -> Desk:
    for _ in range(units):
        desk = desk.take_back({line_id: 1}, UNWANTED)
    return desk
