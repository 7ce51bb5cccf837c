"""
A Stripe on this machine: localstripe, which keeps state, and a front that mends it.

localstripe is a process of its own, as it comes. Where it is laxer or poorer than Stripe the
front before it does what Stripe would: the table of that is in ADR 102. What neither has is
tested against answers of Stripe's published shapes (``shapes.py``).
"""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from aiohttp import web
from attrs import define, field, frozen

from benchmarks.rig.servers import free_port

SECRET_KEY = "sk_test_of_nobody"
PUBLISHABLE_KEY = "pk_test_of_nobody"
START_S = 20.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP: to load a machine's certificates takes them long."""
Params = dict[str, str]
Answer = tuple[int, dict[str, Any]]
_NO_SUCH_INTENT = {
    "error": {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": "No such payment_intent",
        "param": "intent",
    }
}
_AUTH = {"Authorization": f"Bearer {SECRET_KEY}"}


@contextmanager
def running_localstripe() -> Iterator[str]:
    """Where it listens; it ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            httpx.get(f"{url}/v1/customers", headers=_AUTH).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < until, "localstripe does not start"
            time.sleep(0.05)
        else:
            return


@frozen
class Asked:
    """A request as it came in."""

    method: str
    path: str
    params: Params
    headers: Mapping[str, str]


async def read_request(request: web.Request) -> Asked:
    """It, with what its body or its query says."""
    said = await request.text() if request.method == "POST" else request.query_string
    params = dict(parse_qsl(said, keep_blank_values=True))
    return Asked(request.method, request.path, params, dict(request.headers))


@define
class Hold:
    """Something that is asked, and whose answer waits: ``done`` once it was acted on."""

    path: str
    done: asyncio.Event = field(factory=asyncio.Event)
    over: asyncio.Event = field(factory=asyncio.Event)


@define
class Front:
    """Stands before localstripe, and is as strict and as rich as Stripe where a test needs it."""

    behind: httpx.AsyncClient
    url: str = ""
    asked: list[Asked] = field(factory=list)
    lost: int = 0
    """How many answers get lost from now on, once what they are of is done."""
    lost_reads: int = 0
    """The same of those to GET, which is asked once more at once where it breaks off."""
    _hold: Hold | None = None
    _keys: dict[str, tuple[str, Answer]] = field(factory=dict)
    _parts: dict[str, list[int]] = field(factory=dict)
    _keeping: set[str] = field(factory=set)
    _told: list[dict[str, Any]] = field(factory=list)

    def of(self, path: str) -> list[Asked]:
        """What was posted to the path, or below it."""
        return [each for each in self.asked if each.method == "POST" and path in each.path]

    async def intent(self, intent_id: str) -> dict[str, Any]:
        """A PaymentIntent, as it would be answered now."""
        return self._mended(await self._get(f"/v1/payment_intents/{intent_id}"))[1]

    def forget_keys(self) -> None:
        """As Stripe does after a day."""
        self._keys.clear()

    @asynccontextmanager
    async def holding(self, path: str) -> AsyncIterator[Hold]:
        """What is posted to the end of the path is done, and answered once the block is left."""
        self._hold = hold = Hold(path)
        try:
            yield hold
        finally:
            self._hold = None
            hold.over.set()

    async def handle(self, request: web.Request) -> web.Response:
        """One request, whatever it is."""
        asked = await read_request(request)
        self.asked.append(asked)
        status, answer = await self._once(request, await request.text(), dict(asked.params))
        hold = self._hold
        if hold is not None and asked.method == "POST" and asked.path.endswith(hold.path):
            hold.done.set()
            await hold.over.wait()
        if self._loses(asked.method):
            assert request.transport is not None
            request.transport.close()
        return web.json_response(answer, status=status)

    def _loses(self, method: str) -> bool:
        if method == "GET":
            self.lost_reads, left = max(self.lost_reads - 1, 0), self.lost_reads
        else:
            self.lost, left = max(self.lost - 1, 0), self.lost
        return left > 0

    async def _once(self, request: web.Request, body: str, params: Params) -> Answer:
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST" or key is None:
            return await self._answer(request, params)
        said = f"{request.path}?{body}"
        if key in self._keys:
            before, answer = self._keys[key]
            return answer if before == said else _refused("another body", type="idempotency_error")
        answer = await self._answer(request, params)
        if answer[0] not in {400, 404, 429}:
            self._keys[key] = said, answer
        return answer

    async def _answer(self, request: web.Request, params: Params) -> Answer:
        for method, pattern, handler in _ROUTES:
            found = re.fullmatch(pattern, request.path)
            if method == request.method and found:
                return await handler(self, *found.groups(), params)
        if request.method == "DELETE":
            gone = await self.behind.delete(request.path)
            return gone.status_code, gone.json()
        ask = self._get if request.method == "GET" else self._post
        return self._mended(await ask(request.path, params))

    async def _intend(self, params: Params) -> Answer:
        customer, method = params.get("customer"), params.get("payment_method")
        if method is not None:
            found = await self._get(f"/v1/payment_methods/{method}")
            if found[0] != 200 or found[1].get("customer") != customer:
                return _refused("The payment method does not belong to the customer.")
        plain = _without(params, "automatic_payment_methods", "setup_future_usage")
        status, intent = await self._post("/v1/payment_intents", plain)
        if "setup_future_usage" in params:
            self._keeping.add(intent["id"])
        return self._mended((status, intent))

    async def _pay(self, path: str, params: Params) -> Answer:
        answer = self._mended(await self._post(path, _without(params, "use_stripe_sdk")))
        intent = answer[1]
        paid = intent.get("status") in {"succeeded", "requires_capture"}
        if paid and intent["id"] in self._keeping:
            await self._attach(intent["payment_method"], intent["customer"])
        return answer

    async def _capture(self, intent_id: str, params: Params) -> Answer:
        path = f"/v1/payment_intents/{intent_id}"
        _, intent = self._mended(await self._get(path))
        if intent["status"] != "requires_capture":
            return _refused("It can't be captured.", code="payment_intent_unexpected_state")
        amount = int(params["amount_to_capture"])
        if amount > intent["amount_capturable"]:
            return _refused("That is more than is left.", code="amount_too_large")
        parts = self._parts.setdefault(intent_id, [])
        if params.get("final_capture", "true").lower() == "false":
            parts.append(amount)
            return self._mended(await self._get(path))
        total = {"amount_to_capture": str(sum(parts) + amount)}
        parts.clear()
        return self._mended(await self._post(f"{path}/capture", total))

    async def _refunds(self, params: Params) -> Answer:
        status, intent = await self._get(f"/v1/payment_intents/{params['payment_intent']}")
        if status == 404:
            return status, intent
        if intent.get("latest_charge") is None:
            return 200, {"object": "list", "data": [], "has_more": False, "url": "/v1/refunds"}
        status, found = await self._get("/v1/refunds", params)
        # It writes what a partial capture released as a refund, of the charge alone.
        found["data"] = [each for each in found["data"] if each["payment_intent"]]
        return status, found

    async def _give_back(self, params: Params) -> Answer:
        intent_id = params["payment_intent"]
        status, intent = self._mended(await self._get(f"/v1/payment_intents/{intent_id}"))
        if status == 404:
            return status, intent
        listed = (await self._refunds({"payment_intent": intent_id, "limit": "100"}))[1]["data"]
        given = sum(each["amount"] for each in listed)
        if given + int(params["amount"]) > intent["amount_received"]:
            return _refused("That is more than is left of the charge.", code="amount_too_large")
        status, refund = await self._post("/v1/refunds", params)
        number = len(self._told) + 1
        self._told.append(
            {
                "id": f"evt_front_{number}",
                "object": "event",
                "type": "refund.created",
                "created": refund["created"],
                "livemode": False,
                "data": {"object": refund},
            }
        )
        return status, refund

    async def _begin_setup(self, params: Params) -> Answer:
        return await self._post("/v1/setup_intents", _without(params, "automatic_payment_methods"))

    async def _methods(self, params: Params) -> Answer:
        return await self._get("/v1/payment_methods", {"type": "card", **params})

    async def _detach(self, path: str, params: Params) -> Answer:
        found = await self._get(path.removesuffix("/detach"))
        if found[1].get("customer") is None:
            return _refused("The payment method is not attached to a customer.")
        return await self._post(path, params)

    async def _set_up(self, path: str, params: Params) -> Answer:
        status, setup = await self._post(path, params)
        if setup.get("status") == "succeeded":
            await self._attach(setup["payment_method"], setup["customer"])
        return status, setup

    async def _attach(self, method: str, customer: str) -> None:
        await self._post(f"/v1/payment_methods/{method}/attach", {"customer": customer})

    async def _events(self, params: Params) -> Answer:
        wanted = {value for name, value in params.items() if name.startswith("types")}
        since, until = int(params["created[gte]"]), int(params.get("created[lt]", 10**12))
        kept = (await self._get("/v1/events", {"limit": "10000"}))[1]["data"]
        for event in kept:
            event["data"]["object"] = self._mended((200, event["data"]["object"]))[1]
        found = [
            event
            for event in [*kept, *self._told]
            if event["type"] in wanted and since <= event["created"] < until
        ]
        found.sort(key=lambda event: event["created"])
        newest = found[::-1]
        ids = [event["id"] for event in newest]
        start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
        page = newest[start : start + int(params["limit"])]
        more = len(newest) > start + len(page)
        return 200, {"object": "list", "data": page, "has_more": more, "url": "/v1/events"}

    def _mended(self, answer: Answer) -> Answer:
        """A PaymentIntent as Stripe writes it; anything else as it is."""
        status, intent = answer
        if intent.get("object") != "payment_intent":
            return answer
        charge, parts = intent["latest_charge"], sum(self._parts.get(intent["id"], ()))
        received, capturable = parts, 0
        if intent["status"] == "requires_capture":
            capturable = intent["amount"] - parts
        elif isinstance(charge, dict) and charge["status"] == "succeeded" and charge["captured"]:
            listed = charge["refunds"]["data"]
            released = sum(each["amount"] for each in listed if not each["payment_intent"])
            received = intent["amount"] - released
        mended = {key: value for key, value in intent.items() if key != "charges"}
        mended["latest_charge"] = charge["id"] if isinstance(charge, dict) else charge
        mended |= {"amount_received": received, "amount_capturable": capturable}
        return status, mended

    async def _get(self, path: str, params: Params | None = None) -> Answer:
        answer = await self.behind.get(path, params=params or {})
        if answer.status_code == 404 and path.startswith("/v1/payment_intents/"):
            return 404, dict(_NO_SUCH_INTENT)
        return answer.status_code, answer.json()

    async def _post(self, path: str, params: Params) -> Answer:
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self.behind.post(path, content=urlencode(params), headers=form)
        return answer.status_code, answer.json()


_ROUTES: tuple[tuple[str, str, Callable[..., Awaitable[Answer]]], ...] = (
    ("POST", "/v1/payment_intents", Front._intend),
    ("POST", "/v1/payment_intents/([^/]+)/capture", Front._capture),
    ("POST", "(/v1/payment_intents/[^/]+/(?:confirm|_authenticate))", Front._pay),
    ("GET", "/v1/refunds", Front._refunds),
    ("POST", "/v1/refunds", Front._give_back),
    ("POST", "/v1/setup_intents", Front._begin_setup),
    ("POST", "(/v1/setup_intents/[^/]+/confirm)", Front._set_up),
    ("GET", "/v1/payment_methods", Front._methods),
    ("POST", "(/v1/payment_methods/[^/]+/detach)", Front._detach),
    ("GET", "/v1/events", Front._events),
)


@asynccontextmanager
async def standing_front(localstripe: str) -> AsyncIterator[Front]:
    """A front before localstripe, which has forgotten everything."""
    async with httpx.AsyncClient(base_url=localstripe, headers=_AUTH, verify=NO_TLS) as behind:
        (await behind.delete("/_config/data")).raise_for_status()
        front = Front(behind)
        async with serving(front.handle) as front.url:
            yield front


@asynccontextmanager
async def serving(handle: Any) -> AsyncIterator[str]:
    """Where the handler of any request listens."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def _without(params: Params, *names: str) -> Params:
    return {key: value for key, value in params.items() if key.split("[")[0] not in names}


def _refused(
    message: str, *, type: str = "invalid_request_error", code: str | None = None
) -> Answer:
    return 400, {"error": {"type": type, "message": message, "code": code}}
