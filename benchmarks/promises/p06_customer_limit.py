"""
P06: a code that each customer may use once: once it is, however written and however raced.

A customer is a guest's e-mail here, in one spelling or in five, since there are no
accounts yet. Then the uses come back: orders are placed and placed again under the same
key, paid, left to expire, and paid while they expire; two processes expire them at the
same time, and the end of each order is delivered twice more. Left are the uses of orders
that were not given up. Orders can't be cancelled yet, and no gateway that there is
refuses a payment: what those give back is not checked here.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.insides import expire, give_back_again
from benchmarks.rig.races import at_once, raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key
from benchmarks.rig.staff import offer, percent_off

CLIENTS = 64
ARTICLES = 10
PROCESSES = 2
MOST_ASKED = 20
"""How often one key is asked again while the database is too busy to say."""

LATER = timedelta(days=1)
"""Longer than anybody has to pay."""

WIDE = {ordinal: ordinal + 0xFEE0 for ordinal in (*range(0x61, 0x7B), *range(0x41, 0x5B))}
"""Letters as wide as Chinese ones, which many keyboards write."""

REFUSED = "409 coupon_refused"
COUPON_ROW = "SELECT 1 FROM coupons WHERE code = %s FOR UPDATE"
USES = """
    SELECT c.used_count, count(u.id) FROM coupons c
    LEFT JOIN coupon_usage u ON u.coupon_id = c.id AND u.given_back_at IS NULL
    WHERE c.code = %s GROUP BY c.id
"""
ORDERS = """
    SELECT o.id, o.state FROM orders o JOIN coupon_usage u ON u.order_id = o.id
    JOIN coupons c ON c.id = u.coupon_id WHERE c.code = %s
