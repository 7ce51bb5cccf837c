"""What prices are made by: compound taxes, more kinds of shipping, promotions and coupons."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create and widen the tables of pricing."""
    run_scripts(op.get_bind(), "0004")
