"""What every adapter of ``ports.identity.Trail`` promises."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.domain.kernel.ids import UserId

TERMS = {"value": "10", "limits": [1, None, True], "amount": {"amount": "1.00", "currency": "USD"}}


@pytest.mark.asyncio
class TrailContract:
    """Entries come back as they were added, the newest first."""

    async def test_an_entry_comes_back_as_it_was_added(self, store: Ports) -> None:
        changed = await _put(store, before=TERMS, after={**TERMS, "value": "20"})
        made = await _put(store, account_id=None, after={})
        assert await _page(store) == (made, changed)

    async def test_a_page_goes_on_where_the_one_before_ended(self, store: Ports) -> None:
        entries = [await _put(store) for _ in range(5)][::-1]
        first = await _page(store, limit=2)
        assert first == tuple(entries[:2])
        assert await _page(store, before=first[-1].id, limit=2) == tuple(entries[2:4])
        assert await _page(store, before=entries[-1].id) == ()

    async def test_a_page_may_be_of_one_subject_or_by_one_account(self, store: Ports) -> None:
        ann, bob = UserId(store.ids.uuid()), UserId(store.ids.uuid())
        one = await _put(store, subject="coupon:A", account_id=ann)
        two = await _put(store, subject="coupon:B", account_id=ann)
        three = await _put(store, subject="coupon:A", account_id=bob)
        four = await _put(store, subject="coupon:A", account_id=ann)
        assert await _page(store, subject="coupon:A") == (four, three, one)
        assert await _page(store, account_id=ann) == (four, two, one)
        assert await _page(store, subject="coupon:A", account_id=ann) == (four, one)
        assert await _page(store, subject="coupon:A", account_id=ann, before=four.id) == (one,)
        assert await _page(store, subject="coupon:A", before=three.id) == (one,)
        assert await _page(store, account_id=ann, limit=1) == (four,)
        assert await _page(store, subject="coupon:a") == ()

    async def test_an_entry_is_kept_only_with_its_work(self, store: Ports) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.trail.add(_entry(store))
                raise ZeroDivisionError
        assert await _page(store) == ()


def _entry(store: Ports, **changes: Any) -> TrailEntry:
    plain = {
        "at": store.clock(),
        "actor": "staff",
        "account_id": UserId(store.ids.uuid()),
        "action": "change_coupon",
        "subject": "coupon:WELCOME",
    }
    return TrailEntry(id=store.ids.uuid(), **{**plain, **changes})


async def _put(store: Ports, **changes: Any) -> TrailEntry:
    entry = _entry(store, **changes)
    async with store.unit_of_work() as work:
        await work.trail.add(entry)
    return entry


async def _page(
    store: Ports,
    *,
    before: UUID | None = None,
    limit: int = 10,
    subject: str | None = None,
    account_id: UserId | None = None,
) -> tuple[TrailEntry, ...]:
    async with store.reading() as reads:
        return await reads.trail.page(
            before=before, limit=limit, subject=subject, account_id=account_id
        )
