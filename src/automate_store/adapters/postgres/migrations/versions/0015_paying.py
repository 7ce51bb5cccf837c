"""What staff have gateways do, and the ways to pay that gateways keep."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add instructions, customers of gateways, and saved ways to pay."""
    run_scripts(op.get_bind(), "0015")
