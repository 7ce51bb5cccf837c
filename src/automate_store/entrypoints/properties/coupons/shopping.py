"""What customers do with codes in a store, through its use cases alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from attrs import define, evolve, field, frozen

from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import AddItem, add_code, add_to_cart
from automate_store.application.errors import GatewayRefused
from automate_store.application.orders import OrderView, PlaceOrder, place_order
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import (
    CaptureMode,
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
    capture_key,
)
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    Stocked,
    price,
    put_stocked,
)
from automate_store.entrypoints.properties.orders import flat_shipping

PLENTY = 100_000
"""So much on hand that only coupons are ever short."""
PRODUCTS = 4
"""So many that orders at the same time meet on coupons alone, and not on stock before."""


@define
class Whim:
    """
    A gateway that answers at once: yes, or no while it ``declines``, or ``refuses`` refunds.

    It holds what is to be captured by hand, and takes and gives up any part of that.
    """

    name: str = "whim"
    offline: bool = False
    declines: bool = False
    refuses: bool = False
    _answers: dict[str, GatewayReport] = field(factory=dict, init=False)
    _taken: set[str] = field(factory=set, init=False)

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """An intent of the payment's amount."""
        return self._known(payment)

    async def confirm(self, payment: Payment) -> GatewayReport:
        """All of it, or nothing; the same ever after."""
        known = self._known(payment)
        if known.state is PaymentState.PENDING:
            by_hand = payment.terms.capture is CaptureMode.MANUAL
            agreed = PaymentState.AUTHORISED if by_hand else PaymentState.CAPTURED
            state = PaymentState.FAILED if self.declines else agreed
            failure = "declined" if self.declines else None
            known = evolve(known, state=state, failure=failure)
            self._answers[str(payment.id)] = known
        return known

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """So much more of what it holds."""
        known = self._known(payment)
        key = capture_key(payment.id, before=payment.captured, amount=amount, final=final)
        if key in self._taken:
            return known
        taken = known.taken + amount
        if known.state is not PaymentState.AUTHORISED or taken > known.promised:
            raise GatewayRefused(self.name, "it does not hold so much")
        done = final or taken == known.promised
        state = PaymentState.CAPTURED if done else PaymentState.AUTHORISED
        self._taken.add(key)
        self._answers[str(payment.id)] = evolve(
            known, state=state, authorised=known.promised, captured=taken
        )
        return self._known(payment)

    async def cancel(self, payment: Payment) -> GatewayReport:
        """What was not captured is given up, and never will be."""
        known = self._known(payment)
        if known.taken == known.amount:
            raise GatewayRefused(self.name, "all of it was captured")
        ended = PaymentState.CAPTURED if known.taken else PaymentState.CANCELLED
        self._answers[str(payment.id)] = evolve(known, state=ended)
        return self._known(payment)

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:  # noqa: ARG002 - as the port has it
        """None: it keeps no list of what happened."""
        nothing: tuple[GatewayEvent, ...] = ()
        for each in nothing:
            yield each

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What was answered last."""
        return self._known(payment)

    def says(self, payment_id: PaymentId) -> PaymentState:
        """What a confirmation of the payment would be answered now."""
        known = self._answers.get(str(payment_id))
        if known is not None and known.state is not PaymentState.PENDING:
            return known.state
        return PaymentState.FAILED if self.declines else PaymentState.CAPTURED

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:  # noqa: ARG002 - as the port has it
        """All that is asked for, or none of it: of the same, perhaps something else each time."""
        if self.refuses:
            return RefundReport(state=RefundState.FAILED, failure="the account is closed")
        return RefundReport(state=RefundState.SUCCEEDED, gateway_id=str(refund.id))

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:  # noqa: ARG002 - as the port has it
        """None: it keeps no books."""
        return ()

    def _known(self, payment: Payment) -> GatewayReport:
        fresh = GatewayReport(
            intent_id=str(payment.id), state=PaymentState.PENDING, amount=payment.amount
        )
        return self._answers.setdefault(str(payment.id), fresh)


@frozen(kw_only=True)
class Placed:
    """An order that was placed, and all that placing it took."""

    order: Order
    token: str
    cart_token: str
    command: PlaceOrder
    key: str
    coupons: tuple[Coupon, ...]

    @property
    def email(self) -> str:
        """Who placed it, in the one spelling."""
        return self.order.email


@frozen
class Shopping:
    """A store with PRODUCTS products, plenty of each, and one way to ship them."""

    ports: Ports
    stocked: tuple[Stocked, ...]

    @classmethod
    async def open(cls, ports: Ports, *coupons: Coupon) -> Shopping:
        """Put the products, the way to ship them and the coupons into the store."""
        slugs = [f"mug-{ports.ids.order_number().lower()}" for _ in range(PRODUCTS)]
        stocked = [await put_stocked(ports, slug, on_hand=PLENTY) for slug in slugs]
        async with ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([flat_shipping(price(ports, 5))])
            await work.coupons.add(coupons)
        return cls(ports, tuple(stocked))

    async def fill(self, codes: Sequence[str], *, product: int = 0) -> str:
        """The token of a new cart with a product and the codes; raises CouponRefused."""
        item = AddItem(product_id=self.stocked[product].product.id, variant_id=None, quantity=2)
        token = (await add_to_cart(CartOwner.guest(None), (item,), ports=self.ports)).token
        assert token is not None, "a new cart tells its token"
        for code in codes:
            await add_code(CartOwner.guest(token), code, ports=self.ports)
        return token

    async def place(
        self,
        cart_token: str,
        email: str,
        coupons: Sequence[Coupon],
        *,
        expected_total: Money | None = None,
    ) -> Placed:
        """The order of the cart; raises what placing raises."""
        command = PlaceOrder(
            email=email,
            shipping_address=HOME,
            shipping_method="flat",
            expected_total=expected_total,
        )
        key = self.ports.ids.token()
        view = await self._place(cart_token, command, key)
        assert view.token is not None, "a new order tells its token"
        return Placed(
            order=view.order,
            token=view.token,
            cart_token=cart_token,
            command=command,
            key=key,
            coupons=tuple(coupons),
        )

    async def place_again(self, placed: Placed) -> Order:
        """What the same request is answered once more."""
        return (await self._place(placed.cart_token, placed.command, placed.key)).order

    async def pay(self, placed: Placed) -> PaymentView:
        """A new attempt to pay the order; raises IllegalMove, OrderOverdue."""
        ports, order_id = self.ports, placed.order.id
        (gateway,) = ports.gateways
        intent = await create_intent(
            CreateIntent(order_id=order_id, gateway=gateway),
            token=placed.token,
            key=ports.ids.token(),
            actor=GUEST,
            ports=ports,
        )
        return await confirm_payment(
            ConfirmPayment(order_id=order_id, payment_id=intent.payment.id),
            token=placed.token,
            key=ports.ids.token(),
            actor=GUEST,
            ports=ports,
        )

    async def _place(self, cart_token: str, command: PlaceOrder, key: str) -> OrderView:
        return await place_order(
            command, owner=CartOwner.guest(cart_token), key=key, ports=self.ports
        )
