"""
P32: a token that the store never gave, or has taken back, opens nothing, on any server.

Every forgery is sent in a header and in a cookie to what its owner, an admin, can reach.
Then sessions are taken back in every way that there is, while eight clients keep asking
both servers with the token: whatever was sent after the answer to that is refused, and so
is a request whose head was sent before, and whose body comes after. A refresh token that
comes a second time ends its session, however many come at once. No Redis runs here; P23
has one, and takes it away.
"""

from __future__ import annotations

from benchmarks.promises.p32_tokens.forging import forgeries_are_refused
from benchmarks.promises.p32_tokens.refreshing import refresh_tokens_do_once
from benchmarks.promises.p32_tokens.revoking import what_is_over_is_over
from benchmarks.promises.p32_tokens.withholding import what_is_over_is_over_for_bodies_too
from benchmarks.promises.run import Run
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

__all__ = ["check"]


async def check(shop: Shop, run: Run) -> None:
    """Try every token that must not do."""
    async with Shoppers(shop.bases) as shoppers:
        await forgeries_are_refused(shop, run, shoppers)
        await what_is_over_is_over(run, shoppers, Mailbox(shop.mails))
        await what_is_over_is_over_for_bodies_too(run, shoppers, Mailbox(shop.mails))
        await refresh_tokens_do_once(shop, run, shoppers)
