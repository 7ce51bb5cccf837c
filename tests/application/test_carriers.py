"""External rates: asked outside transactions, charged as they were shown, or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import pytest
from attrs import evolve

from automate_store.adapters.manual import ManualGateway
from automate_store.application.access import CartOwner
from automate_store.application.carriers import ROUNDS
from automate_store.application.carts import (
    set_shipping,
    shipping_options,
    validate_cart,
    view_cart,
)
from automate_store.application.orders import TotalChanged
from automate_store.application.ports import Ports
from automate_store.application.ports.shipping import CarrierAnswers, RateQuestion
from automate_store.application.shipping import PutShippingMethod, put_shipping_method
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination
from automate_store.domain.shipping import (
    ExternalRate,
    FlatRate,
    Parcel,
    ShippingNotAvailable,
    Unfit,
)
from tests.application.trading import HOME, STAFF, Trade

UPS = Money(740, "USD")
T = TypeVar("T")


@pytest.fixture
async def trade() -> Trade:
    """A shop whose standard method is priced by a carrier."""
    return await Trade.open(ManualGateway())


async def carried(trade: Trade, fallback: Money | None = None) -> str:
    """The token of a cart with two of 19.99 that goes home, by a method that asks ups."""
    rate = ExternalRate("ups", "USD", None if fallback is None else FlatRate(fallback))
    wish = PutShippingMethod(code="standard", name="Standard", rate=rate)
    await put_shipping_method(wish, actor=STAFF, ports=trade.shop.ports)
    product = await trade.stocked(10)
    token = (await trade.cart(product, 2)).token
    assert token is not None
    return token


async def chosen(trade: Trade, fallback: Money | None = None) -> str:
    token = await carried(trade, fallback)
    await set_shipping(CartOwner.guest(token), HOME.destination, "standard", ports=trade.shop.ports)
    return token


async def test_a_cart_shows_what_the_carrier_asks(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade)
    view = await view_cart(CartOwner.guest(token), ports=trade.shop.ports)
    assert view.quote.shipping_amount == UPS
    parcel = Parcel(0, 2, Money(3998, "USD"))
    assert set(trade.shop.carriers.asked) == {RateQuestion("ups", HOME.destination, parcel)}


async def test_a_cart_without_an_external_method_asks_nobody(trade: Trade) -> None:
    product = await trade.stocked(10)
    token = (await trade.cart(product, 2)).token
    assert token is not None
    await set_shipping(CartOwner.guest(token), HOME.destination, "standard", ports=trade.shop.ports)
    await trade.place(token)
    assert trade.shop.carriers.asked == []


async def test_what_the_cart_was_shown_is_what_is_charged(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade)
    shown = (await view_cart(CartOwner.guest(token), ports=trade.shop.ports)).quote.total
    placed = await trade.place(token, expected_total=shown)
    assert (placed.order.total, placed.order.quote.shipping_amount) == (shown, UPS)


async def test_a_price_that_changed_since_it_was_shown_places_nothing(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade)
    shown = (await view_cart(CartOwner.guest(token), ports=trade.shop.ports)).quote.total
    trade.shop.carriers.price("ups", Money(741, "USD"))
    with pytest.raises(TotalChanged) as refused:
        await trade.place(token, expected_total=shown)
    assert refused.value.total == shown + Money(1, "USD")
    again = await trade.place(token, expected_total=refused.value.total)
    assert again.order.total == refused.value.total


async def test_a_carrier_that_went_silent_changes_the_total_by_its_fallback(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade, fallback=Money(900, "USD"))
    shown = (await view_cart(CartOwner.guest(token), ports=trade.shop.ports)).quote.total
    trade.shop.carriers.silence("ups")
    with pytest.raises(TotalChanged) as refused:
        await trade.place(token, expected_total=shown)
    assert refused.value.quote.shipping_amount == Money(900, "USD")


async def test_without_answer_and_fallback_the_method_is_not_offered(trade: Trade) -> None:
    token = await carried(trade)
    with pytest.raises(ShippingNotAvailable) as refused:
        await set_shipping(
            CartOwner.guest(token), HOME.destination, "standard", ports=trade.shop.ports
        )
    assert refused.value.why is Unfit.NO_RATE
    assert (
        await shipping_options(CartOwner.guest(token), HOME.destination, ports=trade.shop.ports)
        == ()
    )
    with pytest.raises(ShippingNotAvailable):
        await trade.place(token)


async def test_a_carrier_that_takes_no_such_parcel_is_no_fallback(trade: Trade) -> None:
    trade.shop.carriers.price("ups", None)
    token = await carried(trade, fallback=Money(900, "USD"))
    with pytest.raises(ShippingNotAvailable) as refused:
        await set_shipping(
            CartOwner.guest(token), HOME.destination, "standard", ports=trade.shop.ports
        )
    assert refused.value.why is Unfit.REFUSED


async def test_a_chosen_method_whose_carrier_is_silent_blocks_the_cart(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade)
    trade.shop.carriers.silence("ups")
    assert not (await validate_cart(CartOwner.guest(token), ports=trade.shop.ports)).valid


async def test_the_options_ask_all_carriers_at_once(trade: Trade) -> None:
    token = await carried(trade, fallback=Money(900, "USD"))
    wish = PutShippingMethod(code="fast", name="Fast", rate=ExternalRate("dhl", "USD"))
    await put_shipping_method(wish, actor=STAFF, ports=trade.shop.ports)
    trade.shop.carriers.price("dhl", Money(500, "USD"))
    watch = Watch(trade.shop.ports)
    found = await shipping_options(CartOwner.guest(token), Destination("US"), ports=watch.ports)
    assert [(each.offer.method, each.price.minor) for each in found] == [
        ("fast", 500),
        ("standard", 900),
    ]
    assert [len(each) for each in watch.rounds] == [2]


async def test_no_carrier_is_asked_while_a_transaction_is_open(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade)
    watch = Watch(trade.shop.ports)
    watched = evolve(trade, shop=evolve(trade.shop, ports=watch.ports))
    await set_shipping(CartOwner.guest(token), HOME.destination, "standard", ports=watch.ports)
    await view_cart(CartOwner.guest(token), ports=watch.ports)
    placed = await watched.place(token)
    assert placed.order.quote.shipping_amount == UPS
    assert watch.open_when_asked == [0, 0, 0]


async def test_a_cart_that_changes_at_every_look_is_priced_in_the_end(trade: Trade) -> None:
    trade.shop.carriers.price("ups", UPS)
    token = await chosen(trade, fallback=Money(900, "USD"))
    product_id = (
        (await view_cart(CartOwner.guest(token), ports=trade.shop.ports)).cart.lines[0].product_id
    )

    async def dearer() -> None:
        async with trade.shop.ports.unit_of_work() as work:
            known = await work.products.get(product_id)
            assert known.price is not None
            await work.products.save([evolve(known, price=known.price + Money(1, "USD"))])

    watch = Watch(trade.shop.ports, meanwhile=dearer)
    view = await view_cart(CartOwner.guest(token), ports=watch.ports)
    assert view.quote.shipping_amount == Money(900, "USD")
    assert len(watch.rounds) == ROUNDS


class Watch:
    """Ports that see which of their works and readings are open when a carrier is asked."""

    def __init__(
        self, ports: Ports, meanwhile: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self.rounds: list[Collection[RateQuestion]] = []
        self.open_when_asked: list[int] = []
        self.ports = evolve(
            ports,
            carriers=self,
            unit_of_work=self._counted(ports.unit_of_work),
            reading=self._counted(ports.reading),
        )
        self._carriers = ports.carriers
        self._meanwhile = meanwhile
        self._open = 0

    async def ask(self, questions: Collection[RateQuestion]) -> CarrierAnswers:
        self.rounds.append(questions)
        self.open_when_asked.append(self._open)
        if self._meanwhile is not None:
            await self._meanwhile()
        return await self._carriers.ask(questions)

    def _counted(self, opening: Callable[[], AbstractAsyncContextManager[T]]) -> Any:
        @asynccontextmanager
        async def counted() -> AsyncIterator[T]:
            self._open += 1
            try:
                async with opening() as opened:
                    yield opened
            finally:
                self._open -= 1

        return counted
