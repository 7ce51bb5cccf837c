"""What events are found by that are about money of nobody's, dismissed or not."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import build_concurrently

revision = "0018"
down_revision = "0017"

INDEXES = {
    "webhook_events_strangers_idx": "ON webhook_events (intent_id) WHERE state <> 'processed'",
}


def upgrade() -> None:
    """Build what is missing, while the shop sells."""
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            build_concurrently(op.get_bind(), name, definition)
