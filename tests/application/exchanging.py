"""Exchanges, for the tests of the use cases: asked for, paid, and what became of them."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    OrderView,
)
from automate_store.application.payments import list_refunds
from automate_store.application.returns import (
    RequestReturn,
    ReturnView,
    list_returns,
    request_return,
)
from automate_store.domain.catalog import Product
from automate_store.domain.orders import (
    Order,
)
from automate_store.domain.returns import (
    ReturnKind,
)
from automate_store.entrypoints.properties.returns import UNWANTED
from tests.application.giving_back import (
    wish,
)
from tests.application.trading import STAFF, Trade

WEEK = timedelta(days=7)


async def exchange(
    trade: Trade,
    bought: OrderView,
    quantity: int,
    product: Product,
    reason: str = UNWANTED,
    *,
    kind: ReturnKind = ReturnKind.RETURN,
    key: str = "exchange",
) -> ReturnView:
    """So many of the order's first item asked back for others by the guest who bought them."""
    command, ports = wanted(bought, quantity, product, reason, kind=kind), trade.shop.ports
    return await request_return(command, token=bought.token, key=key, actor=GUEST, ports=ports)


def wanted(
    bought: OrderView,
    quantity: int,
    product: Product,
    reason: str = UNWANTED,
    *,
    kind: ReturnKind = ReturnKind.RETURN,
) -> RequestReturn:
    plain = wish(bought, quantity, reason, kind=kind)
    return evolve(plain, replacements={plain.items[0].item_id: product.variants[0].id})


async def now(trade: Trade, bought: OrderView) -> Order:
    async with trade.shop.ports.reading() as reads:
        return await reads.orders.get(bought.order.id)


async def the_return(trade: Trade, view: ReturnView) -> ReturnView:
    found = await list_returns(view.order.id, token=None, actor=STAFF, ports=trade.shop.ports)
    (again,) = (each for each in found if each.returned.id == view.returned.id)
    return again


async def refunds(trade: Trade, bought: OrderView) -> list[int]:
    ports = trade.shop.ports
    found = await list_refunds(bought.order.id, token=bought.token, actor=GUEST, ports=ports)
    return [each.amount.minor for each in found.refunds]


async def pay_difference(trade: Trade, bought: OrderView, *, key: str = "d") -> None:
    intended = await trade.intend(bought, key=f"i{key}")
    await trade.confirm(bought, intended, key=f"c{key}")
