"""Conditions on the wire: each names its kind, and has the fields of its class."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from automate_store.domain import promotions as domain
from automate_store.domain.kernel.money import UnknownCurrency, exponent
from automate_store.domain.promotions import Basis
from automate_store.entrypoints.http.wire.inputs import FaultyFields
from automate_store.entrypoints.http.wire.money import Amount, Currency
from automate_store.entrypoints.http.wire.promotions.values import (
    EVERYTHING,
    Dated,
    ItemSelection,
    Made,
    Pieces,
    PlugIn,
    Word,
)
from automate_store.entrypoints.http.wire.taxes import ZoneInput


class Part(Made, frozen=True, kw_only=True, tag_field="kind"):
    """A condition or an action."""


class MinimumAmountCondition(Part, frozen=True, kw_only=True, tag="minimum_amount"):
    """
    Goods of the selection for at least so much, without shipping and added tax.

    basis "now" counts what earlier promotions left, "before_order" what stood before
    anything came off the order as a whole.
    """

    makes = domain.MinimumAmount
    amount: Amount
    of: ItemSelection = EVERYTHING
    basis: Basis = Basis.NOW


class MinimumQuantityCondition(Part, frozen=True, kw_only=True, tag="minimum_quantity"):
    """At least so many pieces of the selection; with one, that the cart holds any of it."""

    makes = domain.MinimumQuantity
    quantity: Pieces
    of: ItemSelection = EVERYTHING


class CustomerGroupCondition(Part, frozen=True, kw_only=True, tag="customer_group"):
    """A customer of one of these groups."""

    makes = domain.CustomerGroup
    groups: Annotated[list[Word], Meta(min_length=1, max_length=100)]


class SignedInCondition(Part, frozen=True, kw_only=True, tag="signed_in"):
    """A customer with an account, signed in."""

    makes = domain.SignedIn


class FirstOrderCondition(Part, frozen=True, kw_only=True, tag="first_order"):
    """A customer who has not ordered before, by account or e-mail."""

    makes = domain.FirstOrder


class InCurrencyCondition(Part, frozen=True, kw_only=True, tag="in_currency"):
    """A cart in that currency."""

    makes = domain.InCurrency
    currency: Currency

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            exponent(self.currency)
        except UnknownCurrency:
            raise FaultyFields(("currency", "is not an ISO 4217 currency")) from None


class DuringCondition(Part, frozen=True, kw_only=True, tag="during"):
    """A time of the period."""

    makes = domain.During
    period: Dated


class ShipsToCondition(Part, frozen=True, kw_only=True, tag="ships_to"):
    """A destination in one of the zones, each of which names its country."""

    makes = domain.ShipsTo
    zones: Annotated[list[ZoneInput], Meta(min_length=1, max_length=300)]


ConditionPart = (
    MinimumAmountCondition
    | MinimumQuantityCondition
    | CustomerGroupCondition
    | SignedInCondition
    | FirstOrderCondition
    | InCurrencyCondition
    | DuringCondition
    | ShipsToCondition
    | PlugIn
)
