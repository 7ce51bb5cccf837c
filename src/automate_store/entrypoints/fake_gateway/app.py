"""The fake gateway over HTTP: what shops ask, what shoppers and banks do, and how it is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, Response, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from automate_store.application.ports.sources import Clock, Ids
from automate_store.entrypoints.fake_gateway import wire
from automate_store.entrypoints.fake_gateway.books import without_secret
from automate_store.entrypoints.fake_gateway.desk import Desk
from automate_store.entrypoints.fake_gateway.faults import Faults
from automate_store.entrypoints.fake_gateway.words import Dispute, Intent, Refused, Returned, Setup

LARGEST_BODY = 65_536
PAGE = 100
NO_BODY = "'data'"
"""How the framework says that a body is missing."""

Req = Request[Any, Any, Any]
Name = FromPath[str]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
TheDesk = NamedDependency[Desk]


def create_fake_gateway(
    *, clock: Clock, ids: Ids, secret: str, webhook_url: str | None = None
) -> Litestar:
    """
    The gateway as an ASGI app, with empty books; it tells the URL of events, signed.

    Its books are in its process: serve it by one.
    """
    desk = Desk(clock=clock, ids=ids, secret=secret, webhook_url=webhook_url)

    @asynccontextmanager
    async def telling(_: Litestar) -> AsyncIterator[None]:
        post_office = asyncio.create_task(desk.post.run())
        try:
            yield
        finally:
            post_office.cancel()
            with suppress(asyncio.CancelledError):
                await post_office

    return Litestar(
        [*_OF_SHOPS, *_OF_SHOPPERS, *_OF_BANKS, *_OF_TESTS],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={Refused: _refusal, HTTPException: _malformed},
        lifespan=[telling],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=LARGEST_BODY,
    )


def _refusal(_: Req, refused: Refused) -> Response[Mapping[str, str]]:
    content = {"code": refused.code, "message": refused.message}
    return Response(content, status_code=refused.status)


def _malformed(_: Req, wrong: HTTPException) -> Response[Mapping[str, str]]:
    """What can't be read, field by field, in the words of all other refusals."""
    faults = wrong.extra if isinstance(wrong.extra, list) else []
    said = "; ".join(_fault(each) for each in faults) or wrong.detail
    code = HTTPStatus(wrong.status_code).phrase.lower().replace(" ", "_")
    return Response({"code": code, "message": said}, status_code=wrong.status_code)


def _fault(fault: Mapping[str, str]) -> str:
    if fault["message"] == NO_BODY:
        return "a body of JSON is needed, {} where no field is"
    whole = fault["key"] == "data"
    return fault["message"] if whole else f"{fault['key']}: {fault['message']}"


@post("/intents", status_code=200)
async def _create_intent(
    request: Req, data: JSONBody[wire.NewIntent], desk: TheDesk
) -> Response[Any]:
    def begin() -> Intent:
        facts = msgspec.structs.asdict(data)
        intent = Intent(id=desk.books.fresh("in"), client_secret=desk.books.secret(), **facts)
        return desk.till.begin(intent)

    return await desk.answer(request, "create_intent", begin)


@get("/intents/{id:str}")
async def _fetch(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "fetch", partial(desk.till.intent, id))


@get("/payments/{payment_id:str}")
async def _fetch_by_payment(request: Req, payment_id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "fetch", partial(desk.till.of_payment, payment_id))


@post("/intents/{id:str}/confirm", status_code=200)
async def _confirm(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "confirm", partial(desk.till.confirm, id))


@post("/intents/{id:str}/capture", status_code=200)
async def _capture(
    request: Req, id: Name, data: JSONBody[wire.Capture], desk: TheDesk
) -> Response[Any]:
    act = partial(desk.till.capture, id, data.amount, final=data.final)
    return await desk.answer(request, "capture", act)


@post("/intents/{id:str}/cancel", status_code=200)
async def _cancel(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "cancel", partial(desk.till.cancel, id))


@post("/intents/{id:str}/refunds", status_code=200)
async def _refund(
    request: Req, id: Name, data: JSONBody[wire.NewRefund], desk: TheDesk
) -> Response[Any]:
    act = partial(desk.till.refund, id, data.amount, data.refund_id)
    return await desk.answer(request, "refund", act)


@get("/intents/{id:str}/refunds")
async def _refunds(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "refunds", partial(desk.till.refunds, id))


@get("/events")
async def _events(
    request: Req,
    desk: TheDesk,
    since: FromQuery[datetime | None] = None,
    after: FromQuery[str | None] = None,
    limit: Limit = PAGE,
) -> Response[Any]:
    return await desk.answer(request, "events", partial(desk.events, since, after, limit))


@post("/customers", status_code=200)
async def _create_customer(
    request: Req, data: JSONBody[wire.NewCustomer], desk: TheDesk
) -> Response[Any]:
    act = partial(desk.wallet.create_customer, data.user_id, data.email)
    return await desk.answer(request, "create_customer", act)


