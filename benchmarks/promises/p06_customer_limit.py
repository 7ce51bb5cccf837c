"""
P06: a code that each customer may use once: once it is, however written and however raced.

A customer is a guest's e-mail, in one spelling or in five, or an account, whose own cart
races guests who write its e-mail. Then the uses come back: orders are placed and placed
again under the same key, and each fifth of them is paid; left alone; paid while it
expires; called off, twice at once; or refused by the bank, which is told twice. Two
processes expire them at the same time, and the end of each order is delivered twice more.
Left are the uses of orders that were not given up.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import register
from benchmarks.rig.catalog import Line
from benchmarks.rig.insides import expire, give_back_again
from benchmarks.rig.jobs import done
from benchmarks.rig.paying import Held, pay
from benchmarks.rig.races import Job, at_once, raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key
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

CUSTOMERS = ("one_spelling", "five_spellings", "an_account")
TOLD_TWICE: Mapping[str, float] = {"duplicate": 1.0}
EFFECT_S = 120.0
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
REFUSED_BY_BANK = """
    SELECT count(*) FROM orders
    WHERE id = ANY(%s) AND payment_state = 'failed' AND state = 'placed'
"""
Order = dict[str, Any]


async def check(shop: Shop, run: Run) -> None:
    """Use each code once more than allowed, and give uses back once more than taken."""
    rounds, orders = run.size(20, 3), run.size(1_000, 40)
    run.tries = stock = rounds * run.size(50, 25) + orders
    assert shop.gateway is not None, "the shop is to have one"
    shop.gateway.tell(shop.bases[0])
    shop.gateway.go_wrong(seed=run.seed, events=TOLD_TWICE)
    lines = [Line(handle=f"p06-{run.seed}-{number}", stock=stock) for number in range(ARTICLES)]
    articles = list(shop.stock(lines).values())
    async with Shoppers(shop.bases) as shoppers:
        for number in range(rounds):
            await _one_customer(shop, run, shoppers, articles, number)
        await _give_back(shop, run, shoppers, articles, orders=orders)


async def _one_customer(
    shop: Shop, run: Run, shoppers: Shoppers, articles: Sequence[UUID], number: int
) -> None:
    """Many carts of one customer at once; each kind of customer at a barrier first."""
    count, kind = run.size(50, 25), CUSTOMERS[number % len(CUSTOMERS)]
    code = await offer(shoppers, f"P06-{run.seed}-{number}", percent_off(each=1))
    email = f"p06-{run.seed}-{number}@example.com"
    spellings = [email] if kind == "one_spelling" else _spellings(email)
    member = kind == "an_account"
    carts = await _carts(shoppers, articles, code, count - member)
    jobs: list[Job[Answer]] = [
        partial(shoppers.order, cart, key=fresh_key(), email=spellings[turn % len(spellings)])
        for turn, cart in enumerate(carts)
    ]
    if member:
        jobs.insert(number % count, await _of_account(shoppers, articles[0], code, email))
    if number < len(CUSTOMERS):
        answers, met = await raced(
            shop.database, jobs, lock=COUPON_ROW, parameters=[code], meet=len(articles)
        )
        run.measured["barrier_met"] = min(met, run.measured.get("barrier_met", met))
        run.require(met > 1, "too few met at the barrier to race for the customer's one use")
    else:
        answers = await at_once(jobs)
    run.answers(kind, answers, allowed={"201", REFUSED})
    run.equal("orders of one customer", sum(one.ok for one in answers), 1)
    reasons = Counter(one.body.get("reason") for one in answers if one.label() == REFUSED)
    run.equal("reasons of refusals", dict(reasons), {"used_by_you": count - 1})
    _count(shop, run, code, 1)


async def _give_back(
    shop: Shop, run: Run, shoppers: Shoppers, articles: Sequence[UUID], *, orders: int
) -> None:
    """Orders placed twice over, whose fates differ; whoever gave theirs up has a use again."""
    code = await offer(shoppers, f"P06-{run.seed}-BACK", percent_off(each=1))
    carts = await _carts(shoppers, articles, code, orders)
    placing = [partial(_place_twice, shoppers, cart, turn) for turn, cart in enumerate(carts)]
    placed = _placed(run, await storm(placing, clients=CLIENTS // 2))
    _count(shop, run, code, orders)
    paid, left, late, called_off, declined = (placed[fate::5] for fate in range(5))
    before = await _pay(shoppers, paid)
    run.answers("paid_before", before, allowed={"200"})
    await _call_off(run, shoppers, called_off)
    await _decline(shop, run, shoppers, declined)
    _count(shop, run, code, orders - len(called_off))
    during, ended = await _expire(shop, run, code, partial(_pay, shoppers, late))
    run.answers("paid_while_expiring", during, allowed={"200", "409 illegal_move"})
    run.measured["uses_given_back"] = len(ended)
    kept = sum(one.ok for one in (*before, *during))
    run.equal("orders with the code that are not paid or given up", kept + len(ended), orders)
    _count(shop, run, code, kept)
    given_up = [fate[0]["email"] for fate in (left, called_off, declined)]
    kept_by = paid[0]["email"]
    await _use_again(run, shoppers, articles, code, given_up=given_up, kept=kept_by)
    _count(shop, run, code, kept + len(given_up))


async def _call_off(run: Run, shoppers: Shoppers, orders: Sequence[Order]) -> None:
    """Nobody pays for them: each is called off twice at once, and once more."""
    answers: list[Answer] = []
    for order in orders:
        off = partial(shoppers.cancel, order, order["token"])
        twice = [partial(off, key=fresh_key()) for _ in range(2)]
        of_it = [*await at_once(twice), await off(key=fresh_key())]
        run.equal("times that it was called off", sum(one.ok for one in of_it), 1)
        answers += of_it
    run.answers("called_off", answers, allowed={"200", "409 illegal_move"})


async def _decline(shop: Shop, run: Run, shoppers: Shoppers, orders: Sequence[Order]) -> None:
    """The bank refuses, and the shop is told so twice; the use stays taken until the end."""
    gateway = shop.gateway
    assert gateway is not None, "the shop is to have one"
    for order in orders:
        intent = await shoppers.intend(order, order["token"], key=fresh_key(), gateway="fake")
        await pay(gateway, Held.of(order, intent.body), "card_declined")
    told = await asyncio.to_thread(gateway.wait_until_told, EFFECT_S)
    run.require(told, "the gateway could not tell of all that the bank refused")
    run.equal("jobs that are left or failed", await done(shop, within_s=EFFECT_S), (0, 0))
    refused = [UUID(order["id"]) for order in orders]
    run.equal("orders refused", shop.database.value(REFUSED_BY_BANK, [refused]), len(orders))


async def _expire(
    shop: Shop, run: Run, code: str, meanwhile: Job[list[Answer]]
) -> tuple[list[Answer], list[UUID]]:
    """What came of what was done meanwhile, and the orders that are given up for good."""
    pool = ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"))
    with pool:
        # Processes take a while to start; these are then ready to run when payments do.
        await _in_both(pool, partial(expire, shop.settings, timedelta()))
        expiring = asyncio.ensure_future(_in_both(pool, partial(expire, shop.settings, LATER)))
        answers = await meanwhile()
        run.measured["expired"] = sum(await expiring)
        late = await _in_both(pool, partial(expire, shop.settings, LATER))
        rows = shop.database.rows(ORDERS, [code])
        ended = [order for order, state in rows if state == "cancelled"]
        again = await _in_both(pool, partial(give_back_again, shop.settings, ended))
    run.equal("orders expired a second time", sum(late), 0)
    run.faults.update(fault for faults in again for fault in faults)
    return answers, ended


async def _use_again(
    run: Run,
    shoppers: Shoppers,
    articles: Sequence[UUID],
    code: str,
    *,
    given_up: Sequence[str],
    kept: str,
) -> None:
    """Whoever got the use back has one, once; and whoever paid has none."""
    emails = [*given_up, *given_up, kept]
    carts = await _carts(shoppers, articles, code, len(emails))
    answers = [
        await shoppers.order(cart, key=fresh_key(), email=email)
        for cart, email in zip(carts, emails, strict=True)
    ]
    labels = [one.label() for one in answers]
    expected = ["201"] * len(given_up) + [REFUSED] * (len(given_up) + 1)
    run.equal("who may use the code after all", labels, expected)


async def _of_account(shoppers: Shoppers, variant: UUID, code: str, email: str) -> Job[Answer]:
    """What places the order of an account's own cart."""
    someone = await register(shoppers, email)
    wish = {"variant_id": str(variant), "quantity": 1}
    for path, body in (("/cart/add", wish), ("/cart/coupons", {"code": code})):
        answer = await shoppers.ask("POST", API + path, body, headers=someone.headers)
        assert answer.ok, f"{path} of an account: {answer}"
    return partial(shoppers.order, None, key=fresh_key(), email=email, opening=someone.headers)


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
