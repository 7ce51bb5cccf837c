"""Routes of edits: what of an order that was placed may still be another one."""

from __future__ import annotations

from automate_store.application import orders as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import VersionMissing
from automate_store.application.orders import ChangeAddress, ModifyItems
from automate_store.domain.carts import TooManyOfOne
from automate_store.domain.catalog import ProductNotFound, VariantNotFound, VariantNotNamed
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import CurrencyMismatch
from automate_store.domain.orders import (
    EditClosed,
    IllegalMove,
    NotCancellable,
    NothingChanges,
    NothingLeft,
    OrderFull,
    OrderNotFound,
    OrderOverdue,
)
from automate_store.domain.pricing import QuoteTooLarge
from automate_store.domain.shipping import (
    ShippingMethodUnknown,
    ShippingNotAvailable,
    ShippingRequired,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.versions import needed_versions, tell_version
from automate_store.entrypoints.http.wire.edits import (
    ChangeAddressInput,
    EditAnswer,
    EditQuery,
    ModifyItemsInput,
    edit_answer,
)

routes = Routes("Orders")
_EDITING = (
    OrderNotFound,
    VersionMissing,
    EditClosed,
    OrderOverdue,
    IllegalMove,
    NothingChanges,
    OutOfStock,
    VariantNotFound,
    ShippingRequired,
    ShippingMethodUnknown,
    ShippingNotAvailable,
    QuoteTooLarge,
)


@routes.put(
    "/orders/{id}/modify-items",
    summary="Change what is in an order",
    raises=(
        *_EDITING,
        NotCancellable,
        NothingLeft,
        OrderFull,
        TooManyOfOne,
        ProductNotFound,
        VariantNotNamed,
        CouponRefused,
        CurrencyMismatch,
    ),
    versioned=True,
    version_needed=True,
    keyed=True,
    opens="order",
)
async def modify_items(call: Call, body: ModifyItemsInput, query: EditQuery) -> EditAnswer:
    """
    The order with other quantities or other goods, while nothing has shipped.

    What a paid order costs less goes back at once; where it costs more, the change waits until
    create-intent and confirm have brought the difference. It is given up where nobody pays it in
    time, and by another change, a cancellation or a parcel. Customers have an hour after placing.
    If-Match says what the change is based on.
    """
    return await _edited(call, body.command(_order_id(call)), query)


@routes.put(
    "/orders/{id}/change-address",
    summary="Send an order somewhere else",
    raises=_EDITING,
    versioned=True,
    version_needed=True,
    keyed=True,
    opens="order",
)
async def change_order_address(
    call: Call, body: ChangeAddressInput, query: EditQuery
) -> EditAnswer:
    """
    The order on its way to that address, while nothing has shipped.

    Shipping and taxes are those of the new place, and what came off the goods stays off. What
    it costs more or less is paid and paid back as with modify-items.
    """
    return await _edited(call, body.command(_order_id(call)), query)


async def _edited(call: Call, command: ModifyItems | ChangeAddress, query: EditQuery) -> EditAnswer:
    token, versions = call.order_token, needed_versions(call)
    if query.preview:
        view = await use_cases.preview_edit(
            command, token=token, versions=versions, actor=call.actor, ports=call.ports
        )
    else:
        view = await use_cases.edit_order(
            command,
            token=token,
            versions=versions,
            key=call.key,
            actor=call.actor,
            ports=call.ports,
        )
    tell_version(call, view.order.version)
    return edit_answer(view, to_staff=call.actor.can(Permission.READ_ORDERS))


def _order_id(call: Call) -> OrderId:
    return OrderId(call.path_id("id", OrderNotFound))
