"""What an order would become: an edit, and one that waits for its difference to be paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import EditId, ReturnId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.items import OrderItem
from automate_store.domain.pricing import Quote


class EditKind(StrEnum):
    """What of an order is changed."""

    ITEMS = "items"
    ADDRESS = "address"
    EXCHANGE = "exchange"
    """Goods come for others that went back."""


@frozen(kw_only=True)
class Edit:
    """What an order would hold, what that would cost, and where it would go."""

    kind: EditKind
    items: tuple[OrderItem, ...]
    quote: Quote
    shipping_address: Address


@frozen(kw_only=True)
class StagedEdit:
    """
    An edit of a paid order that costs more, and waits for the difference until ``expires_at``.

    Meanwhile the order is what it was. ``additions`` is how many more of each variant are
    promised to it until then; ``base_version`` the version of the order that was edited.
    """

    id: EditId
    edit: Edit
    difference: Money
    additions: Mapping[VariantId, int]
    base_version: int
    reason: str
    staged_at: datetime
    expires_at: datetime
    return_id: ReturnId | None = None
    """Of an exchange: the return whose goods it is for."""
    credit: Money | None = None
    """What of its price is borne by what came back."""
