"""What every adapter of ``ports.carts.Carts`` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import CartOrdered, Contended, VersionConflict
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.domain.carts import Cart, CartNotFound
from automate_store.domain.identity import SessionOver
from automate_store.domain.kernel.errors import Stale
from automate_store.domain.kernel.ids import UserId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.entrypoints.properties.contracts.accounts import Accounts, put_account
from automate_store.entrypoints.properties.contracts.identity.scene import save_account
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_cart,
    new_order,
    outcomes,
    put_cart,
    put_stocked,
)


@pytest.mark.asyncio
class CartsContract(Accounts):
    """Carts are kept whole, changed by one at a time, and ordered or taken over once."""

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

    async def test_nobody_who_was_deleted_has_a_cart_again(self, store: Ports) -> None:
        account = await put_account(store)
        await save_account(store, account.anonymised(at=store.clock()))
        stocked = await put_stocked(store)
        cart = evolve(new_cart(store, stocked), user_id=account.id, token_hash=None)
        for lines in (cart.lines, ()):
            with pytest.raises(SessionOver):
                async with store.unit_of_work() as work:
                    await work.carts.add(evolve(cart, lines=lines))
        async with store.reading() as reads:
            with pytest.raises(CartNotFound):
                await reads.carts.by_account(account.id)

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

    async def test_an_account_has_its_cart_without_a_token(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        cart = await _put_cart_of(store, mine, stocked)
        loaded = await _load_of(store, mine)
        async with store.reading() as reads:
            shelf = await reads.shelf.of([stocked.variant_id])
            rules = await reads.rules.current()
        assert (loaded.cart, loaded.sellable, loaded.rules) == (cart, shelf, rules)
        with pytest.raises(CartNotFound):
            await _load_of(store, await self.account(store))

    async def test_an_account_has_one_open_cart_however_many_begin_one(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        came_to = await outcomes(*(_put_cart_of(store, mine, stocked) for _ in range(3)))
        kept = [each for each in came_to if isinstance(each, Cart)]
        assert [type(each) for each in came_to if each not in kept] == [Contended] * 2
        assert [(await _load_of(store, mine)).cart] == kept

    async def test_an_account_begins_another_cart_when_one_was_ordered(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        await _order(store, await _put_cart_of(store, mine, stocked), stocked)
        with pytest.raises(CartNotFound):
            await _load_of(store, mine)
        fresh = await _put_cart_of(store, mine, stocked)
        assert (await _load_of(store, mine)).cart == fresh

    async def test_a_cart_of_an_account_is_kept_however_long_nobody_touches_it(
        self, store: Ports
    ) -> None:
        old = _aged(store, new_cart(store), timedelta(days=365))
        cart = evolve(old, user_id=await self.account(store), token_hash=None)
        async with store.unit_of_work() as work:
            await work.carts.add(cart)
        assert await _purge(store, since=store.clock(), limit=10) == 0
        assert cart.user_id is not None
        assert (await _load_of(store, cart.user_id)).cart.id == cart.id

    async def test_what_was_taken_over_opens_no_more_and_says_by_whom(self, store: Ports) -> None:
        mine, guest = await self.account(store), await put_cart(store, await put_stocked(store))
        assert await _taken_over_by(store, guest) is None
        await _take_over(store, guest, mine)
        with pytest.raises(CartNotFound):
            await _load(store, guest)
        with pytest.raises(CartNotFound):
            await _load_of(store, mine)
        assert await _taken_over_by(store, guest) == mine
        assert await _taken_over_by(store, new_cart(store)) is None

    async def test_lines_move_from_a_cart_that_is_taken_over(self, store: Ports) -> None:
        mine, guest = await self.account(store), await put_cart(store, await put_stocked(store))
        cart = evolve(new_cart(store), user_id=mine, token_hash=None, lines=guest.lines)
        async with store.unit_of_work() as work:
            await work.carts.take_over(guest, mine, at=store.clock())
            await work.carts.add(cart)
        assert (await _load_of(store, mine)).cart == cart.saved()

    async def test_one_cart_is_taken_over_by_one_account(self, store: Ports) -> None:
        guest = await put_cart(store, await put_stocked(store))
        accounts = [await self.account(store) for _ in range(3)]
        came_to = await outcomes(*(_take_over(store, guest, each) for each in accounts))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict] * 2
        assert await _taken_over_by(store, guest) == accounts[came_to.index(None)]

    async def test_of_many_merges_at_once_one_moves_the_goods(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        guest = await put_cart(store, stocked, quantity=2)
        await _put_cart_of(store, mine, stocked, quantity=3)
        both_loaded = asyncio.Barrier(2)

        async def merge() -> None:
            async with store.unit_of_work() as work:
                assert guest.token_hash is not None
                theirs = (await work.carts.by_token(guest.token_hash)).cart.lines[0].quantity
                await both_loaded.wait()
                await work.carts.take_over(guest, mine, at=store.clock())
                own = (await work.carts.by_account(mine)).cart
                await work.carts.save(_with_quantity(own, own.lines[0].quantity + theirs))

        came_to = await outcomes(merge(), merge())
        refused = [each for each in came_to if each is not None]
        assert [isinstance(each, Stale) for each in refused] == [True]
        assert (await _load_of(store, mine)).cart.lines[0].quantity == 5

    async def test_a_cart_that_changed_or_was_ordered_is_not_taken_over(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        changed, ordered = await put_cart(store, stocked), await put_cart(store, stocked)
        async with store.unit_of_work() as work:
            await work.carts.save(_with_quantity(changed, 3))
        await _order(store, ordered, stocked)
        for cart in (changed, ordered, new_cart(store)):
            with pytest.raises(VersionConflict):
                await _take_over(store, cart, mine)
            assert await _taken_over_by(store, cart) is None
        assert (await _load(store, changed)).cart.lines[0].quantity == 3

    async def test_a_cart_that_was_taken_over_changes_no_more(self, store: Ports) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        guest = await put_cart(store, stocked)
        await _take_over(store, guest, mine)
        with pytest.raises(VersionConflict):
            async with store.unit_of_work() as work:
                await work.carts.save(_with_quantity(guest, 3))
        with pytest.raises(VersionConflict):
            await _order(store, guest, stocked)

    async def test_what_was_taken_over_is_purged_like_any_guests_cart(self, store: Ports) -> None:
        mine, guest = await self.account(store), await put_cart(store, await put_stocked(store))
        await _take_over(store, guest, mine)
        later = store.clock() + timedelta(seconds=1)
        assert await _purge(store, since=later, limit=10) == 1
        assert await _taken_over_by(store, guest) is None


async def _put_cart_of(store: Ports, user_id: UserId, *stocked: Stocked, quantity: int = 2) -> Cart:
    guests = new_cart(store, *stocked, quantity=quantity)
    cart = evolve(guests, user_id=user_id, token_hash=None)
    async with store.unit_of_work() as work:
        await work.carts.add(cart)
    return cart.saved()


async def _load_of(store: Ports, user_id: UserId) -> LoadedCart:
    async with store.reading() as reads:
        return await reads.carts.by_account(user_id)


async def _take_over(store: Ports, guest: Cart, user_id: UserId) -> None:
    async with store.unit_of_work() as work:
        await work.carts.take_over(guest, user_id, at=store.clock())


async def _taken_over_by(store: Ports, guest: Cart) -> UserId | None:
    assert guest.token_hash is not None
    async with store.reading() as reads:
        return await reads.carts.taken_over_by(guest.token_hash)


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
