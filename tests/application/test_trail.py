"""What the audit trail tells: each change once, with its work, and nothing of what is private."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import Pool
from automate_store.application.access import Actor, Permission, Role
from automate_store.application.auditing import note, read_audit
from automate_store.application.coupons import CouponTerms, create_coupon, generate_coupons
from automate_store.application.errors import NotAllowed
from automate_store.application.inventory import AdjustStock, adjust_stock
from automate_store.application.orders import (
    DeliverOrder,
    OrderView,
    ShipOrder,
    deliver_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.application.shipping import PutShippingMethod, put_shipping_method
from automate_store.application.taxes import PutTaxRate, put_tax_rate
from automate_store.domain.coupons import CouponType
from automate_store.domain.inventory import MovementType, StockNotFound
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import FlatRate
from tests.application.catalogs import Warehouse, memory_ports, postgres_ports
from tests.application.trading import HOME, STAFF, Trade

TEA = "tea,Tea,Title,Default Title,TEA-1,4.50,10"
TEN = CouponTerms(name="Ten per cent", type=CouponType.PERCENTAGE, value=Decimal(10))
NEW_YORK = PutTaxRate(
    code="us-ny",
    name="New York",
    rate=Decimal("0.08875"),
    zone=Zone("US", "NY"),
    applies_to_shipping=True,
    period=Period(),
)
STANDARD = PutShippingMethod(code="standard", name="Standard", rate=FlatRate(Money(499, "USD")))


class Broken(Exception):  # noqa: N818 - named for the fact
    """What a work breaks with."""


@pytest.fixture(params=["memory", "postgres"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        return memory_ports()
    pool: Pool = request.getfixturevalue("pool")
    return postgres_ports(pool)


async def trail(ports: Ports) -> tuple[TrailEntry, ...]:
    return await read_audit(limit=100, actor=STAFF, ports=ports)


def told(entries: tuple[TrailEntry, ...]) -> list[tuple[str, str, str]]:
    return [(each.actor, each.action, each.subject) for each in entries]


async def test_a_work_that_is_rolled_back_leaves_no_entry(ports: Ports) -> None:
    async def breaking() -> None:
        async with ports.unit_of_work() as work:
            await note(work, STAFF, "break", "cup:1", before=None, after={"a": 1}, ports=ports)
            raise Broken

    with pytest.raises(Broken):
        await breaking()
    assert await trail(ports) == ()


async def test_both_ends_come_back_as_they_went(ports: Ports) -> None:
    before, after = {"rate": Decimal("0.1"), "more": (1, None)}, NEW_YORK
    async with ports.unit_of_work() as work:
        await note(work, STAFF, "change", "cup:1", before=before, after=after, ports=ports)
    (entry,) = await trail(ports)
    assert entry.before == {"rate": "0.1", "more": [1, None]}
    assert entry.after is not None
    assert (entry.after["kind"], entry.after["rate"]) == ("put_tax_rate", "0.08875")
    assert (entry.at, entry.account_id) == (ports.clock(), None)


async def test_what_is_put_as_it_was_is_no_change(ports: Ports) -> None:
    for _ in range(2):
        await put_tax_rate(NEW_YORK, actor=STAFF, ports=ports)
    assert [each.before for each in await trail(ports)] == [None]


async def test_a_secret_that_is_changed_is_a_change(ports: Ports) -> None:
    async with ports.unit_of_work() as work:
        before, after = {"a": 1, "password_hash": "old"}, {"a": 1, "password_hash": "new"}
        await note(work, STAFF, "change", "cup:1", before=before, after=after, ports=ports)
    (entry,) = await trail(ports)
    assert entry.before == entry.after == {"a": 1}


async def test_what_the_command_line_puts_is_told_with_what_was_there(ports: Ports) -> None:
    dearer = evolve(NEW_YORK, rate=Decimal("0.09"))
    first = await put_tax_rate(NEW_YORK, actor=STAFF, ports=ports)
    await put_tax_rate(dearer, actor=STAFF, ports=ports)
    await put_shipping_method(STANDARD, actor=STAFF, ports=ports)
    shipping, second, once = await trail(ports)
    assert told((once, second, shipping)) == [
        ("sam", "put_tax_rate", "tax_rate:us-ny"),
        ("sam", "put_tax_rate", "tax_rate:us-ny"),
        ("sam", "put_shipping_method", "shipping_method:standard"),
    ]
    assert once.before is None
    assert once.after == second.before
    assert second.after == {**(once.after or {}), "rate": "0.09"}
    assert (once.after or {})["id"] == str(first.id)


async def test_an_import_is_one_entry_with_its_counts(ports: Ports) -> None:
    await Warehouse(ports).take(TEA, TEA.replace("tea", "cup").replace("TEA", "CUP"), ",,,,,,")
    (entry,) = await trail(ports)
    assert told((entry,)) == [("sam", "import_catalog", "catalog")]
    assert (entry.after or {})["created"] == 2
    assert set(entry.after or {}) == {"created", "updated", "unchanged", "refused"}


async def test_a_dry_run_leaves_no_entry(ports: Ports) -> None:
    await Warehouse(ports).take(TEA, dry_run=True)
    assert await trail(ports) == ()


async def test_a_batch_is_one_entry_with_its_terms_and_without_its_codes(ports: Ports) -> None:
    batch = await generate_coupons("SPRING", 3, TEN, actor=STAFF, ports=ports)
    async with ports.reading() as reads:
        made = await reads.coupons.page(prefix="", batch_id=batch.id, after=None, limit=9)
    (entry,) = await trail(ports)
    written = json.dumps(entry.after)
    assert entry.subject == f"coupon_batch:{batch.id}"
    assert (entry.after or {})["terms"]["value"] == "10"
    assert not [each for each in made if each.coupon.code in written]


@pytest.mark.parametrize("role", [Role.GUEST, Role.CUSTOMER, Role.VENDOR, Role.SUPPORT])
async def test_the_trail_is_read_by_admins_alone(ports: Ports, role: Role) -> None:
    somebody = Actor(role, "somebody")
    assert not somebody.can(Permission.READ_AUDIT)
    with pytest.raises(NotAllowed):
        await read_audit(limit=1, actor=somebody, ports=ports)


async def test_a_count_tells_what_was_there_before(trade: Trade) -> None:
    tee = await trade.stocked(5)
    variant, ports = tee.variants[0].id, trade.shop.ports
    found = AdjustStock(
        variant_id=variant, change=-2, type=MovementType.ADJUSTMENT, note="Water damage"
    )
    for _ in range(2):
        await adjust_stock(found, key="k", actor=STAFF, ports=ports)
    nowhere = evolve(found, variant_id=VariantId(ports.ids.uuid()))
    with pytest.raises(StockNotFound):
        await adjust_stock(nowhere, key="other", actor=STAFF, ports=ports)
    (entry,) = await trail(ports)
    assert told((entry,)) == [("sam", "adjust_stock", f"stock:{variant}")]
    assert on_hand(entry) == (5, 3)


def on_hand(entry: TrailEntry) -> tuple[object, object]:
    return (entry.before or {})["on_hand"], (entry.after or {})["on_hand"]


async def test_a_parcel_tells_nothing_of_the_customer(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(5), 2)
    await trade.pay(bought)
    order, ports = bought.order.id, trade.shop.ports
    parcel, news = ShipOrder(order_id=order), DeliverOrder(order_id=order)
    for _ in range(2):
        await ship_order(parcel, versions=None, key="s", actor=STAFF, ports=ports)
        await deliver_order(news, versions=None, key="d", actor=STAFF, ports=ports)
    delivered, shipped = await trail(ports)
    assert told((shipped, delivered)) == [
        ("sam", "ship_order", f"order:{order}"),
        ("sam", "deliver_order", f"order:{order}"),
    ]
    assert states(shipped) == ("unfulfilled", "shipped")
    assert states(delivered) == ("shipped", "delivered")
    written = json.dumps([each.after for each in (shipped, delivered)])
    private = {bought.order.email, HOME.last_name, HOME.address_line_1, bought.token or ""}
    assert not [each for each in private if each in written]


def states(entry: TrailEntry) -> tuple[object, object]:
    return (entry.before or {})["fulfilment"], (entry.after or {})["fulfilment"]


async def test_a_customer_who_buys_and_pays_leaves_no_entry(trade: Trade) -> None:
    await trade.pay(await trade.buy(await trade.stocked(5), 2))
    assert await trail(trade.shop.ports) == ()


async def test_whoever_pays_for_a_customer_is_told_of(trade: Trade) -> None:
    bought, ports = await trade.buy(await trade.stocked(5), 2), trade.shop.ports
    payment = await pay_for(bought, trade)
    confirmed, created = await trail(ports)
    assert told((created, confirmed)) == [
        ("sam", "create_intent", f"payment:{payment}"),
        ("sam", "confirm_payment", f"payment:{payment}"),
    ]
    assert created.before is None
    assert moved(created.after) == ("pending", "0.00")
    assert moved(confirmed.before) == ("pending", "0.00")
    assert moved(confirmed.after) == ("captured", "44.98")
    assert "client" not in (confirmed.after or {})


async def pay_for(bought: OrderView, trade: Trade) -> object:
    """The payment's id; each step is taken twice with its key."""
    ports, order = trade.shop.ports, bought.order.id
    wish = CreateIntent(order_id=order, gateway=trade.gateway)
    views = [
        await create_intent(wish, token=None, key="i", actor=STAFF, ports=ports) for _ in range(2)
    ]
    payment = views[1].payment.id
    confirming = ConfirmPayment(order_id=order, payment_id=payment)
    for _ in range(2):
        await confirm_payment(confirming, token=None, key="c", actor=STAFF, ports=ports)
    return payment


def moved(end: Mapping[str, Any] | None) -> tuple[str, str]:
    assert end is not None
    return end["state"], end["captured"]["amount"]


async def test_the_trail_is_read_newest_first_from_where_a_page_ended(ports: Ports) -> None:
    for number in range(5):
        await create_coupon(f"C{number}", TEN, actor=STAFF, ports=ports)
    first = await read_audit(limit=3, actor=STAFF, ports=ports)
    rest = await read_audit(limit=3, before=first[-1].id, actor=STAFF, ports=ports)
    assert [each.subject for each in (*first, *rest)] == [
        f"coupon:C{number}" for number in reversed(range(5))
    ]
