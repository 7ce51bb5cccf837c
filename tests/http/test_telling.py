"""Webhooks over HTTP, and what staff see of them and do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.adapters.memory.limits import MemoryLimits
from automate_store.application.ports.limits import Bucket, Limit
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    RefundNews,
    RefundReport,
    RefundState,
)
from tests.http.sound_telling import WEBHOOK, happened, parked, signed
from tests.http.web import NOBODYS, STAFF, Web, open_web


async def test_what_a_provider_tells_pays_the_order(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    payment = await web.intend(order)
    async with web.shop.ports.reading() as reads:
        known = await reads.payments.get(PaymentId(UUID(payment["id"])))
    news = web.shop.gateway.captured(known)
    headers, body = signed(web, happened(web, "evt_1", payment_id=known.id, news=news))

    told = [await web.ask("POST", WEBHOOK, raw=body, headers=headers) for _ in range(3)]
    await web.shop.store.react(REACTIONS, web.shop.ports)

    assert [(each.status_code, each.json()) for each in told] == [(200, {"received": True})] * 3
    shown = await web.get(f"/orders/{order['id']}", x_order_token=order["token"])
    assert shown.json()["status"] == "processing"
    listed = await web.ask("GET", "/admin/payments/events?status=processed", headers=STAFF)
    (event,) = listed.json()["items"]
    assert (event["event_id"], event["attempts"], event["why"]) == ("evt_1", 1, None)


async def test_what_is_not_signed_leaves_no_row(web: Web) -> None:
    headers, body = signed(web, happened(web, "evt_1"))
    before = web.rows()
    web.shop.gateway.fetched = 0
    spoilt = [
        ({}, body),
        (headers, body + b"x"),
        ({**headers, "x-signature": "no hex"}, body),
        (headers, b""),
    ]
    for bad, sent in spoilt:
        told = await web.ask("POST", WEBHOOK, raw=sent, headers=bad)
        assert (told.status_code, told.json()["code"]) == (400, "webhook_refused")
    web.shop.clock.advance(timedelta(seconds=301))
    late = await web.ask("POST", WEBHOOK, raw=body, headers=headers)
    assert late.status_code == 400
    assert web.rows() == before
    assert web.shop.gateway.fetched == 0


async def test_a_gateway_that_is_not_set_up_is_not_there(web: Web) -> None:
    headers, body = signed(web, happened(web, "evt_1"))
    for name in ("stripe", "manual", "MEMORY", "%00"):
        told = await web.ask("POST", f"/payments/{name}/webhook", raw=body, headers=headers)
        assert told.status_code == 404, name


async def test_one_that_tells_nothing_is_not_there() -> None:
    silent = MemoryGateway()
    async with open_web(gateways={silent.name: silent}) as web:
        told = await web.ask("POST", WEBHOOK, raw=b"x", headers={})
        assert (told.status_code, told.json()["code"]) == (404, "webhooks_not_heard")


async def test_a_body_has_a_bound(web: Web) -> None:
    headers, _ = signed(web, happened(web, "evt_1"))
    told = await web.ask("POST", WEBHOOK, raw=b"x" * 1_048_577, headers=headers)
    assert told.status_code == 413


async def test_webhooks_are_not_counted_with_the_rest() -> None:
    async with open_web() as tried:
        one = Limit(count=1, window_s=900)
        limits = MemoryLimits(dict.fromkeys(Bucket, one), clock=tried.shop.clock)
    async with open_web(limits=limits) as web:
        headers, body = signed(web, happened(web, "evt_1"))
        answers = [await web.ask("POST", WEBHOOK, raw=body, headers=headers) for _ in range(5)]
        assert {each.status_code for each in answers} == {200}
        assert "ratelimit-limit" not in answers[-1].headers


async def test_a_parked_payment_is_seen_and_decided_on(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    payment = await parked(web, order, cents=1)

    listed = await web.ask("GET", "/admin/payments/parked", headers=STAFF)
    (shown,) = listed.json()["items"]
    decided = await web.ask(
        "POST",
        f"/admin/payments/{payment['id']}/resolve",
        {"resolution": "give_back", "reason": "not what was asked"},
        headers={**STAFF, "idempotency-key": "one"},
    )
    await web.shop.store.react(REACTIONS, web.shop.ports)

    assert shown["reported"]["amount"] == {"amount": "0.01", "currency": "USD"}
    assert (decided.status_code, decided.json()["status"]) == (200, "captured")
    assert (await web.ask("GET", "/admin/payments/parked", headers=STAFF)).json()["items"] == []
    refunds = await web.ask("GET", "/admin/payments/refunds?status=succeeded", headers=STAFF)
    (refund,) = refunds.json()["items"]
    assert refund["amount"] == {"amount": "0.01", "currency": "USD"}
    events = await web.ask("GET", "/admin/payments/events?status=parked", headers=STAFF)
    assert events.json()["items"] == []


async def test_an_event_is_heard_again(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await parked(web, await web.order(shirt))
    listed = await web.ask(
        "GET", "/admin/payments/events?status=parked&gateway=memory", headers=STAFF
    )
    (event,) = listed.json()["items"]

    path = "/admin/payments/events/{}/replay"
    again = await web.ask("POST", path.format(event["id"]), headers=STAFF)
    missing = await web.ask("POST", path.format(NOBODYS), headers=STAFF)

    assert (again.json()["status"], again.json()["attempts"]) == ("parked", 2)
    assert (missing.status_code, missing.json()["code"]) == (404, "event_not_found")


async def test_disputes_and_failed_refunds_are_listed(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    payment = await web.pay(order)
    amount, own = Money(100, "USD"), PaymentId(UUID(payment["id"]))
    failed = RefundReport(state=RefundState.FAILED, gateway_id="re_1", failure="closed")
    news = (
        DisputeReport(dispute_id="dp_1", amount=amount, reason="odd", state=DisputeState.OPEN),
        RefundNews(refund_id=None, amount=amount, report=failed),
    )
    for number, each in enumerate(news):
        event = happened(web, f"evt_{number}", payment_id=own, news=each)
        headers, body = signed(web, event)
        await web.ask("POST", WEBHOOK, raw=body, headers=headers)
    await web.shop.store.react(REACTIONS, web.shop.ports)

    disputes = await web.ask("GET", "/admin/disputes?status=open", headers=STAFF)
    refunds = await web.ask("GET", "/admin/payments/refunds?status=failed", headers=STAFF)
    path = f"/orders/{order['id']}/timeline"
    shown = await web.get(path, x_order_token=order["token"])
    whole = await web.ask("GET", path, headers=STAFF)

    assert [each["dispute_id"] for each in disputes.json()["items"]] == ["dp_1"]
    assert [each["failure"] for each in refunds.json()["items"]] == ["closed"]
    assert ("order_disputed" in whole.text, "order_disputed" in shown.text) == (True, False)
    nothing = await web.ask("GET", "/admin/disputes?status=won", headers=STAFF)
    assert nothing.json()["items"] == []


async def test_pages_lead_on(web: Web) -> None:
    for number in range(3):
        headers, body = signed(web, happened(web, f"evt_{number}"))
        await web.ask("POST", WEBHOOK, raw=body, headers=headers)
    path = "/admin/payments/events?limit=2"
    page = (await web.ask("GET", path, headers=STAFF)).json()
    rest = await web.ask("GET", f"{path}&cursor={page['next_cursor']}", headers=STAFF)
    found = [each["event_id"] for each in (*page["items"], *rest.json()["items"])]
    assert found == ["evt_2", "evt_1", "evt_0"]


async def test_what_the_browser_opens_is_not_kept(web: Web) -> None:
    (shirt,) = await web.stock(1)
    payment = await web.intend(await web.order(shirt))
    async with web.shop.ports.reading() as reads:
        known = await reads.payments.get(PaymentId(UUID(payment["id"])))
    news = evolve(
        web.shop.gateway.captured(known),
        client={"client_secret": "made-up-secret"},
    )
    headers, body = signed(web, happened(web, "evt_1", payment_id=known.id, news=news))
    await web.ask("POST", WEBHOOK, raw=body, headers=headers)
    assert "made-up-secret" not in web.rows()
