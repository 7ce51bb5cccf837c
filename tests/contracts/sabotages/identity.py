"""The ways to break what is kept of accounts, sessions, links, addresses, keys and staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import evolve

from automate_store.application.ports.identity import (
    Accounts,
    AddressBooks,
    SigningKeys,
    Trail,
)
from automate_store.domain.identity import AccountRole, AddressBook
from automate_store.domain.orders import OrderState
from automate_store.entrypoints.properties.contracts import (
    AccountsContract,
    AddressBooksContract,
    SigningKeysContract,
    TrailContract,
)
from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing, sabotages
from tests.contracts.sabotages.ways import gets_without_a_lock, ignores_the_version


async def finds_who_is_deleted(accounts: Any, original: Any, email: str, **asked: Any) -> Any:
    named = [each for each in accounts._tables.accounts.values() if each.email == email]
    return named[0] if named else await original(email, **asked)


async def takes_an_email_in_each_spelling(accounts: Any, _original: Any, account: Any) -> None:
    await accounts._session.turn()
    accounts._tables.emails.put(account.email, account.id)
    accounts._tables.accounts.put(account.id, account.saved())


async def keeps_the_email_before(accounts: Any, original: Any, account: Any) -> None:
    before = accounts._tables.accounts.get(account.id)
    await original(account)
    if before is not None:
        accounts._tables.emails.put(before.email, account.id)


def forgets(name: str) -> Broken:
    async def broken(_repository: Any, original: Any, **page: Any) -> Any:
        return await original(**{**page, name: None})

    broken.__qualname__ = f"forgets {name}"
    return broken


async def shows_who_is_deleted(accounts: Any, original: Any, **page: Any) -> Any:
    for account in accounts._tables.accounts.values():
        accounts._tables.accounts.put(account.id, evolve(account, deleted_at=None))
    return await original(**page)


async def counts_without_a_lock(accounts: Any, _original: Any) -> int:
    await accounts._session.turn()
    return sum(each.role is AccountRole.ADMIN for each in accounts._tables.accounts.values())


async def counts_who_is_deleted(accounts: Any, original: Any) -> int:
    await original()
    return sum(each.role is AccountRole.ADMIN for each in accounts._tables.accounts.values())


async def asks_without_a_lock(accounts: Any, _original: Any, account_id: Any) -> Any:
    await accounts._session.turn()
    mine = [each for each in accounts._tables.orders.values() if each.user_id == account_id]
    return tuple(each.number for each in mine if accounts._open(each))


async def sees_only_what_is_on_its_way(accounts: Any, original: Any, account_id: Any) -> Any:
    orders = {each.number: each for each in accounts._tables.orders.values()}
    numbers = await original(account_id)
    return tuple(each for each in numbers if orders[each].state is not OrderState.COMPLETED)


async def claims_every_guests_order(accounts: Any, original: Any, account: Any) -> int:
    claimed: int = await original(account)
    for order in accounts._tables.orders.values():
        if order.user_id is None:
            accounts._tables.orders.put(order.id, evolve(order, user_id=account.id))
    return claimed


async def claims_no_uses(accounts: Any, original: Any, account: Any) -> int:
    before = accounts._tables.coupon_uses.items()
    claimed: int = await original(account)
    for key, use in before:
        accounts._tables.coupon_uses.put(key, use)
    return claimed


def leaves(table: str) -> Broken:
    async def broken(accounts: Any, original: Any, account: Any) -> None:
        rows = getattr(accounts._tables, table)
        before = rows.items()
        await original(account)
        for key, row in before:
            rows.put(key, row)

    broken.__qualname__ = f"leaves {table}"
    return broken


async def leaves_what_was_taken_over(accounts: Any, original: Any, account: Any) -> None:
    before = [each for each in accounts._tables.carts.items() if each[1].merged_into is not None]
    await original(account)
    for key, cart in before:
        accounts._tables.carts.put(key, cart)
        accounts._tables.cart_tokens.put(cart.cart.token_hash, key)


async def erases_everybody(accounts: Any, original: Any, _account: Any) -> None:
    for account in accounts._tables.accounts.values():
        await original(account)


async def erases_what_is_not_proven(_accounts: Any, original: Any, account: Any) -> None:
    await original(evolve(account, email_verified=True))


async def erases_no_guests_orders(_accounts: Any, original: Any, account: Any) -> None:
    await original(evolve(account, email_verified=False))


async def tells_everybodys_orders(accounts: Any, original: Any, account_id: Any) -> Any:
    for order in accounts._tables.orders.values():
        # A reading keeps nothing: what stood here stands again below.
        accounts._tables.orders._own[order.id] = evolve(order, user_id=account_id)
    told = await original(account_id)
    accounts._tables.orders._own.clear()
    return told


async def tells_secrets(accounts: Any, original: Any, account_id: Any) -> Any:
    told = await original(account_id)
    account = accounts._tables.accounts.get(account_id)
    return {**told, "profile": {**told["profile"], "password_hash": account.password_hash}}


async def tells_no_json(_accounts: Any, original: Any, account_id: Any) -> Any:
    told = await original(account_id)
    return {**told, "groups": frozenset()}


async def adds_to_the_book(books: Any, original: Any, account_id: Any, book: Any) -> None:
    before = books._tables.address_books.get(account_id) or AddressBook()
    kept = [each for each in before.entries if each.id not in {one.id for one in book.entries}]
    await original(account_id, AddressBook((*book.entries, *kept)))


async def saves_in_every_book(books: Any, original: Any, account_id: Any, book: Any) -> None:
    await original(account_id, book)
    for other in books._tables.address_books.items():
        await original(other[0], book)


async def adds_a_key_again(keys: Any, original: Any, key: Any) -> None:
    keys._tables.signing_keys.drop(key.key.id)
    await original(key)


async def drops_the_newest(keys: Any, original: Any, *, before: Any) -> int:
    dropped: int = await original(before=before)
    for stored in keys._tables.signing_keys.values():
        if stored.created_at < before:
            keys._tables.signing_keys.drop(stored.key.id)
    return dropped


async def drops_too_many(_keys: Any, original: Any, *, before: Any) -> Any:
    return await original(before=before + timedelta(microseconds=1))


async def begins_with_the_last(_trail: Any, original: Any, **page: Any) -> Any:
    return await original(**{**page, "before": None})


OF_ACCOUNTS = sabotages(
    AccountsContract,
    Accounts,
    "accounts",
    {
        "get": [gets_without_a_lock],
        "by_email": [gets_without_a_lock, finds_who_is_deleted, answers(None)],
        "add": [takes_an_email_in_each_spelling, does_nothing],
        "save": [ignores_the_version("accounts"), keeps_the_email_before, does_nothing],
        "page": [backwards, forgets("role"), forgets("after"), shows_who_is_deleted],
        "admins": [counts_without_a_lock, counts_who_is_deleted, answers(2)],
        "open_orders": [
            backwards,
            asks_without_a_lock,
            sees_only_what_is_on_its_way,
            answers(()),
        ],
        "claim_orders": [claims_every_guests_order, claims_no_uses, answers(0)],
        "erase": [
            *(leaves(table) for table in ("orders", "timelines", "payments", "carts")),
            *(leaves(table) for table in ("coupon_uses", "keys", "trail")),
            *(leaves(table) for table in ("address_books", "sessions", "links")),
            leaves_what_was_taken_over,
            erases_everybody,
            erases_what_is_not_proven,
            erases_no_guests_orders,
        ],
        "kept_on": [tells_everybodys_orders, tells_secrets, tells_no_json, answers({})],
    },
)


OF_THE_REST = [
    *sabotages(
        AddressBooksContract,
        AddressBooks,
        "address_books",
        {
            "of": [gets_without_a_lock, answers(AddressBook())],
            "save": [adds_to_the_book, saves_in_every_book, does_nothing],
        },
    ),
    *sabotages(
        SigningKeysContract,
        SigningKeys,
        "signing_keys",
        {
            "all": [backwards],
            "add": [adds_a_key_again, does_nothing],
            "drop": [drops_the_newest, drops_too_many, answers(0)],
        },
    ),
    *sabotages(
        TrailContract,
        Trail,
        "trail",
        {
            "add": [does_nothing],
            "page": [backwards, forgets("subject"), forgets("account_id"), begins_with_the_last],
        },
    ),
]
