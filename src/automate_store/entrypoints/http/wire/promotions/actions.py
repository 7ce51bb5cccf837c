"""Actions on the wire: each names its kind, and has the fields of its class."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, field

from automate_store.domain import promotions as domain
from automate_store.domain.promotions import Choice
from automate_store.entrypoints.http.wire.money import Amount
from automate_store.entrypoints.http.wire.promotions.conditions import Part
from automate_store.entrypoints.http.wire.promotions.values import (
    EVERYTHING,
    FREE,
    AtMost,
    DiscountTier,
    ItemSelection,
    Percent,
    PercentOrAmount,
    Pieces,
    PlugIn,
    Word,
)

Methods = Annotated[
    list[Word],
    Meta(max_length=100, description="The codes of shipping methods; none is all of them."),
]


class PercentOffItemsAction(Part, frozen=True, kw_only=True, tag="percent_off_items"):
    """A percentage off each eligible line, rounded for each."""

    makes = domain.PercentOffItems
    percent: Percent
    of: ItemSelection = EVERYTHING


class AmountOffUnitsAction(Part, frozen=True, kw_only=True, tag="amount_off_units"):
    """An amount off each eligible piece, or off the dearest at_most."""

    makes = domain.AmountOffUnits
    amount: Amount
    of: ItemSelection = EVERYTHING
    at_most: AtMost | None = None


class AmountOffItemsAction(Part, frozen=True, kw_only=True, tag="amount_off_items"):
    """An amount off the eligible lines together, in proportion to their value."""

    makes = domain.AmountOffItems
    amount: Amount
    of: ItemSelection = EVERYTHING


class FixedPriceAction(Part, frozen=True, kw_only=True, tag="fixed_price"):
    """A price for each eligible piece; nothing where it is cheaper already."""

    makes = domain.FixedPrice
    price: Amount
    of: ItemSelection = EVERYTHING


class BuyGetAction(Part, frozen=True, kw_only=True, tag="buy_get"):
    """
    Whoever buys so many of one selection gets so many of another for less, for each full set.

    No piece is both bought and given. off is off each given piece, all of it by default.
    """

    makes = domain.BuyGet
    buy: ItemSelection = EVERYTHING
    buy_quantity: Pieces
    get: ItemSelection = EVERYTHING
    get_quantity: Pieces
    off: PercentOrAmount = FREE
    choice: Choice = Choice.CHEAPEST
    at_most: AtMost | None = None


class BundlePriceAction(Part, frozen=True, kw_only=True, tag="bundle_price"):
    """So many pieces for one price, the dearest first."""

    makes = domain.BundlePrice
    quantity: Pieces
    price: Amount
    of: ItemSelection = EVERYTHING
    at_most: AtMost | None = None


class EveryNthAction(Part, frozen=True, kw_only=True, tag="every_nth"):
    """Every Nth piece for less, counted from the dearest: the cheapest of each N."""

    makes = domain.EveryNth
    nth: Pieces
    off: PercentOrAmount = FREE
    of: ItemSelection = EVERYTHING
    at_most: AtMost | None = None


class CheapestOfAction(Part, frozen=True, kw_only=True, tag="cheapest_of"):
    """Of each so many pieces one for less, and these are the cheapest of all."""

    makes = domain.CheapestOf
    quantity: Pieces
    off: PercentOrAmount = FREE
    of: ItemSelection = EVERYTHING
    at_most: AtMost | None = 1


class FirstThenOthersAction(Part, frozen=True, kw_only=True, tag="first_then_others"):
    """One percentage off the first piece, the dearest, and another off all further ones."""

    makes = domain.FirstThenOthers
    first_percent: Percent
    others_percent: Percent
    of: ItemSelection = EVERYTHING


class PercentOffOrderAction(Part, frozen=True, kw_only=True, tag="percent_off_order"):
    """A percentage of the eligible sum, rounded once."""

    makes = domain.PercentOffOrder
    percent: Percent
    of: ItemSelection = EVERYTHING


class AmountOffOrderAction(Part, frozen=True, kw_only=True, tag="amount_off_order"):
    """An amount off the order, at most the eligible sum."""

    makes = domain.AmountOffOrder
    amount: Amount
    of: ItemSelection = EVERYTHING


class TieredAction(Part, frozen=True, kw_only=True, tag="tiered"):
    """
    More off for more: the highest tier that the eligible goods reach counts, alone.

    All tiers start at amounts, or all at quantities. Where of_order is false, a percentage is
    rounded for each line and an amount is for each piece.
    """

    makes = domain.Tiered
    tiers: Annotated[list[DiscountTier], Meta(min_length=1, max_length=100)]
    of: ItemSelection = EVERYTHING
    of_order: bool = True


class GiftAction(Part, frozen=True, kw_only=True, tag="gift"):
    """So many of a variant for nothing, as a line of its own."""

    makes = domain.Gift
    variant_id: UUID
    quantity: Pieces = 1


class OffShippingAction(Part, frozen=True, kw_only=True, tag="off_shipping"):
    """A percentage or an amount off shipping."""

    makes = domain.OffShipping
    off: PercentOrAmount
    methods: Methods = field(default_factory=list)


class FreeShippingAction(Part, frozen=True, kw_only=True, tag="free_shipping"):
    """Shipping for nothing."""

    makes = domain.FreeShipping
    methods: Methods = field(default_factory=list)


ActionPart = (
    PercentOffItemsAction
    | AmountOffUnitsAction
    | AmountOffItemsAction
    | FixedPriceAction
    | BuyGetAction
    | BundlePriceAction
    | EveryNthAction
    | CheapestOfAction
    | FirstThenOthersAction
    | PercentOffOrderAction
    | AmountOffOrderAction
    | TieredAction
    | GiftAction
    | OffShippingAction
    | FreeShippingAction
    | PlugIn
)
