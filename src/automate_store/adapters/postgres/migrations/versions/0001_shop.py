"""The owner's schema, and what the store adds to it."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the shop."""
    run_scripts(op.get_bind(), "0001")
