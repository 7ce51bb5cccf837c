"""Placing an order: a promise of stock and of a total, made once."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.errors import (
    BadKey,
    CartOrdered,
    KeyInProgress,
    KeyMissing,
    OtherInputs,
)
from automate_store.application.orders import PlaceOrder, TotalChanged, place_order, read_order
from automate_store.domain.carts import CartEmpty, CartNeedsAttention, CartNotFound
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderNotFound, OrderStatus
from automate_store.domain.shipping import ShippingMethodUnknown, ShippingRequired
from tests.application.trading import HOME, Trade


async def test_an_order_reserves_what_it_promises(trade: Trade) -> None:
    tee = await trade.stocked(10)

    bought = await trade.buy(tee, 3)

    stock = await trade.stock(tee)
    assert (stock.on_hand, stock.reserved) == (10, 3)
    assert bought.order.total == Money(3 * 1999 + 500, "USD")
    assert bought.order.status is OrderStatus.PENDING


async def test_the_same_key_gives_the_same_answer_and_one_order(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 3)
    assert view.token is not None

    first = await trade.place(view.token)
    second = await trade.place(view.token)

    assert second == first
    assert (await trade.stock(tee)).reserved == 3


async def test_the_same_key_with_other_inputs_is_refused(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    await trade.place(view.token)

    with pytest.raises(OtherInputs):
        await trade.place(view.token, expected_total=Money(1, "USD"))


@pytest.mark.parametrize(("key", "refusal"), [(None, KeyMissing), ("", BadKey), ("ä", BadKey)])
async def test_a_key_is_needed_and_plain(
    trade: Trade, key: str | None, refusal: type[Exception]
) -> None:
    command = PlaceOrder(email="ann@example.com", shipping_address=HOME)
    with pytest.raises(refusal):
        await place_order(command, owner=CartOwner.guest("t" * 43), key=key, ports=trade.shop.ports)


async def test_another_shoppers_key_is_another_key(trade: Trade) -> None:
    tee = await trade.stocked(10)
    ann, bob = await trade.cart(tee, 1), await trade.cart(tee, 2)
    assert ann.token is not None
    assert bob.token is not None

    first, second = await trade.place(ann.token), await trade.place(bob.token)

    assert first.order.id != second.order.id
    assert (await trade.stock(tee)).reserved == 3


async def test_one_cart_makes_one_order_whatever_the_keys(trade: Trade) -> None:
    tee = await trade.stocked(100)
    view = await trade.cart(tee, 1)
    assert view.token is not None

    tries = [trade.place(view.token, key=f"key-{number}") for number in range(20)]
    ends = await asyncio.gather(*tries, return_exceptions=True)

    placed = [end for end in ends if not isinstance(end, BaseException)]
    assert len(placed) == 1
    assert all(isinstance(end, CartOrdered) for end in ends if end is not placed[0])
    assert (await trade.stock(tee)).reserved == 1


async def test_the_same_key_at_once_makes_one_order(trade: Trade) -> None:
    tee = await trade.stocked(100)
    view = await trade.cart(tee, 1)
    assert view.token is not None

    ends = await asyncio.gather(
        *(trade.place(view.token) for _ in range(20)), return_exceptions=True
    )

    orders = {end.order.id for end in ends if not isinstance(end, BaseException)}
    assert len(orders) == 1
    assert all(isinstance(end, KeyInProgress) for end in ends if isinstance(end, Exception))


async def test_a_rush_sells_what_there_is_and_no_more(trade: Trade) -> None:
    tee = await trade.stocked(7)
    views = [await trade.cart(tee, 1) for _ in range(30)]

    ends = await asyncio.gather(
        *(trade.place(view.token or "") for view in views), return_exceptions=True
    )

    placed = [end for end in ends if not isinstance(end, BaseException)]
    assert len(placed) == 7
    assert all(isinstance(end, OutOfStock) for end in ends if isinstance(end, Exception))
    assert (await trade.stock(tee)).available == 0


async def test_a_cart_can_not_hold_more_than_there_is(trade: Trade) -> None:
    tee = await trade.stocked(2)
    with pytest.raises(OutOfStock) as refused:
        await trade.cart(tee, 3)
    assert refused.value.shortages[0].available == 2


async def test_another_total_than_expected_places_nothing_and_says_the_new_one(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    await trade.reprice(tee, 2500)

    with pytest.raises(TotalChanged) as refused:
        await trade.place(view.token, expected_total=Money(1999 + 500, "USD"))

    assert refused.value.quote.total == Money(2500 + 500, "USD")
    assert (await trade.stock(tee)).reserved == 0


async def test_a_risen_price_needs_consent(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    await trade.reprice(tee, 2500)

    with pytest.raises(CartNeedsAttention):
        await trade.place(view.token)

    agreed = await trade.place(view.token, expected_total=Money(3000, "USD"))
    assert agreed.order.total == Money(3000, "USD")


async def test_a_fallen_price_passes_silently(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    await trade.reprice(tee, 1500)

    bought = await trade.place(view.token)

    assert bought.order.total == Money(1500 + 500, "USD")


async def test_goods_need_a_way_to_travel(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    ports = trade.shop.ports
    command = PlaceOrder(email="ann@example.com", shipping_address=HOME)
    with pytest.raises(ShippingRequired):
        await place_order(command, owner=CartOwner.guest(view.token), key="k", ports=ports)
    by_owl = evolve(command, shipping_method="owl")
    with pytest.raises(ShippingMethodUnknown):
        await place_order(by_owl, owner=CartOwner.guest(view.token), key="k", ports=ports)


async def test_an_empty_cart_and_an_unknown_one_are_refused(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    assert view.token is not None
    async with trade.shop.ports.unit_of_work() as work:
        await work.carts.save(view.cart.saved().clear(at=view.cart.updated_at))
    with pytest.raises(CartEmpty):
        await trade.place(view.token)
    with pytest.raises(CartNotFound):
        await trade.place("x" * 43)


async def test_only_the_orders_own_token_opens_it(trade: Trade) -> None:
    tee = await trade.stocked(10)
    mine, theirs = await trade.buy(tee, 1), await trade.buy(tee, 1)
    ports = trade.shop.ports

    seen = await read_order(mine.order.id, mine.token, actor=GUEST, ports=ports)

    assert seen.order == mine.order
    for token in (None, "", mine.token and mine.token[:-1], theirs.token):
        with pytest.raises(OrderNotFound):
            await read_order(mine.order.id, token, actor=GUEST, ports=ports)


async def test_what_is_digital_and_free_is_paid_and_delivered_at_placing(trade: Trade) -> None:
    song = await trade.stocked(10, price=0, digital=True)

    bought = await trade.buy(song, 2)

    stock = await trade.stock(song)
    assert bought.order.status is OrderStatus.DELIVERED
    assert (stock.on_hand, stock.reserved) == (8, 0)


async def test_adding_again_adds_up_in_one_line(trade: Trade) -> None:
    tee = await trade.stocked(10)
    view = await trade.cart(tee, 1)
    again = AddItem(product_id=None, variant_id=tee.variants[0].id, quantity=2)

    view = await add_to_cart(CartOwner.guest(view.token), (again, again), ports=trade.shop.ports)

    assert [line.quantity for line in view.cart.lines] == [5]
