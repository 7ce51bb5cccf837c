"""Procrastinate's tables and functions, as of its release 3.10."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the job queue."""
    run_scripts(op.get_bind(), "0003")
