"""What is to be priced, and by which rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import BrandId, CategoryId, LineId, ProductId, VariantId
from automate_store.domain.kernel.money import CurrencyMismatch, Money, Rounding
from automate_store.domain.kernel.places import Destination
from automate_store.domain.promotions import (
    ANYBODY,
    Gift,
    Goods,
    Promotion,
    Scene,
    Shopper,
    in_turn,
)
from automate_store.domain.shipping import NO_ANSWERS, CarrierRates, ShippingMethod
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding, TaxTable

MOST_REMEMBERED = 4_096
"""For how many times, places and shoppers it is kept who of the promotions is in force."""


@frozen(kw_only=True)
class BasketLine:
    """
    So many of one variant at its price now; ``weight_g`` is that of one unit.

    ``category_ids`` hold the ancestors too. Raises InvalidInput for a quantity below
    one and for amounts or weights below zero, CurrencyMismatch for prices in two
    currencies.
    """

    id: LineId
    product_id: ProductId
    variant_id: VariantId
    unit_price: Money
    quantity: int
    weight_g: int
    requires_shipping: bool
    tax_class: str
    category_ids: frozenset[CategoryId] = frozenset()
    brand_id: BrandId | None = None
    tags: frozenset[str] = frozenset()
    compare_price: Money | None = None
    minimum_price: Money | None = None
    """The floor that no discount may push the price of a unit below."""

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidInput.of("quantity", "is 1 or more")
        if self.unit_price.minor < 0 or self.weight_g < 0:
            raise InvalidInput.of("line", "has a price and a weight of zero or more")
        if self.minimum_price is not None and self.minimum_price < Money(0, self.currency):
            raise InvalidInput.of("minimum_price", "is zero or more")

    @property
    def currency(self) -> str:
        """The currency of its price."""
        return self.unit_price.currency


@frozen(kw_only=True)
class Giveaway:
    """A variant that a promotion may give away, and how many of it can be had."""

    product_id: ProductId
    variant_id: VariantId
    unit_price: Money
    weight_g: int
    requires_shipping: bool
    tax_class: str
    available: int


@frozen(kw_only=True)
class PresentedCode:
    """A code that the customer gave, what it is, and how often this customer used it."""

    code: str
    coupon: Coupon | None
    """None where there is no such coupon."""
    used_by_you: int = 0

    @property
    def named(self) -> str:
        """The code as the merchant spells it; as the customer did where there is no such."""
        return self.coupon.code if self.coupon else self.code


def _by_id(lines: Iterable[BasketLine]) -> tuple[BasketLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.id.int))


def _aware(_: object, __: object, at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError("the time of a quote is aware")


@frozen(kw_only=True)
class Basket:
    """
    The lines of a cart or an order, and as much of its circumstances as prices hang on.

    The lines stand in the order of their ids, however they came, so that no price
    depends on it. ``shipping_method`` is a method's code. Raises CurrencyMismatch for a line in
    another currency, InvalidInput for two lines with one id.
    """

    lines: tuple[BasketLine, ...] = field(converter=_by_id)
    currency: str
    at: datetime = field(validator=_aware)
    destination: Destination | None
    shipping_method: str | None
    shopper: Shopper = ANYBODY
    codes: tuple[PresentedCode, ...] = ()
    giveaways: tuple[Giveaway, ...] = ()
    """What the rules could give away; a gift that is not here is out of stock."""
    carrier_rates: CarrierRates = NO_ANSWERS
    """What carriers answered about this basket's parcel, by the code of the method."""

    def __attrs_post_init__(self) -> None:
        for line in self.lines:
            if line.unit_price.currency != self.currency:
                raise CurrencyMismatch(self.currency, line.unit_price.currency)
        if len({line.id.int for line in self.lines}) < len(self.lines):
            raise InvalidInput.of("lines", "have an id each")


@frozen(kw_only=True)
class PricingPolicy:
    """What the merchant decides about tax and rounding; nothing is decided by default."""

    tax_mode: TaxMode
    tax_rounding_level: TaxRounding
    price_rounding: Rounding
    """How a fraction is settled where a price or a discount is a share of an amount."""
    tax_rounding: Rounding


