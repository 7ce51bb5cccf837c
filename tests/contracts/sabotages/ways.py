"""The ways to break one method each of stock, carts, orders, the catalogue and the keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from attrs import evolve

from automate_store.application.ports.catalog import Page, ProductFilter
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.inventory import ReservationState
from tests.contracts.sabotages.making import Broken


def ignores_the_version(table: str) -> Broken:
    async def broken(repository: Any, original: Any, changed: Any, *args: Any, **more: Any) -> None:
        stored = getattr(repository._tables, table).get(changed.id)
        if stored is not None:
            version = getattr(stored, "cart", stored).version
            await original(evolve(changed, version=version), *args, **more)

    return broken


async def forgets_lost_parcels(_orders: Any, original: Any, order: Any) -> None:
    parcels = tuple(evolve(each, lost_at=None) for each in order.shipments)
    await original(evolve(order, shipments=parcels))


async def applies_without_asking(stock: Any, _original: Any, changes: Any) -> Any:
    after = []
    for change in changes:
        place = (change.variant_id, change.location_id)
        await stock._session.take("stock", *place)
        item = stock._tables.stock.get(place)
        on_hand, reserved = item.on_hand + change.on_hand, item.reserved + change.reserved
        after.append(evolve(item, on_hand=on_hand, reserved=reserved))
        stock._tables.stock.put(place, after[-1])
    return tuple(after)


async def applies_what_it_read_before(stock: Any, original: Any, changes: Any) -> Any:
    places = [(change.variant_id, change.location_id) for change in changes]
    seen = {place: stock._tables.stock.get(place) for place in places}
    for place in sorted(places):
        await stock._session.turn()
        await stock._session.take("stock", *place)
        stock._tables.stock.put(place, seen[place])
    return await original(changes)


async def puts_quantities_too(stock: Any, _original: Any, items: Any) -> None:
    for item in items:
        stock._tables.stock.put((item.variant_id, item.location_id), item)


async def looks_without_a_lock(stock: Any, _original: Any, order_id: Any) -> Any:
    await stock._session.turn()
    found = stock._of_order(order_id)
    return tuple(one for one in found if one.state is ReservationState.HELD)


async def looks_ahead(_orders: Any, original: Any, at: Any, *, limit: int) -> Any:
    return await original(at + timedelta(minutes=15), limit=limit)


async def takes_no_limit(_orders: Any, original: Any, at: Any, *, limit: int) -> Any:
    return await original(at, limit=99 * limit)


async def sells_everybodys(orders: Any, _original: Any, _vendor_id: Any, order_id: Any) -> Any:
    order = orders._tables.orders.get(order_id)
    return frozenset(item.id for item in order.items) if order else frozenset()


async def closes_what_has_ended(stock: Any, original: Any, reservations: Any, state: Any) -> None:
    for one in reservations:
        stock._change(one, state=ReservationState.HELD)
    await original(reservations, state)


async def is_a_moment_late(_stock: Any, original: Any, at: Any, **kwargs: Any) -> Any:
    return await original(at - timedelta(microseconds=1), **kwargs)


async def forgets_the_threshold(_stock: Any, original: Any, *, after: Any, limit: int) -> Any:
    found = await original(after=after, limit=limit)
    return tuple(low for low in found if low.item.available < low.item.low_stock_threshold)


async def gets_without_a_lock(
    _orders: Any, original: Any, order_id: Any, *, lock: bool = False
) -> Any:
    assert lock in {True, False}
    return await original(order_id)


async def holds_without_a_lock(orders: Any, _original: Any, order: Any) -> bool:
    await orders._session.turn()
    stored = orders._tables.orders.get(order.id)
    return stored is not None and stored.version == order.version


async def sells_what_is_not_active(shelf: Any, original: Any, *named: Any) -> Any:
    for product in shelf._tables.products.values():
        shelf._tables.products.put(product.id, evolve(product, status=ProductStatus.ACTIVE))
    return await original(*named)


async def knows_skus_by_their_case(products: Any, original: Any, skus: Any) -> Any:
    taken = await original(skus)
    spelt = {v.sku for each in products._tables.products.values() for v in each.variants}
    return {sku: owner for sku, owner in taken.items() if sku in spelt}


async def lists_regardless(_queries: Any, original: Any, _wanted: Any, page: Any) -> Page:
    found: Page = await original(ProductFilter(), page)
    return found


async def never_ends(_queries: Any, original: Any, wanted: Any, page: Any) -> Page:
    found: Page = await original(wanted, evolve(page, limit=page.limit + 1))
    return found


async def backwards_streamed(_products: Any, original: Any) -> AsyncIterator[Any]:
    for product in reversed([each async for each in original()]):
        yield product


async def is_anybodys_key(_keys: Any, original: Any, keyed: Any, *args: Any) -> Any:
    return await original(evolve(keyed, caller="anybody"), *args)


async def keeps_the_last_answer(keys: Any, original: Any, keyed: Any, *args: Any) -> None:
    keys._tables.keys.drop((keyed.caller, keyed.key))
    await original(keyed, *args)


async def deletes_too_much(_repository: Any, original: Any, **kwargs: Any) -> Any:
    return await original(**{**kwargs, "limit": 1_000})


async def knows_emails_alone(
    _orders: Any, original: Any, user_id: Any, email: Any, **lock: bool
) -> bool:
    assert user_id is None or user_id
    return bool(await original(None, email, **lock))


async def asks_without_a_lock(
    _orders: Any, original: Any, *customer: Any, lock: bool = False
) -> bool:
    assert lock in {True, False}
    return bool(await original(*customer))


async def asks_before_the_lock(
    _orders: Any, original: Any, *customer: Any, lock: bool = False
) -> bool:
    found = bool(await original(*customer))
    await original(*customer, lock=lock)
    return found


async def locks_emails_alone(
    _orders: Any, original: Any, user_id: Any, email: Any, *, lock: bool = False
) -> bool:
    await original(None, email, lock=lock)
    return bool(await original(user_id, email))
