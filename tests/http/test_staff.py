"""What is for staff: not there for anybody else, and what staff do with stock."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import STAFF_PREFIX
from tests.http.web import CONFIG, STAFF_TOKEN, Web, open_web

BEARER = f"Bearer {STAFF_TOKEN}"
NO_TOKEN = [None, "", "Bearer", "Bearer ", f"Basic {STAFF_TOKEN}", STAFF_TOKEN]
WRONG_TOKEN = [
    f"Bearer {STAFF_TOKEN[:-1]}",
    f"Bearer {STAFF_TOKEN}x",
    f"Bearer {STAFF_TOKEN.upper()}",
    "Bearer \u00e9",
]
DOORS = [
    "/api/v1/admin/inventory/adjust",
    "/api/v1/admin/inventory/adjust/",
    "/api/v1//admin//inventory/adjust",
    "//api/v1/admin/inventory/adjust",
    "/api/v1/admin/%69nventory/adjust",
    "/api/v1/admin",
]
HIDDEN_ROUTES = [(route.method, route.path) for route in ROUTES if route.hidden]


def stranger(answer: dict[str, object]) -> dict[str, object]:
    """The problem without what differs between any two requests."""
    return {name: answer[name] for name in answer.keys() - {"instance", "request_id"}}


def test_every_staff_route_stands_behind_the_door_and_nothing_else_does() -> None:
    behind = {route.path for route in ROUTES if route.path.startswith(f"{STAFF_PREFIX}/")}
    assert behind == {route.path for route in ROUTES if route.staff and route.hidden}


@pytest.mark.parametrize(("method", "path"), HIDDEN_ROUTES)
async def test_without_a_token_a_staff_route_is_like_no_route(
    web: Web, method: str, path: str
) -> None:
    nothing = await web.client.request(method, "/api/v1/no-such-route")
    for sent in NO_TOKEN:
        headers = {} if sent is None else {b"authorization": sent.encode("latin-1")}
        answer = await web.client.request(method, path, headers=headers)
        assert (answer.status_code, stranger(answer.json())) == (404, stranger(nothing.json()))
        assert answer.headers.keys() == nothing.headers.keys()


@pytest.mark.parametrize(("method", "path"), HIDDEN_ROUTES)
async def test_a_wrong_token_is_told_so_whether_or_not_there_is_a_route(
    web: Web, method: str, path: str
) -> None:
    """A program whose token is over has to learn that, and learns nothing else."""
    for sent in WRONG_TOKEN:
        headers = {b"authorization": sent.encode("latin-1")}
        nothing = await web.client.request(method, "/api/v1/admin/no-such-route", headers=headers)
        answer = await web.client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
        assert stranger(answer.json()) == stranger(nothing.json())
        assert answer.headers.keys() == nothing.headers.keys()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"])
async def test_not_even_the_method_tells_that_something_is_there(web: Web, method: str) -> None:
    asked = {path: (await web.client.request(method, path)).status_code for path in DOORS}
    assert asked == dict.fromkeys(DOORS, 404)


async def test_where_no_token_is_set_none_is_right() -> None:
    async with open_web(evolve(CONFIG, staff_token=None)) as web:
        for sent, status in {
            "Bearer": 404,
            "Bearer ": 404,
            "Bearer None": 401,
            BEARER: 401,
        }.items():
            headers = {"authorization": sent}
            answer = await web.ask("GET", "/admin/inventory/low-stock", headers=headers)
            assert answer.status_code == status


async def test_what_breaks_at_the_door_is_told_like_anywhere_else() -> None:
    class BrokenGate:
        async def admit(self, token: str) -> None:
            raise RuntimeError(token)

    async with open_web(gate=BrokenGate()) as web:
        for path in ("/admin/audit", "/auth/me"):
            answer = await web.get(path, authorization="Bearer of a token")
            assert (answer.status_code, answer.json()["code"]) == (500, "broken")
            assert "of a token" not in answer.text


async def test_the_scheme_may_be_written_in_any_case(web: Web) -> None:
    answer = await web.get("/admin/inventory/low-stock", authorization=f"bearer {STAFF_TOKEN}")
    assert answer.status_code == 200


async def test_a_method_that_is_not_there_is_told_to_staff(web: Web) -> None:
    answer = await web.get("/admin/inventory/adjust", authorization=BEARER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")


async def test_stock_is_adjusted_once_per_key_and_the_ledger_tells_it(web: Web) -> None:
    (shirt,) = await web.stock(1)
    body = {
        "variant_id": str(shirt.variants[0].id),
        "change": 10,
        "type": "restock",
        "note": "Delivery 4711\nboxes 1-3",
    }
    first, second = [
        await web.post("/admin/inventory/adjust", body, authorization=BEARER, idempotency_key="k")
        for _ in range(2)
    ]
    ledger = (await web.get("/admin/inventory/movements", authorization=BEARER)).json()
    assert first.content == second.content
    assert first.json()["stock"]["on_hand"] == 110
    assert [(each["quantity_change"], each["quantity_after"]) for each in ledger["items"]] == [
        (10, 110)
    ]


async def test_a_count_below_what_is_promised_lists_the_orders_it_cannot_meet(web: Web) -> None:
    (shirt,) = await web.stock(1, on_hand=5)
    order = await web.order(shirt, 4)
    body = {"variant_id": str(shirt.variants[0].id), "change": -3, "note": "Water damage"}
    answer = await web.post(
        "/admin/inventory/adjust", body, authorization=BEARER, idempotency_key="k"
    )
    assert (answer.status_code, answer.json()["unmet_orders"]) == (200, [order["number"]])


@pytest.mark.parametrize("key", [None, ""])
async def test_without_a_key_stock_stays_as_it_is(web: Web, key: str | None) -> None:
    (shirt,) = await web.stock(1)
    body = {"variant_id": str(shirt.variants[0].id), "change": 10, "note": "n"}
    headers = {} if key is None else {"idempotency_key": key}
    before = web.rows()
    answer = await web.post("/admin/inventory/adjust", body, authorization=BEARER, **headers)
    assert answer.status_code == 400
    assert web.rows() == before


async def test_what_runs_low_is_listed_page_by_page(web: Web) -> None:
    await web.stock(3, on_hand=5)
    seen: list[str] = []
    cursor = ""
    while True:
        path = f"/admin/inventory/low-stock?limit=4{cursor}"
        page = (await web.get(path, authorization=BEARER)).json()
        seen += [item["sku"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert (len(seen), len(set(seen))) == (6, 6)


async def test_the_ledger_is_read_newest_first_page_by_page(web: Web) -> None:
    (shirt,) = await web.stock(1)
    variant = str(shirt.variants[0].id)
    for number in range(5):
        body = {"variant_id": variant, "change": number + 1, "note": "n"}
        await web.post(
            "/admin/inventory/adjust", body, authorization=BEARER, idempotency_key=str(number)
        )
    path = f"/admin/inventory/movements?variant_id={variant}&limit=3"
    first = (await web.get(path, authorization=BEARER)).json()
    second = (await web.get(f"{path}&cursor={first['next_cursor']}", authorization=BEARER)).json()
    changes = [each["quantity_change"] for page in (first, second) for each in page["items"]]
    assert (changes, second["next_cursor"]) == ([5, 4, 3, 2, 1], None)


@pytest.mark.parametrize("list_", ["low-stock", "movements"])
async def test_a_list_for_staff_has_the_same_bounds(web: Web, list_: str) -> None:
    for query in ("limit=0", "limit=101", "limit=x", "cursor=x", "more=1"):
        answer = await web.get(f"/admin/inventory/{list_}?{query}", authorization=BEARER)
        assert answer.status_code == 400, query