@delete("/customers/{id:str}", status_code=200)
async def _delete_customer(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "delete_customer", partial(desk.wallet.delete_customer, id))


@get("/customers/{id:str}/methods")
async def _methods(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "methods", partial(desk.wallet.methods, id))


@post("/setups", status_code=200)
async def _begin_setup(request: Req, data: JSONBody[wire.NewSetup], desk: TheDesk) -> Response[Any]:
    act = partial(desk.wallet.begin_setup, data.setup_id, data.customer)
    return await desk.answer(request, "begin_setup", act)


@post("/setups/finish", status_code=200)
async def _finish_setup(
    request: Req, data: JSONBody[wire.FinishSetup], desk: TheDesk
) -> Response[Any]:
    act = partial(desk.wallet.finish_setup, data.setup_id, data.customer, data.token)
    return await desk.answer(request, "finish_setup", act)


@delete("/methods/{id:str}", status_code=200)
async def _detach_method(request: Req, id: Name, desk: TheDesk) -> Response[Any]:
    return await desk.answer(request, "detach_method", partial(desk.wallet.detach, id))


@post("/intents/{id:str}/pay", status_code=200)
async def _pay(id: Name, data: JSONBody[wire.Pay], desk: TheDesk) -> Intent:
    return desk.till.pay(id, data.client_secret, data.card)


@post("/intents/{id:str}/authenticate", status_code=200)
async def _authenticate(id: Name, data: JSONBody[wire.Authenticate], desk: TheDesk) -> Intent:
    return desk.till.authenticate(id, data.client_secret, approved=data.approved)


@post("/setups/{id:str}/card", status_code=200)
async def _hand_over(id: Name, data: JSONBody[wire.Pay], desk: TheDesk) -> Setup:
    return desk.wallet.hand_over(id, data.client_secret, data.card)


@post("/intents/{id:str}/settle", status_code=200)
async def _settle(id: Name, data: JSONBody[wire.Settle], desk: TheDesk) -> Intent:
    return desk.till.settle(id, succeeded=data.succeeded)


@post("/refunds/{id:str}/settle", status_code=200)
async def _settle_refund(id: Name, data: JSONBody[wire.Settle], desk: TheDesk) -> Returned:
    return desk.till.settle_refund(id, succeeded=data.succeeded)


@post("/intents/{id:str}/disputes", status_code=200)
async def _dispute(id: Name, data: JSONBody[wire.NewDispute], desk: TheDesk) -> Dispute:
    return desk.till.dispute(id, data.amount, data.reason)


@post("/disputes/{id:str}/close", status_code=200)
async def _close_dispute(id: Name, data: JSONBody[wire.CloseDispute], desk: TheDesk) -> Dispute:
    return desk.till.close_dispute(id, won=data.won)


@get("/ledger")
async def _ledger(desk: TheDesk) -> Mapping[str, Any]:
    intents = without_secret(desk.books.intents.values())
    return {
        "entries": list(desk.books.entries),
        "intents": intents,
        "refunds": list(desk.books.refunds.values()),
        "disputes": list(desk.books.disputes.values()),
    }


@get("/faults")
async def _show_faults(desk: TheDesk) -> Faults:
    return desk.chance.faults


@put("/faults")
async def _set_faults(data: JSONBody[Faults], desk: TheDesk) -> Faults:
    desk.chance.set(data)
    return data


@get("/webhook")
async def _show_webhook(desk: TheDesk) -> Mapping[str, Any]:
    deliveries = list(desk.post.deliveries)
    return {"url": desk.post.url, "waiting": desk.post.waiting, "deliveries": deliveries}


@put("/webhook")
async def _set_webhook(data: JSONBody[wire.Webhook], desk: TheDesk) -> wire.Webhook:
    desk.post.url = data.url
    return data


@post("/events/{id:str}/tell", status_code=202)
async def _tell_again(id: Name, desk: TheDesk) -> None:
    for event in desk.books.events:
        if event.id == id:
            desk.post.again(event)
            return
    raise Refused(404, "not_found", f"there is no event {id!r}")


@post("/reset", status_code=204)
async def _reset(desk: TheDesk) -> None:
    desk.reset()


@get("/")
async def _hello() -> Mapping[str, str]:
    return {"this": "the fake gateway of automate-store; no money moves here"}


_OF_SHOPS = (
    *(_create_intent, _fetch, _fetch_by_payment, _confirm, _capture, _cancel, _refund, _refunds),
    *(_events, _create_customer, _methods, _begin_setup, _finish_setup),
    *(_detach_method, _delete_customer),
)
_OF_SHOPPERS = (_pay, _authenticate, _hand_over)
_OF_BANKS = (_settle, _settle_refund, _dispute, _close_dispute)
_OF_TESTS = (
    *(_ledger, _show_faults, _set_faults, _show_webhook, _set_webhook, _tell_again, _reset),
    _hello,
)
