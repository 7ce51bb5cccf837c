"""What was captured is what was authorised, at most."""

from alembic import op

from automate_store.adapters.postgres.migrations.scripts import run_scripts

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Have the database refuse more from now on, then look through what is there."""
    run_scripts(op.get_bind(), "0019")
    with op.get_context().autocommit_block():
        # Beside sales: it keeps nobody from writing.
        op.execute("ALTER TABLE payments VALIDATE CONSTRAINT payments_captured_amount_check")