@frozen(eq=False)
class Entrant:
    """
    A promotion that takes part, and the coupon's code where one opened it; one is itself.

    ``stackable`` says whether its code suffers others.
    """

    promotion: Promotion
    code: str | None = None
    stackable: bool = True
    competes: bool = field(init=False)
    """Whether others may have to stand back for it, or it for others."""

    def __attrs_post_init__(self) -> None:
        promotion = self.promotion
        competes = promotion.exclusive or bool(promotion.group or self.code)
        object.__setattr__(self, "competes", competes)

    @property
    def rule(self) -> str:
        """What its discounts are kept under: the customer's word for it, else the merchant's."""
        return self.code or self.promotion.code

    @property
    def shown(self) -> str:
        """What customers know it by: the code that they gave, else the promotion's name."""
        return self.code or self.promotion.name

    @property
    def turn(self) -> tuple[int, int]:
        """Its place among all: high priority first, ties by id."""
        return in_turn(self.promotion)


def _in_turn(promotions: Iterable[Promotion]) -> tuple[Promotion, ...]:
    return tuple(sorted(promotions, key=in_turn))


@frozen(kw_only=True)
class PricingRules:
    """
    All that a quote needs beside the basket.

    Keep one as long as the rules last: it sorts the rates and the promotions once, and
    remembers the places and the times.
    """

    policy: PricingPolicy
    shipping_methods: tuple[ShippingMethod, ...]
    tax_rates: tuple[TaxRate, ...]
    promotions: tuple[Promotion, ...] = field(default=(), converter=_in_turn)
    """In the order of their turns."""
    _remembered: dict[Hashable, tuple[Entrant, ...]] = field(
        factory=dict, init=False, eq=False, repr=False
    )

    def in_force(self, basket: Basket) -> tuple[Entrant, ...]:
        """
        The automatic promotions of the basket's time, place and shopper, in their turns.

        The others can't act, whatever is in it; who is left is remembered.
        """
        stretch = bisect_right(self._moments, basket.at)
        key = stretch, basket.currency, basket.destination, basket.shopper
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = tuple(self._suiting(basket))
        return found

    def _suiting(self, basket: Basket) -> Iterator[Entrant]:
        empty = Goods(
            items=(),
            currency=basket.currency,
            values=(),
            room=(),
            spare=(),
            spare_values=(),
            rounding=self.policy.price_rounding,
        )
        scene = Scene(
            goods=empty,
            before_order=(),
            at=basket.at,
            destination=basket.destination,
            shopper=basket.shopper,
        )
        for each in self.automatic:
            if basket.at in each.period and each.suits(scene):
                yield Entrant(each)

    @cached_property
    def _moments(self) -> list[datetime]:
        """When one begins or ends: between two of these, the same ones are in force."""
        periods = [each.period for each in self.automatic]
        ends = {end for each in periods for end in (each.starts_at, each.ends_at)}
        return sorted(end for end in ends if end is not None)

    @cached_property
    def automatic(self) -> tuple[Promotion, ...]:
        """The promotions that act without a code."""
        return tuple(each for each in self.promotions if each.active and not each.needs_code)

    @cached_property
    def coded(self) -> tuple[Promotion, ...]:
        """The promotions that a code opens."""
        return tuple(each for each in self.promotions if each.active and each.needs_code)

    @cached_property
    def asks_first_order(self) -> bool:
        """Whether some active promotion hangs on it."""
        active = (each for each in self.promotions if each.active)
        return any(test.asks_first_order for each in active for test in each.conditions)

    @cached_property
    def gifts(self) -> frozenset[VariantId]:
        """The variants that some active promotion gives away."""
        active = (each for each in self.promotions if each.active)
        actions = (action for each in active for action in each.actions)
        return frozenset(action.variant_id for action in actions if isinstance(action, Gift))

    @cached_property
    def tax_table(self) -> TaxTable:
        """The tax rates, sorted for looking up."""
        return TaxTable(self.tax_rates)
