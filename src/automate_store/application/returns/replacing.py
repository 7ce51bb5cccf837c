"""Agreeing on what comes for goods that go back: which variant, at what price, for how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, field, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import Sellable
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.terms import basket_line
from automate_store.domain.catalog import VariantNotFound
from automate_store.domain.inventory import demand, reserve
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderFull, OrderItem, exchangeable
from automate_store.domain.pricing import (
    Basket,
    PricingRules,
    QuotedLine,
    quote,
    replacing,
    some_units,
)
from automate_store.domain.promotions import ANYBODY, Shopper
from automate_store.domain.returns import Replacement, ReturnItem

Wanted = Mapping[LineId, VariantId]
"""Which variant comes for the units of which item."""


@frozen(kw_only=True)
class _Today:
    """What a replacement is priced by."""

    order: Order
    shelf: Mapping[VariantId, Sellable]
    rules: PricingRules
    shopper: Shopper = field(default=ANYBODY)


async def with_replacements(
    items: tuple[ReturnItem, ...], wanted: Wanted, order: Order, *, reads: Reads, ports: Ports
) -> tuple[ReturnItem, ...]:
    """
    The items, each with what comes for it where that is wanted; its price is agreed by that.

    Raises NothingToExchange, VariantNotFound, OrderFull, OutOfStock, or InvalidInput where
    an item that is not named, or a gift, is to be replaced.
    """
    if not wanted:
        return items
    if faults := tuple(_faults(items, wanted, order)):
        raise InvalidInput(faults)
    most = ports.policy.cart.max_lines
    if len(order.quote.lines) + len(wanted) > most:
        raise OrderFull(most)
    today = await _today(exchangeable(order), wanted, reads)
    pieces = demand((wanted[i.item_id], i.quantity) for i in items if i.item_id in wanted)
    for variant_id in pieces:
        if variant_id not in today.shelf or not today.shelf[variant_id].active:
            raise VariantNotFound(str(variant_id))
    taken = reserve({each: variant.stock for each, variant in today.shelf.items()}, pieces)
    assert all(change.reserved for change in taken), "what is approved would take what it asks for"
    return tuple(
        evolve(item, replacement=_agreed(item, wanted[item.item_id], today, ports))
        if item.item_id in wanted
        else item
        for item in items
    )


async def _today(order: Order, wanted: Wanted, reads: Reads) -> _Today:
    bought = {item.variant_id for item in order.items if item.id in wanted}
    shelf = await reads.shelf.of(sorted({*bought, *wanted.values()}))
    rules = evolve(await reads.rules.current(), promotions=())
    if order.user_id is None:
        return _Today(order=order, shelf=shelf, rules=rules)
    account = await reads.accounts.get(order.user_id)
    shopper = Shopper(signed_in=True, groups=account.groups, tax_exempt=account.tax_exempt)
    return _Today(order=order, shelf=shelf, rules=rules, shopper=shopper)


def _agreed(item: ReturnItem, variant_id: VariantId, today: _Today, ports: Ports) -> Replacement:
    """What comes for the item: at its price of today, or for just what was paid."""
    order, variant = today.order, today.shelf[variant_id]
    (line,) = (each for each in order.quote.lines if each.id == item.item_id)
    line_id = LineId(ports.ids.uuid())
    if _even(line, variant, today):
        return Replacement(
            item=_item(line_id, variant, line.unit_price, item.quantity), priced=None
        )
    (before,) = (each.returned for each in order.items if each.id == item.item_id)
    gone = some_units(line, before, before + item.quantity, order.quote.tax_mode)
    basket = Basket(
        lines=(evolve(basket_line(line_id, variant, item.quantity), minimum_price=None),),
        currency=order.quote.currency,
        at=ports.clock(),
        destination=order.shipping_address.destination,
        shipping_method=None,
        shopper=today.shopper,
    )
    priced = quote(basket, today.rules, replacing(gone))
    comes = _item(line_id, variant, variant.unit_price, item.quantity)
    return Replacement(item=comes, priced=priced.lines[0], taxes=priced.taxes)


def _even(line: QuotedLine, variant: Sellable, today: _Today) -> bool:
    """Whether it costs what was paid: the same thing does, and so does its equal."""
    if variant.variant_id == line.variant_id:
        return True
    bought = today.shelf.get(line.variant_id)
    taxed_alike = bought is not None and bought.tax_class == variant.tax_class
    return taxed_alike and variant.unit_price == line.unit_price


def _item(line_id: LineId, variant: Sellable, price: Money, quantity: int) -> OrderItem:
    return OrderItem(
        id=line_id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        name=variant.name,
        sku=variant.sku,
        attributes=variant.attributes,
        image_url=variant.image_url,
        requires_shipping=variant.requires_shipping,
        unit_price=price,
        quantity=quantity,
    )


def _faults(items: tuple[ReturnItem, ...], wanted: Wanted, order: Order) -> Iterator[FieldError]:
    named = {item.item_id for item in items}
    gifts = {line.id for line in order.quote.lines if line.gift}
    for item_id in wanted:
        if item_id not in named:
            yield FieldError(f"items.{item_id}", "goes back, where something comes for it")
        elif item_id in gifts:
            yield FieldError(f"items.{item_id}", "is a gift, and nothing comes for it")
