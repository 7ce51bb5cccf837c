"""Pricing an edit: kept units cost what they cost, what is new what it costs today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.application.carriers import Told, quote_told
from automate_store.application.orders.naming import named_fault
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import Sellable
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.quoting import refused_codes
from automate_store.application.terms import basket_line, bought_line, unused_codes
from automate_store.domain.carts import TooManyOfOne
from automate_store.domain.catalog import ProductNotFound, VariantNotFound, VariantNotNamed
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.identity import Address
from automate_store.domain.inventory import demand
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId, OrderId, ProductId, VariantId
from automate_store.domain.orders import (
    Edit,
    EditKind,
    Order,
    OrderItem,
    edited_items,
    takeable,
)
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    Giveaway,
    PresentedCode,
    PricingRules,
    Quote,
    QuotedLine,
    joined,
    keeping,
    staying,
    with_gifts,
    without,
)
from automate_store.domain.promotions import ANYBODY, Reason, Shopper
from automate_store.domain.shipping import ShippingRequired


@frozen(kw_only=True)
class Addition:
    """So many more of a product or one of its variants; at least one of them is named."""

    product_id: ProductId | None = None
    variant_id: VariantId | None = None
    quantity: int


@frozen(kw_only=True)
class ModifyItems:
    """
    A wish to have other quantities of an order's items, or new ones.

    ``items`` says how many there are to be of each; those that it does not name stay.
    """

    order_id: OrderId
    items: Mapping[LineId, int] = field(factory=dict)
    added: tuple[Addition, ...] = ()
    shipping_method: str | None = None
    rerun_promotions: bool = False
    reason: str | None = None


@frozen(kw_only=True)
class ChangeAddress:
    """A wish to have an order sent somewhere else, perhaps in another way."""

    order_id: OrderId
    shipping_address: Address
    shipping_method: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class Pricing:
    """What edits of an order are priced by, read at one moment."""

    order: Order
    shelf: Mapping[VariantId, Sellable]
    rules: PricingRules
    shopper: Shopper = ANYBODY
    codes: tuple[PresentedCode, ...] = ()
    giveaways: Mapping[VariantId, Sellable] = field(factory=dict)
    meant: Mapping[ProductId, VariantId] = field(factory=dict)
    """The only variant of each product that was named without one."""


async def load_pricing(
    order: Order, added: Sequence[Addition], reads: Reads, *, rerun: bool
) -> Pricing:
    """
    All that an edit of the order is priced by; what promotions ask for only for a re-run.

    Raises ProductNotFound or VariantNotNamed.
    """
    rules = await reads.rules.current()
    meant = await _meant([each.product_id for each in added if not each.variant_id], reads)
    wanted = {item.variant_id for item in order.items}
    wanted |= {each.variant_id for each in added if each.variant_id} | set(meant.values())
    shelf = await reads.shelf.of(sorted({*wanted, *(rules.gifts if rerun else ())}))
    shopper = await _shopper(order, rules, reads, rerun=rerun)
    codes = await unused_codes(order, reads) if rerun and order.quote.codes else ()
    giveaways = {each: shelf[each] for each in rules.gifts if each in shelf} if rerun else {}
    return Pricing(
        order=order,
        shelf=shelf,
        rules=rules,
        shopper=shopper,
        codes=codes,
        giveaways=giveaways,
        meant=meant,
    )


def price_items(
    command: ModifyItems, pricing: Pricing, told: Told, *, ports: Ports, at: datetime
) -> Edit:
    """
    The order with these items.

    Raises InvalidInput, VariantNotFound, TooManyOfOne, NotCancellable, the refusals of
    shipping, and CouponRefused where promotions are re-run.
    """
    leaving, more = _changes(command, pricing.order)
    order = takeable(pricing.order, leaving)
    wanted = [*more, *_named(command.added, pricing)]
    most = ports.policy.cart.max_quantity
    stay = edited_items(order, leaving, ())
    added = [
        _new_line(variant, many, _kept(variant, stay), most, ports)
        for variant, many in _at_once(wanted, pricing)
    ]
    returned = {item.id: item.returned for item in order.items}
    left = without(order.quote, leaving, carried=True, behind=returned)
    lines = [*_kept_lines(left.lines, pricing), *added]
    basket = _basket(lines, pricing, order.shipping_address, command.shipping_method, at)
    if command.rerun_promotions:
        again = _priced_again(basket, left, pricing, told)
        back = {item_id for item_id, many in returned.items() if many}
        priced = _with_own_gifts(staying(left, again, back), order, ports)
    else:
        rules = evolve(pricing.rules, promotions=())
        kept = quote_told(basket, rules, told, keeping(left))
        priced = joined(left, kept)
    return Edit(
        kind=EditKind.ITEMS,
        items=_items_of(_settled(priced), pricing),
        quote=priced,
        shipping_address=order.shipping_address,
    )


def price_address(command: ChangeAddress, pricing: Pricing, told: Told, *, at: datetime) -> Edit:
    """
    The order on its way to that address; raises the refusals of shipping.

    Where neither place nor method is another one, it costs what it cost. What needs no parcel
    and was handed over goes nowhere, and is taxed where it was handed over.
    """
    order, to = pricing.order, command.shipping_address
    quoted = order.quote
    if to.destination != order.shipping_address.destination or command.shipping_method:
        given = {line.id for line in quoted.lines if line.gift}
        lines = _kept_lines(quoted.lines, pricing)
        basket = _basket(lines, pricing, to, command.shipping_method, at)
        rules = evolve(pricing.rules, promotions=())
        priced = _settled(quote_told(basket, rules, told, keeping(quoted)))
        there = {item.id for item in order.items if item.shipped}
        priced = staying(quoted, priced, there)
        quoted = evolve(with_gifts(priced, given), codes=quoted.codes)
    return Edit(kind=EditKind.ADDRESS, items=order.items, quote=quoted, shipping_address=to)


async def _meant(
    product_ids: Sequence[ProductId | None], reads: Reads
) -> Mapping[ProductId, VariantId]:
    named = [each for each in product_ids if each is not None]
    choices = await reads.shelf.of_products(named) if named else {}
    for product_id in named:
        if product_id not in choices:
            raise ProductNotFound(str(product_id))
        if choices[product_id].variants > 1:
            raise VariantNotNamed(product_id, choices[product_id].variants)
    return {each: choices[each].variant.variant_id for each in named}


async def _shopper(order: Order, rules: PricingRules, reads: Reads, *, rerun: bool) -> Shopper:
    """Who bought: nobody's edit is priced by who makes it."""
    shopper = ANYBODY
    if order.user_id is not None:
        account = await reads.accounts.get(order.user_id)
        shopper = Shopper(signed_in=True, groups=account.groups, tax_exempt=account.tax_exempt)
    if not rerun or not rules.asks_first_order:
        return shopper
    before = await reads.orders.any_of(order.user_id, order.email, besides=order.id)
    return evolve(shopper, first_order=not before)


