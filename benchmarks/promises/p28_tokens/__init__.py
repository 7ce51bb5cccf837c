"""
P28: a guest's token can't be guessed, opens what is its own, and dies with the merge.

Tokens of carts and orders are taken apart: they have 128 random bits at least, and none
says anything twice. Empty, missing, cut, altered, old and foreign ones are tried wherever
one is taken, by the header, the body and the cookie: each answer is the same 404. Then a
guest's cart is merged by fifty requests at once, on both servers, into one account or
into two, with quantities that add up: the goods move once, to one of them, and the
token opens nothing more.
"""

from __future__ import annotations

from benchmarks.promises.p28_tokens.guessing import tokens_are_long_and_varied
from benchmarks.promises.p28_tokens.merging import carts_merge_once
from benchmarks.promises.p28_tokens.opening import other_tokens_open_nothing
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

__all__ = ["check"]


async def check(shop: Shop, run: Run) -> None:
    """Guess tokens, then use one too often."""
    lines = [Line(handle=f"p28-{run.seed}-{name}", stock=10_000) for name in ("mug", "cup")]
    mug, cup = shop.stock(lines).values()
    async with Shoppers(shop.bases) as shoppers:
        await tokens_are_long_and_varied(run, shoppers, mug)
        await other_tokens_open_nothing(shop, run, shoppers, mug)
        await carts_merge_once(shop, run, shoppers, mug, cup)
