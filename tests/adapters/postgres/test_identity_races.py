"""A hundred at once, on real connections: one link is used once, one token refreshes once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.access import Actor, Role
from automate_store.application.identity import (
    Device,
    Login,
    login,
    mail_password_reset,
    reset_password,
)
from automate_store.application.identity.acting import own_account
from automate_store.application.ports import Ports
from automate_store.application.tokens import token_hash
from automate_store.domain.carts import CartNotFound
from automate_store.domain.identity import (
    EmailTaken,
    EmailUnproven,
    Link,
    LinkInvalid,
    LinkPurpose,
    PasswordResetAsked,
    Registration,
    SessionOver,
)
from automate_store.entrypoints.properties.contracts.accounts import new_account, put_account
from automate_store.entrypoints.properties.contracts.identity.scene import (
    book_now,
    new_entry,
    new_link,
    put_link,
    put_session,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_cart,
    outcomes,
    put_stocked,
    still_waits,
)
from tests.contracts.shops import ports_on

MANY = 100
CONNECTIONS = 25
PASSWORD = "correct horse 4 battery!"


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Ports]:
    """A store whose works really run side by side, and may wait for one another."""
    settings = PoolSettings(
        url=postgres_url, pool_size=CONNECTIONS, acquire_timeout_s=30, lock_timeout_s=30
    )
    pool = Pool(settings)
    yield ports_on(pool)
    pool.close()


@pytest.mark.asyncio
async def test_of_a_hundred_who_have_a_link_one_uses_it(store: Ports) -> None:
    link = await put_link(store, await put_account(store))

    async def use() -> Link:
        async with store.unit_of_work() as work:
            return await work.links.use(link.token_hash, link.purpose, at=link.created_at)

    came_to = Counter(type(each) for each in await outcomes(*(use() for _ in range(MANY))))
    assert came_to == {Link: 1, LinkInvalid: MANY - 1}


@pytest.mark.asyncio
async def test_of_a_hundred_who_have_a_refresh_token_one_refreshes(store: Ports) -> None:
    session, refresh_hash = await put_session(store, await put_account(store))

    async def refresh(fresh_hash: bytes) -> bool:
        async with store.unit_of_work() as work:
            found = await work.sessions.by_refresh(refresh_hash)
            assert found is not None
            if found.used_at is None:
                at = session.created_at
                await work.sessions.rotate(session, refresh_hash, fresh_hash, at=at)
            return found.used_at is None

    came_to = await outcomes(*(refresh(token_hash(str(number))) for number in range(MANY)))
    assert Counter(came_to) == {True: 1, False: MANY - 1}


@pytest.mark.asyncio
async def test_of_a_hundred_who_register_one_email_one_has_it(store: Ports) -> None:
    spellings = ("ann@example.com", "Ann@example.com", "ANN@EXAMPLE.COM")

    async def register(number: int) -> None:
        account = new_account(store, email=spellings[number % len(spellings)])
        async with store.unit_of_work() as work:
            await work.accounts.add(account)

    came_to = Counter(
        type(each) for each in await outcomes(*(register(number) for number in range(MANY)))
    )
    assert came_to == {type(None): 1, EmailTaken: MANY - 1}


@pytest.mark.asyncio
async def test_of_many_links_mailed_at_once_one_is_good(store: Ports) -> None:
    account = await put_account(store)
    links = [new_link(store, account) for _ in range(MANY)]

    async def mail(link: Link) -> None:
        async with store.unit_of_work() as work:
            await work.links.add(link)

    async def use(link: Link) -> Link:
        async with store.unit_of_work() as work:
            return await work.links.use(link.token_hash, link.purpose, at=link.created_at)

    assert await outcomes(*(mail(link) for link in links)) == [None] * MANY
    used = Counter(type(each) for each in await outcomes(*(use(link) for link in links)))
    assert used == {Link: 1, LinkInvalid: MANY - 1}


@pytest.mark.asyncio
async def test_of_many_default_addresses_put_in_at_once_one_is_the_default(store: Ports) -> None:
    account = await put_account(store)

    async def put() -> None:
        async with store.unit_of_work() as work:
            book = await work.address_books.of(account.id, lock=True)
            book = book.put(new_entry(store, account, is_default=True))
            await work.address_books.save(account.id, book)

    assert await outcomes(*(put() for _ in range(CONNECTIONS))) == [None] * CONNECTIONS
    entries = (await book_now(store, account)).entries
    assert Counter(entry.is_default for entry in entries) == {True: 1, False: CONNECTIONS - 1}


@pytest.mark.asyncio
async def test_no_link_is_kept_on_somebody_who_left_meanwhile(store: Ports) -> None:
    account = await put_account(store)
    event = PasswordResetAsked(at=store.clock(), account_id=account.id)
    mail_id = store.ids.uuid()
    async with store.unit_of_work() as work:
        leaving = await work.accounts.get(account.id, lock=True)
        late = asyncio.create_task(mail_password_reset(event, mail_id, store))
        waited = await still_waits(late)
        await work.accounts.erase(leaving)
        await work.accounts.save(leaving.anonymised(at=store.clock()))
    # Nothing is told: a job that failed would be tried again, and logged with its trace.
    await late
    assert waited
    hashed = token_hash(await store.gate.secret(f"link:{mail_id}"))
    async with store.unit_of_work() as work:
        with pytest.raises(LinkInvalid):
            await work.links.find(hashed, LinkPurpose.RESET_PASSWORD, at=store.clock())


@pytest.mark.asyncio
async def test_whoever_is_mailed_a_link_in_place_of_a_sign_in_keeps_what_changes_then(
    store: Ports,
) -> None:
    proven_first = evolve(store.policy.accounts, registration=Registration.VERIFIED)
    strict = evolve(store, policy=evolve(store.policy, accounts=proven_first))
    account = await put_account(store, password_hash=await store.hasher.hash(PASSWORD))
    async with store.unit_of_work() as work:
        locked = await work.accounts.get(account.id, lock=True)
        claim = Login(email=account.email, password=PASSWORD)
        early = asyncio.create_task(
            login(claim, Device(user_agent=None, address=None), ports=strict)
        )
        assert await still_waits(early)
        await work.accounts.save(evolve(locked, last_name="Married"))
    with pytest.raises(EmailUnproven):
        await early
    async with store.reading() as reads:
        assert (await reads.accounts.get(account.id)).last_name == "Married"


@pytest.mark.asyncio
async def test_no_cart_is_begun_once_the_open_orders_were_asked_for(store: Ports) -> None:
    account = await put_account(store)
    cart = evolve(new_cart(store, await put_stocked(store)), user_id=account.id)

    async def begin() -> None:
        async with store.unit_of_work() as work:
            await work.carts.add(cart)

    async with store.unit_of_work() as work:
        await work.accounts.open_orders(account.id)
        late = asyncio.create_task(begin())
        waited = await still_waits(late)
    await late
    assert waited


@pytest.mark.asyncio
async def test_no_cart_is_begun_for_somebody_who_left_meanwhile(store: Ports) -> None:
    account = await put_account(store)
    cart = evolve(new_cart(store, await put_stocked(store)), user_id=account.id, email="a@b.c")

    async def begin() -> None:
        async with store.unit_of_work() as work:
            await work.carts.add(cart)

    async with store.unit_of_work() as work:
        leaving = await work.accounts.get(account.id, lock=True)
        await work.accounts.open_orders(account.id)
        late = asyncio.create_task(begin())
        waited = await still_waits(late)
        await work.accounts.erase(leaving)
        await work.accounts.save(leaving.anonymised(at=store.clock()))
    with pytest.raises(SessionOver):
        await late
    async with store.reading() as reads:
        with pytest.raises(CartNotFound):
            await reads.carts.by_account(account.id)
    assert waited


@pytest.mark.asyncio
async def test_who_uses_a_link_and_who_voids_it_wait_for_each_other_and_both_end(
    store: Ports,
) -> None:
    account = await put_account(store, password_hash=await store.hasher.hash(PASSWORD))
    session, _ = await put_session(store, account)
    proven = Actor(Role.CUSTOMER, "ann", account.id, session.id, signed_in_at=session.created_at)
    secret = store.ids.token()
    link = new_link(
        store,
        account,
        purpose=LinkPurpose.RESET_PASSWORD,
        email=account.email,
        token_hash=token_hash(secret),
    )
    async with store.unit_of_work() as work:
        await work.links.add(link)
    async with store.unit_of_work() as work:
        # As whoever changes the password: the account, and then its links.
        await own_account(proven, work, at=session.created_at)
        late = asyncio.create_task(reset_password(secret, "another 1, longer!", ports=store))
        waited = await still_waits(late)
        await work.links.void(account.id)
        await work.sessions.of_account(account.id, at=session.created_at)
    with pytest.raises(LinkInvalid):
        await late
    assert waited
