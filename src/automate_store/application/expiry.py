"""Expiring orders: what nobody paid for in time goes back on the shelf, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from automate_store.application.access import SYSTEM
from automate_store.application.funding import drop, keep_no_more
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.redeeming import give_codes_back
from automate_store.application.retries import retrying
from automate_store.application.staging import abandon_edit
from automate_store.application.stock import release_stock
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import StoreError, Unavailable
from automate_store.domain.kernel.ids import OrderId, VariantId
from automate_store.domain.orders import (
    NOT_PAID_FOR,
    NOT_PAID_IN_TIME,
    Order,
    OrderState,
    edit_overdue,
)
from automate_store.domain.payments import OPEN
from automate_store.domain.promotions import Reason

EXPIRY_BATCH = 200
ROUNDS = 5
"""How often one request makes room before it believes in a shortage."""
_USED = frozenset({Reason.USED_UP, Reason.USED_BY_YOU})
T = TypeVar("T")


async def expire_orders(*, ports: Ports) -> int:
    """
    Cancel the orders whose time to pay is over and release their stock; how many.

    Edits whose time is over are given up likewise; their orders stay as they were.

    At most EXPIRY_BATCH at a call; each in a transaction of its own, so that one that is
    being paid right now, or can't be ended, does not keep the others waiting. Raises why the
    first could not, once all the others are.
    """
    ended, refused = await _end_each(await _all_overdue(ports), ports)
    if refused:
        raise refused[0]
    return ended


async def making_room(attempt: Callable[[], Awaitable[T]], *, ports: Ports) -> T:
    """
    What the attempt gives; made anew where what it was short of was held by overdue orders.

    That is stock, and uses of coupons. So an order's time to pay ends by the clock,
    whether or not a worker runs, and whoever ends it: ROUNDS batches of overdue orders at
    most. One that can't be ended is no matter of whoever is short.
    """
    for _ in range(ROUNDS):
        try:
            return await retrying(attempt)
        except OutOfStock as short:
            overdue = await _overdue(ports, [one.variant_id for one in short.shortages])
            await _end_each(overdue, ports)
            if not overdue and not await _freed(short, ports):
                raise
        except CouponRefused as refused:
            if refused.reason not in _USED:
                raise
            ended, _ = await _end_each(await _all_overdue(ports), ports)
            if not ended and not await _given_back(refused, ports):
                raise
    return await retrying(attempt)


async def _end_each(
    order_ids: Iterable[OrderId], ports: Ports
) -> tuple[int, tuple[StoreError, ...]]:
    """How many of them were ended, and why others could not be."""
    ended, refused = 0, []
    for order_id in order_ids:
        try:
            ended += await expire_order(order_id, ports=ports)
        except Unavailable:
            raise
        except StoreError as error:
            refused.append(error)
    return ended, tuple(refused)


async def _all_overdue(ports: Ports) -> Iterable[OrderId]:
    """The orders whose time is over, and those beside which an edit's is."""
    return dict.fromkeys([*await _overdue(ports), *await _edits_overdue(ports)])


async def _overdue(
    ports: Ports, variant_ids: Sequence[VariantId] | None = None
) -> Sequence[OrderId]:
    async with ports.reading() as reads:
        return await reads.stock.overdue(ports.clock(), variant_ids=variant_ids, limit=EXPIRY_BATCH)


async def _edits_overdue(ports: Ports) -> Sequence[OrderId]:
    """Those that hold no stock are found by their own deadline alone."""
    async with ports.reading() as reads:
        return await reads.orders.edits_overdue(ports.clock(), limit=EXPIRY_BATCH)


async def _freed(short: OutOfStock, ports: Ports) -> bool:
    """Whether there is more now than the attempt found, since somebody else expired orders."""
    async with ports.reading() as reads:
        stock = await reads.stock.of([one.variant_id for one in short.shortages])
    found = {one.variant_id: one.available for one in short.shortages}
    return any(item.promisable > found[item.variant_id] for item in stock.values())


async def _given_back(refused: CouponRefused, ports: Ports) -> bool:
    """Whether a code that was used up is no more, since somebody else expired orders."""
    if refused.reason != Reason.USED_UP:
        return False
    async with ports.reading() as reads:
        return not (await reads.coupons.get(refused.coupon)).coupon.used_up


async def expire_order(order_id: OrderId, *, ports: Ports) -> bool:
    """Whether the order was ended for want of money, or an edit beside it; raises OrderNotFound."""

    async def attempt() -> bool:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            order = await work.orders.get(order_id, lock=True)
            if edit_overdue(order, at):
                reason = NOT_PAID_FOR
                left = await abandon_edit(order, reason, work=work, actor=SYSTEM, ports=ports)
                await work.orders.save(left)
                return True
            if order.state is not OrderState.PLACED or not order.overdue(at):
                return False
            expired = order.expire(actor=SYSTEM.name, at=at)
            await release_stock(expired, work=work)
            await give_codes_back(expired, work=work, at=at)
            await work.orders.save(await _paid_back(expired, work=work, ports=ports))
            return True

    return await retrying(attempt)


async def _paid_back(expired: Order, *, work: Work, ports: Ports) -> Order:
    """The order (not saved yet) with the parts of its money that came on their way back."""
    payments = await work.payments.of_order(expired.id)
    drop(payments, OPEN, work=work, ports=ports)
    return await keep_no_more(
        expired, payments, NOT_PAID_IN_TIME, work=work, actor=SYSTEM, ports=ports
    )
