"""What orders cost before they were changed."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table of past quotes."""
    run_scripts(op.get_bind(), "0010")
