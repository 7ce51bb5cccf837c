"""What every adapter of ``ports.carts.Carts`` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import CartOrdered, VersionConflict
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.domain.carts import Cart, CartNotFound
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_cart,
    new_order,
    outcomes,
    put_cart,
    put_stocked,
)


@pytest.mark.asyncio
class CartsContract:
    """Carts are kept whole, changed by one at a time, and ordered once."""

    async def test_a_cart_comes_back_as_it_was_added(self, store: Ports) -> None:
        cart = new_cart(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        rich = evolve(
            cart,
            codes=("SPRING",),
            email="ann@example.com",
            destination=Destination("US", "IL", "62701"),
            shipping_method="flat",
        )
        async with store.unit_of_work() as work:
            await work.carts.add(rich)
        assert _settled((await _load(store, cart)).cart) == _settled(rich.saved())

    async def test_a_cart_comes_with_what_can_be_sold_and_the_rules(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        loaded = await _load(store, await put_cart(store, stocked))
        async with store.reading() as reads:
            shelf = await reads.shelf.of([stocked.variant_id])
            assert (loaded.sellable, loaded.rules) == (shelf, await reads.rules.current())

    async def test_a_line_whose_variant_is_gone_stays_and_can_not_be_sold(
        self, store: Ports
    ) -> None:
        stocked = await put_stocked(store)
        cart = await put_cart(store, stocked)
        fresh = evolve(stocked.product.variants[0], id=VariantId(store.ids.uuid()), sku="OTHER-1")
        async with store.unit_of_work() as work:
            await work.products.save([evolve(stocked.product, variants=(fresh,))])
        loaded = await _load(store, cart)
        assert [line.variant_id for line in loaded.cart.lines] == [stocked.variant_id]
        assert not any(each.active for each in loaded.sellable.values())

    async def test_an_unknown_token_opens_nothing(self, store: Ports) -> None:
        await put_cart(store, await put_stocked(store))
        with pytest.raises(CartNotFound):
            await _load(store, new_cart(store))

    async def test_a_change_is_kept_and_raises_the_version(self, store: Ports) -> None:
        stocked, more = await put_stocked(store, "a"), await put_stocked(store, "b")
        cart = await put_cart(store, stocked)
        line = new_cart(store, more, quantity=7).lines[0]
        changed = evolve(cart, lines=(evolve(cart.lines[0], quantity=5), line))
        async with store.unit_of_work() as work:
            await work.carts.save(changed)
        assert _settled((await _load(store, cart)).cart) == _settled(changed.saved())

    async def test_a_line_that_is_gone_goes(self, store: Ports) -> None:
        cart = await put_cart(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        async with store.unit_of_work() as work:
            await work.carts.save(cart.remove(cart.lines[0].id, at=store.clock()))
        assert (await _load(store, cart)).cart.lines == cart.lines[1:]

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        cart = await put_cart(store, await put_stocked(store))
        async with store.unit_of_work() as work:
            await work.carts.save(_with_quantity(cart, 3))
        with pytest.raises(VersionConflict):
            async with store.unit_of_work() as work:
                await work.carts.save(_with_quantity(cart, 4))
        assert (await _load(store, cart)).cart.lines[0].quantity == 3

    async def test_of_two_changes_at_once_one_is_refused(self, store: Ports) -> None:
        cart = await put_cart(store, await put_stocked(store))
        both_loaded = asyncio.Barrier(2)

        async def change(quantity: int) -> None:
            async with store.unit_of_work() as work:
                assert cart.token_hash is not None
                loaded = await work.carts.by_token(cart.token_hash)
                await both_loaded.wait()
                await work.carts.save(_with_quantity(loaded.cart, quantity))

        came_to = await outcomes(change(3), change(4))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict]
        assert (await _load(store, cart)).cart.lines[0].quantity == 3 + came_to.index(None)

    async def test_a_cart_that_was_never_added_can_not_be_saved(self, store: Ports) -> None:
        with pytest.raises(VersionConflict):
            async with store.unit_of_work() as work:
                await work.carts.save(new_cart(store))

    async def test_a_consumed_cart_names_its_order(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        cart = await put_cart(store, stocked)
        number = await _order(store, cart, stocked)
        with pytest.raises(CartOrdered) as ordered:
            await _load(store, cart)
        assert ordered.value.number == number

    async def test_a_cart_that_changed_meanwhile_is_not_consumed(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        cart = await put_cart(store, stocked)
        async with store.unit_of_work() as work:
            await work.carts.save(_with_quantity(cart, 3))
        with pytest.raises(VersionConflict):
            await _order(store, cart, stocked)
        assert (await _load(store, cart)).cart.lines[0].quantity == 3

    async def test_a_consumed_cart_changes_no_more(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        cart = await put_cart(store, stocked)
        await _order(store, cart, stocked)
        with pytest.raises(VersionConflict):
            async with store.unit_of_work() as work:
                await work.carts.save(_with_quantity(cart, 3))

    async def test_one_cart_is_consumed_once_however_many_try(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        cart = await put_cart(store, stocked)
        came_to = await outcomes(*(_order(store, cart, stocked) for _ in range(3)))
        numbers = [each for each in came_to if isinstance(each, str)]
        assert len(numbers) == 1
        assert [type(each) for each in came_to if each not in numbers] == [VersionConflict] * 2

    async def test_a_guests_cart_untouched_for_too_long_is_not_there(self, store: Ports) -> None:
        old = _aged(store, new_cart(store), timedelta(seconds=1))
        fresh = _aged(store, new_cart(store), -timedelta(hours=1))
        async with store.unit_of_work() as work:
            await work.carts.add(old)
            await work.carts.add(fresh)
        with pytest.raises(CartNotFound):
            await _load(store, old)
        assert (await _load(store, fresh)).cart.id == fresh.id

    async def test_purging_deletes_what_nobody_touched_and_no_more(self, store: Ports) -> None:
        fresh = await put_cart(store, await put_stocked(store))
        async with store.unit_of_work() as work:
            for _ in range(3):
                await work.carts.add(_aged(store, new_cart(store), timedelta(hours=1)))
        since = store.clock() - store.policy.guest_cart_lifetime
        purged = [await _purge(store, since=since, limit=2) for _ in range(3)]
        assert purged == [2, 1, 0]
        assert (await _load(store, fresh)).cart.id == fresh.id


async def _purge(store: Ports, *, since: datetime, limit: int) -> int:
    async with store.unit_of_work() as work:
        return await work.carts.purge(untouched_since=since, limit=limit)


async def _load(store: Ports, cart: Cart) -> LoadedCart:
    assert cart.token_hash is not None
    async with store.reading() as reads:
        return await reads.carts.by_token(cart.token_hash)


async def _order(store: Ports, cart: Cart, stocked: Stocked) -> str:
    order = new_order(store, stocked)
    async with store.unit_of_work() as work:
        await work.orders.add(order)
        await work.carts.consume(cart, order.id)
    return order.number


def _with_quantity(cart: Cart, quantity: int) -> Cart:
    return evolve(cart, lines=(evolve(cart.lines[0], quantity=quantity), *cart.lines[1:]))


def _aged(store: Ports, cart: Cart, beyond: timedelta) -> Cart:
    at = store.clock() - store.policy.guest_cart_lifetime - beyond
    return evolve(cart, created_at=at, updated_at=at)


def _settled(cart: Cart) -> Cart:
    return evolve(cart, lines=tuple(sorted(cart.lines, key=lambda line: line.id)))
