"""Sessions: Core statements in, named rows out; transactions that keep all or nothing."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Uuid, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.errors import DatabaseFault
from automate_store.adapters.postgres.session import Session, Transaction
from automate_store.adapters.postgres.statements import compiled
from automate_store.adapters.postgres.tables import brands, products, stock_items
from automate_store.application.errors import Contended, Unstorable, VersionConflict
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.errors import RuleBroken

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BRAND = UUID("01950000-0000-7000-8000-000000000001")

ADD_BRAND = insert(brands).values(
    id=bindparam("id"), name=bindparam("name"), slug=bindparam("slug"), is_active=True
)
NAMES = select(brands.c.id, brands.c.name).order_by(brands.c.name)
RENAME = update(brands).where(brands.c.id == bindparam("brand")).values(name=bindparam("name"))


@frozen
class NameTaken(RuleBroken):
    name: str


def brand(name: str, id: UUID = BRAND) -> dict[str, object]:
    return {"id": id, "name": name, "slug": name.lower()}


async def names(pool: Pool) -> list[str]:
    async with Session(pool) as session:
        return [row.name for row in await session.fetch_all(NAMES)]


async def test_rows_come_as_named_tuples(pool: Pool) -> None:
    async with Session(pool) as session:
        touched = await session.execute(ADD_BRAND, brand("Acme"))
        row = await session.fetch_one(NAMES)
        missing = await session.fetch_one(NAMES.where(brands.c.name == "Nobody"))
        count = await session.fetch_value(select(func.count()).select_from(brands))

    assert touched == 1
    assert (row.id, row.name) == (BRAND, "Acme")
    assert row == (BRAND, "Acme")
    assert missing is None
    assert count == 1


async def test_each_type_comes_back_as_it_went(pool: Pool) -> None:
    echo = text("""
        SELECT CAST(:id AS uuid) AS id, CAST(:price AS numeric(19, 4)) AS price,
            CAST(:tags AS text[]) AS tags, :options AS options, :nothing AS nothing,
            :metadata AS metadata, CAST(:status AS product_status) AS status,
            CAST(:at AS timestamptz) AS at, CAST(:hash AS bytea) AS hash
    """).bindparams(*(bindparam(name, type_=JSONB) for name in ("options", "nothing", "metadata")))
    went = {
        "id": BRAND,
        "price": Decimal("19.9900"),
        "tags": ["a", 'quo"te', "co,mma", "{brace}", ""],
        "options": ["Size", "Colour"],
        "nothing": None,
        "metadata": {"emoji": "👕", "nested": {"deep": [1, None, True]}},
        "status": ProductStatus.ACTIVE,
        "at": AT,
        "hash": b"\x00\xff\\'",
    }
    async with Session(pool) as session:
        row = await session.fetch_one(echo, went)

    assert row._asdict() == went


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(words=st.lists(st.text(st.characters(exclude_characters="\x00", codec="utf-8"))))
async def test_any_text_survives_alone_and_in_an_array(
    module_postgres_url: str, words: list[str]
) -> None:
    pool = Pool(PoolSettings(url=module_postgres_url))
    echo = text("SELECT CAST(:words AS text[]) AS words, CAST(:joined AS text) AS joined")
    async with Session(pool) as session:
        row = await session.fetch_one(echo, {"words": words, "joined": "".join(words)})
    pool.close()

    assert (row.words, row.joined) == (words, "".join(words))


async def test_a_whole_number_of_any_size_fits_the_same_statement(pool: Pool) -> None:
    double = text("SELECT CAST(:n AS bigint) * 2 AS twice")
    async with Session(pool) as session:
        twice = [
            await session.fetch_value(double, {"n": n}) for n in (1, 40_000, 3_000_000_000, -1)
        ]

    assert twice == [2, 80_000, 6_000_000_000, -2]


async def test_a_list_of_ids_is_one_parameter(pool: Pool) -> None:
    of = select(brands.c.name).where(brands.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    other = uuid5(BRAND, "other")
    async with Session(pool) as session:
        await session.execute(ADD_BRAND, brand("Acme"))
        await session.execute(ADD_BRAND, brand("Best", other))
        found = await session.fetch_all(of, {"ids": [other, uuid5(BRAND, "nobody")]})
        none = await session.fetch_all(of, {"ids": []})

    assert [row.name for row in found] == ["Best"]
    assert none == []


def test_values_in_a_statement_are_part_of_its_text_and_quoted() -> None:
    statement = select(products.c.id).where(
        products.c.status == "active",
        products.c.name == "it's 100% \\ :not $1",
        products.c.price > Decimal("1.50"),
        products.c.slug == bindparam("slug"),
    )
    form = compiled(statement, {})

    assert form.names == ("slug",)
    assert b"status = 'active'" in form.sql
    assert b"name = 'it''s 100% \\ :not $1'" in form.sql
    assert compiled(statement, {}) is form, "a statement is compiled once"


async def test_several_reads_make_one_round_trip(pool: Pool) -> None:
    async with Session(pool) as session:
        await session.execute(ADD_BRAND, brand("Acme"))
        first, second = await session.fetch_batch(
            (NAMES, {}), (select(func.count().label("n")).select_from(products), {})
        )

    assert [row.name for row in first] == ["Acme"]
    assert second[0].n == 0


async def test_a_transaction_keeps_all_of_it(pool: Pool) -> None:
    async with Transaction(pool) as work:
        await work.execute(ADD_BRAND, brand("Acme"))
        await work.later(RENAME, {"brand": BRAND, "name": "Best"})

    assert await names(pool) == ["Best"]


async def test_a_transaction_that_raises_keeps_nothing_and_gives_its_connection_back(
    pool: Pool,
) -> None:
    with suppress(LookupError):
        async with Transaction(pool) as work:
            await work.execute(ADD_BRAND, brand("Acme"))
            await work.later(RENAME, {"brand": BRAND, "name": "Best"})
            raise LookupError

    assert await names(pool) == []
    assert pool.in_use == 0


async def test_what_is_done_later_is_seen_by_the_next_read(pool: Pool) -> None:
    async with Transaction(pool) as work:
        await work.later(ADD_BRAND, brand("Acme"))
        rows = await work.fetch_all(NAMES)

    assert [row.name for row in rows] == ["Acme"]


async def test_a_write_that_met_another_version_is_refused_before_the_commit(pool: Pool) -> None:
    conflict = VersionConflict("brand", str(BRAND))

    async def rename_nobody() -> None:
        async with Transaction(pool) as work:
            await work.later(ADD_BRAND, brand("Acme"))
            nobody = {"brand": uuid5(BRAND, "nobody"), "name": "Best"}
            await work.later(RENAME, nobody, touching=1, otherwise=conflict)

    with pytest.raises(VersionConflict) as refusal:
        await rename_nobody()

    assert refusal.value is conflict
    assert await names(pool) == []


async def test_a_refused_commit_lets_go_of_its_locks_before_anybody_tries_again(pool: Pool) -> None:
    lock = text("SELECT pg_backend_pid() AS pid, pg_try_advisory_xact_lock(7) AS free")
    tries = list[tuple[int, bool]]()

    async def rename_nobody() -> None:
        async with Transaction(pool) as work:
            tries.append(await work.fetch_one(lock))
            nobody = {"brand": uuid5(BRAND, "nobody"), "name": "Best"}
            await work.later(RENAME, nobody, touching=1, otherwise=Contended())

    for _ in range(3):
        with pytest.raises(Contended):
            await rename_nobody()

    assert [free for _, free in tries] == [True, True, True]
    assert len({pid for pid, _ in tries}) == 1, "no connection was lost over it"


async def test_a_broken_constraint_is_what_the_caller_says_it_means(pool: Pool) -> None:
    refusals = {"brands_name_key": NameTaken("Acme")}
    async with Session(pool) as session:
        await session.execute(ADD_BRAND, brand("Acme"))
        twin = brand("Acme", uuid5(BRAND, "twin")) | {"slug": "other"}
        with pytest.raises(NameTaken):
            await session.execute(ADD_BRAND, twin, refusals=refusals)
        with pytest.raises(Contended):
            await session.execute(ADD_BRAND, twin)

    assert pool.in_use == 0


async def test_of_several_statements_the_one_that_failed_says_what_it_means(pool: Pool) -> None:
    async def add_twins() -> None:
        async with Transaction(pool) as work:
            await work.later(ADD_BRAND, brand("Acme"))
            twin = brand("Acme", uuid5(BRAND, "twin")) | {"slug": "other"}
            await work.later(ADD_BRAND, twin, refusals={"brands_name_key": NameTaken("Acme")})
            await work.later(RENAME, {"brand": BRAND, "name": "Best"})

    with pytest.raises(NameTaken):
        await add_twins()

    assert await names(pool) == []


async def test_a_statement_that_failed_once_runs_again_prepared(pool: Pool) -> None:
    divide = text("SELECT 10 / CAST(:by AS int) AS result")
    async with Session(pool) as session:
        for _ in range(3):
            with pytest.raises(Unstorable):
                await session.fetch_value(divide, {"by": 0})
            assert await session.fetch_value(divide, {"by": 5}) == 2


async def test_a_value_that_can_not_be_stored_is_the_callers_fault(pool: Pool) -> None:
    async with Session(pool) as session:
        for name in ("x" * 101, "nul\x00"):
            with pytest.raises(Unstorable):
                await session.execute(ADD_BRAND, brand(name))

    assert await names(pool) == []


async def test_a_check_that_nobody_speaks_for_is_our_fault(pool: Pool) -> None:
    add = insert(stock_items).values(
        variant_id=bindparam("variant_id"),
        location_id=bindparam("location_id"),
        reserved=bindparam("reserved"),
    )
    async with Session(pool) as session:
        with pytest.raises(DatabaseFault):
            await session.execute(add, {"variant_id": BRAND, "location_id": BRAND, "reserved": -1})
        with pytest.raises(DatabaseFault):
            await session.execute(text("SELECT nonsense"))


async def test_a_fault_tells_nobody_what_stood_in_the_row(pool: Pool) -> None:
    nobody = text("INSERT INTO orders (shipping_address) VALUES (CAST(:address AS jsonb))")
    address = '{"first_name": "Annabel", "address_line_1": "1 Secret Street"}'

    async with Session(pool) as session:
        with pytest.raises(DatabaseFault) as fault:
            await session.execute(nobody, {"address": address})

    told = "".join(traceback.format_exception(fault.value))
    assert "violates not-null constraint" in told
    assert "Annabel" not in told
    assert "Secret Street" not in told


async def test_two_that_lock_in_opposite_orders_are_contended_not_stuck(pool: Pool) -> None:
    other = uuid5(BRAND, "other")
    lock = text("SELECT name FROM brands WHERE id = :id FOR UPDATE")
    async with Session(pool) as session:
        await session.execute(ADD_BRAND, brand("Acme"))
        await session.execute(ADD_BRAND, brand("Best", other))
    both_hold = asyncio.Barrier(2)

    async def take(first: UUID, second: UUID) -> None:
        async with Transaction(pool) as work:
            await work.fetch_one(lock, {"id": first})
            await both_hold.wait()
            await work.fetch_one(lock, {"id": second})

    ended = await asyncio.gather(take(BRAND, other), take(other, BRAND), return_exceptions=True)

    assert sorted(map(type, ended), key=str) == sorted([Contended, type(None)], key=str)


async def test_the_schema_may_change_under_a_prepared_statement(
    pool: Pool, postgres_url: str
) -> None:
    everything = text("SELECT * FROM brands")
    async with Session(pool) as session:
        for _ in range(3):
            await session.fetch_all(everything)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE brands ADD COLUMN fresh int")

    async def ask() -> Any:
        async with Session(pool) as session:
            return await session.fetch_all(everything)

    with suppress(Contended):
        await ask()
    assert await ask() == []


async def test_one_session_serves_one_task_at_a_time(pool: Pool) -> None:
    async with Session(pool) as session:
        await session.fetch_value(text("SELECT 1"))
        wait = text("SELECT pg_sleep(0.05)")
        both = await asyncio.gather(
            session.fetch_value(wait), session.fetch_value(wait), return_exceptions=True
        )

    assert [type(one) for one in both if isinstance(one, BaseException)] == [AssertionError]
