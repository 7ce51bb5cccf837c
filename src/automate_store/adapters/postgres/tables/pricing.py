"""Shipping methods, tax rates and coupons."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, String, Table, Text

from automate_store.adapters.postgres.tables._columns import (
    Amount,
    Json,
    Moment,
    Rate,
    metadata,
    reference,
    required,
    row_id,
)

shipping_methods = Table(
    "shipping_methods",
    metadata,
    row_id(),
    required("code", String(100)),
    required("name", String(100)),
    required("zones", Json),
    required("rate", Json),
    required("currency", String(3)),
    required("tax_class", Text),
    required("active", Boolean),
    required("position", Integer),
    required("zone_rates", Json),
    Column("free_from", Amount),
    Column("max_weight_g", BigInteger),
    Column("max_quantity", BigInteger),
    Column("min_value", Amount),
    Column("max_value", Amount),
    required("pickup", Boolean),
)

tax_rates = Table(
    "tax_rates",
    metadata,
    row_id(),
    required("code", String(100)),
    required("name", String(100)),
    required("rate", Rate),
    required("tax_class", Text),
    Column("country", String(2)),
    Column("state", String(100)),
    Column("postal_prefix", String(20)),
    required("applies_to_shipping", Boolean),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
    required("compound", Boolean),
    required("position", SmallInteger),
)

promotions = Table(
    "promotions",
    metadata,
    row_id(),
    required("code", String(100)),
    required("name", String(100)),
    required("conditions", Json),
    required("actions", Json),
    required("priority", Integer),
    required("exclusive", Boolean),
    Column("group", String(100)),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
    Column("maximum_discount_amount", Amount),
    Column("currency", String(3)),
    required("is_active", Boolean),
    required("needs_code", Boolean),
    required("advertised", Boolean),
    required("created_at", Moment),
)

coupon_batches = Table(
    "coupon_batches",
    metadata,
    row_id(),
    required("name", String(100)),
    required("prefix", String(50)),
    required("amount", Integer),
    required("created_at", Moment),
)

coupons = Table(
    "coupons",
    metadata,
    row_id(),
    required("code", String(50)),
    required("name", String(100)),
    Column("description", Text),
    required("type", String(20)),
    required("value", Amount),
    Column("minimum_order_amount", Amount),
    Column("maximum_discount_amount", Amount),
    Column("usage_limit", Integer),
    Column("usage_limit_per_customer", Integer),
    required("used_count", Integer),
    Column("starts_at", Moment),
    Column("expires_at", Moment),
    required("is_active", Boolean),
    required("created_at", Moment),
    required("currency", String(3)),
    reference("promotion_id", "promotions"),
    required("stackable", Boolean),
    required("sign_in_needed", Boolean),
    reference("batch_id", "coupon_batches"),
)

coupon_usage = Table(
    "coupon_usage",
    metadata,
    row_id(),
    reference("coupon_id", "coupons"),
    reference("user_id", "users"),
    Column("email", String(255)),
    reference("order_id", "orders"),
    required("discount_amount", Amount),
    required("used_at", Moment),
    Column("given_back_at", Moment),
)

pricing_version = Table(
    "pricing_version",
    metadata,
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    required("version", BigInteger),
)
