"""Terms: what an order was bought under, so that its goods can be priced again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import Sellable
from automate_store.application.ports.unit_of_work import Reads
from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.orders import Order
from automate_store.domain.pricing import Basket, BasketLine, Giveaway, PresentedCode, QuotedLine
from automate_store.domain.promotions import Shopper
from automate_store.domain.returns import Terms


async def terms_of(
    order: Order, coming: Iterable[VariantId], *, reads: Reads, ports: Ports
) -> Terms | None:
    """
    What the order's goods, and those that are coming, can be priced by again.

    None, and nothing is read, where discounts are never taken back or nothing came off them.
    """
    reduced = any(line.adjustments for line in order.quote.lines)
    if not ports.policy.returns.clawback or not reduced:
        return None
    rules = await reads.rules.current()
    wanted = {*coming, *(line.variant_id for line in order.quote.lines)}
    shelf = await reads.shelf.of(sorted(wanted))
    codes = await unused_codes(order, reads) if order.quote.codes else ()
    # It was their first order if a rule asked for that, whatever they have bought since.
    shopper = evolve(await _shopper(order, reads), first_order=True)
    goods = [basket_line(LineId(each), variant, 1) for each, variant in shelf.items()]
    basket = _basket(order, shelf, codes, shopper)
    return Terms.of(basket, goods, rules, order.quote)


async def unused_codes(order: Order, reads: Reads) -> tuple[PresentedCode, ...]:
    """The order's codes, as if it had not used them itself."""
    codes = [each.code for each in order.quote.codes]
    found = await reads.coupons.presented(codes, user_id=order.user_id, email=order.email)
    return tuple(_unused(each) for each in found)


def basket_line(line_id: LineId, variant: Sellable, quantity: int) -> BasketLine:
    """So many of the variant at its price now."""
    return BasketLine(
        id=line_id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        unit_price=variant.unit_price,
        quantity=quantity,
        weight_g=variant.weight_g,
        requires_shipping=variant.requires_shipping,
        tax_class=variant.tax_class,
        category_ids=variant.category_ids,
        brand_id=variant.brand_id,
        tags=variant.tags,
        compare_price=variant.compare_price,
        minimum_price=variant.minimum_price,
    )


def bought_line(line: QuotedLine, variant: Sellable) -> BasketLine:
    """The line at the price that it was bought at."""
    now = basket_line(line.id, variant, line.quantity)
    return evolve(now, unit_price=line.unit_price)


def _unused(code: PresentedCode) -> PresentedCode:
    if code.coupon is None:
        return code
    coupon = evolve(code.coupon, used_count=max(0, code.coupon.used_count - 1))
    return evolve(code, coupon=coupon, used_by_you=max(0, code.used_by_you - 1))


async def _shopper(order: Order, reads: Reads) -> Shopper:
    if order.user_id is None:
        return Shopper()
    account = await reads.accounts.get(order.user_id)
    return Shopper(signed_in=True, groups=account.groups)


def _basket(
    order: Order,
    shelf: Mapping[VariantId, Sellable],
    codes: tuple[PresentedCode, ...],
    shopper: Shopper,
) -> Basket:
    quoted = order.quote
    gifts = [line for line in quoted.lines if line.gift and line.variant_id in shelf]
    return Basket(
        lines=(),
        currency=quoted.currency,
        at=order.placed_at,
        destination=order.shipping_address.destination,
        shipping_method=None,
        shopper=shopper,
        codes=codes,
        giveaways=tuple(_given(line, shelf[line.variant_id], order) for line in gifts),
    )


def _given(line: QuotedLine, variant: Sellable, order: Order) -> Giveaway:
    """The gift as it was given: the order has all of it that it needs."""
    return Giveaway(
        product_id=line.product_id,
        variant_id=line.variant_id,
        unit_price=line.unit_price,
        weight_g=variant.weight_g,
        requires_shipping=variant.requires_shipping,
        tax_class=variant.tax_class,
        available=order.wanted.get(line.variant_id, 0),
    )
