"""What every clock and every source of ids promises."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from automate_store.application.ports.sources import Clock, Ids

_MANY = 300


@pytest.mark.asyncio
class ClockContract:
    """Time is aware, in UTC, and never goes back; ``clock`` gives one."""

    async def test_time_is_aware_and_in_utc(self, clock: Clock) -> None:
        assert clock().utcoffset() == timedelta(0)

    async def test_time_never_goes_back(self, clock: Clock) -> None:
        told = [clock() for _ in range(_MANY)]
        assert told == sorted(told)


@pytest.mark.asyncio
class IdsContract:
    """Names are fresh, and fit where they are used; ``ids`` gives a source."""

    async def test_later_uuids_sort_after_earlier_ones(self, ids: Ids) -> None:
        made = [ids.uuid() for _ in range(_MANY)]
        assert made == sorted(set(made))
        assert {one.version for one in made} == {7}

    async def test_tokens_are_safe_in_a_url_and_have_256_bits(self, ids: Ids) -> None:
        made = [ids.token() for _ in range(_MANY)]
        assert len(set(made)) == _MANY
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)

    async def test_order_numbers_are_readable_and_do_not_count(self, ids: Ids) -> None:
        made = [ids.order_number() for _ in range(_MANY)]
        assert len(set(made)) == _MANY
        assert made != sorted(made)
        assert all(
            re.fullmatch(r"(?![^-]*[ILOU])[0-9A-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", one) for one in made
        )
