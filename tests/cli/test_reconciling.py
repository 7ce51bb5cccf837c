"""``reconcile``: what it says, and whether its exit code says the same."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.cli.reconciling import run, span
from tests.application.telling import Desk
from tests.cli.commands import command


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        (" 7d ", timedelta(days=7)),
        *((wrong, None) for wrong in ("", "0h", "24", "-1h", "1w", "1.5h", "999999d")),
    ],
)
def test_a_span_of_time_is_read(text: str, meant: timedelta | None) -> None:
    assert span(text) == meant


async def test_what_is_left_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    desk = await Desk.in_memory()
    payment = (await desk.intended()).payment
    await desk.tell(desk.captured(payment, amount=Money(1, "USD")))

    assert not await run(timedelta(days=1), None, as_json=False, ports=desk.ports)

    told = capsys.readouterr().out
    assert str(payment.id) in told
    assert "payment parked" in told
    assert "left to look at" in told


async def test_where_both_agree_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    desk = await Desk.in_memory()
    await desk.paid()

    assert await run(timedelta(days=1), "memory", as_json=True, ports=desk.ports)

    told = json.loads(capsys.readouterr().out)
    assert (told["agreed"], told["left"], told["changed"]) == (True, [], 0)


def test_a_shop_of_no_provider_agrees_with_all(postgres_url: str) -> None:
    settings = {"database_url": postgres_url}
    agreed = command("reconcile", "--since", "7d", settings=settings)
    assert (agreed.code, "agree" in agreed.out) == (0, True)
    assert command("reconcile", "--gateway", "nobody", settings=settings).code == 1
    assert command("reconcile", "--since", "soon", settings=settings).code == 2
