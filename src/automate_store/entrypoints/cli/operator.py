"""Whoever sits at the command line."""

from automate_store.application.access import Actor, Role

OPERATOR = Actor(Role.ADMIN, "command line")
"""They have the database in their hands anyway; ledgers and the audit trail know them by this."""
