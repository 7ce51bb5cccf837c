"""Accounts that sign in, their sessions and addresses, and a trail of what staff changed."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create and widen the tables of accounts."""
    run_scripts(op.get_bind(), "0005")
