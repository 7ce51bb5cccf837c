"""What gateways tell of themselves."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0013"
down_revision = "0011"


def upgrade() -> None:
    """Add the events of gateways, disputes, and what payments and refunds keep of them."""
    run_scripts(op.get_bind(), "0013")
