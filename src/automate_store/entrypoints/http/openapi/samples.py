"""What an example request sends and an example answer says, by the struct it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from msgspec import Struct

from automate_store.application.orders import OrderView, Sale
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.http.health import Live, Ready
from automate_store.entrypoints.http.openapi import (
    after_the_order,
    audited,
    discounts,
    editing,
    examples,
    held,
    order_edits,
    people,
    sent_back,
    told,
)
from automate_store.entrypoints.http.wire.auditing import AuditTrail, audit_trail
from automate_store.entrypoints.http.wire.carts import (
    AddToCart,
    CartAnswer,
    CartValidationAnswer,
    ChangeQuantity,
    ChooseShipping,
    MergeCart,
    SetEmail,
    UseCode,
    cart_answer,
    merged_answer,
    validation_answer,
)
from automate_store.entrypoints.http.wire.catalog import (
    BrandList,
    CategoryTree,
    ProductAnswer,
    ProductList,
    brand_list,
    category_tree,
    product_answer,
    product_list,
)
from automate_store.entrypoints.http.wire.coupons import (
    AddCoupon,
    ChangeCoupon,
    CouponAnswer,
    CouponBatchAnswer,
    CouponBatchList,
    CouponList,
    GenerateCoupons,
    batch_answer,
    batch_list,
    coupon_answer,
    coupon_list,
)
from automate_store.entrypoints.http.wire.inventory import (
    AdjustedAnswer,
    AdjustStockInput,
    LowStockList,
    MovementList,
    adjusted_answer,
    low_stock_list,
    movement_list,
)
from automate_store.entrypoints.http.wire.money import amount
from automate_store.entrypoints.http.wire.orders import (
    OrderAnswer,
    PlaceOrderInput,
    ShipOrderInput,
    Timeline,
    order_answer,
    order_view_answer,
    timeline,
)
from automate_store.entrypoints.http.wire.payments import (
    ConfirmPaymentInput,
    CreateIntentInput,
    RefundAnswer,
    payment_answer,
    refund_answer,
)
from automate_store.entrypoints.http.wire.pricing import ShippingOptions, shipping_options
from automate_store.entrypoints.http.wire.promotions import (
    AddPromotion,
    ChangePromotion,
    PromotionAnswer,
    PromotionList,
    SimulatePromotion,
    SimulationAnswer,
    promotion_answer,
    promotion_list,
    simulation_answer,
)
from automate_store.entrypoints.http.wire.sales import SaleAnswer, sale_answer
from automate_store.entrypoints.http.wire.shipping import (
    AddShippingMethod,
    ChangeShippingMethod,
    ShippingMethodAnswer,
    ShippingMethodList,
    shipping_method_answer,
    shipping_method_list,
)
from automate_store.entrypoints.http.wire.taxes import (
    AddTaxRate,
    ChangeTaxRate,
    TaxRateAnswer,
    TaxRateList,
    tax_rate_answer,
    tax_rate_list,
)
from automate_store.entrypoints.http.wire.verdicts import Explanation, explanation

_ADDRESS = {
    "first_name": "Ann",
    "last_name": "Lee",
    "address_line_1": "1 Main Street",
    "city": "New York",
    "state": "NY",
    "postal_code": "10001",
    "country": "US",
}
_TAX = {
    "name": "New York City sales tax",
    "rate": "0.08875",
    "zone": {"country": "US", "state": "NY"},
    "applies_to_shipping": True,
}
_METHOD = {
    "name": "Parcel",
    "rate": {
        "kind": "weight",
        "bands": [
            {"up_to_g": 2000, "amount": {"amount": "4.90", "currency": "USD"}},
            {"up_to_g": 10000, "amount": {"amount": "9.90", "currency": "USD"}},
        ],
    },
    "zones": [{"country": "US"}],
    "free_from": {"amount": "50.00", "currency": "USD"},
}
_SHIRTS = {"categories": [str(examples.CATEGORY_ID)]}
_PROMOTION = {
    "name": "Three shirts for two",
    "conditions": [
        {
            "kind": "minimum_amount",
            "amount": {"amount": "30.00", "currency": "USD"},
            "of": _SHIRTS,
        },
        {"kind": "ships_to", "zones": [{"country": "US"}, {"country": "CA"}]},
    ],
    "actions": [
        {
            "kind": "buy_get",
            "buy": _SHIRTS,
            "buy_quantity": 2,
            "get": {**_SHIRTS, "excluding": {"on_sale": True}},
            "get_quantity": 1,
            "off": {"percent": "100"},
            "at_most": 2,
        }
    ],
    "priority": 10,
    "starts_at": "2026-03-01T00:00:00-05:00",
    "advertised": True,
}
_COUPON = {
    "name": "Welcome",
    "type": "fixed_amount",
    "value": "5.00",
    "minimum_order_amount": {"amount": "30.00", "currency": "USD"},
    "usage_limit": 1000,
    "ends_at": "2027-01-01T00:00:00-05:00",
}
_LETTER = {
    "name": "Spring letter",
    "type": "percentage",
    "value": "12.5",
    "maximum_discount_amount": {"amount": "20.00", "currency": "USD"},
    "usage_limit": 1,
}
_PLACE = {"country": "US", "state": "NY", "postal_code": "10001"}


_FOR_STAFF: Mapping[type[Struct], Mapping[str, Any]] = {
    AddShippingMethod: {"code": "parcel", **_METHOD},
    ChangeShippingMethod: {**_METHOD, "position": 1},
    AddPromotion: {"code": "three-for-two", **_PROMOTION},
    ChangePromotion: {**_PROMOTION, "active": False},
    SimulatePromotion: {
        "cart_token": examples.TOKEN,
        "promotion": {"code": "three-for-two", **_PROMOTION},
        "at": "2026-03-08T12:00:00-05:00",
    },
    AddCoupon: {"code": "WELCOME", **_COUPON},
    ChangeCoupon: {**_COUPON, "stackable": True},
    GenerateCoupons: {"prefix": "SPRING", "amount": 1000, **_LETTER},
    AddTaxRate: {"code": "us-ny", **_TAX},
    ChangeTaxRate: {**_TAX, "ends_at": "2027-01-01T00:00:00-05:00"},
}


def example_bodies() -> Mapping[type[Struct], Mapping[str, Any]]:
    """What each kind of request could send."""
    total = amount(examples.a_quote().total)
    variant, order = str(examples.VARIANT_IDS[0]), str(examples.ORDER_ID)
    payment, line = str(examples.PAYMENT_ID), str(examples.LINE_ID)
    return {
        AddToCart: {"variant_id": variant, "quantity": 2},
        ChangeQuantity: {"quantity": 3},
        MergeCart: {"cart_token": examples.TOKEN},
        SetEmail: {"email": "ann@example.com"},
        UseCode: {"code": "WELCOME"},
        ChooseShipping: {"destination": _PLACE, "shipping_method": "standard"},
        PlaceOrderInput: {
            "email": "ann@example.com",
            "shipping_address": _ADDRESS,
            "shipping_method": "standard",
            "expected_total": {"amount": total.amount, "currency": total.currency},
        },
        CreateIntentInput: {"order_id": order, "gateway": "manual"},
        ConfirmPaymentInput: {"order_id": order, "payment_id": payment},
        ShipOrderInput: {
            "items": [{"item_id": line, "quantity": 2}],
            "carrier": "UPS",
            "tracking_number": "1Z999AA10123456784",
        },
        AdjustStockInput: {
            "variant_id": variant,
            "change": 10,
            "type": "restock",
            "note": "Delivery 4711",
        },
        **people.BODIES,
        **held.BODIES,
        **after_the_order.BODIES,
        **order_edits.BODIES,
        **sent_back.BODIES,
        **told.BODIES,
        **editing.BODIES,
        **_FOR_STAFF,
    }


def example_answer(answer: type[Struct], operation_id: str) -> Struct:
    """What an operation could answer; some say more than others of the same kind."""
    special = _SPECIAL.get(operation_id)
    return special() if special else _USUAL[answer]()


_SPECIAL: Mapping[str, Callable[[], Struct]] = {
    "add_to_cart": lambda: cart_answer(examples.cart(token=examples.TOKEN)),
    "place_order": lambda: order_view_answer(
        OrderView(order=examples.order(), token=examples.TOKEN)
    ),
    **held.SPECIAL,
    **order_edits.SPECIAL,
    **sent_back.SPECIAL,
    "merge_carts": lambda: merged_answer(examples.merged()),
    "ship_order": lambda: order_answer(after_the_order.shipped()),
    "set_status": lambda: order_answer(after_the_order.shipped()),
    "set_tracking": lambda: order_answer(after_the_order.shipped()),
    "deliver_shipment": lambda: order_answer(after_the_order.delivered()),
    "lose_shipment": lambda: order_answer(after_the_order.lost()),
    "cancel_order": lambda: order_answer(after_the_order.partly_cancelled()),
    "use_code": lambda: cart_answer(discounts.cart()),
    "confirm_payment": lambda: payment_answer(
        examples.payment(PaymentState.CAPTURED), to_staff=False
    ),
    "clear_cart": lambda: cart_answer(
        evolve(
            examples.cart(),
            cart=evolve(examples.cart().cart, lines=()),
            quote=examples.empty_quote(),
        )
    ),
    "remove_line": lambda: example_answer(CartAnswer, "clear_cart"),
}
_USUAL: Mapping[type[Struct], Callable[[], Struct]] = {
    ProductList: lambda: product_list(examples.page()),
    ProductAnswer: lambda: product_answer(examples.product()),
    CategoryTree: lambda: category_tree(examples.categories()),
    BrandList: lambda: brand_list(examples.brands()),
    CartAnswer: lambda: cart_answer(examples.cart()),
    CartValidationAnswer: lambda: validation_answer(examples.validation()),
    Explanation: lambda: explanation(discounts.appraisal(), to_staff=True),
    ShippingOptions: lambda: shipping_options(examples.options()),
    OrderAnswer: lambda: order_answer(examples.order()),
    SaleAnswer: lambda: sale_answer(Sale.of(examples.order(), frozenset({examples.LINE_ID}))),
    Timeline: lambda: timeline(examples.timeline(), to_staff=False),
    RefundAnswer: lambda: refund_answer(after_the_order.refunds()),
    AdjustedAnswer: lambda: adjusted_answer(examples.adjusted()),
    LowStockList: lambda: low_stock_list([examples.low_stock()], None),
    MovementList: lambda: movement_list([examples.movement()], None),
    ShippingMethodAnswer: lambda: shipping_method_answer(examples.rules().shipping_methods[0]),
    ShippingMethodList: lambda: shipping_method_list(examples.rules().shipping_methods, None),
    PromotionAnswer: lambda: promotion_answer(discounts.promotions()[1]),
    PromotionList: lambda: promotion_list(discounts.promotions(), None),
    SimulationAnswer: lambda: simulation_answer(discounts.simulation()),
    CouponAnswer: lambda: coupon_answer(discounts.figures(), {}),
    CouponList: lambda: coupon_list([discounts.figures()], {}, None),
    CouponBatchAnswer: lambda: batch_answer(discounts.batch()),
    CouponBatchList: lambda: batch_list([discounts.batch()], None),
    TaxRateAnswer: lambda: tax_rate_answer(examples.rules().tax_rates[0]),
    TaxRateList: lambda: tax_rate_list(examples.rules().tax_rates, None),
    AuditTrail: lambda: audit_trail([audited.entry()], None),
    **people.ANSWERS,
    **held.ANSWERS,
    **after_the_order.ANSWERS,
    **order_edits.ANSWERS,
    **sent_back.ANSWERS,
    **told.ANSWERS,
    **editing.ANSWERS,
    Live: lambda: Live("live"),
    Ready: lambda: Ready("ready"),
}
