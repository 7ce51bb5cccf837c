"""Returns, and how many units of an order's items are on their way back."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Widen the owner's tables of returns, and order items."""
    run_scripts(op.get_bind(), "0007")
