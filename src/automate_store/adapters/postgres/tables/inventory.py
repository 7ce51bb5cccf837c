"""Stock, who holds it, and the ledger of its changes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Integer,
    String,
    Table,
    Text,
    Uuid,
)

from automate_store.adapters.postgres.tables._columns import (
    Moment,
    metadata,
    reference,
    required,
    row_id,
)

stock_locations = Table(
    "stock_locations",
    metadata,
    row_id(),
    required("name", String(100)),
    required("is_default", Boolean),
)

stock_items = Table(
    "stock_items",
    metadata,
    Column(
        "variant_id", Uuid, ForeignKey("product_variants.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("location_id", Uuid, ForeignKey("stock_locations.id"), primary_key=True),
    required("on_hand", Integer),
    required("reserved", Integer),
    required("tracked", Boolean),
    required("allow_backorder", Boolean),
    Column("backorder_limit", Integer),
    required("low_stock_threshold", Integer),
)

reservations = Table(
    "reservations",
    metadata,
    row_id(),
    reference("order_id", "orders", nullable=False, ondelete="CASCADE"),
    required("variant_id", Uuid),
    required("location_id", Uuid),
    required("quantity", Integer),
    required("state", Text),
    Column("expires_at", Moment),
    required("created_at", Moment),
)

inventory_movements = Table(
    "inventory_movements",
    metadata,
    row_id(),
    reference("product_id", "products"),
    reference("product_variant_id", "product_variants"),
    required("location_id", Uuid),
    required("movement_type", String(20)),
    required("quantity_change", Integer),
    required("quantity_after", Integer),
    Column("reference_type", String(20)),
    Column("reference_id", Uuid),
    Column("notes", Text),
    reference("created_by", "users"),
    Column("actor", Text),
    required("created_at", Moment),
    Column("entry", BigInteger, Identity(always=True), nullable=False),
)
