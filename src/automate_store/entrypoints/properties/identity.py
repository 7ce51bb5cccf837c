"""People for property tests: their addresses and accounts, and what shows who they are."""

from __future__ import annotations

from datetime import date, timedelta
from string import ascii_lowercase, digits

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.identity import (
    WITH_STATE,
    WITHOUT_POSTAL_CODE,
    Account,
    AccountRole,
    Address,
    AddressBook,
    AddressType,
    BookedAddress,
    Link,
    LinkPurpose,
    PendingEmail,
    SecondFactorState,
    Session,
)
from automate_store.domain.kernel.ids import AddressId, SessionId, UserId
from automate_store.entrypoints.properties.moments import moments

COUNTRIES = ("US", "DE", "CA", "JP", "IE", "HK", "GB", "AU")
"""With and without states, with and without postal codes."""


_LETTERS = st.characters(exclude_categories=["C", "Z"])
_NAMES = ("Ann", "Bjørn Ås", "Łukasz", "李雷", "O'Neil-Smith", "Ζωή", "נועה", "São João", "a" * 30)


def words(max_size: int = 30) -> SearchStrategy[str]:
    """Text that a person could type in one line: any script, never blank, nothing invisible."""
    return st.text(_LETTERS, min_size=1, max_size=max_size)


def names() -> SearchStrategy[str]:
    """Names of people and places in several scripts; quick to draw, easy to read."""
    return st.sampled_from(_NAMES)


def emails() -> SearchStrategy[str]:
    """E-mail addresses in their normal spelling."""
    label = st.text(ascii_lowercase + digits, min_size=1, max_size=12)
    return st.builds("{}@{}.example".format, label, label)


@st.composite
def addresses(draw: st.DrawFn, country: str | None = None) -> Address:
    """Postal addresses, in one country or in several."""
    where = country if country is not None else draw(st.sampled_from(COUNTRIES))
    needs_state = where in WITH_STATE
    needs_postal_code = where not in WITHOUT_POSTAL_CODE
    postal_codes = st.text(digits, min_size=4, max_size=9)
    return Address(
        first_name=draw(names()),
        last_name=draw(names()),
        company=draw(st.none() | names()),
        address_line_1=draw(names()),
        address_line_2=draw(st.none() | names()),
        city=draw(names()),
        state=draw(names() if needs_state else st.none() | names()),
        postal_code=draw(postal_codes if needs_postal_code else st.none() | postal_codes),
        country=where,
        phone=draw(st.none() | st.text(digits, min_size=5, max_size=15)),
    )


def second_factors() -> SearchStrategy[SecondFactorState]:
    """Second factors that were begun, and those that are on."""
    begun = st.builds(SecondFactorState, sealed=words())
    hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=10, unique=True)
    on = st.builds(
        SecondFactorState,
        sealed=words(),
        enabled_at=moments(),
        last_step=st.integers(0, 2**40),
        recovery=hashes.map(tuple),
    )
    return begun | on


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Accounts of every role, with all that an account can have; deleted ones too."""
    account = Account(
        id=UserId(draw(st.uuids())),
        email=draw(emails()),
        email_verified=draw(st.booleans()),
        password_hash=draw(words()),
        first_name=draw(names()),
        last_name=draw(names()),
        phone=draw(st.none() | st.text(digits, min_size=5, max_size=15)),
        date_of_birth=draw(st.none() | st.dates(date(1900, 1, 1), date(2020, 1, 1))),
        role=draw(st.sampled_from(AccountRole)),
        groups=draw(st.frozensets(words(10), max_size=4)),
        tax_exempt=draw(st.booleans()),
        second_factor=draw(st.none() | second_factors()),
        pending_email=draw(st.none() | _pending_emails()),
        last_login=draw(st.none() | moments()),
        created_at=draw(moments()),
        updated_at=draw(moments()),
    )
    deleted = draw(st.integers(0, 9)) == 0
    return account.anonymised(at=draw(moments())) if deleted else account


def _pending_emails() -> SearchStrategy[PendingEmail]:
    """Changes that wait for one end at least."""
    ends = st.sampled_from([(False, False), (True, False), (False, True)])
    return st.builds(
        lambda email, ends: PendingEmail(email=email, old_confirmed=ends[0], new_confirmed=ends[1]),
        emails(),
        ends,
    )


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Sign-ins that are open, ran out or were ended."""
    at = draw(moments())
    return Session(
        id=SessionId(draw(st.uuids())),
        account_id=UserId(draw(st.uuids())),
        user_agent=draw(st.none() | words(300)),
        address=draw(st.none() | st.ip_addresses().map(str)),
        created_at=at,
        last_used_at=at + draw(_whiles()),
        expires_at=at + draw(_whiles()),
        ended_at=draw(st.none() | _whiles().map(lambda later: at + later)),
    )


@st.composite
def links(draw: st.DrawFn) -> Link:
    """Mailed secrets of every purpose."""
    at = draw(moments())
    return Link(
        id=draw(st.uuids()),
        account_id=UserId(draw(st.uuids())),
        purpose=draw(st.sampled_from(LinkPurpose)),
        email=draw(emails()),
        token_hash=draw(st.binary(min_size=32, max_size=32)),
        created_at=at,
        expires_at=at + draw(_whiles()),
    )


def _whiles() -> SearchStrategy[timedelta]:
    return st.integers(1, 10**12).map(lambda us: timedelta(microseconds=us))


@st.composite
def booked_addresses(draw: st.DrawFn, account_id: UserId) -> BookedAddress:
    """Addresses of one account's book, each as its owner puts it there."""
    return BookedAddress(
        id=AddressId(draw(st.uuids())),
        account_id=account_id,
        type=draw(st.sampled_from(AddressType)),
        address=draw(addresses()),
        is_default=draw(st.booleans()),
        created_at=draw(moments()),
    )


@st.composite
def address_books(draw: st.DrawFn, account_id: UserId, *, max_size: int = 8) -> AddressBook:
    """Books as they become by putting addresses into them."""
    book = AddressBook()
    for entry in draw(st.lists(booked_addresses(account_id), max_size=max_size)):
        book = book.put(entry)
    return book
