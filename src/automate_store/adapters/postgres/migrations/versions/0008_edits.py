"""Edits of orders that wait to be paid for, and the index by which they are given up."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import build_concurrently, run_scripts

revision = "0008"
down_revision = "0007"

INDEXES = {"orders_staged_until_idx": "ON orders (staged_until) WHERE staged_until IS NOT NULL"}


def upgrade() -> None:
    """Widen orders and payments; the index is built while the shop sells."""
    run_scripts(op.get_bind(), "0008")
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            build_concurrently(op.get_bind(), name, definition)
