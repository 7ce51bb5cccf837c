"""``reconcile``: what it says, and whether its exit code says the same."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import Pool
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import GatewayTold
from automate_store.entrypoints.cli.reconciling import run, span
from tests.application.telling import STAFF, Desk, returned
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

    assert not await run(timedelta(days=1), None, as_json=False, dry=False, ports=desk.ports)

    told = capsys.readouterr().out
    assert str(payment.id) in told
    assert "payment parked" in told
    assert "left to look at" in told


async def test_where_both_agree_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    desk = await Desk.in_memory()
    await desk.paid()

    assert await run(timedelta(days=1), "memory", as_json=True, dry=False, ports=desk.ports)

    told = json.loads(capsys.readouterr().out)
    assert (told["agreed"], told["left"], told["changed"]) == (True, [], 0)


def test_a_shop_of_no_provider_agrees_with_all(postgres_url: str) -> None:
    settings = {"database_url": postgres_url}
    agreed = command("reconcile", "--since", "7d", settings=settings)
    assert (agreed.code, "agree" in agreed.out) == (0, True)
    assert command("reconcile", "--gateway", "nobody", settings=settings).code == 1
    unset = command("reconcile", "--gateway", "stripe", settings=settings)
    assert (unset.code, "AUTOMATE_STORE_STRIPE_SECRET_KEY" in unset.err) == (1, True)
    for wrong in ("soon", "0m", "9999999d"):
        refused = command("reconcile", "--since", wrong, settings=settings)
        assert (refused.code, "99999d" in refused.err) == (2, True)


def test_its_manual_tells_every_exit_code() -> None:
    told = " ".join(command("reconcile", "--help", settings={}).out.split())
    assert "Ends with 0 where all agree, 1 where" in told
    assert "2 for wrong usage" in told


@pytest.mark.parametrize("storage", ["memory", "postgres"])
async def test_a_dry_run_tells_what_would_change_and_changes_nothing(
    storage: str, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = await (Desk.in_memory() if storage == "memory" else Desk.on_postgres(pool))
    waiting, paid = (await desk.intended()).payment, await desk.paid()
    desk.gateway.captured(waiting)
    desk.gateway.give_back_there(paid, Money(500, "USD"), name="re_there")
    desk.gateway.listed.append(desk.happened(paid, returned(Money(700, "USD"), name="re_told")))
    lost = (await desk.intended()).payment
    async with desk.ports.unit_of_work() as work:
        await work.payments.save(evolve(await work.payments.get(lost.id), intent_id=None))
    await refund_order(
        RefundOrder(order_id=paid.order_id, amount=Money(300, "USD"), reason="a stain"),
        key="back",
        actor=STAFF,
        ports=desk.ports,
    )
    now = desk.ports.clock
    ports = evolve(desk.ports, clock=lambda: now() + timedelta(minutes=5))
    before = [await desk.now(each) for each in (waiting, paid, lost)]
    look = partial(run, timedelta(days=1), None, as_json=False, ports=ports)

    assert not await look(dry=True)
    told = capsys.readouterr().out
    assert [await desk.now(each) for each in (waiting, paid, lost)] == before
    assert await desk.jobs(GatewayTold) == []
    assert desk.gateway.given == {}
    assert ("would change" in told, "not made" in told) == (True, True)
    assert str(waiting.id) in told
    assert str(lost.id) in told

    assert await look(dry=False)
    assert "would" not in capsys.readouterr().out
    assert await look(dry=True)
    assert "agree" in capsys.readouterr().out
