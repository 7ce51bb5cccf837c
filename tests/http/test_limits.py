"""How often somebody may ask: who is counted for what, and what they are told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from attrs import evolve
from litestar import Request

from automate_store.adapters.memory import MemoryClock, MemoryLimits, MemoryShop
from automate_store.application.access import Actor, Role
from automate_store.application.errors import RateLimited
from automate_store.application.ports.limits import NO_LIMITS, Bucket, Limit, Limits
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.app import _shop
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.openapi import document, examples
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.settings import Settings
from tests.http.knocking import Told, knock
from tests.http.limiting import CLOCK, FEW, PRODUCTS, limited, statuses
from tests.http.people import PASSWORD, person
from tests.http.web import CONFIG, POLICY, STAFF_TOKEN, Web, order_body, ready

BEHIND = "/api/v1/admin/orders/nobodys-business"
"""Where strangers learn nothing, not even that there is no route."""
LIMITS = Settings().limits
DOCUMENT: dict[str, Any] = msgspec.json.decode(document(ROUTES, CONFIG))


def told_limits(answer: Told) -> dict[str, str | None]:
    names = ("limit", "remaining", "reset", "policy")
    return {name: answer.one(f"ratelimit-{name}") for name in names}


def test_the_limits_are_the_owners_unless_the_settings_say_otherwise() -> None:
    assert {
        Bucket.GENERAL: Limit(100, 15 * 60),
        Bucket.AUTH: Limit(5, 15 * 60),
        Bucket.CART: Limit(50, 5 * 60),
        Bucket.CHECKOUT: Limit(10, 60 * 60),
    } == LIMITS


CHECKOUTS = {"place_order", "create_intent", "confirm_payment"}
UNCOUNTED = {"show_liveness", "show_readiness", "take_webhook"}


def expected_bucket(route: Route) -> Bucket | None:
    if route.operation_id in UNCOUNTED:
        return None
    if route.operation_id in CHECKOUTS:
        return Bucket.CHECKOUT
    if route.writes and route.path.startswith("/api/v1/cart/"):
        return Bucket.CART
    return Bucket.GENERAL


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if "/auth/" not in route.path],
    ids=lambda route: route.operation_id,
)
def test_every_route_is_counted_where_it_belongs(route: Route) -> None:
    assert route.limit is expected_bucket(route)
    assert (RateLimited in route.raises) == (route.limit is not None)


async def test_every_answer_tells_what_is_left() -> None:
    async with limited() as web:
        (shirt,) = await web.stock(1)
        first = await knock(web.app, PRODUCTS)
        again = await knock(web.app, PRODUCTS, headers=[(b"if-none-match", b"*")])
        missing = await knock(web.app, f"{PRODUCTS}/none")
        head = await knock(web.app, f"{PRODUCTS}/{shirt.slug}", method="HEAD")

    assert [each.status for each in (first, again, missing, head)] == [200, 304, 404, 200]
    told = [told_limits(each) for each in (first, again, missing, head)]
    assert [each.pop("remaining") for each in told] == ["4", "3", "2", "1"]
    assert told == [{"limit": "5", "reset": "900", "policy": "5;w=900"}] * 4


async def test_one_too_many_is_told_when_to_come_back() -> None:
    clock = MemoryClock(examples.AT)
    async with limited(clock=clock) as web:
        await statuses(web, *["203.0.113.9"] * 2)
        clock.advance(timedelta(seconds=100))
        await statuses(web, *["203.0.113.9"] * 3)
        refused = await knock(web.app, PRODUCTS)
        clock.advance(timedelta(seconds=800))
        again = await statuses(web, *["203.0.113.9"] * 3)

    assert (refused.status, refused.code) == (429, "rate_limited")
    assert told_limits(refused) == {
        "limit": "5",
        "remaining": "0",
        "reset": "800",
        "policy": "5;w=900",
    }
    assert refused.one("retry-after") == "800"
    problem = msgspec.json.decode(refused.body)
    fields = ("bucket", "limit", "window_s", "retry_after_s")
    assert [problem[name] for name in fields] == ["general", 5, 900, 800]
    assert again == [200, 200, 429]


async def test_what_is_refused_is_not_done() -> None:
    async with limited() as web:
        (shirt,) = await web.stock(1)
        body = {"variant_id": str(shirt.variants[0].id)}
        filled = [await web.post("/cart/add", body) for _ in range(5)]
        before = web.rows()
        refused = await web.post("/cart/add", body)

    assert [each.status_code for each in (*filled, refused)] == [200] * 5 + [429]
    assert refused.json()["bucket"] == "cart"
    assert web.rows() == before


async def test_buckets_are_counted_apart() -> None:
    async with limited() as web:
        (shirt,) = await web.stock(1)
        for _ in range(6):
            await web.get("/products")
        order = await web.order(shirt)

    assert order["status"] == "pending"


async def test_five_tries_to_sign_in_are_all_and_a_new_password_is_still_to_be_had() -> None:
    async with limited() as web:
        told = [
            await web.post(
                "/auth/login",
                {"email": f"ann{number}@example.com", "password": "not hers"},
                x_forwarded_for=f"198.51.100.{number}",
            )
            for number in range(20)
        ]
        reset = await web.post("/auth/forgot-password", {"email": "ann1@example.com"})

    assert [each.status_code for each in told] == [401] * 5 + [429] * 15
    assert told[-1].json()["bucket"] == "auth"
    assert reset.status_code < 300


async def test_five_tries_at_one_account_are_all_however_and_from_wherever() -> None:
    spellings = ("ann@example.com", "Ann@Example.com", " ann@example.com", "\uff41nn@example.com")
    async with limited() as web:
        told = [
            await knock(
                web.app,
                "/api/v1/auth/login",
                method="POST",
                peer=f"203.0.113.{number}",
                headers=[(b"content-type", b"application/json")],
                body=msgspec.json.encode({"email": spellings[number % 4], "password": "no"}),
            )
            for number in range(20)
        ]

    assert [each.status for each in told] == [401] * 5 + [429] * 15


async def test_a_stolen_session_guesses_the_password_five_times_wherever_it_sends_it() -> None:
    places = (
        ("POST", "/auth/change-password", {"current_password": "no", "new_password": PASSWORD}),
        ("POST", "/auth/change-email", {"email": "eve@example.com", "password": "no"}),
        ("POST", "/auth/second-factor", {"password": "no"}),
        ("POST", "/auth/second-factor/disable", {"password": "no", "code": "000000"}),
        ("DELETE", "/auth/delete-account", {"password": "no"}),
    )
    async with limited() as web:
        ann = await person(web)
        told = [await ann.ask(method, path, body) for method, path, body in places * 2]

    assert [each.json()["code"] for each in told] == ["password_wrong"] * 5 + ["rate_limited"] * 5


async def test_staff_tokens_are_not_to_be_guessed_at_the_door_without_end() -> None:
    guess = [(b"authorization", b"Bearer guessed")]
    async with limited() as web:
        told = [await knock(web.app, BEHIND, headers=guess) for _ in range(20)]
        other = await knock(web.app, BEHIND, headers=guess, peer="203.0.113.10")

    assert [each.status for each in told] == [401] * 5 + [429] * 15
    assert (told[0].one("ratelimit-remaining"), told[-1].code) == ("4", "rate_limited")
    assert told[-1].one("retry-after") is not None
    assert other.status == 401


async def test_guesses_from_its_address_do_not_keep_the_staffs_program_out() -> None:
    path = "/api/v1/admin/inventory/low-stock"
    guess = [(b"authorization", b"Bearer guessed")]
    right = [(b"authorization", f"Bearer {STAFF_TOKEN}".encode())]
    async with limited() as web:
        guessed = [await knock(web.app, path, headers=guess) for _ in range(6)]
        told = [await knock(web.app, path, headers=right) for _ in range(6)]

    assert guessed[-1].status == 429
    assert [each.status for each in told] == [200] * 5 + [429]


async def test_no_e_mail_is_counted_as_the_address_of_somebody_else() -> None:
    async with limited() as web:
        told = [await _sign_in_from(web, "203.0.113.9", "address:203.0.113.10") for _ in range(5)]
        others = await _sign_in_from(web, "203.0.113.10", "ann@example.com")

    assert told == [401] * 5
    assert others == 401


async def _sign_in_from(web: Web, peer: str, email: str) -> int:
    answer = await knock(
        web.app,
        "/api/v1/auth/login",
        method="POST",
        peer=peer,
        headers=[(b"content-type", b"application/json")],
        body=msgspec.json.encode({"email": email, "password": "no"}),
    )
    return answer.status


async def test_health_and_pages_are_there_for_whoever_asks_too_often() -> None:
    async with limited() as web:
        await statuses(web, *["203.0.113.9"] * 6)
        told = [await knock(web.app, path) for path in ("/health/live", "/docs", "/")]

    assert [each.status for each in told] == [200, 200, 200]
    assert [each.one("ratelimit-limit") for each in told] == [None] * 3


async def test_what_is_switched_off_is_neither_counted_nor_told() -> None:
    async with limited({}) as web:
        answer = await knock(web.app, PRODUCTS)

    assert (answer.status, answer.one("ratelimit-limit")) == (200, None)


async def test_a_token_that_is_none_is_counted_too() -> None:
    nonsense = (b"authorization", b"Bearer nonsense")
    async with limited() as web:
        told = [await knock(web.app, "/api/v1/cart", headers=[nonsense]) for _ in range(6)]
    assert told[-1].status == 429


def call(limits: Limits, actor: Actor | None = None) -> Call:
    """A request of the guest next door, or of somebody."""
    scope: Any = {"type": "http", "client": ("203.0.113.9", 1), "headers": [], "state": {}}
    shop = MemoryShop.open(POLICY, examples.rules().policy, at=examples.AT)
    ports = evolve(shop.ports, limits=limits)
    made = Call(Request(scope), _shop(ports, CONFIG, ready))
    if actor is not None:
        made.actor = actor
    return made


def test_an_account_is_counted_wherever_it_is() -> None:
    ann, bob = (UserId(UUID(int=number)) for number in (1, 2))
    callers = [Actor(Role.CUSTOMER, "Ann", ann), Actor(Role.CUSTOMER, "Bob", bob), None]

    keys = [call(NO_LIMITS, caller).limit_key for caller in callers]

    assert keys == [f"account:{ann}", f"account:{bob}", "address:203.0.113.9"]


@pytest.mark.parametrize(
    ("path", "broken", "sound", "bucket"),
    [
        (
            "/auth/login",
            {"emial": "ann@example.com"},
            {"email": "ann@example.com", "password": "wrong"},
            Bucket.AUTH,
        ),
        ("/orders", {"email": "ann@example.com"}, order_body(), Bucket.CHECKOUT),
    ],
)
async def test_who_mistyped_a_field_has_not_tried_yet(
    path: str, broken: object, sound: object, bucket: Bucket
) -> None:
    policy = {bucket: Limit(1, 900), Bucket.GENERAL: Limit(3, 900)}
    async with limited(policy, clock=MemoryClock(examples.AT)) as web:
        statuses = [(await web.post(path, broken)).status_code for _ in range(4)]
        assert statuses == [400, 400, 400, 429]
        assert (await web.post(path, sound)).json()["code"] != "rate_limited"
        refused = await web.post(path, sound)
        assert (refused.json()["code"], refused.json()["bucket"]) == ("rate_limited", bucket)


async def test_whoever_is_not_let_in_has_tried() -> None:
    policy = {Bucket.AUTH: Limit(2, 900)}
    async with limited(policy, clock=MemoryClock(examples.AT)) as web:
        statuses = [(await web.post("/auth/change-password", {})).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


async def test_a_request_with_two_limits_tells_the_tighter_and_stops_at_either() -> None:
    limits = MemoryLimits(FEW, clock=CLOCK)
    for _ in range(3):
        await call(limits).limit(Bucket.AUTH, "email:ann@example.com")

    trying = call(limits)
    await trying.limit(Bucket.AUTH, trying.limit_key)
    await trying.limit(Bucket.AUTH, "email:ann@example.com")
    told = dict(trying.answer_headers)
    await call(limits).limit(Bucket.AUTH, "email:ann@example.com")
    with pytest.raises(RateLimited) as refused:
        await call(limits).limit(Bucket.AUTH, "email:ann@example.com")

    assert told[b"ratelimit-remaining"] == b"1"
    assert refused.value.fields() == RateLimited(Bucket.AUTH, 5, 900, 900).fields()


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.limit], ids=lambda route: route.operation_id
)
def test_the_manual_tells_of_limits(route: Route) -> None:
    answers = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
    names = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"}
    for status in (str(route.status), "429", "503"):
        assert names <= answers[status]["headers"].keys()
    assert "Retry-After" in answers["429"]["headers"]
    assert f"counted with `{route.limit}`" in answers["429"]["description"]