def _changes(
    command: ModifyItems, order: Order
) -> tuple[dict[LineId, int], list[tuple[VariantId, int]]]:
    """How many units of each item leave, and how many more of which variants are wanted."""
    gifts = {line.id for line in order.quote.lines if line.gift}
    items = {item.id: item for item in order.items}
    faults = [
        fault
        for place, (item_id, many) in enumerate(command.items.items())
        if (fault := _fault(place, items.get(item_id), many, given=item_id in gifts))
    ]
    if faults:
        raise InvalidInput(tuple(faults))
    moved = [(items[item_id], many) for item_id, many in command.items.items()]
    leaving = {item.id: item.quantity - many for item, many in moved if many < item.quantity}
    more = [(item.variant_id, many - item.quantity) for item, many in moved]
    return leaving, [(variant_id, many) for variant_id, many in more if many > 0]


def _fault(place: int, item: OrderItem | None, wanted: int, *, given: bool) -> FieldError | None:
    if item is None or wanted < 0:
        return named_fault(place, None if item is None else "none or more")
    if given and wanted > item.quantity:
        return named_fault(place, f"{item.quantity} or less: it is a gift")
    return None


def _named(added: Sequence[Addition], pricing: Pricing) -> list[tuple[VariantId, int]]:
    named = []
    for each in added:
        variant_id = each.variant_id
        if variant_id is None:
            assert each.product_id is not None, "one of the two ids is given"
            variant_id = pricing.meant[each.product_id]
        elif each.product_id not in {None, _sellable(variant_id, pricing).product_id}:
            raise VariantNotFound(str(variant_id))
        named.append((variant_id, each.quantity))
    return named


def _at_once(
    wanted: Sequence[tuple[VariantId, int]], pricing: Pricing
) -> list[tuple[Sellable, int]]:
    """What is wanted, a variant in one line; raises VariantNotFound for what is not sold now."""
    found = [(_sellable(variant_id, pricing), many) for variant_id, many in demand(wanted).items()]
    for variant, _ in found:
        if not variant.active:
            raise VariantNotFound(str(variant.variant_id))
    return found