"""
Order = dict[str, Any]


async def check(shop: Shop, run: Run) -> None:
    """Use each code once more than allowed, and give uses back once more than taken."""
    rounds, orders = run.size(20, 2), run.size(1_000, 36)
    run.tries = stock = rounds * run.size(50, 25) + orders
    lines = [Line(handle=f"p06-{run.seed}-{number}", stock=stock) for number in range(ARTICLES)]
    articles = list(shop.stock(lines).values())
    async with Shoppers(shop.bases) as shoppers:
        for number in range(rounds):
            await _one_customer(shop, run, shoppers, articles, number)
        await _give_back(shop, run, shoppers, articles, orders=orders)


async def _one_customer(
    shop: Shop, run: Run, shoppers: Shoppers, articles: Sequence[UUID], number: int
) -> None:
    """Many carts of one customer at once, in one spelling or in five; barriers first."""
    count = run.size(50, 25)
    code = await offer(shoppers, f"P06-{run.seed}-{number}", percent_off(each=1))
    spellings = _spellings(f"p06-{run.seed}-{number}@example.com")[: 5 if number % 2 else 1]
    carts = await _carts(shoppers, articles, code, count)
    jobs = [
        partial(shoppers.order, cart, key=fresh_key(), email=spellings[turn % len(spellings)])
        for turn, cart in enumerate(carts)
    ]
    if number < 2:
        answers, met = await raced(
            shop.database, jobs, lock=COUPON_ROW, parameters=[code], meet=len(articles)
        )
        run.measured["barrier_met"] = min(met, run.measured.get("barrier_met", met))
        run.require(met > 1, "too few met at the barrier to race for the customer's one use")
    else:
        answers = await at_once(jobs)
    what = f"{len(spellings)}_spellings"
    run.answers(what, answers, allowed={"201", REFUSED})
    run.equal("orders of one customer", sum(one.ok for one in answers), 1)
    reasons = Counter(one.body.get("reason") for one in answers if one.label() == REFUSED)
    run.equal("reasons of refusals", dict(reasons), {"used_by_you": count - 1})
    _count(shop, run, code, 1)


async def _give_back(
    shop: Shop, run: Run, shoppers: Shoppers, articles: Sequence[UUID], *, orders: int
) -> None:
    """Orders placed twice over; a third is paid before, a third while, a third not at all."""
    code = await offer(shoppers, f"P06-{run.seed}-BACK", percent_off(each=1))
    carts = await _carts(shoppers, articles, code, orders)
    placing = [partial(_place_twice, shoppers, cart, turn) for turn, cart in enumerate(carts)]
    placed = _placed(run, await storm(placing, clients=CLIENTS // 2))
    _count(shop, run, code, orders)
    third = len(placed) // 3
    before = await _pay(shoppers, placed[:third])
    run.answers("paid_before", before, allowed={"200"})
    pool = ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"))
    with pool:
        # Processes take a while to start; these are then ready to run when payments do.
        await _in_both(pool, partial(expire, shop.settings, timedelta()))
        expiring = asyncio.ensure_future(_in_both(pool, partial(expire, shop.settings, LATER)))
        during = await _pay(shoppers, placed[third : 2 * third])
        run.measured["expired"] = sum(await expiring)
        late = await _in_both(pool, partial(expire, shop.settings, LATER))
        rows = shop.database.rows(ORDERS, [code])
        ended = [order for order, state in rows if state == "cancelled"]
        again = await _in_both(pool, partial(give_back_again, shop.settings, ended))
    run.answers("paid_while_expiring", during, allowed={"200", "409 illegal_move"})
    run.equal("orders expired a second time", sum(late), 0)
    run.faults.update(fault for faults in again for fault in faults)
    run.measured["uses_given_back"] = len(ended)
    paid = sum(one.ok for one in (*before, *during))
    run.equal("orders with the code that are not paid or given up", paid + len(ended), orders)
    _count(shop, run, code, paid)
    given_up, kept = placed[-1]["email"], placed[0]["email"]
    await _use_again(run, shoppers, articles, code, [given_up, given_up, kept])
    _count(shop, run, code, paid + 1)


async def _use_again(
    run: Run, shoppers: Shoppers, articles: Sequence[UUID], code: str, emails: Sequence[str]
) -> None:
    """Whoever got the use back has one, and whoever paid has none."""
    carts = await _carts(shoppers, articles, code, len(emails))
    answers = [
        await shoppers.order(cart, key=fresh_key(), email=email)
        for cart, email in zip(carts, emails, strict=True)
    ]
    labels = [one.label() for one in answers]
    run.equal("who may use the code after all", labels, ["201", REFUSED, REFUSED])


async def _place_twice(shoppers: Shoppers, cart: str, number: int) -> list[Answer]:
    """The answers to two requests under one key at once, and to those that ask again."""
    job = partial(shoppers.order, cart, key=fresh_key(), email=_email(number))
    answers = [*await at_once([job, job]), await job()]
    while answers[-1].status == 503 and len(answers) < MOST_ASKED:
        answers.append(await job())
    return answers


def _placed(run: Run, answers: Sequence[Sequence[Answer]]) -> list[Order]:
    """The order of each key."""
    allowed = {"201", "409 key_in_progress", "503 database_unavailable"}
    run.answers("placed_twice", chain.from_iterable(answers), allowed=allowed)
    orders: list[Order] = []
    for of_one_key in answers:
        bodies = {one.body["id"]: one.body for one in of_one_key if one.ok}
        run.equal("orders of one key", len(bodies), 1)
        orders += list(bodies.values())[:1]
    return orders


async def _pay(shoppers: Shoppers, orders: Sequence[Order]) -> list[Answer]:
    jobs = [partial(shoppers.pay, order, order["token"]) for order in orders]
    return await storm(jobs, clients=CLIENTS // 4)


async def _in_both(pool: ProcessPoolExecutor, work: Any) -> list[Any]:
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(pool, work) for _ in range(PROCESSES)))


async def _carts(shoppers: Shoppers, articles: Sequence[UUID], code: str, count: int) -> list[str]:
    fills = [
        partial(shoppers.fill_with_code, [(articles[turn % len(articles)], 1)], code)
        for turn in range(count)
    ]
    return await storm(fills, clients=CLIENTS)


def _count(shop: Shop, run: Run, code: str, uses: int) -> None:
    ((counter, rows),) = shop.database.rows(USES, [code])
    run.equal("uses", rows, uses)
    run.equal("the counter of a code", counter, rows)


def _email(number: int) -> str:
    return f"back-{number}@example.com"


def _spellings(email: str) -> list[str]:
    """The same address as people write it."""
    return [email, email.upper(), f" {email} ", email.title(), email.translate(WIDE)]
