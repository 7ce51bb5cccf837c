"""Accounts in Postgres: people, their sessions, mailed links, addresses, keys and the trail."""

from automate_store.adapters.postgres.identity.accounts import PostgresAccounts
from automate_store.adapters.postgres.identity.address_books import PostgresAddressBooks
from automate_store.adapters.postgres.identity.keys import PostgresSigningKeys
from automate_store.adapters.postgres.identity.links import PostgresLinks
from automate_store.adapters.postgres.identity.sessions import PostgresSessions
from automate_store.adapters.postgres.identity.trail import PostgresTrail

__all__ = [
    "PostgresAccounts",
    "PostgresAddressBooks",
    "PostgresLinks",
    "PostgresSessions",
    "PostgresSigningKeys",
    "PostgresTrail",
]
