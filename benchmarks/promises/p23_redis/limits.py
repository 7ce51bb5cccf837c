"""Who is counted how far: by all servers together, by each alone, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchmarks.promises.p23_redis.load import Visitors
from benchmarks.promises.run import Run
from benchmarks.rig.races import storm
from benchmarks.rig.shoppers import API, Answer

GENERAL, SIGN_INS = 100, 5
"""The owner's figures, which the shop is set to."""
TRIED = SIGN_INS + 2
CLIENTS = 8
COUNTED_OUT = "429 rate_limited"


async def counted(visitors: Visitors, run: Run, *, phase: str, away: bool) -> None:
    """Try to guess a password, and to read too much."""
    # All at once where nobody may be held up; else Redis is to have its time to count.
    servers, clients = len(visitors.bases), GENERAL if away else CLIENTS
    visitors.move()
    guess = partial(_guess, visitors, f"nobody-{phase}@example.com")
    tries = await storm([partial(guess, each) for each in range(servers)] * TRIED, clients=clients)
    let_through = SIGN_INS * servers if away else SIGN_INS
    _judge(run, f"{phase}_guesses", tries, "401 wrong_credentials", let_through)
    visitors.move()
    read = partial(visitors.ask, "GET", f"{API}/categories")
    reads = await storm([read] * (GENERAL + 5), clients=clients)
    _judge(run, f"{phase}_reads", reads, "200", len(reads) if away else GENERAL)


async def _guess(visitors: Visitors, email: str, server: int) -> Answer:
    body = {"email": email, "password": "guessed"}
    return await visitors.ask("POST", f"{API}/auth/login", body, server=server)


def _judge(run: Run, what: str, answers: Sequence[Answer], usual: str, let_through: int) -> None:
    run.tries += len(answers)
    run.answers(what, answers, allowed={usual, COUNTED_OUT})
    run.equal(f"{what} let through", sum(one.label() == usual for one in answers), let_through)
