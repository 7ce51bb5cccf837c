"""The owner's indexes for a shop in use: built while it sells, outside a transaction."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import build_concurrently

revision = "0002"
down_revision = "0001"

INDEXES = {
    "idx_products_active_featured": (
        "ON products (featured, created_at DESC) WHERE status = 'active'"
    ),
    "idx_orders_user_status_date": "ON orders (user_id, status, created_at DESC)",
    "idx_product_variants_attributes": "ON product_variants USING GIN (attributes)",
    "idx_products_search": (
        "ON products USING GIN (to_tsvector('english', name || ' ' || COALESCE(description, '')))"
    ),
}


def upgrade() -> None:
    """Build what is missing, and again what a failed build left invalid."""
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            build_concurrently(op.get_bind(), name, definition)
