"""A small shop on PostgreSQL that has traded: orders of every kind, for what looks at them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from automate_store.adapters.shopify import ShopifyReader
from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.catalog import import_catalog
from automate_store.application.inventory import AdjustStock, adjust_stock
from automate_store.application.orders import (
    OrderView,
    PlaceOrder,
    ShipOrder,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.domain.identity import Address
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.ids import VariantId
from automate_store.entrypoints.bootstrap import Store, open_store
from automate_store.entrypoints.cli.seeds import seed_shipping, seed_taxes
from automate_store.entrypoints.settings import Settings

STAFF = Actor(Role.ADMIN, "sam")
HOME = Address(
    first_name="Ann",
    last_name="Lee",
    address_line_1="1 Main Street",
    city="Albany",
    state="NY",
    postal_code="12207",
    country="US",
)
FILE = (
    "Handle,Title,Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Requires Shipping,Variant Taxable,Status\n"
    "mug,Mug,Northwind,Kitchen,true,Title,Default Title,MUG,300,shopify,100,deny,9.99,true,true,"
    "active\n"
    "tee,Tee,Northwind,Shirts,true,Size,S,TEE-S,200,shopify,100,deny,19.99,true,true,active\n"
    "tee,,,,,,L,TEE-L,250,shopify,100,deny,21.99,true,true,\n"
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The store on that database."""
    async with open_store(Settings(), url) as store:
        yield store


async def stocked(ports: Ports) -> dict[str, VariantId]:
    """Two products in three variants, ways to ship, taxes; the variants by SKU."""
    reader = ShopifyReader(io.BytesIO(FILE.encode()), currency="USD", texts=ports.texts)
    report = await import_catalog(reader, ports=ports, actor=STAFF, dry_run=False, with_stock=False)
    assert (report.created, report.refused) == (2, 0), report
    await seed_shipping(ports=ports)
    await seed_taxes(ports=ports)
    async with ports.unit_of_work() as work:
        found = [product async for product in work.products.all()]
    return {variant.sku: variant.id for product in found for variant in product.variants}


async def placed(ports: Ports, items: dict[VariantId, int]) -> OrderView:
    """An order of these, waiting to be paid."""
    wanted = tuple(
        AddItem(product_id=None, variant_id=variant, quantity=count)
        for variant, count in items.items()
    )
    cart = await add_to_cart(CartOwner.guest(None), wanted, ports=ports)
    assert cart.token is not None
    command = PlaceOrder(email="ann@example.com", shipping_address=HOME, shipping_method="standard")
    return await place_order(command, owner=CartOwner.guest(cart.token), key="place", ports=ports)


async def paid(ports: Ports, items: dict[VariantId, int]) -> OrderView:
    """An order of these, paid by the manual gateway."""
    view = await placed(ports, items)
    intent = await create_intent(
        CreateIntent(order_id=view.order.id, gateway="manual"),
        token=view.token,
        key="intend",
        actor=GUEST,
        ports=ports,
    )
    await confirm_payment(
        ConfirmPayment(order_id=view.order.id, payment_id=intent.payment.id),
        token=view.token,
        key="confirm",
        actor=GUEST,
        ports=ports,
    )
    return view


async def traded(url: str) -> None:
    """One order placed, one paid, one shipped in part, one whole; and a restock."""
    async with opened(url) as store:
        ports = store.ports
        variants = await stocked(ports)
        mug, small = variants["MUG"], variants["TEE-S"]
        await placed(ports, {mug: 1})
        await paid(ports, {mug: 2, small: 1})
        part = await paid(ports, {mug: 3, small: 2})
        whole = await paid(ports, {small: 4})
        some = {part.order.items[0].id: 1}
        parcel = ShipOrder(order_id=part.order.id, items=some)
        await ship_order(parcel, versions=None, key="part", actor=STAFF, ports=ports)
        parcel = ShipOrder(order_id=whole.order.id)
        await ship_order(parcel, versions=None, key="whole", actor=STAFF, ports=ports)
        delivery = AdjustStock(
            variant_id=mug, change=5, type=MovementType.RESTOCK, note="a delivery"
        )
        await adjust_stock(delivery, key="restock", actor=STAFF, ports=ports)
