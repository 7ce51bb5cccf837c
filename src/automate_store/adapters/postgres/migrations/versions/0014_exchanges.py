"""What comes for goods that go back."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add what comes for the items of a return."""
    run_scripts(op.get_bind(), "0014")
