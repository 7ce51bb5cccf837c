"""The machines that try sequences: in memory, and against a shop's servers over HTTP."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.expiry import expire_orders
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.entrypoints.bootstrap import Store, pricing_policy, store_policy
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.trading import (
    Book,
    Dealings,
    OverHttp,
    TradingMachine,
)
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.insides import opened
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import API, Shoppers

T = TypeVar("T")
EARLIER = """
    WITH orders_then AS (
        UPDATE orders SET placed_at = placed_at - %(by)s, expires_at = expires_at - %(by)s,
            delivered_at = delivered_at - %(by)s, staged_until = staged_until - %(by)s,
            staged_edit = staged_edit || jsonb_build_object(
                'staged_at', (staged_edit ->> 'staged_at')::timestamptz - %(by)s,
                'expires_at', (staged_edit ->> 'expires_at')::timestamptz - %(by)s)
        RETURNING id),
    parcels_then AS (
        UPDATE shipments SET shipped_at = shipped_at - %(by)s,
            delivered_at = delivered_at - %(by)s)
    UPDATE reservations SET expires_at = expires_at - %(by)s WHERE expires_at IS NOT NULL
"""


class Counting(TradingMachine):
    """Counts where the orders of its sequences ended."""

    ended: ClassVar[Counter[str]]

    def teardown(self) -> None:
        """Count these."""
        self.ended.update(self.reached())
        super().teardown()


class InMemory(Counting):
    """A store in memory for every sequence."""

    def open(self) -> Ports:
        """Its ports, set as a new shop is."""
        chosen = Settings.from_environment({})
        policy, pricing = store_policy(chosen), pricing_policy(chosen)
        self._shop = MemoryShop.open(policy, pricing, at=NOON)
        return self._shop.ports

    def auditor(self) -> Auditor:
        """Its books."""
        return self._shop.store.auditor()


@contextmanager
def on_servers(shop: Shop) -> Iterator[type[Counting]]:
    """A machine that reaches the shop by its servers, whose time it moves."""
    with asyncio.Runner() as runner:
        shoppers, store = Shoppers(shop.bases), opened(shop.settings)
        runner.run(shoppers.__aenter__())
        inside: Store = runner.run(store.__aenter__())

        class OnServers(Counting):
            whims = False

            def open(self) -> Ports:
                return inside.ports

            def auditor(self) -> Auditor:
                return inside.auditor()

            def run(self, work: Coroutine[Any, Any, T]) -> T:
                return runner.run(work)

            def reach(self, ports: Ports) -> Dealings:
                del ports
                ask = partial(_ask, shoppers)
                return OverHttp(ask=ask, gateway="manual", method="flat", staff=STAFF)

            def pass_time(self, minutes: int) -> None:
                _turn_back(shop, minutes)
                for held in self._all:
                    held.book = _sooner(held.book, timedelta(minutes=minutes))
                runner.run(expire_orders(ports=inside.ports))

        try:
            yield OnServers
        finally:
            runner.run(store.__aexit__(None, None, None))
            runner.run(shoppers.__aexit__(None, None, None))


def _sooner(book: Book, by: timedelta) -> Book:
    """What expires now is no more there to read its deadline of."""
    if book.waiting is not None:
        book = evolve(book, waiting=evolve(book.waiting, until=book.waiting.until - by))
    return book if book.deadline is None else evolve(book, deadline=book.deadline - by)


async def _ask(
    shoppers: Shoppers, method: str, path: str, body: object, headers: Mapping[str, str]
) -> tuple[int, Any]:
    answer = await shoppers.ask(method, f"{API}{path}", body, headers=headers)
    return answer.status, answer.body


def _turn_back(shop: Shop, minutes: int) -> None:
    """It is later in the shop once all that it wrote down lies further back."""
    with shop.database.connect() as connection:
        connection.execute(EARLIER, {"by": timedelta(minutes=minutes)})
