"""The ways to break a repository of told events, of disputes, and of what is to be settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing
from tests.contracts.sabotages.ways import ignores_the_version


def asks_less(**left_out: Any) -> Broken:
    async def broken(_repository: Any, original: Any, *args: Any, **asked: Any) -> Any:
        return await original(*args, **{**asked, **left_out})

    broken.__qualname__ = f"asks less about {', '.join(left_out)}"
    return broken


async def keeps_it_again(events: Any, _original: Any, told: Any) -> bool:
    events._tables.told.put(told.id, told.saved())
    return True


async def knows_no_gateways(_events: Any, original: Any, told: Any) -> Any:
    return await original(evolve(told, gateway="memory"))


async def gets_it_without_a_lock(_events: Any, original: Any, told_id: Any, **_: Any) -> Any:
    return await original(told_id)


async def finds_anybodys(_events: Any, original: Any, *_: Any) -> Any:
    return await original(None, "memory", "pi_1")


async def finds_other_strangers(events: Any, _original: Any, *_: Any) -> Any:
    every = sorted(events._tables.told.values(), key=lambda each: each.id)
    return tuple(each for each in every if not each.processed_at or each.why)


async def knows_what_waits_alone(_events: Any, original: Any, *asked: Any) -> Any:
    return tuple(each for each in await original(*asked) if not each.ended)


async def forgets_what_waits(events: Any, original: Any, **asked: Any) -> Any:
    for each in events._tables.told.values():
        events._tables.told.drop(each.id)
    return await original(**asked)


async def finds_any_gateways(disputes: Any, _original: Any, _gateway: Any, name: Any) -> Any:
    every = disputes._tables.disputes.values()
    return next((each for each in every if each.gateway_id == name), None)


async def knows_intents_alone(payments: Any, _original: Any, _gateway: Any, intent: Any) -> Any:
    every = payments._tables.payments.values()
    return next((each for each in every if each.intent_id == intent), None)


async def counts_every_gateway(payments: Any, original: Any, _: Any, **asked: Any) -> Any:
    del payments
    return await original(set(), **asked)


async def asks_of_every_gateway(_payments: Any, original: Any, gateway: Any, **asked: Any) -> Any:
    found = [*await original(gateway, **asked), *await original("other", **asked)]
    return tuple(found)


async def knows_what_waits_as_well(payments: Any, _: Any, gateway: Any, **asked: Any) -> Any:
    every = sorted(payments._tables.payments.values(), key=lambda each: each.id)
    after, since = asked["after"], asked["since"]
    found = (each for each in every if each.gateway == gateway and each.updated_at >= since)
    return tuple(each for each in found if after is None or each.id > after)[: asked["limit"]]


OF_TOLD_EVENTS: Mapping[str, list[Broken]] = {
    "get": [answers(None), gets_it_without_a_lock],
    "add": [does_nothing, keeps_it_again, knows_no_gateways],
    "save": [does_nothing, ignores_the_version("told")],
    "page": [
        backwards,
        asks_less(state=None),
        asks_less(gateway=None),
        asks_less(before=None),
        asks_less(limit=9),
    ],
    "parked_of": [answers(()), backwards, finds_anybodys],
    "strangers": [answers(()), backwards, finds_other_strangers, knows_what_waits_alone],
    "purge": [answers(0), forgets_what_waits, asks_less(limit=9)],
}
OF_DISPUTES: Mapping[str, list[Broken]] = {
    "find": [answers(None), finds_any_gateways],
    "of_order": [answers(()), backwards],
    "add": [does_nothing],
    "save": [does_nothing, ignores_the_version("disputes")],
    "page": [backwards, asks_less(state=None), asks_less(before=None)],
}
OF_PAYMENTS_TO_SETTLE: Mapping[str, list[Broken]] = {
    "by_intent": [answers(None), knows_intents_alone],
    "page": [backwards, asks_less(state=None), asks_less(before=None), asks_less(limit=9)],
    "unsettled": [answers(()), backwards, asks_of_every_gateway, asks_less(after=None)],
    "elsewhere": [
        answers({}),
        counts_every_gateway,
        asks_less(since=datetime.min.replace(tzinfo=UTC)),
    ],
    "moved": [
        answers(()),
        backwards,
        asks_of_every_gateway,
        asks_less(since=datetime.min.replace(tzinfo=UTC)),
        asks_less(after=None),
        asks_less(limit=9),
        knows_what_waits_as_well,
    ],
}
OF_REFUNDS_TO_SETTLE: Mapping[str, list[Broken]] = {
    "page": [backwards, asks_less(state=None), asks_less(before=None), asks_less(limit=9)],
}
