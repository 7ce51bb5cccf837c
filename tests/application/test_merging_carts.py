"""Merging on sign-in: once, into one account, with nothing doubled and nothing lost unsaid."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, Actor, CartOwner
from automate_store.application.carts import (
    MergedCart,
    add_code,
    add_to_cart,
    clear_cart,
    merge_carts,
    set_shipping,
    validate_cart,
    view_cart,
)
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.errors import CartOrdered, NotAllowed, SignInNeeded
from automate_store.application.ports import Ports
from automate_store.application.tokens import token_hash
from automate_store.domain.carts import (
    CartInOtherCurrency,
    CartNotFound,
    CartProblemKind,
    LeftOut,
    MergePolicy,
)
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.scene import HOME, new_cart, put_stocked
from tests.application.shopping import Street
from tests.application.trading import STAFF

AT_ONCE = 50


def following(street: Street, **limits: object) -> Ports:
    """The store's ports, with another policy of carts."""
    policy = street.ports.policy
    return evolve(street.ports, policy=evolve(policy, cart=evolve(policy.cart, **limits)))  # type: ignore[arg-type]  # as its fields


async def merge(street: Street, guest: CartOwner, ann: Actor) -> MergedCart:
    return await merge_carts(guest.token, actor=ann, ports=street.ports)


async def test_what_both_hold_is_not_doubled_and_the_rest_comes_along(street: Street) -> None:
    cup, plate = await put_stocked(street.ports, "cup"), await put_stocked(street.ports, "plate")
    ann = await street.customer()
    mine, guest = CartOwner.of(ann, None), await street.guest(2)
    await street.fill(guest, 1, of=cup)
    await street.fill(mine, 3)
    await street.fill(mine, 4, of=plate)

    merged = await merge(street, guest, ann)

    wanted = {street.mug.variant_id: 3, cup.variant_id: 1, plate.variant_id: 4}
    assert await street.pieces(mine) == wanted
    shown = {line.variant_id: line.quantity for line in merged.view.cart.lines}
    assert (shown, merged.left_out, merged.codes_left_out) == (wanted, (), ())
    assert merged.view.quote.subtotal == Money(8 * 2000, "USD")
    assert merged.view.sellable.keys() == wanted.keys()


@pytest.mark.parametrize(
    ("how", "quantity"),
    [
        (MergePolicy.MAXIMUM, 3),
        (MergePolicy.SUM, 5),
        (MergePolicy.GUEST_WINS, 2),
        (MergePolicy.KEEP_ACCOUNT, 3),
    ],
)
async def test_the_merchant_says_how_many_there_are_of_what_both_hold(
    street: Street, how: MergePolicy, quantity: int
) -> None:
    ann = await street.customer()
    mine, guest = CartOwner.of(ann, None), await street.guest(2)
    await street.fill(mine, 3)

    await merge_carts(guest.token, actor=ann, ports=following(street, merge=how))

    assert await street.pieces(mine) == {street.mug.variant_id: quantity}


async def test_an_account_without_a_cart_gets_one(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)

    merged = await merge(street, guest, ann)

    assert merged.view.stored
    assert await street.pieces(CartOwner.of(ann, None)) == {street.mug.variant_id: 2}


