"""Codes as customers use them: on carts, on orders, and when an order comes to nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import CartOwner
from automate_store.application.carts import AddItem, CartView, add_code, add_to_cart, view_cart
from automate_store.application.coupons import (
    CouponTerms,
    create_coupon,
    deactivate_coupon,
    get_coupon,
)
from automate_store.application.errors import KeyInProgress
from automate_store.application.expiry import expire_orders
from automate_store.application.orders import OrderView, PlaceOrder, place_order
from automate_store.application.ports.coupons import CouponFigures
from automate_store.domain.catalog import Product
from automate_store.domain.coupons import CouponRefused, CouponType
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.orders import OrderPaymentState, OrderState
from automate_store.domain.promotions import Reason
from tests.application.trading import HOME, OPENED, STAFF, Trade

LIFETIME = timedelta(minutes=30)
DAY = timedelta(days=1)


@frozen
class Desk:
    """A shop with a tee at 20.00, of which nobody buys the last."""

    trade: Trade
    tee: Product

    @property
    def shop(self) -> MemoryShop:
        return self.trade.shop

    async def coupon(self, code: str = "Spring", **terms: Any) -> None:
        """A code for 10 % off, once for each customer where nothing else is said."""
        plain = {"name": "Spring", "type": CouponType.PERCENTAGE, "value": Decimal(10)}
        wanted = CouponTerms(**{**plain, **terms})
        await create_coupon(code, wanted, actor=STAFF, ports=self.shop.ports)

    async def cart(self, *codes: str, quantity: int = 1) -> str:
        item = AddItem(product_id=self.tee.id, variant_id=None, quantity=quantity)
        token = (await add_to_cart(CartOwner.guest(None), (item,), ports=self.shop.ports)).token
        assert token is not None
        for code in codes:
            await add_code(CartOwner.guest(token), code, ports=self.shop.ports)
        return token

    async def view(self, token: str) -> CartView:
        return await view_cart(CartOwner.guest(token), ports=self.shop.ports)

    async def place(
        self, token: str, *, email: str = "ann@example.com", key: str = "k", **asked: Any
    ) -> OrderView:
        command = PlaceOrder(
            email=email, shipping_address=HOME, shipping_method="standard", **asked
        )
        return await place_order(
            command, owner=CartOwner.guest(token), key=key, ports=self.shop.ports
        )

    async def buy(self, *codes: str, email: str = "ann@example.com") -> OrderView:
        return await self.place(await self.cart(*codes), email=email)

    async def figures(self, code: str = "Spring") -> CouponFigures:
        now = await get_coupon(code, actor=STAFF, ports=self.shop.ports)
        assert now.uses == now.coupon.used_count, "the counter is the number of live uses"
        return now


@pytest.fixture
async def desk() -> Desk:
    trade = await Trade.open()
    return Desk(trade, await trade.stocked(1000, price=2000))


async def refusal(attempt: Any) -> CouponRefused:
    with pytest.raises(CouponRefused) as refused:
        await attempt
    return refused.value


async def test_a_code_in_another_case_with_spaces_comes_off_cart_and_order(desk: Desk) -> None:
    await desk.coupon()
    token = await desk.cart("  sPRING\n")
    # 20.00 - 10 % + 5.00 for shipping
    bought = await desk.place(token, expected_total=Money(2300, "USD"))
    assert (await desk.figures()).uses == 1
    (code,) = bought.order.quote.codes
    assert (code.code, code.discount, bought.order.total) == (
        "Spring",
        Money(200, "USD"),
        Money(2300, "USD"),
    )
    now = await desk.figures()
    assert (now.discount, now.last_used_at) == (Money(200, "USD"), OPENED)


async def test_a_code_that_never_will_apply_is_refused_and_stays_off_the_cart(desk: Desk) -> None:
    await desk.coupon("Past", period=Period(None, OPENED))
    await desk.coupon("Gone", usage_limit=1)
    await desk.buy("Gone")
    token = await desk.cart()
    for code, reason in (
        (" none ", Reason.UNKNOWN),
        ("past", Reason.EXPIRED),
        ("gone", Reason.USED_UP),
    ):
        refused = await refusal(add_code(CartOwner.guest(token), code, ports=desk.shop.ports))
        assert refused.reason == reason
    assert (await desk.view(token)).cart.codes == ()


async def test_a_code_that_may_apply_yet_stays_with_its_reason(desk: Desk) -> None:
    await desk.coupon("Ended", active=False)
    await desk.coupon("Soon", period=Period(OPENED + DAY, None))
    await desk.coupon("Rich", minimum_order_amount=Money(5000, "USD"))
    await desk.coupon("Known", sign_in_needed=True)
    for code, reason in (
        ("ended", Reason.INACTIVE),
        ("soon", Reason.NOT_STARTED),
        ("rich", Reason.BELOW_MINIMUM),
        ("known", Reason.SIGN_IN_NEEDED),
    ):
        view = await desk.view(await desk.cart(code))
        (standing,) = view.quote.codes
        assert (standing.reason, standing.discount) == (reason, Money(0, "USD"))
        assert view.cart.codes == (standing.code,)


async def test_placing_with_a_code_that_does_not_apply_is_refused_and_changes_nothing(
    desk: Desk,
) -> None:
    await desk.coupon("Rich", minimum_order_amount=Money(5000, "USD"))
    token = await desk.cart("rich")
    refused = await refusal(desk.place(token))
    assert (refused.coupon, refused.reason) == ("Rich", Reason.BELOW_MINIMUM)
    assert refused.missing == Money(3000, "USD")
    assert (await desk.view(token)).cart.codes == ("Rich",)
    assert (await desk.figures("Rich")).uses == 0
    assert (await desk.trade.stock(desk.tee)).reserved == 0


@pytest.mark.parametrize("end", ["deactivate", "expire"])
async def test_a_code_that_ended_on_the_cart_is_refused_at_placing(desk: Desk, end: str) -> None:
    await desk.coupon(period=Period(None, OPENED + timedelta(minutes=1)))
    token = await desk.cart("spring")
    if end == "deactivate":
        await deactivate_coupon("spring", actor=STAFF, ports=desk.shop.ports)
    else:
        desk.shop.clock.advance(timedelta(minutes=1))
    expected = {"deactivate": Reason.INACTIVE, "expire": Reason.EXPIRED}
    assert (await refusal(desk.place(token))).reason == expected[end]
    assert (await desk.figures()).uses == 0


@pytest.mark.parametrize(
    "again",
    ["ann@example.com", " ANN@example.COM", "Ann@Example.com\n", "\uff41\uff4e\uff4e@example.com"],
)
async def test_a_guest_who_used_it_is_told_at_placing_however_the_address_is_spelt(
    desk: Desk, again: str
) -> None:
    await desk.coupon()
    await desk.buy("spring", email="Ann@Example.com")
    token = await desk.cart("spring")
    assert (await refusal(desk.place(token, email=again))).reason == Reason.USED_BY_YOU
    assert (await desk.place(token, email="bob@example.com")).order.total == Money(2300, "USD")
    assert (await desk.figures()).uses == 2


async def test_placing_that_is_asked_for_again_uses_a_code_once(desk: Desk) -> None:
    await desk.coupon(usage_limit=1)
    token = await desk.cart("spring")
    at_once = await asyncio.gather(*(desk.place(token) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(each, OrderView | KeyInProgress) for each in at_once)
    later = [await desk.place(token) for _ in range(2)]
    made = [each for each in at_once if isinstance(each, OrderView)]
    assert made
    assert len({each.order.id for each in (*made, *later)}) == 1
    assert (await desk.figures()).uses == 1


async def test_a_stale_total_uses_no_code(desk: Desk) -> None:
    await desk.coupon()
    token = await desk.cart("spring")
    with pytest.raises(StoreError, match="confirm the new quote"):
        await desk.place(token, expected_total=Money(2500, "USD"))
    assert (await desk.figures()).uses == 0


async def test_a_use_stays_while_a_payment_fails_and_goes_when_time_is_over(desk: Desk) -> None:
    await desk.coupon()
    bought = await desk.buy("spring")
    desk.shop.gateway.decline("no funds")
    paid = await desk.trade.pay(bought)
    assert paid.order.payment is OrderPaymentState.FAILED
    assert (await desk.figures()).uses == 1
    desk.shop.clock.advance(LIFETIME + timedelta(minutes=5))
    assert await expire_orders(ports=desk.shop.ports) == 1
    assert await expire_orders(ports=desk.shop.ports) == 0
    now = await desk.figures()
    assert (now.uses, now.discount, now.last_used_at) == (0, Money(0, "USD"), None)
    assert (await desk.buy("spring")).order.total == Money(2300, "USD")


async def test_a_use_is_given_back_once_however_many_end_the_order(desk: Desk) -> None:
    await desk.coupon()
    await desk.buy("spring", email="bob@example.com")
    desk.shop.clock.advance(LIFETIME / 2)
    await desk.buy("spring")
    desk.shop.clock.advance(LIFETIME / 2)
    ended = await asyncio.gather(*(expire_orders(ports=desk.shop.ports) for _ in range(3)))
    assert sorted(ended) == [0, 0, 1]
    assert (await desk.figures()).uses == 1


async def test_a_paid_order_keeps_its_use(desk: Desk) -> None:
    await desk.coupon()
    await desk.trade.pay(await desk.buy("spring"))
    desk.shop.clock.advance(DAY)
    assert await expire_orders(ports=desk.shop.ports) == 0
    assert (await desk.figures()).uses == 1


async def test_the_last_use_is_free_by_the_clock_where_nobody_paid_for_it(desk: Desk) -> None:
    await desk.coupon(usage_limit=1)
    waiting = await desk.cart("spring")
    unpaid = await desk.buy("spring")
    assert (await refusal(desk.place(waiting))).reason == Reason.USED_UP
    desk.shop.clock.advance(LIFETIME)
    fresh = await desk.cart("spring")
    async with desk.shop.ports.reading() as reads:
        assert (await reads.orders.get(unpaid.order.id)).state is OrderState.CANCELLED
    assert (await desk.place(waiting)).order.total == Money(2300, "USD")
    assert (await refusal(desk.place(fresh, key="other"))).reason == Reason.USED_UP


async def test_your_own_use_is_free_by_the_clock_where_you_did_not_pay_for_it(desk: Desk) -> None:
    await desk.coupon()
    token = await desk.cart("spring")
    await desk.buy("spring")
    assert (await refusal(desk.place(token))).reason == Reason.USED_BY_YOU
    desk.shop.clock.advance(LIFETIME)
    assert (await desk.place(token)).order.total == Money(2300, "USD")
    assert (await desk.figures()).uses == 1


async def test_of_many_who_place_at_once_as_many_get_it_as_may(desk: Desk) -> None:
    await desk.coupon(usage_limit=2)
    tees = [await desk.trade.stocked(9, price=2000) for _ in range(5)]
    desks = [evolve(desk, tee=tee) for tee in tees]
    tokens = [await each.cart("spring") for each in desks]
    came_to = await asyncio.gather(
        *(
            desk.place(token, email=f"customer-{number}@example.com")
            for number, token in enumerate(tokens)
        ),
        return_exceptions=True,
    )
    placed = [each for each in came_to if isinstance(each, OrderView)]
    refused = [each for each in came_to if isinstance(each, CouponRefused)]
    assert (len(placed), len(refused)) == (2, 3)
    assert {each.reason for each in refused} == {Reason.USED_UP}
    assert (await desk.figures()).uses == 2


async def test_codes_that_stand_together_are_all_used_and_given_back(desk: Desk) -> None:
    await desk.coupon("One", stackable=True)
    await desk.coupon("Two", stackable=True, type=CouponType.FIXED_AMOUNT, value=Decimal(3))
    await desk.buy("one", "two")
    assert [(await desk.figures(code)).uses for code in ("One", "Two")] == [1, 1]
    desk.shop.clock.advance(LIFETIME)
    await expire_orders(ports=desk.shop.ports)
    assert [(await desk.figures(code)).uses for code in ("One", "Two")] == [0, 0]


async def test_of_codes_that_do_not_stand_together_none_is_used(desk: Desk) -> None:
    await desk.coupon("One")
    await desk.coupon("Two", value=Decimal(20))
    token = await desk.cart("one", "two")
    assert (await refusal(desk.place(token))).coupon == "One"
    assert [(await desk.figures(code)).uses for code in ("One", "Two")] == [0, 0]
