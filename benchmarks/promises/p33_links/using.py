"""Each link does once, for its account and its purpose, and stands nowhere as it was mailed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial

from benchmarks.promises.p33_links.asking import (
    CONFIRM,
    INVALID,
    RESET,
    UNPROVEN,
    VERIFY,
    change,
    proven,
    reset,
    use,
    verification,
)
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register
from benchmarks.rig.mails import Letter, Mailbox
from benchmarks.rig.races import at_once, raced
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

AT_ONCE = 100
MEET = 8
LINK_ROW = "SELECT 1 FROM mailed_links WHERE token_hash = %s FOR UPDATE"
PERSON = "SELECT u::text FROM users u WHERE id = %s"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


async def links_do_once(shop: Shop, run: Run, shoppers: Shoppers, mailbox: Mailbox) -> None:
    """Use every kind of link as it must not be used, and then as it may."""
    for turn in range(run.size(20, 1)):
        email = f"p33-{run.seed}-{turn}@example.com"
        someone, other = [await register(shoppers, f"{who}{email}") for who in ("", "other.")]
        moving = await proven(shoppers, mailbox, f"moving.{email}")
        before = shop.database.rows(PERSON, [other.id])
        ends = await change(shoppers, mailbox, moving, f"moved.{email}")
        proof = await verification(mailbox, someone)
        # The reset comes last, for it voids all other links of its account.
        letters = [*ends, proof, await reset(shoppers, mailbox, someone)]
        owners = [moving, moving, someone, someone]
        _hashed(shop, run, [*(letter.secret for letter in letters), someone.refresh_token])
        for letter in letters:
            await _other_purposes(run, shoppers, letter, other)
        for letter in (ends[1], proof):
            await _by_strangers(run, shoppers, letter, other)
        for letter, owner in zip(letters, owners, strict=True):
            await _at_once(shop, run, shoppers, letter, (owner, other), barrier=turn == 0)
        changed = shop.database.rows(PERSON, [other.id])
        run.equal("what a link did to somebody else's account", changed, before)
        _used(shop, run, someone, email)
        _used(shop, run, moving, f"moved.{email}")


def _hashed(shop: Shop, run: Run, secrets: Iterable[str]) -> None:
    """Nothing in the database holds the secret, as text or as bytes."""
    kept = [form for each in secrets for form in (each, each.encode().hex())]
    patterns = [f"%{form}%" for form in kept]
    for (table,) in shop.database.rows(TABLES):
        query = f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY(%s)"  # noqa: S608
        run.tries += 1
        run.equal(f"secrets in {table}", shop.database.value(query, [patterns]), 0)


async def _other_purposes(run: Run, shoppers: Shoppers, letter: Letter, other: Member) -> None:
    """Anywhere else the link is no link, whoever sends it."""
    for page in {VERIFY, RESET, CONFIRM} - {letter.page}:
        for headers in ({}, other.headers):
            answer = await use(shoppers, page, letter.secret, headers=headers)
            run.tries += 1
            label = answer.label()
            run.require(label == INVALID, f"a link to {letter.page} at {page}: answered {label}")


async def _by_strangers(run: Run, shoppers: Shoppers, letter: Letter, other: Member) -> None:
    """Whoever reads the mail and has nothing of the account proves nothing for it."""
    for headers in ({}, other.headers):
        answer = await use(shoppers, letter.page, letter.secret, headers=headers)
        run.tries += 1
        label = answer.label()
        run.require(label == UNPROVEN, f"a link to {letter.page} alone: answered {label}")


async def _at_once(
    shop: Shop,
    run: Run,
    shoppers: Shoppers,
    letter: Letter,
    people: tuple[Member, Member],
    *,
    barrier: bool,
) -> None:
    """A hundred uses over two servers, half of them by somebody else than its owner."""
    jobs = [
        partial(use, shoppers, letter.page, letter.secret, headers=people[turn % 2].headers)
        for turn in range(AT_ONCE)
    ]
    if barrier:
        hashed = hashlib.sha256(letter.secret.encode()).digest()
        answers, met = await raced(
            shop.database, jobs, lock=LINK_ROW, parameters=[hashed], meet=MEET
        )
        run.measured["barrier_met"] = min(met, run.measured.get("barrier_met", met))
        run.require(met > 1, "too few met at the barrier to race for the link")
    else:
        answers = await at_once(jobs)
    run.tries += len(answers)
    run.answers(f"{AT_ONCE}_uses", answers, allowed={"200", INVALID, UNPROVEN})
    successes = sum(answer.ok for answer in answers)
    run.equal(f"uses of one link to {letter.page} that succeeded", successes, 1)


def _used(shop: Shop, run: Run, someone: Member, email: str) -> None:
    """What the links were for was done."""
    query = "SELECT email, email_verified FROM users WHERE id = %s"
    found = shop.database.rows(query, [someone.id])
    run.equal("the e-mail, and whether it is proven", found, [(email, True)])