async def test_merging_again_changes_nothing(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    mine, summing = CartOwner.of(ann, None), following(street, merge=MergePolicy.SUM)
    await street.fill(mine, 3)

    first = await merge_carts(guest.token, actor=ann, ports=summing)
    before = (await view_cart(mine, ports=street.ports)).cart
    again = await merge_carts(guest.token, actor=ann, ports=summing)

    assert (await view_cart(mine, ports=street.ports)).cart == before == again.view.cart
    assert [line.quantity for line in first.view.cart.lines] == [5]


async def test_a_merge_is_known_again_when_the_cart_was_ordered_meanwhile(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    await merge(street, guest, ann)
    await street.place(CartOwner.of(ann, None))

    again = await merge(street, guest, ann)

    assert (again.view.cart.lines, again.view.stored) == ((), False)


async def test_the_guests_token_opens_nothing_more(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    await merge(street, guest, ann)

    for use in (
        view_cart(guest, ports=street.ports),
        street.fill(guest),
        street.place(guest),
        clear_cart(guest, ports=street.ports),
    ):
        with pytest.raises(CartNotFound):
            await use


async def test_many_merges_at_once_move_the_goods_once(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    mine, summing = CartOwner.of(ann, None), following(street, merge=MergePolicy.SUM)
    await street.fill(mine, 3)

    merges = [merge_carts(guest.token, actor=ann, ports=summing) for _ in range(AT_ONCE)]
    answers = await asyncio.gather(*merges)

    quantities = {line.quantity for each in answers for line in each.view.cart.lines}
    assert quantities == {5}
    assert await street.pieces(mine) == {street.mug.variant_id: 5}


async def test_many_first_merges_at_once_begin_one_cart(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)

    answers = await asyncio.gather(*(merge(street, guest, ann) for _ in range(AT_ONCE)))

    assert len({each.view.cart.id for each in answers}) == 1
    assert await street.pieces(CartOwner.of(ann, None)) == {street.mug.variant_id: 2}


async def test_of_two_accounts_one_gets_the_guests_cart(street: Street) -> None:
    guest, accounts = await street.guest(2), [await street.customer(n) for n in ("ann", "bob")]

    merges = [merge(street, guest, each) for each in accounts * 5]
    came_to = await asyncio.gather(*merges, return_exceptions=True)

    assert Counter(map(type, came_to)) == {MergedCart: 5, CartNotFound: 5}
    held = [await street.pieces(CartOwner.of(each, None)) for each in accounts]
    assert sorted(held, key=len) == [{}, {street.mug.variant_id: 2}]


async def test_what_a_guest_adds_while_signing_in_is_not_lost(street: Street) -> None:
    cup, ann = await put_stocked(street.ports, "cup"), await street.customer()
    guest = await street.guest(2)

    came_to = await asyncio.gather(
        merge(street, guest, ann), street.fill(guest, 1, of=cup), return_exceptions=True
    )

    added = not isinstance(came_to[1], CartNotFound)
    held = await street.pieces(CartOwner.of(ann, None))
    assert held == {street.mug.variant_id: 2} | ({cup.variant_id: 1} if added else {})


@pytest.mark.parametrize("token", [None, "", "short", "x" * 43, "ü" * 43, "x" * 200])
async def test_a_token_of_no_cart_is_not_found(street: Street, token: str | None) -> None:
    ann = await street.customer()

    with pytest.raises(CartNotFound):
        await merge_carts(token, actor=ann, ports=street.ports)


async def test_a_cut_token_is_not_found(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest()
    assert guest.token is not None

    for cut in (guest.token[:-1], guest.token[1:], guest.token.swapcase(), f" {guest.token}"):
        with pytest.raises(CartNotFound):
            await merge_carts(cut, actor=ann, ports=street.ports)
    assert await street.pieces(guest) == {street.mug.variant_id: 2}


async def test_a_cart_that_was_ordered_is_not_merged(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest()
    placed = await street.place(guest)

    with pytest.raises(CartOrdered) as ordered:
        await merge(street, guest, ann)

    assert ordered.value.number == placed.order.number


async def test_a_guests_cart_that_is_too_old_is_not_found(street: Street) -> None:
    ann = await street.customer()
    cart = new_cart(street.ports, street.mug)
    token = "x" * 43
    long_ago = street.ports.clock() - 2 * street.ports.policy.guest_cart_lifetime
    old = evolve(cart, token_hash=token_hash(token), created_at=long_ago, updated_at=long_ago)
    async with street.ports.unit_of_work() as work:
        await work.carts.add(old)

    with pytest.raises(CartNotFound):
        await merge_carts(token, actor=ann, ports=street.ports)


async def test_another_currency_is_not_merged_and_stays_where_it_is(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    euros = evolve(street.ports, policy=evolve(street.ports.policy, currency="EUR"))

    with pytest.raises(CartInOtherCurrency) as refused:
        await merge_carts(guest.token, actor=ann, ports=euros)

    assert (refused.value.currency, refused.value.into) == ("USD", "EUR")
    assert await street.pieces(guest) == {street.mug.variant_id: 2}
    assert await street.pieces(CartOwner.of(ann, None)) == {}


async def test_what_finds_no_room_is_told(street: Street) -> None:
    cup, plate = await put_stocked(street.ports, "cup"), await put_stocked(street.ports, "plate")
    ann, guest = await street.customer(), await street.guest(7)
    await street.fill(guest, 1, of=cup)
    await street.fill(CartOwner.of(ann, None), 4)
    await street.fill(CartOwner.of(ann, None), 1, of=plate)
    tight = following(street, merge=MergePolicy.SUM, max_lines=2, max_quantity=9)

    merged = await merge_carts(guest.token, actor=ann, ports=tight)

    assert await street.pieces(CartOwner.of(ann, None)) == {
        street.mug.variant_id: 9,
        plate.variant_id: 1,
    }
    assert merged.left_out == (
        LeftOut(product_id=street.mug.product.id, variant_id=street.mug.variant_id, quantity=2),
        LeftOut(product_id=cup.product.id, variant_id=cup.variant_id, quantity=1),
    )


async def test_codes_and_where_it_goes_come_along(street: Street) -> None:
    tenth = CouponTerms(name="Tenth", type=CouponType.PERCENTAGE, value=Decimal(10))
    await create_coupon("TENTH", tenth, actor=STAFF, ports=street.ports)
    ann, guest = await street.customer(), await street.guest(2)
    await add_code(guest, "tenth", ports=street.ports)
    await set_shipping(guest, HOME.destination, "flat", ports=street.ports)
    await street.fill(CartOwner.of(ann, None), 1)

    merged = await merge(street, guest, ann)

    assert merged.view.cart.codes == ("TENTH",)
    assert merged.view.quote.discount == Money(400, "USD")
    assert merged.view.quote.total == Money(4100, "USD")
    shown = await view_cart(CartOwner.of(ann, None), ports=street.ports)
    assert shown.quote == merged.view.quote


async def test_more_than_there_is_can_be_merged_and_is_said_by_validating(street: Street) -> None:
    rare = await put_stocked(street.ports, "rare", on_hand=5)
    ann, guest = await street.customer(), await street.guest(3, of=rare)
    mine, summing = CartOwner.of(ann, None), following(street, merge=MergePolicy.SUM)
    await street.fill(mine, 4, of=rare)

    await merge_carts(guest.token, actor=ann, ports=summing)

    (problem,) = (await validate_cart(mine, ports=street.ports)).problems
    assert (problem.kind, problem.wanted, problem.available) == (
        CartProblemKind.SHORT_OF_STOCK,
        7,
        5,
    )


async def test_only_accounts_merge(street: Street) -> None:
    guest = await street.guest(2)

    with pytest.raises(NotAllowed):
        await merge(street, guest, GUEST)
    with pytest.raises(SignInNeeded):
        await merge(street, guest, STAFF)
    assert await street.pieces(guest) == {street.mug.variant_id: 2}


async def test_an_empty_cart_takes_nothing_away(street: Street) -> None:
    ann, guest = await street.customer(), await street.guest(2)
    await street.fill(CartOwner.of(ann, None), 3)
    await clear_cart(guest, ports=street.ports)

    await merge(street, guest, ann)

    assert await street.pieces(CartOwner.of(ann, None)) == {street.mug.variant_id: 3}
    with pytest.raises(CartNotFound):
        await add_to_cart(guest, (), ports=street.ports)
