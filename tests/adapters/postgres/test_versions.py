"""The versions that caches stand on move with what is committed, and hold nobody up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import bindparam, func, insert, select, text

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.session import Session, Transaction
from automate_store.adapters.postgres.tables import (
    brands,
    catalogue_version,
    pricing_version,
    tax_rates,
)

BRAND = UUID("01950000-0000-7000-8000-000000000001")
CATALOGUE = select(func.sum(catalogue_version.c.version))
PRICING = select(func.sum(pricing_version.c.version))
ADD_BRAND = insert(brands).values(
    id=bindparam("id"), name=bindparam("name"), slug=bindparam("name"), is_active=True
)
ADD_RATE = insert(tax_rates).values(id=BRAND, code="vat", name="VAT", rate=bindparam("rate"))


def brand(name: str) -> dict[str, object]:
    return {"id": uuid5(BRAND, name), "name": name}


async def versions(pool: Pool) -> tuple[int, int]:
    async with Session(pool) as session:
        return await session.fetch_value(CATALOGUE), await session.fetch_value(PRICING)


async def test_a_change_moves_its_own_version_once_a_transaction(pool: Pool) -> None:
    catalogue, pricing = await versions(pool)
    async with Transaction(pool) as work:
        for name in ("acme", "best", "core"):
            await work.execute(ADD_BRAND, brand(name))

    assert await versions(pool) == (catalogue + 1, pricing)


async def test_methods_and_rates_move_the_version_of_prices(pool: Pool) -> None:
    catalogue, pricing = await versions(pool)
    async with Session(pool) as session:
        await session.execute(ADD_RATE, {"rate": Decimal("0.2")})

    assert await versions(pool) == (catalogue, pricing + 1)


async def test_a_change_that_is_undone_moves_nothing(pool: Pool) -> None:
    before = await versions(pool)
    with suppress(LookupError):
        async with Transaction(pool) as work:
            await work.execute(ADD_BRAND, brand("acme"))
            raise LookupError

    assert await versions(pool) == before


async def test_a_change_after_an_undone_savepoint_still_moves_the_version(pool: Pool) -> None:
    catalogue, pricing = await versions(pool)
    async with Transaction(pool) as work:
        await work.execute(text("SAVEPOINT try"))
        await work.execute(ADD_BRAND, brand("acme"))
        await work.execute(text("ROLLBACK TO try"))
        await work.execute(ADD_BRAND, brand("best"))

    assert await versions(pool) == (catalogue + 1, pricing)


async def test_a_change_is_not_seen_before_it_is_committed(pool: Pool) -> None:
    before = await versions(pool)
    async with Transaction(pool) as work:
        await work.execute(ADD_BRAND, brand("acme"))
        during = await versions(pool)

    assert during == before
    assert await versions(pool) != before


async def test_a_long_import_holds_no_other_writer_up_and_no_change_is_lost(pool: Pool) -> None:
    catalogue, _ = await versions(pool)

    async def rename(name: str) -> None:
        async with Transaction(pool) as work:
            await work.execute(ADD_BRAND, brand(name))

    async with Transaction(pool) as long_import:
        await long_import.execute(ADD_BRAND, brand("acme"))
        await asyncio.gather(*(rename(name) for name in ("best", "core", "dawn")))
        during, _ = await versions(pool)

    after, _ = await versions(pool)
    assert (during, after) == (catalogue + 3, catalogue + 4)


async def test_selling_does_not_touch_the_catalogues_version(pool: Pool) -> None:
    before = await versions(pool)
    async with Session(pool) as session:
        await session.execute(text("UPDATE stock_items SET reserved = reserved + 1"))
        await session.execute(text("DELETE FROM carts"))

    assert await versions(pool) == before
