"""What tokens are made of."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.races import storm
from benchmarks.rig.shoppers import Shoppers, fresh_key

CLIENTS = 16
LEAST_BITS = 128
REPEAT = 8
"""So many letters of a token come twice by chance once in 10**12 tokens."""


async def tokens_are_long_and_varied(run: Run, shoppers: Shoppers, variant: UUID) -> None:
    """The tokens of many carts and their orders, taken apart."""
    count = run.size(500, 60)
    run.tries += 2 * count
    carts = await storm([partial(shoppers.fill, [(variant, 1)])] * count, clients=CLIENTS)
    placing = [partial(shoppers.order, cart, key=fresh_key()) for cart in carts]
    placed = await storm(placing, clients=CLIENTS)
    run.answers("orders_for_their_tokens", placed, allowed={"201"})
    orders = [one.body["token"] for one in placed if one.ok]
    for what, tokens in (("cart", carts), ("order", orders)):
        _take_apart(run, what, tokens)


def _take_apart(run: Run, what: str, tokens: Sequence[str]) -> None:
    whole = [urlsafe_b64decode(token + "=" * (-len(token) % 4)) for token in tokens]
    bits = min((8 * len(each) for each in whole), default=0)
    run.measured[f"bits_of_{what}_tokens"] = bits
    run.require(bits >= LEAST_BITS, f"a {what}'s token has {bits} bits")
    size = min(map(len, whole), default=0)
    numbers = [int.from_bytes(each[:size]) for each in whole]
    run.equal(f"{what} tokens that are one another's", len(numbers) - len(set(numbers)), 0)
    stuck = _never_set(numbers, size) + _always_set(numbers, size)
    run.equal(f"bits that all {what} tokens share", stuck, 0)
    twice = sum(map(_says_something_twice, tokens))
    run.equal(f"{what} tokens that say something twice", twice, 0)


def _never_set(numbers: Sequence[int], size: int) -> int:
    seen = 0
    for number in numbers:
        seen |= number
    return 8 * size - seen.bit_count()


def _always_set(numbers: Sequence[int], size: int) -> int:
    seen = (1 << 8 * size) - 1
    for number in numbers:
        seen &= number
    return seen.bit_count()


def _says_something_twice(token: str) -> bool:
    parts = [token[start : start + REPEAT] for start in range(len(token) - REPEAT + 1)]
    return len(set(parts)) < len(parts)
