"""
P35: nothing that is secret, and nobody's address, reaches a log or a job's arguments.

Two servers and their workers log everything they can (debug). People and staff do what
the shop is for with marked passwords, tokens, codes, cards, e-mails and streets; then the
marks are sent to every place where they don't belong; then the database breaks under
requests, and the mails can't be written. Then the logs of the servers, of their workers
and of PostgreSQL, and the arguments of every job that there ever was, are searched.

The promise has a second part, half an hour of load with memory, connections and tasks
flat, which is not checked here yet; each result says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.promises.p35_logs.breaking import broken_database, broken_mails
from benchmarks.promises.p35_logs.living import Lives
from benchmarks.promises.p35_logs.marks import Marks
from benchmarks.promises.p35_logs.misplacing import misplaced
from benchmarks.promises.p35_logs.searching import keep_all_jobs, search
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import PATIENT, STAFF_TOKEN, Shop
from benchmarks.rig.shoppers import Shoppers

SETTINGS: Mapping[str, str] = {**PATIENT, "log_level": "debug"}


async def in_its_shop(run: Run) -> None:
    """The check in a shop of its own, which tells all it can."""
    with Shop(settings=SETTINGS) as shop:
        await check(shop, run)
        run.conclude(shop)


async def check(shop: Shop, run: Run) -> None:
    """Live, misplace, break; then search."""
    run.measured["not_checked_yet"] = "the soak of 30 minutes"
    marks = Marks(run.random)
    marks.secret("staff token", STAFF_TOKEN)
    (variant,) = shop.stock([Line(handle=f"p35-{run.seed}", stock=1_000)]).values()
    keep_all_jobs(shop.database)
    mailbox = Mailbox(shop.mails)
    async with Shoppers(shop.bases) as shoppers:
        lives = Lives(shoppers, marks, mailbox, variant)
        for number in range(run.size(10, 1)):
            await lives.account(f"p35-{run.seed}-{number}")
            await lives.purchase()
        await misplaced(run, shoppers, marks)
        await broken_database(shop, run, shoppers, marks)
        await broken_mails(shop, run, shoppers, marks)
        await lives.farewell()
    run.measured["answers"] = dict(sorted(lives.answers.items()))
    search(shop, run, marks)
