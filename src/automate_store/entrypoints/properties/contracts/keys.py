"""What every adapter of ``ports.keys.Keys`` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from attrs import evolve, frozen

from automate_store.application.errors import KeyInProgress
from automate_store.application.idempotency import once
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Begun, Keyed
from automate_store.domain.kernel.errors import KeyReused
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.scene import outcomes, price

KEYED = Keyed("guest:1", "key-1", b"\x01" * 32)


@frozen(kw_only=True)
class Answer:
    """What a use case might answer: ids, money and times, nested."""

    id: UUID
    total: Money
    lines: tuple[Money, ...]
    at: datetime
    note: str | None = None


@pytest.mark.asyncio
class KeysContract:
    """A request has its effect once per caller and key, and is answered alike each time."""

    async def test_a_new_key_has_no_answer(self, store: Ports) -> None:
        assert await _claim(store) is None

    async def test_the_answer_comes_back_as_it_was_kept(self, store: Ports) -> None:
        answer = _answer(store)
        await _keep(store, answer)
        assert await _claim(store) == answer

    async def test_a_key_belongs_to_its_caller(self, store: Ports) -> None:
        await _keep(store, _answer(store))
        assert await _claim(store, evolve(KEYED, caller="guest:2")) is None

    async def test_other_inputs_under_the_same_key_are_refused(self, store: Ports) -> None:
        await _keep(store, _answer(store))
        with pytest.raises(KeyReused):
            await _claim(store, evolve(KEYED, fingerprint=b"\x02" * 32))

    async def test_what_was_begun_is_named_until_it_is_answered(self, store: Ports) -> None:
        answer, subject = _answer(store), store.ids.uuid()
        await _begin(store, subject)
        assert await _claim(store) == Begun(subject)
        await _keep(store, answer)
        assert await _claim(store) == answer

    async def test_other_inputs_are_refused_while_the_first_are_begun(self, store: Ports) -> None:
        await _begin(store, store.ids.uuid())
        with pytest.raises(KeyReused):
            await _claim(store, evolve(KEYED, fingerprint=b"\x02" * 32))

    async def test_a_key_is_begun_once(self, store: Ports) -> None:
        await _begin(store, store.ids.uuid())
        with pytest.raises(KeyInProgress):
            await _begin(store, store.ids.uuid())

    async def test_the_first_answer_stays(self, store: Ports) -> None:
        first = _answer(store)
        await _keep(store, first)
        with pytest.raises(KeyInProgress):
            await _keep(store, _answer(store))
        assert await _claim(store) == first

    async def test_a_key_being_worked_on_is_in_progress_for_others(self, store: Ports) -> None:
        async with store.unit_of_work() as work:
            await work.keys.claim(KEYED, Answer)
            with pytest.raises(KeyInProgress):
                await _claim(store)

    async def test_other_keys_do_not_wait_for_one_being_worked_on(self, store: Ports) -> None:
        async with store.unit_of_work() as work:
            await work.keys.claim(KEYED, Answer)
            assert await _claim(store, evolve(KEYED, key="key-2")) is None
            assert await _claim(store, evolve(KEYED, caller="guest:2")) is None

    async def test_work_that_failed_leaves_its_key_free(self, store: Ports) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.keys.claim(KEYED, Answer)
                await work.keys.keep(KEYED, _answer(store), store.clock())
                raise ZeroDivisionError
        assert await _claim(store) is None

    async def test_of_many_at_once_one_works_and_the_rest_hear_of_it(self, store: Ports) -> None:
        worked: list[Answer] = []

        async def request() -> Answer:
            async def use_case() -> Answer:
                worked.append(_answer(store))
                return worked[-1]

            async with store.unit_of_work() as work:
                return await once(work, KEYED, Answer, use_case, store.clock())

        came_to = await outcomes(*(request() for _ in range(5)))
        answers = [each for each in came_to if isinstance(each, Answer)]
        assert answers
        assert set(answers) == {await _claim(store)}
        assert all(isinstance(each, KeyInProgress) for each in came_to if each not in answers)

    async def test_of_two_that_claimed_in_turn_and_keep_at_once_one_is_kept(
        self, store: Ports
    ) -> None:
        await _begin(store, store.ids.uuid())
        both_ready = asyncio.Barrier(2)

        async def answer() -> None:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                await work.keys.keep(KEYED, _answer(store), store.clock())

        came_to = await outcomes(answer(), answer())
        assert [type(each) for each in came_to if each is not None] == [KeyInProgress]

    async def test_purging_forgets_the_old_ones_and_no_more(self, store: Ports) -> None:
        at = store.clock()
        async with store.unit_of_work() as work:
            for number in range(3):
                old = evolve(KEYED, key=f"old-{number}")
                await work.keys.keep(old, _answer(store), at - timedelta(hours=25))
            await work.keys.keep(KEYED, _answer(store), at)
        day_ago = at - timedelta(hours=24)
        assert [await _purge(store, day_ago, limit=2) for _ in range(3)] == [2, 1, 0]
        assert await _claim(store) is not None
        assert await _claim(store, evolve(KEYED, key="old-1")) is None


def _answer(store: Ports) -> Answer:
    total = price(store, 10)
    return Answer(id=store.ids.uuid(), total=total, lines=(total, -total), at=store.clock())


async def _claim(store: Ports, keyed: Keyed = KEYED) -> Answer | Begun | None:
    async with store.unit_of_work() as work:
        return await work.keys.claim(keyed, Answer)


async def _begin(store: Ports, subject: UUID) -> None:
    async with store.unit_of_work() as work:
        await work.keys.begin(KEYED, subject, store.clock())


async def _keep(store: Ports, answer: Answer) -> None:
    async with store.unit_of_work() as work:
        await work.keys.keep(KEYED, answer, store.clock())


async def _purge(store: Ports, before: datetime, *, limit: int) -> int:
    async with store.unit_of_work() as work:
        return await work.keys.purge(before=before, limit=limit)
