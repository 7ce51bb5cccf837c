"""The database's history: Alembic revisions that ship inside the package."""
