"""
One connection: statements out, results in, in as few round trips as the work allows.

psycopg connects, converts values and names errors; the statements go through libpq's
pipeline mode, as psycopg's own pipelines do, but without a cursor and a generator for
each (half of the CPU time of a short statement: see ADR 0010). Whatever is queued leaves
together, with the next statement that somebody waits for.

A connection is broken for good by whatever leaves it between two states: a lost
server, a deadline, a cancelled task. It is then closed and never used again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import psycopg
from psycopg import abc, pq
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.types.json import set_json_loads

from automate_store.adapters.postgres.errors import is_outdated
from automate_store.adapters.postgres.statements import Compiled

PREPARE_FROM_RUN = 2
"""A statement that runs once in a process is not worth remembering on the server."""

PREPARED_LIMIT = 500
"""Statements that one connection keeps prepared, at most; more run unprepared."""

Params = Sequence[Buffer | None]
"""Values as they travel: text, in the encoding of the connection."""

_TEXT = PyFormat.TEXT
_ROWS, _DONE, _FAILED, _SYNC, _SKIPPED = (
    pq.ExecStatus.TUPLES_OK,
    pq.ExecStatus.COMMAND_OK,
    pq.ExecStatus.FATAL_ERROR,
    pq.ExecStatus.PIPELINE_SYNC,
    pq.ExecStatus.PIPELINE_ABORTED,
)


class Result(NamedTuple):
    """The rows of one statement, and how many rows it touched."""

    rows: list[Any]
    touched: int


class ServerSilent(psycopg.OperationalError):
    """The server did not answer before the deadline."""


class Wire:
    """A connection in pipeline mode, for one task at a time."""

    def __init__(self, driver: psycopg.AsyncConnection[Any], *, answer_timeout_s: float) -> None:
        set_json_loads(msgspec.json.decode, driver)
        self._driver = driver
        self._libpq = driver.pgconn
        self._socket = self._libpq.socket
        self._libpq.enter_pipeline_mode()
        self._answer_timeout_s = answer_timeout_s
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._prepared: set[bytes] = set()
        self._loaders: dict[bytes, abc.Transformer] = {}
        self._dumper: abc.Transformer = Transformer(driver)
        self._late = False
        self.broken = False
        self.born_at = self._loop.time()
        self._loop.add_reader(self._socket, self._read)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, a failed one included."""
        return self._libpq.transaction_status != pq.TransactionStatus.IDLE

    def dump(self, values: Sequence[Any]) -> Params | None:
        """Parameters as they travel; raises the driver's error for what has no form there."""
        return self._dumper.dump_sequence(values, [_TEXT] * len(values)) if values else None

    async def run(
        self, batch: Sequence[tuple[Compiled, Params | None]]
    ) -> tuple[list[Result], psycopg.Error | None]:
        """
        The results of the statements, in one round trip, up to the first that failed.

        With them comes the failed statement's error; those behind it did not run. Raises
        the driver's error where the connection is lost or the server silent.
        """
        assert self._waiter is None, "a connection serves one task at a time"
        self.broken = True  # Until the server has answered everything.
        timer = self._loop.call_later(self._answer_timeout_s, self._give_up)
        try:
            sent = [part for statement, params in batch for part in self._send(statement, params)]
            self._libpq.pipeline_sync()
            while self._libpq.flush():
                await self._writable()
            results, error = await self._receive(sent)
        finally:
            timer.cancel()
            self._waiter = None
        self.broken = error is not None and is_outdated(error)
        return results, error

    def close(self) -> None:
        """Leave at once; the server rolls back what was not committed."""
        self.broken = True
        self._ignore()
        self._libpq.finish()

    def _send(self, statement: Compiled, params: Params | None) -> Iterator[tuple[Compiled, bool]]:
        """Hand a statement to libpq; each answer to come, and whether it is to a PREPARE."""
        name = statement.name
        statement.runs += 1
        if name not in self._prepared:
            if statement.runs < PREPARE_FROM_RUN or len(self._prepared) >= PREPARED_LIMIT:
                self._libpq.send_query_params(statement.sql, params)
                yield statement, False
                return
            self._libpq.send_prepare(name, statement.sql)
            self._prepared.add(name)
            yield statement, True
        self._libpq.send_query_prepared(name, params)
        yield statement, False

    async def _receive(
        self, sent: Sequence[tuple[Compiled, bool]]
    ) -> tuple[list[Result], psycopg.Error | None]:
        results: list[Result] = []
        error: psycopg.Error | None = None
        turn = 0
        while True:
            if self._libpq.is_busy():
                await self._readable()
            answer = self._libpq.get_result()
            if answer is None:
                self._check()
                continue
            status = answer.status
            if status == _SYNC:
                return results, error
            statement, preparing = sent[turn]
            turn += 1
            if status in (_FAILED, _SKIPPED):
                self._prepared.difference_update([statement.name] if preparing else [])
                error = error or error_from_result(answer)
            elif not preparing:
                results.append(self._result(statement, answer))

    def _result(self, statement: Compiled, answer: pq.abc.PGresult) -> Result:
        if answer.status != _ROWS:
            return Result([], answer.command_tuples or 0)
        loader = self._loaders.get(statement.name)
        if loader is None:
            loader = Transformer(self._driver)
            loader.set_pgresult(answer)
            if statement.name in self._prepared:
                self._loaders[statement.name] = loader
        else:
            loader.set_pgresult(answer, set_loaders=False)
        make_row = statement.make_row or statement.shape(_columns(answer))
        return Result(loader.load_rows(0, answer.ntuples, make_row), answer.ntuples)

    async def _readable(self) -> None:
        while self._libpq.is_busy():
            await self._woken()

    async def _writable(self) -> None:
        self._loop.add_writer(self._socket, self._wake)
        try:
            await self._woken()
        finally:
            if self._socket >= 0:
                self._loop.remove_writer(self._socket)

    async def _woken(self) -> None:
        if not self._late:
            self._waiter = self._loop.create_future()
            await self._waiter
        if self._late:
            raise ServerSilent("the server does not answer")
        self._check()

    def _read(self) -> None:
        """Take what has arrived; on a connection that idles that is its end."""
        try:
            self._libpq.consume_input()
            # A server that dies leaves last words and an error on the socket, and uvloop
            # watches no socket that has an error: nobody would call again for the end.
            self._libpq.consume_input()
        except psycopg.Error:
            self.broken = True
            self._ignore()
            self._wake()
            return
        if self._waiter is not None and not self._libpq.is_busy():
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _give_up(self) -> None:
        self._late = True
        self._wake()

    def _check(self) -> None:
        if self._libpq.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(self._libpq.get_error_message())

    def _ignore(self) -> None:
        """Stop listening; first of all, since a closed socket's number is soon another's."""
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket = -1


def _columns(answer: pq.abc.PGresult) -> list[str]:
    return [(answer.fname(i) or b"").decode() for i in range(answer.nfields)]
