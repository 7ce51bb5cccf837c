"""How payments are asked for."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the terms of payments."""
    run_scripts(op.get_bind(), "0011")
