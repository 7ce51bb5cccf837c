"""Carts of accounts: one each, opened by signing in alone, and ordered like any other."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import (
    add_code,
    clear_cart,
    explain_cart,
    purge_carts,
    validate_cart,
    view_cart,
)
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.orders import OrderView, read_order
from automate_store.application.payments import CreateIntent, create_intent
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.application.taxes import PutTaxRate, add_tax_rate
from automate_store.domain.carts import CartEmpty, CartNotFound
from automate_store.domain.coupons import CouponRefused, CouponType
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.orders import OrderNotFound
from automate_store.domain.promotions import CustomerGroup, PercentOffItems, Reason, SignedIn
from automate_store.entrypoints.properties.contracts.scene import put_stocked
from tests.application.shopping import Street
from tests.application.trading import STAFF

AT_ONCE = 8
TENTH = (PercentOffItems(Decimal(10)),)


async def test_an_account_needs_no_token_and_is_told_none(street: Street) -> None:
    mine = CartOwner.of(await street.customer(), None)

    added = await street.fill(mine)
    seen = await view_cart(mine, ports=street.ports)

    assert (added.token, seen.token, seen.stored) == (None, None, True)
    assert (seen.cart.id, seen.cart.user_id) == (added.cart.id, mine.account_id)
    assert seen.quote.subtotal == Money(4000, "USD")


async def test_an_account_without_a_cart_sees_an_empty_one(street: Street) -> None:
    mine = CartOwner.of(await street.customer(), None)

    seen = await view_cart(mine, ports=street.ports)

    assert (seen.cart.lines, seen.stored) == ((), False)
    with pytest.raises(CartNotFound):
        await clear_cart(mine, ports=street.ports)


async def test_a_token_that_comes_along_is_not_looked_at(street: Street) -> None:
    guest, ann = await street.guest(5), await street.customer()

    for token in (guest.token, "x" * 43, ""):
        mine = CartOwner.of(ann, token)
        await street.fill(mine, 1)

    assert await street.pieces(CartOwner.of(ann, None)) == {street.mug.variant_id: 3}
    assert await street.pieces(guest) == {street.mug.variant_id: 5}


async def test_accounts_do_not_see_each_others_carts(street: Street) -> None:
    ann = CartOwner.of(await street.customer("ann"), None)
    bob = CartOwner.of(await street.customer("bob"), None)
    await street.fill(ann, 1)
    await street.fill(bob, 2)

    assert await street.pieces(ann) == {street.mug.variant_id: 1}
    assert await street.pieces(bob) == {street.mug.variant_id: 2}


async def test_first_adds_at_once_make_one_cart_with_all_of_it(street: Street) -> None:
    mine = CartOwner.of(await street.customer(), None)
    cup = await put_stocked(street.ports, "cup")

    added = await asyncio.gather(street.fill(mine, 2), street.fill(mine, 3, of=cup))

    assert added[0].cart.id == added[1].cart.id
    assert await street.pieces(mine) == {street.mug.variant_id: 2, cup.variant_id: 3}


async def test_no_guests_lifetime_ends_the_cart_of_an_account(street_in_memory: Street) -> None:
    street = street_in_memory
    ports = evolve(
        street.ports, clock=lambda: street.ports.clock() + 2 * ports.policy.guest_cart_lifetime
    )
    mine = CartOwner.of(await street.customer(), None)
    await street.fill(mine)
    await street.guest()

    assert await purge_carts(ports=ports) == 1
    assert await street.pieces(mine) == {street.mug.variant_id: 2}


@pytest.mark.parametrize(
    ("condition", "groups", "reduced"),
    [
        (CustomerGroup({"trade"}), frozenset({"trade"}), True),
        (CustomerGroup({"trade"}), frozenset({"friends"}), False),
        (SignedIn(), frozenset(), True),
    ],
)
async def test_prices_are_those_of_the_accounts_groups(
    street: Street, condition: object, groups: frozenset[str], *, reduced: bool
) -> None:
    promotion = PutPromotion(code="t", name="Trade", conditions=(condition,), actions=TENTH)  # type: ignore[arg-type]
    await create_promotion(promotion, actor=STAFF, ports=street.ports)
    mine = CartOwner.of(await street.customer(groups=groups), None)
    guest = await street.guest()

    added = await street.fill(mine)
    bought = await street.place(mine)

    discount = Money(400 if reduced else 0, "USD")
    assert (added.quote.discount, bought.order.quote.discount) == (discount, discount)
    assert (await explain_cart(guest, ports=street.ports)).quote.discount == Money(0, "USD")


async def test_an_exempt_account_pays_no_tax(street: Street) -> None:
    tax = PutTaxRate(
        code="us",
        name="Tax",
        rate=Decimal("0.10"),
        zone=Zone("US"),
        applies_to_shipping=False,
        period=Period(),
    )
    await add_tax_rate(tax, actor=STAFF, ports=street.ports)
    exempt = CartOwner.of(await street.customer("ann", tax_exempt=True), None)
    taxed = CartOwner.of(await street.customer("bob"), None)

    taxes = []
    for owner in (exempt, taxed):
        await street.fill(owner)
        taxes.append((await street.place(owner)).order.quote.tax)

    assert taxes == [Money(0, "USD"), Money(400, "USD")]


async def test_the_order_of_an_account_is_opened_by_the_account(street: Street) -> None:
    ann, bob = await street.customer("ann"), await street.customer("bob")
    await street.fill(CartOwner.of(ann, None))

    placed = await street.place(CartOwner.of(ann, "m" * 43))

    assert placed.token is None
    assert (placed.order.user_id, placed.order.token_hash) == (ann.account_id, None)
    order_id = placed.order.id
    assert (await read_order(order_id, None, actor=ann, ports=street.ports)).order == placed.order
    for stranger, token in ((bob, None), (GUEST, None), (GUEST, "m" * 43)):
        with pytest.raises(OrderNotFound):
            await read_order(order_id, token, actor=stranger, ports=street.ports)


async def test_an_account_pays_its_order_without_a_token(street: Street) -> None:
    ann = await street.customer()
    await street.fill(CartOwner.of(ann, None))
    placed = await street.place(CartOwner.of(ann, None))
    (gateway,) = street.ports.gateways
    wish = CreateIntent(order_id=placed.order.id, gateway=gateway)

    intent = await create_intent(wish, token=None, key="pay", actor=ann, ports=street.ports)

    assert intent.payment.amount == placed.order.total


async def test_a_key_belongs_to_the_account_and_outlives_its_cart(street: Street) -> None:
    ann = CartOwner.of(await street.customer("ann"), None)
    bob = CartOwner.of(await street.customer("bob"), None)
    for owner in (ann, bob):
        await street.fill(owner)

    first = await street.place(ann, key="same")
    again = await street.place(ann, key="same")
    others = await street.place(bob, key="same")

    assert again == first
    assert others.order.id != first.order.id
    with pytest.raises(CartEmpty):
        await street.place(ann, key="another")


async def test_one_cart_of_an_account_is_ordered_once(street: Street) -> None:
    mine = CartOwner.of(await street.customer(), None)
    await street.fill(mine)

    orders = [street.place(mine, key=f"key-{number}") for number in range(AT_ONCE)]
    came_to = await asyncio.gather(*orders, return_exceptions=True)

    kinds = Counter(type(each) for each in came_to)
    assert kinds == {OrderView: 1, CartEmpty: AT_ONCE - 1}
    assert await street.pieces(mine) == {}


async def test_a_code_used_by_the_account_is_used_whatever_the_email(street: Street) -> None:
    once = CouponTerms(
        name="Once",
        type=CouponType.PERCENTAGE,
        value=Decimal(10),
        usage_limit_per_customer=1,
    )
    await create_coupon("ONCE", once, actor=STAFF, ports=street.ports)
    ann = CartOwner.of(await street.customer("ann"), None)
    bob = CartOwner.of(await street.customer("bob"), None)
    for owner in (ann, bob):
        await street.fill(owner)
        await add_code(owner, "once", ports=street.ports)
    await street.place(ann, email="ann@example.com")

    await street.fill(ann)
    added = await add_code(ann, "once", ports=street.ports)

    (code,) = added.quote.codes
    assert code.reason == Reason.USED_BY_YOU
    with pytest.raises(CouponRefused):
        await street.place(ann, email="other@example.com", key="again")
    assert (await validate_cart(bob, ports=street.ports)).valid
    assert (await street.place(bob, email="bob@example.com")).order.quote.discount


async def test_an_account_and_a_guest_of_its_email_use_a_code_once(street: Street) -> None:
    once = CouponTerms(
        name="Once",
        type=CouponType.PERCENTAGE,
        value=Decimal(10),
        usage_limit_per_customer=1,
    )
    await create_coupon("ONCE", once, actor=STAFF, ports=street.ports)
    mine, guest = CartOwner.of(await street.customer("ann"), None), await street.guest()
    await street.fill(mine)
    for owner in (mine, guest):
        await add_code(owner, "once", ports=street.ports)

    orders = [street.place(owner, email="ann@example.com") for owner in (mine, guest)]
    came_to = await asyncio.gather(*orders, return_exceptions=True)

    assert Counter(map(type, came_to)) == {OrderView: 1, CouponRefused: 1}
