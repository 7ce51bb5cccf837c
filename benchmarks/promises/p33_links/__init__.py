"""
P33: a mailed link does once, for one account and one purpose, for a while, at one address.

Links that reset a password, prove an e-mail and change it are used a hundred times at
once, for another purpose, by somebody else, too late, and after a newer one. What they
prove is looked for in the whole database, and must not be there. Then requests that name
another host, in every way that HTTP and its proxies have, ask for links, over plain
sockets: each mail leads to the shop.
"""

from __future__ import annotations

from benchmarks.promises.p33_links.ending import links_end
from benchmarks.promises.p33_links.hosts import links_lead_home
from benchmarks.promises.p33_links.using import links_do_once
from benchmarks.promises.run import Run
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

__all__ = ["check"]


async def check(shop: Shop, run: Run) -> None:
    """Misuse links in every way."""
    mailbox = Mailbox(shop.mails)
    async with Shoppers(shop.bases) as shoppers:
        await links_do_once(shop, run, shoppers, mailbox)
        await links_end(shop, run, shoppers, mailbox)
        await links_lead_home(shop, run, shoppers, mailbox)
