"""What every adapter of ``ports.identity.Accounts`` promises where somebody comes or goes."""

from __future__ import annotations

import asyncio
import json

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.identity import (
    Account,
    AddressBook,
    LinkInvalid,
    LinkPurpose,
    deleted_email,
)
from automate_store.domain.kernel.ids import RefundId, ReturnId
from automate_store.domain.orders import Exchange, Order, replace_items
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.coupons.scene import (
    new_use,
    presented,
    put_coupon,
    redeem,
)
from automate_store.entrypoints.properties.contracts.identity.people import (
    THEIRS,
    kept_on,
    keyed_by,
    put_cart_of,
    put_order_of,
    put_person,
)
from automate_store.entrypoints.properties.contracts.identity.scene import (
    account_now,
    book_now,
)
from automate_store.entrypoints.properties.contracts.payments import new_refund
from automate_store.entrypoints.properties.contracts.returns import new_return
from automate_store.entrypoints.properties.contracts.scene import (
    new_edit,
    new_payment,
    new_shipment,
    price,
    put_cart,
    put_stocked,
    still_waits,
)


@pytest.mark.asyncio
class LeavingAccounts:
    """What is an account's is told, claimed and erased by whose it is, never by a text."""

    async def test_open_orders_are_those_on_their_way(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        stocked = await put_stocked(store)
        orders = [await put_order_of(store, ann, stocked) for _ in range(4)]
        await put_order_of(store, bob, stocked)
        _, confirmed, completed, cancelled = orders
        at = store.clock()
        paid = [each.pay(each.total, actor="gateway", at=at) for each in (confirmed, completed)]
        shipped = paid[1].ship(new_shipment(store, completed), actor="staff", at=at)
        delivered = shipped.deliver(actor="staff", at=at)
        await _save_orders(store, paid[0], delivered, cancelled.cancel("no", actor="guest", at=at))
        assert await _open_orders(store, ann) == tuple(each.number for each in orders[:2])

    async def test_what_is_completed_is_open_while_a_return_of_it_is(self, store: Ports) -> None:
        ann, at = await put_account(store), store.clock()
        order = await _completed(store, await put_order_of(store, ann, await put_stocked(store)))
        assert await _open_orders(store, ann) == ()
        asked = new_return(store, order)
        async with store.unit_of_work() as work:
            await work.returns.add(asked)
        assert await _open_orders(store, ann) == (order.number,)
        async with store.unit_of_work() as work:
            await work.returns.save(asked.saved().withdraw(actor="guest", at=at))
        assert await _open_orders(store, ann) == ()

    async def test_what_is_completed_is_open_while_something_of_it_is_to_be_sent(
        self, store: Ports
    ) -> None:
        ann, stocked = await put_account(store), await put_stocked(store)
        order = await _completed(store, await put_order_of(store, ann, stocked))
        exchange = Exchange(
            return_id=ReturnId(store.ids.uuid()),
            edit=new_edit(store, order, stocked),
            credit=price(store, 1),
            reason="exchange",
        )
        comes = replace_items(order, exchange, actor="staff", at=store.clock())
        await _save_orders(store, comes)
        assert await _open_orders(store, ann) == (order.number,)

    async def test_no_cart_is_ordered_once_the_open_orders_were_asked_for(
        self, store: Ports
    ) -> None:
        account, other = await put_account(store), await put_account(store, "bob")
        cart = await put_cart_of(store, account)
        order = await put_order_of(store, other, await put_stocked(store, "cup"))

        async def place() -> None:
            async with store.unit_of_work() as work:
                await work.carts.consume(cart, order.id)

        async with store.unit_of_work() as work:
            assert await work.accounts.open_orders(account.id) == ()
            late = asyncio.create_task(place())
            waited = await still_waits(late)
            await work.accounts.erase(account)
        with pytest.raises(VersionConflict):
            await late
        assert waited

    async def test_guests_orders_of_the_email_are_claimed(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        stocked = await put_stocked(store)
        guests = [await put_order_of(store, None, stocked) for _ in range(2)]
        others = [
            await put_order_of(store, None, stocked, email="eve@example.com"),
            await put_order_of(store, bob, stocked),
        ]
        assert await _claim(store, ann) == 2
        assert await _claim(store, ann) == 0
        for order in guests:
            claimed = await _order_now(store, order)
            assert (claimed.user_id, claimed.version > order.version) == (ann.id, True)
        assert [await _order_now(store, each) for each in others] == others

    async def test_a_claimed_orders_use_of_a_coupon_is_the_accounts(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        stocked, coupon = await put_stocked(store), await put_coupon(store)
        order = await put_order_of(store, None, stocked)
        others = await put_order_of(store, None, stocked, email=bob.email)
        await redeem(store, new_use(store, coupon, order, email=order.email))
        await redeem(store, new_use(store, coupon, others, email=others.email))
        await _claim(store, ann)
        (standing,) = await presented(store, coupon.code, user_id=ann.id, email="new@example.com")
        assert standing.used_by_you == 1

    async def test_an_erased_order_keeps_what_ledgers_need(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        await _erase(store, ann.account)
        order = await _order_now(store, ann.order)
        before = ann.order.shipping_address
        assert order == evolve(
            ann.order,
            email=deleted_email(ann.account.id),
            shipping_address=before.anonymised(),
            billing_address=before.anonymised(),
            notes=None,
            cancelled_reason=None,
            version=order.version,
        )
        assert order.version > ann.order.version
        assert order.shipping_address.destination == before.destination
        told = json.dumps(await kept_on(store, ann.account))
        assert [each for each in THEIRS[2:] if each in told] == []

    async def test_why_an_order_was_called_off_is_forgotten(self, store: Ports) -> None:
        account = await put_account(store)
        order = await put_order_of(store, account, await put_stocked(store))
        called_off = order.cancel("Ann moved", actor=account.email, at=store.clock())
        await _save_orders(store, called_off)
        await _erase(store, account)
        async with store.reading() as reads:
            timeline = await reads.orders.timeline(order.id)
        assert [each.kind for each in timeline] == ["order_placed", "order_cancelled"]
        assert [each.reason for each in timeline] == [None, None]
        assert timeline[1].actor == deleted_email(account.id)

    async def test_the_clocks_reasons_arekept_on(self, store: Ports) -> None:
        account = await put_account(store)
        order = await put_order_of(store, account, await put_stocked(store))
        assert order.expires_at is not None
        expired = order.expire(actor="system", at=order.expires_at)
        await _save_orders(store, expired)
        await _erase(store, account)
        async with store.reading() as reads:
            *_, last = await reads.orders.timeline(order.id)
        assert (last.actor, last.reason) == ("system", expired.cancelled_reason)

    async def test_what_was_said_of_what_went_back_is_forgotten(self, store: Ports) -> None:
        account = await put_account(store)
        order = await put_order_of(store, account, await put_stocked(store))
        asked, payment = new_return(store, order), new_payment(store, order)
        refund = new_refund(payment, RefundId(store.ids.uuid()))
        refund = evolve(refund, reason="Ann is sorry", actor=account.email)
        async with store.unit_of_work() as work:
            await work.returns.add(asked)
            await work.payments.add(payment)
            await work.refunds.add(refund)
        async with store.unit_of_work() as work:
            rejected = asked.saved().reject("Ann wore it", actor="staff", at=store.clock())
            await work.returns.save(rejected)
        await _erase(store, account)
        async with store.reading() as reads:
            after, quiet = await reads.returns.get(asked.id), await reads.refunds.get(refund.id)
        assert (after.comments, after.rejected_reason) == (None, None)
        assert (after.state, after.asked) == (rejected.state, rejected.asked)
        assert (quiet.amount, quiet.reason) == (refund.amount, "")
        assert quiet.actor == deleted_email(account.id)

    async def test_what_a_gateway_said_is_forgotten(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        async with store.reading() as reads:
            (before,) = await reads.payments.of_order(ann.order.id)
        assert before.failure is not None
        await _erase(store, ann.account)
        async with store.reading() as reads:
            (after,) = await reads.payments.of_order(ann.order.id)
        assert after == evolve(before, failure=None, client={}, version=after.version)
        assert after.version > before.version

    async def test_what_is_only_theirs_goes(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        await _erase(store, ann.account)
        assert await book_now(store, ann.account) == AddressBook()
        kept = await kept_on(store, ann.account)
        assert (kept["sessions"], kept["carts"]) == ([], [])
        async with store.unit_of_work() as work:
            assert await work.sessions.by_refresh(ann.refresh_hash) is None
            with pytest.raises(LinkInvalid):
                await work.links.use(ann.link_hash, LinkPurpose.VERIFY_EMAIL, at=store.clock())

    async def test_carts_that_were_taken_over_go_too(self, store: Ports) -> None:
        account, guests = await put_account(store), await put_cart(store)
        assert guests.token_hash is not None
        async with store.unit_of_work() as work:
            await work.carts.take_over(guests, account.id, at=store.clock())
        async with store.reading() as reads:
            assert await reads.carts.taken_over_by(guests.token_hash) == account.id
        await _erase(store, account)
        async with store.reading() as reads:
            assert await reads.carts.taken_over_by(guests.token_hash) is None

    async def test_answers_that_show_their_orders_are_forgotten(self, store: Ports) -> None:
        ann, bob = await put_person(store, "ann"), await put_person(store, "bob")
        await _erase(store, ann.account)
        async with store.unit_of_work() as work:
            assert await work.keys.claim(keyed_by(ann.order), Order) is None
            assert await work.keys.claim(keyed_by(bob.order), Order) == bob.order

    async def test_their_uses_of_coupons_are_counted_and_nobodys(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        await _erase(store, ann.account)
        (standing,) = await presented(store, ann.coupon.code, email=ann.account.email)
        assert standing.used_by_you == 0
        assert standing.coupon is not None
        assert standing.coupon.used_count == 1

    async def test_the_trail_forgets_what_they_were_and_keeps_what_they_did(
        self, store: Ports
    ) -> None:
        ann = await put_person(store, "ann")
        await _erase(store, ann.account)
        of_account, of_order, of_number, by_them = ann.entries
        forgotten = [
            evolve(each, before=None, after=None) for each in (of_account, of_order, of_number)
        ]
        async with store.reading() as reads:
            found = await reads.trail.page(before=None, limit=9, subject=None, account_id=None)
        assert list(found) == [
            evolve(by_them, actor=deleted_email(ann.account.id)),
            *reversed(forgotten),
        ]

    async def test_others_of_the_same_name_and_house_stay_as_they_are(self, store: Ports) -> None:
        ann, namesake = await put_person(store, "ann"), await put_person(store, "anna")
        renamed = evolve(namesake.account, first_name="Ann")
        async with store.unit_of_work() as work:
            await work.accounts.save(renamed)
        before = await kept_on(store, namesake.account)
        await _erase(store, ann.account)
        assert await kept_on(store, namesake.account) == before
        assert await account_now(store, renamed.id) == renamed.saved()

    async def test_guests_orders_of_a_proven_email_are_erased_too(self, store: Ports) -> None:
        account = await put_account(store, email_verified=True)
        order = await put_order_of(store, None, await put_stocked(store))
        await _erase(store, account)
        erased = await _order_now(store, order)
        assert (erased.user_id, erased.email) == (account.id, deleted_email(account.id))
        assert erased.shipping_address == order.shipping_address.anonymised()

    async def test_guests_orders_of_an_unproven_email_are_nobodys_to_erase(
        self, store: Ports
    ) -> None:
        account = await put_account(store, email_verified=False)
        order = await put_order_of(store, None, await put_stocked(store))
        await _erase(store, account)
        assert await _order_now(store, order) == order


async def _open_orders(store: Ports, account: Account) -> tuple[str, ...]:
    async with store.unit_of_work() as work:
        return await work.accounts.open_orders(account.id)


async def _completed(store: Ports, order: Order) -> Order:
    """The order, paid and arrived."""
    at = store.clock()
    paid = order.pay(order.total, actor="gateway", at=at)
    shipped = paid.ship(new_shipment(store, order), actor="staff", at=at)
    await _save_orders(store, shipped.deliver(actor="staff", at=at))
    return await _order_now(store, order)


async def _claim(store: Ports, account: Account) -> int:
    async with store.unit_of_work() as work:
        return await work.accounts.claim_orders(account)


async def _erase(store: Ports, account: Account) -> None:
    async with store.unit_of_work() as work:
        await work.accounts.erase(account)


async def _order_now(store: Ports, order: Order) -> Order:
    async with store.reading() as reads:
        return await reads.orders.get(order.id)


async def _save_orders(store: Ports, *orders: Order) -> None:
    async with store.unit_of_work() as work:
        for order in orders:
            await work.orders.save(order)
