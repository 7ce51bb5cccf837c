"""What lists of orders are read by: built while the shop sells, outside a transaction."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import build_concurrently

revision = "0009"
down_revision = "0008"

INDEXES = {
    "orders_of_customer_idx": (
        "ON orders (user_id, created_at DESC, id DESC) WHERE user_id IS NOT NULL"
    ),
    "orders_of_status_idx": "ON orders (status, created_at DESC, id DESC)",
    "orders_of_payment_status_idx": "ON orders (payment_status, created_at DESC, id DESC)",
    "orders_of_email_idx": "ON orders (guest_email, created_at DESC, id DESC)",
}


def upgrade() -> None:
    """Build what is missing; the index of e-mails alone is the beginning of another now."""
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            build_concurrently(op.get_bind(), name, definition)
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS orders_guest_email_idx")
