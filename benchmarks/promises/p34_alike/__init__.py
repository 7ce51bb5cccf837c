"""
P34: who has an account is not told, and guessing passwords ends after a few tries.

Signing in, asking for a new password, registering where proof comes first, and changing
one's e-mail are answered alike for e-mails with an account and without, in as much time:
known and unknown ones take turns, and only a full run judges the time. Then servers with
the limits of a new shop are asked to sign somebody in a thousand times, from addresses
that clients and proxies make up. Last, a provider tells one of a thousand payments within a
minute, from one address: no limit counts what is told.
"""

from __future__ import annotations

from benchmarks.promises.p34_alike.answering import answers_are_alike
from benchmarks.promises.p34_alike.guessing import guesses_are_few
from benchmarks.promises.p34_alike.telling import telling_is_uncounted
from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop

__all__ = ["check"]


async def check(shop: Shop, run: Run) -> None:
    """Ask who has an account, guess the password, then tell of payments."""
    await answers_are_alike(shop, run)
    await guesses_are_few(shop, run)
    await telling_is_uncounted(shop, run)
