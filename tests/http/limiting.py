"""Shops that count how often somebody asks, and those who do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from automate_store.adapters.memory import MemoryClock, MemoryLimits
from automate_store.application.ports.limits import Bucket, Limit
from automate_store.entrypoints.http import HttpConfig
from automate_store.entrypoints.http.openapi import examples
from tests.http.knocking import knock
from tests.http.web import CONFIG, Web, open_web

PRODUCTS = "/api/v1/products"
FEW = {bucket: Limit(5, 900) for bucket in Bucket}
CLOCK = MemoryClock(examples.AT)


@asynccontextmanager
async def limited(
    policy: Mapping[Bucket, Limit] = FEW,
    config: HttpConfig = CONFIG,
    clock: MemoryClock = CLOCK,
) -> AsyncIterator[Web]:
    async with open_web(config, limits=MemoryLimits(policy, clock=clock)) as web:
        yield web


async def statuses(web: Web, *peers: str, **knocking: Any) -> list[int]:
    return [(await knock(web.app, PRODUCTS, peer=peer, **knocking)).status for peer in peers]
