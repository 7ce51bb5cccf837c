"""What every adapter of ``ports.identity.Links`` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from automate_store.application.ports import Ports
from automate_store.application.tokens import token_hash
from automate_store.domain.identity import Account, Link, LinkInvalid, LinkPurpose
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.scene import (
    MOMENT,
    new_link,
    put_link,
)
from automate_store.entrypoints.properties.contracts.scene import outcomes

AT_ONCE = 12


@pytest.mark.asyncio
class LinksContract:
    """A mailed secret is good once, for one purpose and for a while, and the newest counts."""

    async def test_a_link_is_used_once(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        assert await _use(store, link) == link
        await _refused(store, link)

    async def test_of_many_at_once_one_uses_it(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        came_to = await outcomes(*(_use(store, link) for _ in range(AT_ONCE)))
        assert [each for each in came_to if isinstance(each, Link)] == [link]
        refused = [type(each) for each in came_to if not isinstance(each, Link)]
        assert refused == [LinkInvalid] * (AT_ONCE - 1)

    async def test_a_link_is_good_for_nothing_else(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        await _refused(store, link, purpose=LinkPurpose.RESET_PASSWORD)
        assert await _use(store, link) == link

    async def test_a_link_is_good_until_it_runs_out(self, store: Ports) -> None:
        account = await put_account(store)
        late = await put_link(store, account)
        await _refused(store, late, at=late.expires_at)
        assert await _use(store, late, at=late.expires_at - MOMENT) == late

    async def test_a_link_is_found_for_as_long_as_it_could_be_used(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        for _ in range(2):
            assert await _find(store, link) == link
        assert await _find(store, link, at=link.expires_at - MOMENT) == link
        await _not_found(store, link, at=link.expires_at)
        await _not_found(store, link, purpose=LinkPurpose.RESET_PASSWORD)
        assert await _use(store, link) == link
        await _not_found(store, link)

    async def test_a_link_is_found_while_somebody_uses_it(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        async with store.unit_of_work() as work:
            await work.links.use(link.token_hash, link.purpose, at=link.created_at)
            assert await _find(store, link) == link

    async def test_an_unknown_secret_is_refused(self, store: Ports) -> None:
        account = await put_account(store)
        await put_link(store, account)
        await _refused(store, new_link(store, account, token_hash=token_hash("unknown")))

    async def test_work_that_failed_leaves_the_link_as_it_was(self, store: Ports) -> None:
        link = await put_link(store, await put_account(store))
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.links.use(link.token_hash, link.purpose, at=link.created_at)
                raise ZeroDivisionError
        assert await _use(store, link) == link

    async def test_a_newer_link_voids_the_older_ones_of_its_purpose(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        older = await put_link(store, ann)
        other_purpose = await put_link(store, ann, purpose=LinkPurpose.RESET_PASSWORD)
        others = await put_link(store, bob)
        newer = await put_link(store, ann)
        await _refused(store, older)
        for link in (newer, other_purpose, others):
            assert await _use(store, link) == link

    async def test_a_link_that_is_added_again_stays_as_it_is(self, store: Ports) -> None:
        account = await put_account(store)
        link = await put_link(store, account)
        await _add(store, link)
        assert await _use(store, link) == link
        await _add(store, link)
        await _refused(store, link)

    async def test_a_void_link_that_is_added_again_voids_no_newer_one(self, store: Ports) -> None:
        account = await put_account(store)
        older, newer = await put_link(store, account), await put_link(store, account)
        await _add(store, older)
        await _refused(store, older)
        assert await _use(store, newer) == newer

    async def test_of_two_links_made_at_once_one_counts(self, store: Ports) -> None:
        account = await put_account(store)
        both = [new_link(store, account) for _ in range(2)]
        both_ready = asyncio.Barrier(2)

        async def add(link: Link) -> None:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                await work.links.add(link)

        assert await outcomes(*(add(link) for link in both)) == [None, None]
        used = await outcomes(*(_use(store, link) for link in both))
        assert [type(each) for each in used if not isinstance(each, Link)] == [LinkInvalid]

    async def test_all_links_of_an_account_can_be_void(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        mine = [
            await put_link(store, ann),
            await put_link(store, ann, purpose=LinkPurpose.CHANGE_EMAIL_OLD),
        ]
        others = await put_link(store, bob)
        await _void(store, ann)
        for link in mine:
            await _refused(store, link)
        assert await _use(store, others) == others
        async with store.unit_of_work() as work:
            await work.links.add(mine[0])
        await _refused(store, mine[0])

    async def test_a_link_that_was_voided_with_all_others_stays_void(self, store: Ports) -> None:
        account = await put_account(store)
        link = await put_link(store, account)
        await _void(store, account)
        await _add(store, link)
        await _refused(store, link)

    async def test_what_ran_out_before_is_purged(self, store: Ports) -> None:
        account = await put_account(store)
        links = [
            await put_link(store, await put_account(store, str(number))) for number in range(3)
        ]
        at = max(link.expires_at for link in links)
        kept = await put_link(store, account, expires_at=at + MOMENT)
        assert await _purge(store, before=min(link.expires_at for link in links)) == 0
        assert await _purge(store, before=at + MOMENT, limit=2) == 2
        assert await _purge(store, before=at + MOMENT) == 1
        assert await _use(store, kept) == kept
        for link in links:
            await _refused(store, link)


async def _add(store: Ports, link: Link) -> None:
    async with store.unit_of_work() as work:
        await work.links.add(link)


async def _find(
    store: Ports,
    link: Link,
    *,
    purpose: LinkPurpose | None = None,
    at: datetime | None = None,
) -> Link:
    async with store.unit_of_work() as work:
        return await work.links.find(
            link.token_hash, purpose or link.purpose, at=at or link.created_at
        )


async def _not_found(store: Ports, link: Link, **asked: Any) -> None:
    with pytest.raises(LinkInvalid):
        await _find(store, link, **asked)


async def _use(
    store: Ports,
    link: Link,
    *,
    purpose: LinkPurpose | None = None,
    at: datetime | None = None,
) -> Link:
    async with store.unit_of_work() as work:
        return await work.links.use(
            link.token_hash, purpose or link.purpose, at=at or link.created_at
        )


async def _refused(
    store: Ports,
    link: Link,
    *,
    purpose: LinkPurpose | None = None,
    at: datetime | None = None,
) -> None:
    with pytest.raises(LinkInvalid):
        await _use(store, link, purpose=purpose, at=at)


async def _void(store: Ports, account: Account) -> None:
    async with store.unit_of_work() as work:
        await work.links.void(account.id)


async def _purge(store: Ports, *, before: datetime, limit: int = 10) -> int:
    async with store.unit_of_work() as work:
        return await work.links.purge(before=before, limit=limit)
