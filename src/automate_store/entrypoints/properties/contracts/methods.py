"""What every adapter of ``ports.methods.SavedMethods`` promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments import MethodNotFound, SavedMethod
from automate_store.entrypoints.properties.contracts.accounts import put_account

STRIPE, PAYPAL = "stripe", "paypal"


@pytest.mark.asyncio
class SavedMethodsContract:
    """Ways to pay are kept for one account each, until they are removed and forgotten."""

    async def test_an_account_has_a_name_at_each_gateway_and_keeps_it(self, store: Ports) -> None:
        ann, bob = await _person(store, "ann"), await _person(store, "bob")
        await _known(store, ann, STRIPE, "cus_1")
        await _known(store, ann, STRIPE, "cus_2")
        await _known(store, ann, PAYPAL, "cus_3")
        async with store.reading() as reads:
            assert await reads.methods.customer(ann, STRIPE) == "cus_1"
            assert await reads.methods.customer(ann, PAYPAL) == "cus_3"
            assert await reads.methods.customer(bob, STRIPE) is None
            assert await reads.methods.customers(ann) == {STRIPE: "cus_1", PAYPAL: "cus_3"}
            assert await reads.methods.customers(bob) == {}
            assert await reads.methods.owner(STRIPE, "cus_1") == ann
            assert await reads.methods.owner(PAYPAL, "cus_1") is None
            assert await reads.methods.owner(STRIPE, "cus_2") is None

    async def test_a_method_comes_back_as_it_was_added(self, store: Ports) -> None:
        ann = await _person(store, "ann")
        card = await _added(store, new_method(store, ann, "pm_1"))
        wallet = await _added(
            store,
            evolve(
                new_method(store, ann, "pm_2"),
                last_four=None,
                expires_month=None,
                expires_year=None,
            ),
        )
        async with store.reading() as reads:
            assert await reads.methods.get(card.id, ann) == card
            assert await reads.methods.get(wallet.id, ann) == wallet

    async def test_an_accounts_own_come_oldest_first_and_no_others(self, store: Ports) -> None:
        ann, bob = await _person(store, "ann"), await _person(store, "bob")
        first, second = new_method(store, ann, "pm_1"), new_method(store, ann, "pm_2")
        await _added(store, second)
        await _added(store, first)
        theirs = await _added(store, new_method(store, bob, "pm_3"))
        async with store.reading() as reads:
            assert await reads.methods.of(ann) == (first, second)
            assert await reads.methods.of(bob) == (theirs,)
            with pytest.raises(MethodNotFound):
                await reads.methods.get(theirs.id, ann)
            with pytest.raises(MethodNotFound):
                await reads.methods.get(MethodId(store.ids.uuid()), ann)

    async def test_told_again_it_is_the_same_one_with_what_is_new(self, store: Ports) -> None:
        ann = await _person(store, "ann")
        card = await _added(store, new_method(store, ann, "pm_1"))
        told = evolve(new_method(store, ann, "pm_1"), brand="visa", expires_year=2040)
        again = await _added(store, told)
        assert again == evolve(card, brand="visa", expires_year=2040)
        elsewhere = await _added(store, evolve(new_method(store, ann, "pm_1"), gateway=PAYPAL))
        async with store.reading() as reads:
            assert await reads.methods.of(ann) == (again, elsewhere)

    async def test_a_token_is_one_accounts_alone(self, store: Ports) -> None:
        ann, bob = await _person(store, "ann"), await _person(store, "bob")
        card = await _added(store, new_method(store, ann, "pm_1"))
        async with store.unit_of_work() as work:
            assert await work.methods.add(new_method(store, bob, "pm_1")) is None
        async with store.reading() as reads:
            assert await reads.methods.of(ann) == (card,)
            assert await reads.methods.of(bob) == ()

    async def test_what_was_removed_is_nobodys_until_it_is_forgotten(self, store: Ports) -> None:
        ann = await _person(store, "ann")
        card = await _added(store, new_method(store, ann, "pm_1"))
        kept = await _added(store, new_method(store, ann, "pm_2"))
        async with store.unit_of_work() as work:
            assert await work.methods.removed(card.id) is None
            await work.methods.forget(card.id)
            await work.methods.remove(card.id, ann, store.clock())
        async with store.unit_of_work() as work:
            assert await work.methods.of(ann) == (kept,)
            assert await work.methods.removed(card.id) == card
            assert await work.methods.add(new_method(store, ann, "pm_1")) is None
            await work.methods.forget(card.id)
        async with store.unit_of_work() as work:
            assert await work.methods.removed(card.id) is None
            anew = await work.methods.add(new_method(store, ann, "pm_1"))
            assert anew is not None
            assert anew.id != card.id

    async def test_only_what_is_ones_own_can_be_removed_once(self, store: Ports) -> None:
        ann, bob = await _person(store, "ann"), await _person(store, "bob")
        card = await _added(store, new_method(store, ann, "pm_1"))
        with pytest.raises(MethodNotFound):
            await _remove(store, card, bob)
        await _remove(store, card, ann)
        with pytest.raises(MethodNotFound):
            await _remove(store, card, ann)

    async def test_all_of_an_account_is_removed_and_no_other(self, store: Ports) -> None:
        ann, bob = await _person(store, "ann"), await _person(store, "bob")
        await _known(store, ann, STRIPE, "cus_1")
        await _known(store, bob, STRIPE, "cus_2")
        first = await _added(store, new_method(store, ann, "pm_1"))
        second = await _added(store, new_method(store, ann, "pm_2"))
        theirs = await _added(store, new_method(store, bob, "pm_3"))
        async with store.unit_of_work() as work:
            gone = await work.methods.remove_all(ann, store.clock())
        async with store.reading() as reads:
            assert gone == (first.id, second.id)
            assert await reads.methods.of(ann) == ()
            assert await reads.methods.customer(ann, STRIPE) is None
            assert await reads.methods.removed(first.id) == first
            assert await reads.methods.of(bob) == (theirs,)
            assert await reads.methods.customer(bob, STRIPE) == "cus_2"


def new_method(store: Ports, user_id: UserId, token: str) -> SavedMethod:
    """A card of the account's, not stored yet."""
    at = store.clock()
    return SavedMethod(
        id=MethodId(store.ids.uuid()),
        user_id=user_id,
        gateway=STRIPE,
        token=token,
        brand="mastercard",
        last_four="4444",
        expires_month=7,
        expires_year=(at + timedelta(days=3 * 365)).year,
        created_at=at,
    )


async def _person(store: Ports, name: str) -> UserId:
    return (await put_account(store, name)).id


async def _known(store: Ports, user_id: UserId, gateway: str, customer: str) -> None:
    async with store.unit_of_work() as work:
        await work.methods.keep_customer(user_id, gateway, customer, store.clock())


async def _added(store: Ports, method: SavedMethod) -> SavedMethod:
    async with store.unit_of_work() as work:
        added = await work.methods.add(method)
    assert added is not None, "it is new, or the account's own"
    return added


async def _remove(store: Ports, method: SavedMethod, user_id: UserId) -> None:
    async with store.unit_of_work() as work:
        await work.methods.remove(method.id, user_id, store.clock())