def _sellable(variant_id: VariantId, pricing: Pricing) -> Sellable:
    variant = pricing.shelf.get(variant_id)
    if variant is None:
        raise VariantNotFound(str(variant_id))
    return variant


def _kept(variant: Sellable, items: Sequence[OrderItem]) -> int:
    """How many of the variant the order has already, at the prices that they had."""
    return sum(each.quantity for each in items if each.variant_id == variant.variant_id)


def _new_line(variant: Sellable, quantity: int, kept: int, most: int, ports: Ports) -> BasketLine:
    if kept + quantity > most:
        raise TooManyOfOne(kept + quantity, most)
    return basket_line(LineId(ports.ids.uuid()), variant, quantity)


def _kept_lines(lines: Sequence[QuotedLine], pricing: Pricing) -> list[BasketLine]:
    """The lines at the prices that they were bought at."""
    return [bought_line(line, _sellable(line.variant_id, pricing)) for line in lines]


def _basket(
    lines: Sequence[BasketLine],
    pricing: Pricing,
    to: Address,
    method: str | None,
    at: datetime,
) -> Basket:
    quoted = pricing.order.quote
    before = quoted.shipping.method if quoted.shipping else None
    return Basket(
        lines=tuple(lines),
        currency=quoted.currency,
        at=at,
        destination=to.destination,
        shipping_method=method or before,
        shopper=pricing.shopper,
    )


def _priced_again(basket: Basket, left: Quote, pricing: Pricing, told: Told) -> Quote:
    """Today's promotions and the order's codes on all of it, gifts given anew."""
    given = {line.id for line in left.lines if line.gift}
    again = evolve(
        basket,
        lines=tuple(line for line in basket.lines if line.id not in given),
        codes=pricing.codes,
        giveaways=tuple(
            _giveaway(each, pricing.order) for each in pricing.giveaways.values() if each.active
        ),
    )
    priced = quote_told(again, pricing.rules, told)
    for code in refused_codes(priced):
        missing = code.missing_amount or code.missing_quantity
        reason = code.reason or Reason.NOTHING_ELIGIBLE
        raise CouponRefused(code.code, reason, code.detail, missing)
    return priced


def _with_own_gifts(priced: Quote, order: Order, ports: Ports) -> Quote:
    """The quote, a gift that the order has not just so standing in a line of its own."""
    had = {line.id: (line.unit_price, line.quantity) for line in order.quote.lines}
    lines = tuple(
        evolve(line, id=LineId(ports.ids.uuid()))
        if line.gift and had.get(line.id) != (line.unit_price, line.quantity)
        else line
        for line in priced.lines
    )
    return evolve(priced, lines=lines)


def _giveaway(variant: Sellable, order: Order) -> Giveaway:
    """What may be given of it: what is free, and what the order has of it already."""
    return Giveaway(
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        unit_price=variant.unit_price,
        weight_g=variant.weight_g,
        requires_shipping=variant.requires_shipping,
        tax_class=variant.tax_class,
        available=variant.stock.promisable + order.wanted.get(variant.variant_id, 0),
    )


def _settled(priced: Quote) -> Quote:
    """The quote, where all in it can be carried; raises the refusals of shipping."""
    if priced.shipping_problem is not None:
        raise priced.shipping_problem
    if priced.shipping_pending:
        raise ShippingRequired
    return priced


def _items_of(priced: Quote, pricing: Pricing) -> tuple[OrderItem, ...]:
    """The order's items as the quote has them, and one for each line that is new."""
    order = pricing.order
    lines = {line.id: line for line in priced.lines}
    staying = {each: line.quantity for each, line in lines.items()}
    leaving = {item.id: item.quantity - staying.get(item.id, 0) for item in order.items}
    known = {item.id for item in order.items}
    added = (
        _item(line, pricing.shelf[line.variant_id]) for line in priced.lines if line.id not in known
    )
    return edited_items(order, leaving, added)


def _item(line: QuotedLine, variant: Sellable) -> OrderItem:
    return OrderItem(
        id=line.id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        name=variant.name,
        sku=variant.sku,
        attributes=variant.attributes,
        image_url=variant.image_url,
        requires_shipping=variant.requires_shipping,
        unit_price=line.unit_price,
        quantity=line.quantity,
    )
