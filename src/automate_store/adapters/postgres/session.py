"""
Sessions: where repositories and queries run their statements.

Statements are SQLAlchemy Core constructs, built once at import with ``bindparam`` for
what differs; ``params`` gives those values by name. Rows are named tuples. Errors of
the driver arrive translated (see ``errors``).
"""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import psycopg
from attrs import frozen
from sqlalchemy import Executable

from automate_store.adapters.postgres._wire import Params as WireParams
from automate_store.adapters.postgres._wire import Result, Wire
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.errors import Refusals, translate
from automate_store.adapters.postgres.statements import NOTHING, Compiled, Params, compiled, raw
from automate_store.domain.kernel.errors import StoreError

_BEGIN, _COMMIT, _ROLLBACK = raw("BEGIN"), raw("COMMIT"), raw("ROLLBACK")


@frozen
class _Asked:
    """A statement on its way, and what it must come to."""

    statement: Compiled
    params: WireParams | None = None
    refusals: Refusals = NOTHING
    touching: int | None = None
    otherwise: StoreError | None = None


class Session:
    """
    A connection for as long as its block lasts, taken when the first statement runs.

    Each statement commits on its own; see ``Transaction`` for several that belong
    together. For one task at a time.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._wire: Wire | None = None
        self._asked: list[_Asked] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._wire is not None:
            wire, self._wire = self._wire, None
            self._pool.release(wire)

    async def fetch_all(
        self, statement: Executable, params: Params = NOTHING, *, refusals: Refusals = NOTHING
    ) -> list[Any]:
        """Every row, as named tuples."""
        return (await self._run(statement, params, refusals)).rows

    async def fetch_one(
        self, statement: Executable, params: Params = NOTHING, *, refusals: Refusals = NOTHING
    ) -> Any:
        """The first row, or None where there is none."""
        rows = (await self._run(statement, params, refusals)).rows
        return rows[0] if rows else None

    async def fetch_value(
        self, statement: Executable, params: Params = NOTHING, *, refusals: Refusals = NOTHING
    ) -> Any:
        """The first column of the first row, or None where there is no row."""
        rows = (await self._run(statement, params, refusals)).rows
        return rows[0][0] if rows else None

    async def execute(
        self, statement: Executable, params: Params = NOTHING, *, refusals: Refusals = NOTHING
    ) -> int:
        """How many rows the statement touched."""
        return (await self._run(statement, params, refusals)).touched

    async def fetch_batch(self, *asked: tuple[Executable, Params]) -> list[list[Any]]:
        """The rows of several statements, in one round trip."""
        for statement, params in asked:
            await self.later(statement, params)
        return [result.rows for result in (await self._results())[-len(asked) :]]

    async def later(
        self,
        statement: Executable,
        params: Params = NOTHING,
        *,
        refusals: Refusals = NOTHING,
        touching: int | None = None,
        otherwise: StoreError | None = None,
    ) -> None:
        """
        Run a statement together with the next one that is waited for, or at the commit.

        Its errors come then. Where ``touching`` is given and another number of rows was
        touched, ``otherwise`` is raised, before anything is committed.
        """
        wire = await self._connected()
        form = compiled(statement, params)
        try:
            dumped = wire.dump(form.values(params))
        except psycopg.Error as error:
            raise translate(error) from error
        self._asked.append(_Asked(form, dumped, refusals, touching, otherwise))

    async def flush(self) -> None:
        """Run what ``later`` has kept."""
        if self._asked:
            await self._results()

    async def _run(self, statement: Executable, params: Params, refusals: Refusals) -> Result:
        await self.later(statement, params, refusals=refusals)
        return (await self._results())[-1]

    async def _connected(self) -> Wire:
        if self._wire is None:
            self._wire = await self._pool.acquire()
        return self._wire

    async def _results(self) -> list[Result]:
        assert self._wire is not None, "statements are queued on a connection"
        asked, self._asked = self._asked, []
        try:
            results, error = await self._wire.run([(one.statement, one.params) for one in asked])
        except psycopg.Error as lost:
            raise translate(lost) from lost
        for wish, result in zip(asked, results, strict=False):
            if wish.touching is not None and wish.touching != result.touched:
                assert wish.otherwise is not None, "an expectation says what else to raise"
                raise wish.otherwise
        if error is not None:
            raise translate(error, asked[len(results)].refusals) from error
        return results


class Transaction(Session):
    """
    A session whose statements are kept together, or not at all.

    Commits when its block is left cleanly, rolls back on any exception. BEGIN leaves
    with the first statement; a block that runs none costs nothing.
    """

    async def commit(self) -> None:
        """Keep it all; what ``later`` kept leaves with the COMMIT, checks before it."""
        if self._wire is None:
            return
        if any(wish.touching is not None for wish in self._asked):
            await self._results()
        self._asked.append(_Asked(_COMMIT))
        await self._results()
        assert not self._wire.in_transaction, "a commit ends its transaction"

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self._commit_or_roll_back()
            else:
                await self._roll_back()
        finally:
            await super().__aexit__(kind, error, trace)

    async def _commit_or_roll_back(self) -> None:
        """A refused commit is undone here: the locks of a connection that is closed go later."""
        try:
            await self.commit()
        except Exception:
            await self._roll_back()
            raise

    async def _connected(self) -> Wire:
        fresh = self._wire is None
        wire = await super()._connected()
        if fresh:
            self._asked.append(_Asked(_BEGIN))
        return wire

    async def _roll_back(self) -> None:
        """Undo it all; a connection where that fails is closed, which undoes it as well."""
        self._asked.clear()
        if self._wire is not None and not self._wire.broken and self._wire.in_transaction:
            self._asked.append(_Asked(_ROLLBACK))
            with suppress(StoreError):
                await self._results()
