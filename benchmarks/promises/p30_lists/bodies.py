"""Bodies: none longer than a MiB is read, and no array in one is without a maximum."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from automate_store.entrypoints.settings import Settings
from benchmarks.promises.p30_lists.described import Described, Operation, Schema
from benchmarks.promises.run import Run
from benchmarks.rig.servers import environment
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers, fresh_key

MIB = 1_048_576
PIECE = 65_536
BULK = 100
"""Things that one request acts on."""
_THING = "a thing to keep, with all its parts"
WHOLE: Mapping[str, str] = {
    **dict.fromkeys(("create_promotion", "change_promotion", "simulate_promotion"), _THING),
    **dict.fromkeys(("add_shipping_method", "change_shipping_method"), _THING),
    **dict.fromkeys(("create_product", "change_product"), _THING),
    "arrange_images": "all the pictures of one product",
}
"""Bodies that can't be sent in parts; each array in them has a maximum of its own."""
ANSWER_S = 30
TOO_LARGE = 413


async def bodies_are_bounded(
    run: Run,
    shop: Shop,
    shoppers: Shoppers,
    shop_says: Described,
    callers: Sequence[Mapping[str, str]],
) -> None:
    """Send too much to every operation that writes, in every way that is too much."""
    images = Settings.from_environment(environment(shop.settings)).max_image_bytes
    for number, operation in enumerate(each for each in shop_says.operations if each.writes):
        base = shop.bases[number % len(shop.bases)]
        most = MIB if operation.content_type == "application/json" else images + MIB
        opening = await _let_in(base, operation, callers, most)
        run.require(opening is not None, f"{operation.name}: {most + 1} bytes, and no 413")
        run.tries += 1
        if operation.body is None or opening is None:
            continue
        status = await _too_much(base, operation, opening, most, chunked=True)
        run.equal(f"{operation.name}: {most + 1} bytes in pieces", status, TOO_LARGE)
        _arrays(run, shop_says, operation, operation.body)
        await _long_arrays(run, shoppers, shop_says, operation, opening)


async def _let_in(
    base: str, operation: Operation, callers: Sequence[Mapping[str, str]], most: int
) -> Mapping[str, str] | None:
    """Whoever is told that the body they announce is too long, and not that they may not ask."""
    for headers in callers:
        if await _too_much(base, operation, headers, most, chunked=False) == TOO_LARGE:
            return headers
    return None


def _arrays(run: Run, shop_says: Described, operation: Operation, body: Schema) -> None:
    for place, array in shop_says.arrays(body, operation.name):
        most = array.get("maxItems")
        run.require(most is not None, f"{place} has no maximum")
        if place.count(".") == 1 and most is not None and operation.name not in WHOLE:
            run.require(most <= BULK, f"{place} has a maximum of {most}, not {BULK}")
        run.tries += 1


async def _long_arrays(
    run: Run,
    shoppers: Shoppers,
    shop_says: Described,
    operation: Operation,
    headers: Mapping[str, str],
) -> None:
    """The example's own arrays, one longer than they may be."""
    if operation.body is None or not isinstance(operation.example, dict):
        return
    sent = {**headers, "Idempotency-Key": fresh_key()}
    for place, array in shop_says.arrays(operation.body, operation.name):
        field = place.rpartition(".")[2]
        given = operation.example.get(field)
        if place.count(".") != 1 or "maxItems" not in array or not given:
            continue
        body = {**operation.example, field: [given[0]] * (array["maxItems"] + 1)}
        answer = await shoppers.ask(operation.method, operation.path, body, headers=sent)
        named = [fault["field"] for fault in answer.body.get("errors", ())]
        run.equal(f"{place}: one too many", (answer.status, named), (400, [field]))
        run.tries += 1


async def _too_much(
    base: str, operation: Operation, headers: Mapping[str, str], most: int, *, chunked: bool
) -> int:
    """The status that a body of one byte more is answered with; 0 is no answer."""
    host = urlsplit(base)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {most + 1}"
    told = {**headers, "Content-Type": operation.content_type, "Idempotency-Key": fresh_key()}
    lines = [f"{operation.method} {operation.path} HTTP/1.1", f"Host: {host.netloc}", length]
    lines += [f"{name}: {value}" for name, value in told.items()]
    try:
        with suppress(ConnectionError):
            # It may be refused, and hung up on, while it is being sent.
            writer.write("\r\n".join([*lines, "", ""]).encode())
            async for piece in _pieces(most + 1 if chunked else 0):
                writer.write(piece)
                await writer.drain()
        async with asyncio.timeout(ANSWER_S):
            status = await reader.readline()
        return int(status.split()[1]) if status else 0
    except (ConnectionError, TimeoutError):
        return 0
    finally:
        writer.close()


async def _pieces(length: int) -> AsyncIterator[bytes]:
    for start in range(0, length, PIECE):
        size = min(PIECE, length - start)
        yield b"%x\r\n" % size + b" " * size + b"\r\n"
    if length:
        yield b"0\r\n\r\n"
