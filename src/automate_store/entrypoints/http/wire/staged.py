"""Changes of orders that wait to be paid, on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from automate_store.domain.identity import Address
from automate_store.domain.orders import EditKind, Order, OrderItem, StagedEdit
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer


class AddressAnswer(Struct, frozen=True):
    """A postal address."""

    first_name: str
    last_name: str
    company: str | None
    address_line_1: str
    address_line_2: str | None
    city: str
    state: str | None
    postal_code: str | None
    country: str
    phone: str | None


class StagedItem(Struct, frozen=True):
    """An item of which there are to be another number than now; of a new one there are none."""

    item_id: UUID
    variant_id: UUID
    name: str
    now: int
    then: int


class StagedEditAnswer(Struct, frozen=True):
    """
    A change that waits beside the order until to_pay is paid, or until expires_at.

    items are those of which the number changes; shipping_address is where it would go.
    """

    id: UUID
    kind: EditKind
    reason: str
    items: list[StagedItem]
    shipping_address: AddressAnswer
    to_pay: Amount
    quote: QuoteAnswer
    expires_at: datetime


def staged_answer(order: Order, staged: StagedEdit, *, to_staff: bool) -> StagedEditAnswer:
    """The change that waits, and what of the order it is."""
    return StagedEditAnswer(
        staged.id,
        staged.edit.kind,
        staged.reason,
        list(_staged_items(order.items, staged.edit.items)),
        address_answer(staged.edit.shipping_address),
        amount(staged.difference),
        quote_answer(staged.edit.quote, to_staff=to_staff),
        staged.expires_at,
    )


def address_answer(address: Address) -> AddressAnswer:
    """The address."""
    return AddressAnswer(
        address.first_name,
        address.last_name,
        address.company,
        address.address_line_1,
        address.address_line_2,
        address.city,
        address.state,
        address.postal_code,
        address.country,
        address.phone,
    )


def _staged_items(now: Iterable[OrderItem], then: Iterable[OrderItem]) -> Iterator[StagedItem]:
    known, wanted = ({item.id: item for item in items} for items in (now, then))
    for item in {**known, **wanted}.values():
        before, after = (
            items[item.id].quantity if item.id in items else 0 for items in (known, wanted)
        )
        if before != after:
            yield StagedItem(item.id, item.variant_id, item.name, before, after)
