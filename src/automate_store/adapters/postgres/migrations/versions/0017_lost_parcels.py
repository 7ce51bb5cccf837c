"""Parcels that never arrived."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add when a parcel was given up, and how much was claimed for that."""
    run_scripts(op.get_bind(), "0017")
