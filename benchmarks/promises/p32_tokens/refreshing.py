"""Refresh tokens: each carries its session on once, and ends it where it comes again."""

from __future__ import annotations

from functools import partial

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register
from benchmarks.rig.people import ask, carried_on, refresh
from benchmarks.rig.races import at_once, raced
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

AT_ONCE = 50
CHAIN = 4
MEET = 8
OVER = "401 session_over"
SESSION_ROW = "SELECT 1 FROM sessions WHERE user_id = %s FOR UPDATE"


async def refresh_tokens_do_once(shop: Shop, run: Run, shoppers: Shoppers) -> None:
    """Use spent tokens again, late or all at once."""
    for turn in range(run.size(50, 3)):
        await _late(run, shoppers, f"p32-late-{run.seed}-{turn}@example.com")
    for turn in range(run.size(50, 3)):
        email = f"p32-once-{run.seed}-{turn}@example.com"
        await _all_at_once(shop, run, shoppers, email, barrier=turn == 0)


async def _late(run: Run, shoppers: Shoppers, email: str) -> None:
    """A session that was carried on several times, and one of its old tokens comes again."""
    person = await register(shoppers, email)
    spent = []
    for _ in range(CHAIN):
        spent.append(person.refresh_token)
        answer = await refresh(shoppers, person.refresh_token)
        run.require(answer.ok, f"a fresh token: answered {answer.label()}")
        person = carried_on(person, answer)
    label = (await refresh(shoppers, run.random.choice(spent))).label()
    run.require(label == OVER, f"a spent token: answered {label}")
    await _is_over(run, shoppers, person, "after a spent token came")


async def _all_at_once(
    shop: Shop, run: Run, shoppers: Shoppers, email: str, *, barrier: bool
) -> None:
    person = await register(shoppers, email)
    jobs = [partial(refresh, shoppers, person.refresh_token) for _ in range(AT_ONCE)]
    if barrier:
        answers, met = await raced(
            shop.database, jobs, lock=SESSION_ROW, parameters=[person.id], meet=MEET
        )
        run.measured["barrier_met"] = met
        run.require(met > 1, "too few met at the barrier to race for the session")
    else:
        answers = await at_once(jobs)
    run.tries += len(answers)
    for answer in answers:
        fine = answer.ok or answer.label() == OVER
        run.require(fine, f"one of {AT_ONCE} at once: answered {answer.label()}")
    won = [carried_on(person, answer) for answer in answers if answer.ok]
    run.require(len(won) <= 1, f"{len(won)} of {AT_ONCE} uses of one token succeeded")
    for each in [*won, person]:
        await _is_over(run, shoppers, each, "after a token came many times at once")


async def _is_over(run: Run, shoppers: Shoppers, person: Member, when: str) -> None:
    """Nothing of the session is good for anything, on either server."""
    for server in range(len(shoppers.bases)):
        asked = await ask(shoppers, person, "GET", "/auth/me", server=server)
        carried = await refresh(shoppers, person.refresh_token, server=server)
        run.tries += 2
        for what, answer in {"access": asked, "refresh": carried}.items():
            run.require(answer.label() == OVER, f"{what} token {when}: {answer.label()}")
