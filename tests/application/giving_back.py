"""Returns of orders, for the tests of the use cases: asked for, decided on and received."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.orders import (
    DeliverOrder,
    OrderView,
    ShipOrder,
    deliver_order,
    ship_order,
)
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    ReturnView,
    approve_return,
    receive_return,
    refund_return,
    request_return,
)
from automate_store.domain.catalog import Product
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.returns import (
    Condition,
    Receipt,
    ReturnItem,
    ReturnKind,
    ReturnPolicy,
)
from automate_store.entrypoints.properties.returns import UNWANTED
from tests.application.trading import STAFF, Trade

SUPPORT = Actor(Role.SUPPORT, "sue")


def usd(cents: int) -> Money:
    return Money(cents, "USD")


async def delivered(trade: Trade, product: Product, quantity: int) -> OrderView:
    """An order of so many, paid and arrived."""
    bought, ports = await trade.buy(product, quantity), trade.shop.ports
    await trade.pay(bought)
    whole, there = ShipOrder(order_id=bought.order.id), DeliverOrder(order_id=bought.order.id)
    key = str(bought.order.id)
    await ship_order(whole, versions=None, key=f"s{key}", actor=STAFF, ports=ports)
    await deliver_order(there, versions=None, key=f"d{key}", actor=STAFF, ports=ports)
    return bought


def wish(bought: OrderView, quantity: int, reason: str = UNWANTED, **more: Any) -> RequestReturn:
    (item,) = bought.order.items
    items = (ReturnItem(item_id=item.id, quantity=quantity, reason=reason),)
    kind = more.pop("kind", ReturnKind.RETURN)
    return RequestReturn(order_id=bought.order.id, kind=kind, items=items, **more)


async def ask(
    trade: Trade, bought: OrderView, quantity: int, reason: str = UNWANTED, **more: Any
) -> ReturnView:
    """So many asked back by the guest who bought them."""
    key = more.pop("key", "ask")
    command = wish(bought, quantity, reason, **more)
    ports = trade.shop.ports
    return await request_return(command, token=bought.token, key=key, actor=GUEST, ports=ports)


async def approve(trade: Trade, view: ReturnView) -> ReturnView:
    key, ports = f"approve {view.returned.id}".replace(" ", "-"), trade.shop.ports
    return await approve_return(view.returned.id, key=key, actor=STAFF, ports=ports)


async def receive(
    trade: Trade,
    view: ReturnView,
    accepted: int,
    condition: Condition = Condition.NEW,
    *,
    reason: str | None = None,
    key: str = "receive",
) -> ReturnView:
    (item,) = view.returned.items
    receipt = Receipt(accepted=accepted, condition=condition, reason=reason)
    command = ReceiveReturn(return_id=view.returned.id, items={item.item_id: receipt})
    return await receive_return(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def refund(trade: Trade, view: ReturnView, *, key: str = "refund") -> ReturnView:
    return await refund_return(view.returned.id, key=key, actor=STAFF, ports=trade.shop.ports)


async def balanced(trade: Trade) -> bool:
    """Whether the books agree; the shop was stocked without a ledger."""
    report = await trade.shop.store.auditor().audit(shown=10)
    wrong = [check for check in report.checks if check.differences]
    return [check for check in wrong if check.check not in {"on hand", "ledger"}] == []


def with_policy(trade: Trade, **changes: Any) -> Trade:
    """The same shop, which takes goods back in another way."""
    policy: ReturnPolicy = evolve(trade.shop.ports.policy.returns, **changes)
    store = evolve(trade.shop.ports.policy, returns=policy)
    shop: MemoryShop = evolve(trade.shop, ports=evolve(trade.shop.ports, policy=store))
    return evolve(trade, shop=shop)


async def arrive(trade: Trade, order: Order) -> None:
    """All parcels of the order are there, though some of it has not left."""
    async with trade.shop.ports.unit_of_work() as work:
        known = await work.orders.get(order.id)
        at = trade.shop.clock()
        parcels = tuple(evolve(each, delivered_at=at) for each in known.shipments)
        await work.orders.save(evolve(known, shipments=parcels))


async def several(trade: Trade, bought: OrderView) -> Any:
    for _ in range(2):
        yield await ask(trade, bought, 1)
