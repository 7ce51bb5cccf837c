"""Accounts as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.identity import ChangeStanding
from automate_store.domain.identity import GROUPS_LIMIT, Account, AccountRole
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

Group = Annotated[str, Meta(min_length=1, max_length=100)]


class CustomerQuery(Input, frozen=True, kw_only=True):
    """How many, from where on, in which role."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None
    role: AccountRole | None = None


class StandingInput(Input, frozen=True, kw_only=True):
    """What an account is to the store; what is left out is none."""

    role: AccountRole
    groups: Annotated[tuple[Group, ...], Meta(max_length=GROUPS_LIMIT)] = ()
    tax_exempt: bool = False

    def command(self) -> ChangeStanding:
        """The wish in the words of the trade."""
        groups = frozenset(group.strip() for group in self.groups if group.strip())
        return ChangeStanding(role=self.role, groups=groups, tax_exempt=self.tax_exempt)


class CustomerAnswer(Struct, frozen=True, kw_only=True):
    """An account as staff see it."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    phone: str | None
    role: AccountRole
    groups: list[str]
    tax_exempt: bool
    second_factor: bool
    last_login: datetime | None
    created_at: datetime


class CustomerList(Struct, frozen=True):
    """Accounts in the order of their making."""

    items: list[CustomerAnswer]
    next_cursor: str | None


def customer_answer(account: Account) -> CustomerAnswer:
    """The account."""
    return CustomerAnswer(
        id=account.id,
        email=account.email,
        email_verified=account.email_verified,
        first_name=account.first_name,
        last_name=account.last_name,
        phone=account.phone,
        role=account.role,
        groups=sorted(account.groups),
        tax_exempt=account.tax_exempt,
        second_factor=account.has_second_factor,
        last_login=account.last_login,
        created_at=account.created_at,
    )


def customer_list(accounts: Sequence[Account], next_cursor: str | None) -> CustomerList:
    """A page of them."""
    return CustomerList([customer_answer(each) for each in accounts], next_cursor)
