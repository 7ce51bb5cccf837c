"""What every adapter of ``ports.identity`` promises."""

from automate_store.entrypoints.properties.contracts.identity.accounts import KeptAccounts
from automate_store.entrypoints.properties.contracts.identity.address_books import (
    AddressBooksContract,
)
from automate_store.entrypoints.properties.contracts.identity.exported import ExportedAccounts
from automate_store.entrypoints.properties.contracts.identity.keys import SigningKeysContract
from automate_store.entrypoints.properties.contracts.identity.leaving import LeavingAccounts
from automate_store.entrypoints.properties.contracts.identity.links import LinksContract
from automate_store.entrypoints.properties.contracts.identity.sessions import SessionsContract
from automate_store.entrypoints.properties.contracts.identity.trail import TrailContract


class AccountsContract(KeptAccounts, LeavingAccounts, ExportedAccounts):
    """An e-mail has one account; what is theirs can be had, and goes with them."""


__all__ = [
    "AccountsContract",
    "AddressBooksContract",
    "LinksContract",
    "SessionsContract",
    "SigningKeysContract",
    "TrailContract",
]
