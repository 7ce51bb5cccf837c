"""Routes of the cart: every answer is the cart with its quote of this moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from automate_store.application import carts as use_cases
from automate_store.application import payments
from automate_store.application.access import CartOwner, Permission
from automate_store.application.carts import CartView
from automate_store.application.errors import CartOrdered
from automate_store.application.ports.limits import Bucket
from automate_store.domain.carts import (
    CartFull,
    CartInOtherCurrency,
    CartLineNotFound,
    CartNotFound,
    CodeNotFound,
    TooManyCodes,
    TooManyOfOne,
)
from automate_store.domain.catalog import ProductNotFound, VariantNotFound, VariantNotNamed
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.pricing import QuoteTooLarge
from automate_store.domain.shipping import ShippingMethodUnknown, ShippingNotAvailable
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.carts import (
    AddToCart,
    CartAnswer,
    CartValidationAnswer,
    ChangeQuantity,
    ChooseShipping,
    MergeCart,
    OptionsQuery,
    SetEmail,
    UseCode,
    cart_answer,
    merged_answer,
    validation_answer,
)
from automate_store.entrypoints.http.wire.payments import Gateways, gateways_answer
from automate_store.entrypoints.http.wire.pricing import ShippingOptions
from automate_store.entrypoints.http.wire.pricing import shipping_options as options_answer
from automate_store.entrypoints.http.wire.verdicts import Explanation, explanation

routes = Routes("Cart", write_limit=Bucket.CART)
T = TypeVar("T")
_OPENING = (CartNotFound, CartOrdered, QuoteTooLarge)
CODE_LENGTH = 100
"""What is read of a code in an address; none is as long."""


@routes.get("/cart", summary="Show the cart", raises=_OPENING, opens="cart")
async def show_cart(call: Call) -> CartAnswer:
    """The caller's cart with today's prices; an empty one for whoever has none yet."""

    async def use(owner: CartOwner) -> CartAnswer:
        return cart_answer(await use_cases.view_cart(owner, ports=call.ports))

    return await _with_cart(call, use)


@routes.post(
    "/cart/add",
    summary="Add to the cart",
    raises=(
        *_OPENING,
        ProductNotFound,
        VariantNotFound,
        VariantNotNamed,
        OutOfStock,
        CartFull,
        TooManyOfOne,
    ),
    opens="cart",
)
async def add_to_cart(call: Call, body: AddToCart) -> CartAnswer:
    """
    The cart with the items in it; whoever has none is given one, and a guest its token once.

    All items are added or none is. What the cart has already adds up.
    """

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.add_to_cart(owner, body.commands(), ports=call.ports)

    view = await _with_cart(call, use)
    if view.token is not None:
        call.hand_over_cart(view.token)
    return cart_answer(view)


@routes.put(
    "/cart/items/{id}",
    summary="Change a line's quantity",
    raises=(*_OPENING, CartLineNotFound, OutOfStock, TooManyOfOne),
    opens="cart",
)
async def change_quantity(call: Call, body: ChangeQuantity) -> CartAnswer:
    """The cart with that many in the line."""
    line_id = LineId(call.path_id("id", CartLineNotFound))

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.set_quantity(owner, line_id, body.quantity, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.delete(
    "/cart/items/{id}",
    summary="Remove a line",
    raises=(*_OPENING, CartLineNotFound),
    opens="cart",
)
async def remove_line(call: Call) -> CartAnswer:
    """The cart without the line."""
    line_id = LineId(call.path_id("id", CartLineNotFound))

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.remove_line(owner, line_id, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.post("/cart/clear", summary="Empty the cart", raises=_OPENING, opens="cart")
async def clear_cart(call: Call) -> CartAnswer:
    """The cart with nothing in it."""

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.clear_cart(owner, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.post(
    "/cart/merge",
    summary="Merge a guest's cart into one's own",
    raises=(*_OPENING, CartInOtherCurrency),
    needs=Permission.HAVE_ACCOUNT,
    opens="cart",
    body_optional=True,
)
async def merge_carts(call: Call, body: MergeCart) -> CartAnswer:
    """
    The account's cart with what the guest's holds; the guest's token opens nothing any more.

    Call it after signing in. Of what both hold there are as many as the shop is set to, by
    default the most of either. The same again changes nothing.
    """
    token = call.cart_token if body.cart_token is None else body.cart_token
    try:
        merged = await use_cases.merge_carts(token, actor=call.actor, ports=call.ports)
    except (CartNotFound, CartOrdered):
        _drop_cookie_of(call, token)
        raise
    _drop_cookie_of(call, token)
    return merged_answer(merged)


@routes.get(
    "/cart/validate", summary="Check the cart before ordering", raises=_OPENING, opens="cart"
)
async def validate_cart(call: Call) -> CartValidationAnswer:
    """What must be settled, or should be known, before the cart is ordered."""

    async def use(owner: CartOwner) -> CartValidationAnswer:
        found = await use_cases.validate_cart(owner, ports=call.ports)
        return validation_answer(found)

    return await _with_cart(call, use)


@routes.post(
    "/cart/coupons",
    summary="Use a code",
    raises=(*_OPENING, CouponRefused, TooManyCodes),
    opens="cart",
)
async def use_code(call: Call, body: UseCode) -> CartAnswer:
    """
    The cart with the code on it; the quote's codes say whether it applies, and if not, why.

    It stays while it does not apply. One that never will is refused: unknown, expired, used up.
    """

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.add_code(owner, body.code, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.delete(
    "/cart/coupons/{code}",
    summary="Take a code off the cart",
    raises=(*_OPENING, CodeNotFound),
    opens="cart",
)
async def remove_code(call: Call) -> CartAnswer:
    """The cart without the code, in whatever case it is written."""
    code = call.path("code")
    if not readable(code, longest=CODE_LENGTH):
        raise CodeNotFound(code[:CODE_LENGTH])

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.remove_code(owner, code, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.put("/cart/email", summary="Say who shops", raises=_OPENING, opens="cart")
async def set_email(call: Call, body: SetEmail) -> CartAnswer:
    """
    The cart of a guest with that address; codes and promotions are looked at again.

    A code that may be used once by each customer says so before the order is placed.
    """

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.set_email(owner, body.email, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.get(
    "/cart/explain",
    summary="Explain what the cart costs",
    raises=_OPENING,
    opens="cart",
)
async def explain_cart(call: Call) -> Explanation:
    """
    Every promotion and code: how much it takes, what would make it apply, or what goes before it.

    With the staff token, those too that customers are not told of, and every reason.
    """

    async def use(owner: CartOwner) -> Explanation:
        found = await use_cases.explain_cart(owner, ports=call.ports)
        return explanation(found, to_staff=owner.actor.can(Permission.READ_PRICING))

    return await _with_cart(call, use)


@routes.get(
    "/cart/shipping-options",
    summary="List the ways the cart can travel",
    raises=(*_OPENING, InvalidInput),
    opens="cart",
)
async def list_shipping_options(call: Call, query: OptionsQuery) -> ShippingOptions:
    """Each method that can carry the cart there and what it costs, cheapest first."""

    async def use(owner: CartOwner) -> ShippingOptions:
        place = query.destination()
        found = await use_cases.shipping_options(owner, place, ports=call.ports)
        return options_answer(found)

    return await _with_cart(call, use)


@routes.put(
    "/cart/shipping",
    summary="Choose destination and shipping method",
    raises=(*_OPENING, ShippingMethodUnknown, ShippingNotAvailable),
    opens="cart",
)
async def choose_shipping(call: Call, body: ChooseShipping) -> CartAnswer:
    """The cart bound for that place, with shipping and tax in its quote."""

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.set_shipping(
            owner, body.destination.destination(), body.shipping_method, ports=call.ports
        )

    return cart_answer(await _with_cart(call, use))


@routes.post(
    "/cart/accept-prices",
    summary="Agree to today's prices",
    raises=_OPENING,
    opens="cart",
)
async def accept_prices(call: Call) -> CartAnswer:
    """The cart whose owner has seen that prices rose since its items were added."""

    async def use(owner: CartOwner) -> CartView:
        return await use_cases.accept_prices(owner, ports=call.ports)

    return cart_answer(await _with_cart(call, use))


@routes.get(
    "/cart/gateways",
    summary="List the ways to pay for the cart",
    raises=_OPENING,
    opens="cart",
)
async def list_cart_gateways(call: Call) -> Gateways:
    """Each of them, whether it works now, and whether it takes what the cart costs today."""

    async def use(owner: CartOwner) -> Gateways:
        asked = (await use_cases.view_cart(owner, ports=call.ports)).quote.total
        return gateways_answer(payments.ways_to_pay(asked, ports=call.ports), asked)

    return await _with_cart(call, use)


async def _with_cart(call: Call, use: Callable[[CartOwner], Awaitable[T]]) -> T:
    """
    What the use of the cart gives.

    A guest's cookie that opens no cart any more is taken back and counts as none: unlike a
    header, no program chose to send it.
    """
    actor, cookie = call.actor, call.cart_cookie
    if cookie is None or actor.account_id is not None:
        return await use(CartOwner.of(actor, call.cart_token))
    try:
        found = await use(CartOwner.of(actor, cookie))
    except (CartNotFound, CartOrdered):
        call.drop_cart_cookie()
        return await use(CartOwner.of(actor, None))
    call.keep_cart_cookie(cookie)
    return found


def _drop_cookie_of(call: Call, token: str | None) -> None:
    """Take the cookie back, where it is this token's."""
    if token is not None and call.cart_cookie == token:
        call.drop_cart_cookie()
