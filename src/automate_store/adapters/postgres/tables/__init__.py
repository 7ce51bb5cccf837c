"""Every table of the store, as Core sees it; the migrations decide, a test compares."""

from automate_store.adapters.postgres.tables._columns import metadata
from automate_store.adapters.postgres.tables.after_the_sale import (
    analytics_events,
    product_reviews,
    return_items,
    returns,
    wishlists,
)
from automate_store.adapters.postgres.tables.carts import (
    cart_items,
    carts,
)
from automate_store.adapters.postgres.tables.catalog import (
    brands,
    catalogue_version,
    categories,
    price_changes,
    product_images,
    product_variants,
    products,
)
from automate_store.adapters.postgres.tables.identity import (
    addresses,
    audit_trail,
    distrusted_sessions,
    mailed_links,
    refresh_tokens,
    sessions,
    signing_keys,
    users,
)
from automate_store.adapters.postgres.tables.inventory import (
    inventory_movements,
    reservations,
    stock_items,
    stock_locations,
)
from automate_store.adapters.postgres.tables.orders import (
    idempotency_keys,
    order_events,
    order_items,
    orders,
    shipment_items,
    shipments,
)
from automate_store.adapters.postgres.tables.payments import (
    disputes,
    gateway_customers,
    payment_methods,
    payments,
    webhook_events,
)
from automate_store.adapters.postgres.tables.pricing import (
    coupon_batches,
    coupon_usage,
    coupons,
    pricing_version,
    promotions,
    shipping_methods,
    tax_rates,
)

__all__ = [
    "addresses",
    "analytics_events",
    "audit_trail",
    "brands",
    "cart_items",
    "carts",
    "catalogue_version",
    "categories",
    "coupon_batches",
    "coupon_usage",
    "coupons",
    "disputes",
    "distrusted_sessions",
    "gateway_customers",
    "idempotency_keys",
    "inventory_movements",
    "mailed_links",
    "metadata",
    "order_events",
    "order_items",
    "orders",
    "payment_methods",
    "payments",
    "price_changes",
    "pricing_version",
    "product_images",
    "product_reviews",
    "product_variants",
    "products",
    "promotions",
    "refresh_tokens",
    "reservations",
    "return_items",
    "returns",
    "sessions",
    "shipment_items",
    "shipments",
    "shipping_methods",
    "signing_keys",
    "stock_items",
    "stock_locations",
    "tax_rates",
    "users",
    "webhook_events",
    "wishlists",
]
