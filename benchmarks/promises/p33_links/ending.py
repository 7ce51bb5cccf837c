"""Links are over after their time, after a newer one, and with what they were about."""

from __future__ import annotations

import hashlib
from functools import partial

from benchmarks.promises.p33_links.asking import (
    INVALID,
    RESET,
    VERIFY,
    change,
    proven,
    reset,
    use,
    verification,
)
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import PASSWORD, Member, register
from benchmarks.rig.mails import Letter, Mailbox
from benchmarks.rig.people import OTHER_PASSWORD, ask
from benchmarks.rig.races import at_once
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers

ASKED_AT_ONCE = 20
LIFETIMES_S = {VERIFY: 86_400, RESET: 3_600}
"""As a new shop has them."""
LIFETIME = """
    SELECT extract(epoch FROM expires_at - created_at)::int FROM mailed_links
    WHERE token_hash = %s
"""
RUN_OUT = """
    UPDATE mailed_links SET expires_at = clock_timestamp() - interval '1 second'
    WHERE token_hash = %s RETURNING 1
"""


async def links_end(shop: Shop, run: Run, shoppers: Shoppers, mailbox: Mailbox) -> None:
    """End links in every way, and use them then."""
    for turn in range(run.size(10, 1)):
        email = f"p33-over-{run.seed}-{turn}"
        await _by_time(shop, run, shoppers, mailbox, f"{email}-a@example.com")
        await _by_newer_ones(run, shoppers, mailbox, f"{email}-b@example.com")
        await _by_what_they_are_about(run, shoppers, mailbox, f"{email}-c@example.com")


async def _by_time(shop: Shop, run: Run, shoppers: Shoppers, mailbox: Mailbox, email: str) -> None:
    someone = await register(shoppers, email)
    moving = await proven(shoppers, mailbox, f"moving.{email}")
    ends = await change(shoppers, mailbox, moving, f"new.{email}")
    proof, forgotten = (
        await verification(mailbox, someone),
        await reset(shoppers, mailbox, someone),
    )
    for letter in (proof, forgotten, *ends):
        hashed = hashlib.sha256(letter.secret.encode()).digest()
        lasts = shop.database.rows(LIFETIME, [hashed])
        expected = LIFETIMES_S.get(letter.page, 86_400)
        run.equal(f"seconds of a link to {letter.page}", lasts, [(expected,)])
        shop.database.rows(RUN_OUT, [hashed])
        await _refused(run, shoppers, letter, "after its time")


async def _by_newer_ones(run: Run, shoppers: Shoppers, mailbox: Mailbox, email: str) -> None:
    """The newest counts, of links that came one by one and of many that were asked at once."""
    someone = await register(shoppers, email)
    older = [await reset(shoppers, mailbox, someone) for _ in range(2)]
    newest = await reset(shoppers, mailbox, someone)
    for letter in older:
        await _refused(run, shoppers, letter, "after a newer one")
    answer = await use(shoppers, RESET, newest.secret)
    run.require(answer.ok, f"the newest link: answered {answer.label()}")
    known = mailbox.count(email, RESET)
    forgotten = partial(shoppers.ask, "POST", f"{API}/auth/forgot-password", {"email": email})
    await at_once([forgotten] * ASKED_AT_ONCE)
    await mailbox.link(email, RESET, known + ASKED_AT_ONCE)
    fresh = [each for each in mailbox.letters(email) if each.page == RESET][known:]
    answers = await at_once([partial(use, shoppers, RESET, each.secret) for each in fresh])
    run.tries += len(answers)
    successes = sum(answer.ok for answer in answers)
    run.equal(f"good ones among {ASKED_AT_ONCE} links asked for at once", successes, 1)


async def _by_what_they_are_about(
    run: Run, shoppers: Shoppers, mailbox: Mailbox, email: str
) -> None:
    """Another password, another e-mail, and the account's end."""
    someone = await register(shoppers, email)
    letter = await reset(shoppers, mailbox, someone)
    changed = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    answer = await ask(shoppers, someone, "POST", "/auth/change-password", changed)
    run.require(answer.ok, f"changing the password: answered {answer.label()}")
    await _refused(run, shoppers, letter, "after the password was changed")
    moving = await proven(shoppers, mailbox, f"moving.{email}")
    letters = [await verification(mailbox, moving), await reset(shoppers, mailbox, moving)]
    for end in await change(shoppers, mailbox, moving, f"moved.{email}"):
        answer = await use(shoppers, end.page, end.secret, headers=moving.headers)
        run.require(answer.ok, f"changing the e-mail: answered {answer.label()}")
    for letter in letters:
        await _refused(run, shoppers, letter, "after the e-mail was changed")
    await _by_the_accounts_end(run, shoppers, mailbox, f"leaving.{email}")


async def _by_the_accounts_end(run: Run, shoppers: Shoppers, mailbox: Mailbox, email: str) -> None:
    leaving: Member = await register(shoppers, email)
    letter = await reset(shoppers, mailbox, leaving)
    answer = await ask(shoppers, leaving, "DELETE", "/auth/delete-account")
    run.require(answer.ok, f"deleting the account: answered {answer.label()}")
    await _refused(run, shoppers, letter, "after the account was deleted")


async def _refused(run: Run, shoppers: Shoppers, letter: Letter, when: str) -> None:
    for server in range(len(shoppers.bases)):
        answer = await use(shoppers, letter.page, letter.secret, server=server)
        run.tries += 1
        label = answer.label()
        run.require(label == INVALID, f"a link to {letter.page} {when}: answered {label}")
