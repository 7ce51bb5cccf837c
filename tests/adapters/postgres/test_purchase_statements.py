"""A purchase runs as many statements for a full cart as for a small one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
import pytest

from automate_store.adapters.postgres._wire import Wire
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.statements import Compiled
from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import (
    AddItem,
    add_code,
    add_to_cart,
    validate_cart,
    view_cart,
)
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.orders import (
    ChangeTracking,
    DeliverShipment,
    PlaceOrder,
    ShipOrder,
    deliver_shipment,
    place_order,
    set_tracking,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import PercentOffItems
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.entrypoints.properties.contracts.scene import Stocked, put_stocked
from tests.application.trading import HOME
from tests.contracts.shops import ports_on

FULL = 40
MANY = 50
T = TypeVar("T")
STAFF = Actor(Role.ADMIN, "sam")


class CountingPool(Pool):
    """A pool whose connections count the statements that they send."""

    def __init__(self, settings: PoolSettings) -> None:
        super().__init__(settings)
        self.ran = 0

    async def _connect(self) -> Wire:
        driver = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        return _CountingWire(driver, self)


class _CountingWire(Wire):
    def __init__(self, driver: psycopg.AsyncConnection[Any], pool: CountingPool) -> None:
        super().__init__(driver, answer_timeout_s=pool.settings.statement_timeout_s)
        self._pool = pool

    async def run(self, batch: Sequence[tuple[Compiled, Any]]) -> Any:
        self._pool.ran += len(batch)
        return await super().run(batch)


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[CountingPool]:
    counting = CountingPool(PoolSettings(url=postgres_url))
    yield counting
    counting.close()


async def test_no_step_of_a_purchase_asks_for_each_line(pool: CountingPool) -> None:
    ports = ports_on(pool)
    await _put_up_shipping(ports)
    stocked = [await put_stocked(ports, f"mug-{number}", on_hand=100) for number in range(FULL)]

    await _bought(stocked[:1], "warm", pool, ports)  # fills the caches of rules and categories
    small = await _bought(stocked[:2], "small", pool, ports)
    full = await _bought(stocked, "full", pool, ports)

    assert full == small
    # Key, lock, order, its save and parcels, the trail and the answer, in a transaction.
    assert (full["track"], full["arrive"]) == (10, 11)


async def test_promotions_add_no_statement_to_a_purchase(pool: CountingPool) -> None:
    ports = ports_on(pool)
    await _put_up_shipping(ports)
    stocked = [await put_stocked(ports, "mug", on_hand=100)]
    await _bought(stocked, "warm", pool, ports)
    without = await _bought(stocked, "without", pool, ports)

    for number in range(MANY):
        await create_promotion(_ten_percent(number), actor=STAFF, ports=ports)
    await _bought(stocked, "warm-again", pool, ports)
    reduced = await _bought(stocked, "reduced", pool, ports)

    assert reduced == without


async def test_a_code_adds_a_few_statements_however_many_promotions_there_are(
    pool: CountingPool,
) -> None:
    ports = ports_on(pool)
    await _put_up_shipping(ports)
    stocked = [await put_stocked(ports, "mug", on_hand=100)]
    terms = CouponTerms(name="Ten", type=CouponType.PERCENTAGE, value=Decimal(10), usage_limit=9)
    await create_coupon("TEN", terms, actor=STAFF, ports=ports)
    await create_promotion(_ten_percent(0), actor=STAFF, ports=ports)
    await _bought(stocked, "warm", pool, ports)
    plain = await _bought(stocked, "plain", pool, ports)
    coded = await _bought(stocked, "coded", pool, ports, code="TEN")

    more = {step: coded[step] - plain[step] for step in plain}
    # Who views looks the code up; who places also locks the coupon and takes a use.
    assert more == dict.fromkeys(plain, 0) | {"view": 1, "validate": 1, "place": 3}


async def _bought(
    stocked: Sequence[Stocked],
    key: str,
    pool: CountingPool,
    ports: Ports,
    *,
    code: str | None = None,
) -> dict[str, int]:
    """Buy two of each, named both ways; how many statements each step took."""
    ran: dict[str, int] = {}

    async def step(name: str, doing: Callable[[], Awaitable[T]]) -> T:
        before = pool.ran
        done = await doing()
        ran[name] = pool.ran - before
        return done

    items = tuple(
        AddItem(product_id=None, variant_id=each.variant_id, quantity=1) for each in stocked
    )
    by_product = tuple(
        AddItem(product_id=each.product.id, variant_id=None, quantity=1) for each in stocked
    )
    # One item has a way of its own in; the second turn is what all carts share.
    token = (await add_to_cart(CartOwner.guest(None), items[:1], ports=ports)).token
    assert token is not None
    await step(
        "add", lambda: add_to_cart(CartOwner.guest(token), (*items, *by_product), ports=ports)
    )
    if code is not None:
        await add_code(CartOwner.guest(token), code, ports=ports)
    await step("view", lambda: view_cart(CartOwner.guest(token), ports=ports))
    await step("validate", lambda: validate_cart(CartOwner.guest(token), ports=ports))
    wish = PlaceOrder(email=f"{key}@example.com", shipping_address=HOME, shipping_method="standard")
    bought = await step(
        "place", lambda: place_order(wish, owner=CartOwner.guest(token), key=key, ports=ports)
    )
    order_id, opens = bought.order.id, bought.token
    intend = CreateIntent(order_id=order_id, gateway="manual")
    intended = await step(
        "intend",
        lambda: create_intent(intend, token=opens, key="intend", actor=GUEST, ports=ports),
    )
    confirm = ConfirmPayment(order_id=order_id, payment_id=intended.payment.id)
    await step(
        "confirm", lambda: confirm_payment(confirm, token=opens, key=key, actor=GUEST, ports=ports)
    )
    shipped = await step(
        "ship",
        lambda: ship_order(
            ShipOrder(order_id=order_id), versions=None, key=key, actor=STAFF, ports=ports
        ),
    )
    tracking = ChangeTracking(order_id=order_id, carrier="UPS", tracking_number="1Z")
    news = DeliverShipment(order_id=order_id, shipment_id=shipped.shipments[0].id)
    await step(
        "track",
        lambda: set_tracking(tracking, versions=None, key=f"track-{key}", actor=STAFF, ports=ports),
    )
    await step(
        "arrive",
        lambda: deliver_shipment(
            news, versions=None, key=f"arrive-{key}", actor=STAFF, ports=ports
        ),
    )
    return ran


def _ten_percent(number: int) -> PutPromotion:
    return PutPromotion(
        code=f"ten-{number}", name="Ten per cent", actions=(PercentOffItems(Decimal(10)),)
    )


async def _put_up_shipping(ports: Ports) -> None:
    standard = ShippingMethod(
        id=ShippingMethodId(ports.ids.uuid()),
        code="standard",
        name="Standard",
        zones=(),
        rate=FlatRate(Money(500, "USD")),
        tax_class="standard",
        active=True,
        position=0,
    )
    async with ports.unit_of_work() as work:
        await work.rules.put_shipping_methods([standard])
