"""What staff find the orders by of which something has to be shipped yet."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import build_concurrently

revision = "0016"
down_revision = "0015"

INDEXES = {
    "order_items_to_ship_idx": "ON order_items (order_id) WHERE status = 'processing'",
}


def upgrade() -> None:
    """Build what is missing, while the shop sells."""
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            build_concurrently(op.get_bind(), name, definition)
