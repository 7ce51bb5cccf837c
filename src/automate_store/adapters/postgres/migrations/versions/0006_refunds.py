"""Refunds, and what an order is worth once some of it was called off."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table of refunds, and widen orders."""
    run_scripts(op.get_bind(), "0006")
