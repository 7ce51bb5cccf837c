"""The checks' own view of an order's money: it finds what is wrong, and nothing else."""

from __future__ import annotations

import psycopg
import pytest
from attrs import frozen

from automate_store.adapters.postgres.engine import Pool
from automate_store.application.access import GUEST
from automate_store.application.orders import (
    DeliverOrder,
    OrderView,
    ShipOrder,
    deliver_order,
    ship_order,
)
from automate_store.application.ports import Ports
from automate_store.application.returns import (
    ReplaceReturn,
    RequestReturn,
    approve_return,
    replace_return,
    request_return,
)
from automate_store.domain.returns import ReturnItem, ReturnKind
from automate_store.entrypoints.properties.contracts.scene import put_stocked
from benchmarks.rig.agreement import DISAGREEMENTS
from tests.adapters.postgres.shops import STAFF, bought, paid, put_up_shipping
from tests.contracts.shops import ports_on

SHORT, UNASKED = list(DISAGREEMENTS)[:2]
"""A paid order of whose money some is missing; money of an order that is not paid."""
TAKE_ONE = "UPDATE payments SET captured_amount = captured_amount - 1"
KEEP_ONE = "UPDATE payments SET captured_amount = 1"
NOT_PAID = "UPDATE orders SET state = 'placed', payment_state = 'pending'"
CALLED_OFF = "UPDATE orders SET state = 'cancelled', payment_state = 'pending'"


@frozen
class Sale:
    """An order that was paid, in a database that can be spoilt."""

    url: str
    ports: Ports
    order: OrderView

    def found(self, *spoiling: str) -> set[str]:
        """What is wrong with its money once that was done to it."""
        with psycopg.connect(self.url, autocommit=True) as database:
            for statement in spoiling:
                database.execute(statement.encode())
            money = (SHORT, UNASKED)
            return {
                name for name in money if database.execute(DISAGREEMENTS[name].encode()).rowcount
            }


@pytest.fixture
async def sale(postgres_url: str, pool: Pool) -> Sale:
    ports = ports_on(pool)
    await put_up_shipping(ports)
    order = await bought([await put_stocked(ports)], "order", ports)
    await paid(order, "order", ports)
    return Sale(postgres_url, ports, order)


@pytest.mark.parametrize(
    ("spoiling", "wrong"),
    [
        ([], set()),
        ([TAKE_ONE], {SHORT}),
        ([NOT_PAID], {UNASKED}),
        ([NOT_PAID, KEEP_ONE], set()),
        ([CALLED_OFF, KEEP_ONE], {UNASKED}),
    ],
)
def test_money_is_kept_whole_for_what_is_paid_and_in_part_for_what_waits(
    sale: Sale, spoiling: list[str], wrong: set[str]
) -> None:
    assert sale.found(*spoiling) == wrong


async def test_what_was_replaced_is_paid_by_the_credit_of_what_it_replaces(sale: Sale) -> None:
    order_id, ports = sale.order.order.id, sale.ports
    (bought_item,) = sale.order.order.items
    item = ReturnItem(item_id=bought_item.id, quantity=1, reason="damaged")
    same = {bought_item.id: bought_item.variant_id}
    left, there = ShipOrder(order_id=order_id), DeliverOrder(order_id=order_id)
    await ship_order(left, versions=None, key="s", actor=STAFF, ports=ports)
    await deliver_order(there, versions=None, key="d", actor=STAFF, ports=ports)
    wish = RequestReturn(order_id=order_id, kind=ReturnKind.CLAIM, items=(item,), replacements=same)
    asked = await request_return(wish, token=sale.order.token, key="a", actor=GUEST, ports=ports)
    claim = asked.returned.id
    await approve_return(claim, key="y", actor=STAFF, ports=ports)
    await replace_return(ReplaceReturn(return_id=claim), key="r", actor=STAFF, ports=ports)

    assert sale.found() == set()
    assert sale.found(TAKE_ONE) == {SHORT}
