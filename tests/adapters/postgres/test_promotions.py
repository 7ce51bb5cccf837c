"""Promotions in rows: read by every process, whichever kinds it knows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, frozen
from sqlalchemy import text
from structlog.testing import capture_logs

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.pricing import PostgresRules, ShopCache
from automate_store.adapters.postgres.session import Session, Transaction
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import (
    BUILT_IN,
    Action,
    Condition,
    Goods,
    PercentOffOrder,
    Promotion,
    Scene,
    Scope,
    Taking,
)
from automate_store.entrypoints.properties.contracts.promotions import every_action
from automate_store.entrypoints.properties.orders import PRICING
from tests.contracts.shops import open_shop

IDS = open_shop().ports.ids


@frozen
class FullMoon(Condition):
    """A condition of a plug-in."""

    kind = "full_moon"
    howling: bool = True

    def actual(self, scene: Scene) -> int:
        return scene.at.day

    def accepts(self, actual: int) -> bool:
        return actual == 15

    def required_for(self, actual: int) -> int:
        assert actual != 15
        return 15

    def refusal(self, actual: int) -> tuple[str, str]:
        return "no_moon", f"the moon is new on the {actual}th"


@frozen
class Doubled(Action):
    """An action of a plug-in, with an amount and a percentage."""

    kind = "doubled"
    amount: Money
    percent: Decimal

    @property
    def scope(self) -> Scope:
        return Scope.ORDER

    def take(self, goods: Goods) -> Taking | None:
        return Taking([0] * len(goods.items))


def cache(*types: type) -> ShopCache:
    """What one process keeps, with those plug-ins installed."""
    return ShopCache(PRICING, BUILT_IN.and_these(*types))


def promotion(code: str, **terms: Any) -> Promotion:
    plain = {"name": code, "actions": (PercentOffOrder(Decimal(10)),)}
    return Promotion(id=PromotionId(IDS.uuid()), code=code, **{**plain, **terms})


async def stored(pool: Pool, kept: ShopCache, *promotions: Promotion) -> None:
    async with Transaction(pool) as session:
        for each in promotions:
            await PostgresRules(session, kept).add_promotion(each)


async def read(pool: Pool, kept: ShopCache) -> tuple[Promotion, ...]:
    async with Session(pool) as session:
        return (await PostgresRules(session, kept).current()).promotions


async def test_parts_of_your_own_come_back_as_they_were_put(pool: Pool) -> None:
    kept = cache(FullMoon, Doubled)
    own = promotion(
        "own",
        conditions=(FullMoon(howling=False),),
        actions=(Doubled(Money(250, "USD"), Decimal("12.5")),),
    )
    await stored(pool, kept, own)
    assert await read(pool, kept) == (own,)


@pytest.mark.parametrize(
    "parts",
    [
        {"conditions": (FullMoon(),)},
        {"actions": (Doubled(Money(1, "USD"), Decimal(1)),)},
        {"conditions": (FullMoon(),), "needs_code": True},
    ],
)
async def test_a_promotion_of_an_unknown_kind_is_left_out_alone_and_said_so(
    pool: Pool, parts: dict[str, Any]
) -> None:
    a, unknown, z = promotion("a"), promotion("moon", **parts), promotion("z")
    await stored(pool, cache(FullMoon, Doubled), a, unknown, z)
    with capture_logs() as logs:
        assert await read(pool, cache()) == (a, z)
    assert [(log["event"], log["promotion"]) for log in logs] == [("promotion_left_out", "moon")]


@pytest.mark.parametrize(
    "actions",
    [
        '[{"kind": "percent_off_order", "percent": "110"}]',
        '[{"kind": "percent_off_order"}]',
        '[{"percent": "10"}]',
        (
            '[{"kind": "amount_off_order", "amount": {"minor": 1, "currency": "USD"}},'
            ' {"kind": "amount_off_order", "amount": {"minor": 1, "currency": "EUR"}}]'
        ),
    ],
)
async def test_a_promotion_that_can_not_be_is_left_out_alone(pool: Pool, actions: str) -> None:
    kept, spoilt = promotion("kept"), promotion("spoilt")
    await stored(pool, cache(), kept, spoilt)
    async with Session(pool) as session:
        change = text("UPDATE promotions SET actions = CAST(:actions AS jsonb) WHERE code = :code")
        await session.execute(change, {"actions": actions, "code": "spoilt"})
    assert await read(pool, cache()) == (kept,)


async def test_a_change_by_one_process_is_seen_by_the_next_read_of_another(pool: Pool) -> None:
    mine, others = cache(), cache()
    known = promotion("spring")
    await stored(pool, mine, known)
    assert await read(pool, others) == (known,)
    for actions in zip(every_action(open_shop().ports), strict=True):
        changed = evolve(known, actions=actions)
        async with Transaction(pool) as session:
            await PostgresRules(session, mine).change_promotion(changed)
        assert await read(pool, others) == (changed,)
    async with Transaction(pool) as session:
        await PostgresRules(session, mine).remove_promotion(known)
    assert await read(pool, others) == ()


async def test_what_did_not_change_is_not_read_again(pool: Pool) -> None:
    kept = cache()
    await stored(pool, kept, promotion("spring"))
    first, again = await read(pool, kept), await read(pool, kept)
    assert first[0] is again[0]
