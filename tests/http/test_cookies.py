"""Sessions in a browser: cookies that scripts can't read, and requests that can't be forged."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from attrs import evolve
from httpx import Response

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import Route
from tests.http.people import PASSWORD, registration
from tests.http.web import CONFIG, Web, open_web

HTTPS = evolve(CONFIG, url="https://shop.example")
ACCESS, REFRESH = "__Host-automate_store_access", "__Host-automate_store_refresh"


def cookies(answer: Response) -> dict[str, Any]:
    """The cookies of the answer, by name."""
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        found.load(header)
    return dict(found)


def kept(answer: Response) -> str:
    """What a browser sends back."""
    return "; ".join(f"{name}={each.value}" for name, each in cookies(answer).items())


async def registered(web: Web, **changes: object) -> Response:
    body = registration("ann@example.com", cookies=True, **changes)
    answer = await web.post("/auth/register", body)
    assert answer.status_code == 201, answer.text
    return answer


async def test_the_tokens_are_in_cookies_of_this_host_alone_and_nowhere_else() -> None:
    async with open_web(HTTPS) as web:
        answer = await registered(web)
        told = answer.json()
        assert (told["token"], told["refresh_token"]) == (None, None)
        for name, same_site in ((ACCESS, "Lax"), (REFRESH, "Strict")):
            cookie = cookies(answer)[name]
            assert (cookie["path"], cookie["domain"]) == ("/", "")
            assert cookie["secure"]
            assert cookie["httponly"]
            assert cookie["samesite"] == same_site
        assert 0 < int(cookies(answer)[ACCESS]["max-age"]) <= 900


async def test_over_plain_http_the_names_promise_nothing(web: Web) -> None:
    answer = await registered(web)
    assert set(cookies(answer)) == {"automate_store_access", "automate_store_refresh"}
    assert not cookies(answer)["automate_store_access"]["secure"]


async def test_a_cookie_reads_and_writes_only_beside_the_second_secret(web: Web) -> None:
    answer = await registered(web)
    cookie, secret = kept(answer), answer.json()["csrf_token"]
    assert (await web.get("/auth/me", cookie=cookie)).status_code == 200
    body = {"first_name": "Anna", "last_name": "Lee"}
    for forged in ({}, {"x_csrf_token": "wrong"}, {"x_csrf_token": ""}):
        refused = await web.put("/auth/profile", body, cookie=cookie, **forged)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")
    done = await web.put("/auth/profile", body, cookie=cookie, x_csrf_token=secret)
    assert done.json()["first_name"] == "Anna"


async def test_the_second_secret_is_of_one_session(web: Web) -> None:
    first = await registered(web)
    login = {"email": "ann@example.com", "password": PASSWORD, "cookies": True}
    second = await web.post("/auth/login", login)
    body = {"first_name": "Anna", "last_name": "Lee"}
    refused = await web.put(
        "/auth/profile", body, cookie=kept(first), x_csrf_token=second.json()["csrf_token"]
    )
    assert refused.json()["code"] == "csrf_refused"


async def test_a_header_needs_no_second_secret_and_wins_over_a_cookie(web: Web) -> None:
    cookie = kept(await registered(web))
    bob = (await web.post("/auth/register", registration("bob@example.com"))).json()
    bearer = f"Bearer {bob['token']}"
    me = await web.get("/auth/me", cookie=cookie, authorization=bearer)
    assert me.json()["email"] == "bob@example.com"
    body = {"first_name": "Bob", "last_name": "Lee"}
    done = await web.put("/auth/profile", body, cookie=cookie, authorization=bearer)
    assert done.status_code == 200


async def test_a_browser_refreshes_by_its_cookie_and_not_by_a_forged_request(web: Web) -> None:
    answer = await registered(web)
    cookie, secret = kept(answer), answer.json()["csrf_token"]
    forged = await web.post("/auth/refresh", cookie=cookie)
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_refused")
    assert "set-cookie" not in forged.headers
    fresh = await web.post("/auth/refresh", cookie=cookie, x_csrf_token=secret)
    assert fresh.status_code == 200, fresh.text
    assert fresh.json()["refresh_token"] is None
    assert (await web.get("/auth/me", cookie=kept(fresh))).status_code == 200


async def test_a_refresh_without_any_token_is_told_which_field_is_missing(web: Web) -> None:
    refused = await web.post("/auth/refresh", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
    assert refused.json()["errors"] == [
        {"field": "refresh_token", "reason": "is required where no cookie has it"}
    ]


def without_access(answer: Response) -> str:
    """What a browser sends once the access cookie's time is over."""
    return f"automate_store_refresh={cookies(answer)['automate_store_refresh'].value}"


async def test_a_session_that_has_to_be_refreshed_is_a_guest_nowhere(web: Web) -> None:
    cookie = without_access(await registered(web))
    before = web.rows()
    told = {await _told(web, route, cookie) for route in ROUTES if route.asks_who}
    assert told == {(401, "refresh_first")}
    assert web.rows() == before


async def _told(web: Web, route: Route, cookie: str) -> tuple[int, str]:
    path = route.path.removeprefix("/api/v1").replace("{", "").replace("}", "")
    refused = await web.ask(route.method, path, {}, headers={"cookie": cookie})
    return refused.status_code, refused.json()["code"]


async def test_a_session_goes_on_where_it_was_once_it_is_refreshed(web: Web) -> None:
    (shirt,) = await web.stock(1)
    answer = await registered(web)
    secret = answer.json()["csrf_token"]
    line = {"variant_id": str(shirt.variants[0].id), "quantity": 1}
    await web.post("/cart/add", line, cookie=kept(answer), x_csrf_token=secret)
    old = without_access(answer)
    refused = await web.post("/cart/add", line, cookie=old, x_csrf_token=secret)
    assert refused.json()["code"] == "refresh_first"
    fresh = await web.post("/auth/refresh", cookie=old, x_csrf_token=secret)
    added = await web.post("/cart/add", line, cookie=kept(fresh), x_csrf_token=secret)
    assert [each["quantity"] for each in added.json()["items"]] == [2]


async def test_a_refresh_cookie_that_opens_nothing_is_taken_back(web: Web) -> None:
    dead = "automate_store_refresh=" + "x" * 43
    assert (await web.get("/cart", cookie=dead)).json()["code"] == "refresh_first"
    refused = await web.post("/auth/refresh", cookie=dead, x_csrf_token="any")
    assert (refused.status_code, refused.json()["code"]) == (401, "session_over")
    assert {cookie["max-age"] for cookie in cookies(refused).values()} == {"0"}


async def test_an_old_cookie_keeps_nobody_from_signing_in_or_browsing(web: Web) -> None:
    cookie = without_access(await registered(web))
    login = {"email": "ann@example.com", "password": PASSWORD, "cookies": True}
    assert (await web.post("/auth/login", login, cookie=cookie)).status_code == 200
    assert (await web.get("/products", cookie=cookie)).status_code == 200
    bearer = (await web.post("/auth/login", {**login, "cookies": False})).json()["token"]
    by_header = await web.get("/auth/me", cookie=cookie, authorization=f"Bearer {bearer}")
    assert by_header.status_code == 200


async def test_signing_out_takes_the_cookies_back(web: Web) -> None:
    answer = await registered(web)
    secret = answer.json()["csrf_token"]
    out = await web.post("/auth/logout", cookie=kept(answer), x_csrf_token=secret)
    assert {cookie["max-age"] for cookie in cookies(out).values()} == {"0"}
    assert (await web.get("/auth/me", cookie=kept(answer))).status_code == 401


@pytest.mark.parametrize("path", ["/products", "/categories"])
async def test_what_is_public_asks_no_cookie(web: Web, path: str) -> None:
    answer = await web.get(path, cookie="automate_store_access=nonsense")
    assert answer.status_code == 200


@pytest.mark.parametrize("scheme", ["Basic YTpi", "Bearer", "Bearer ", "bearer  "])
async def test_what_a_cookie_let_in_gets_its_tokens_in_cookies_alone(web: Web, scheme: str) -> None:
    """As behind a proxy with a password of its own, or where a script sends an empty token."""
    answer = await registered(web)
    body = {"current_password": PASSWORD, "new_password": "another 1, longer!"}
    changed = await web.post(
        "/auth/change-password",
        body,
        cookie=kept(answer),
        x_csrf_token=answer.json()["csrf_token"],
        authorization=scheme,
    )
    assert (changed.status_code, changed.json()["token"]) == (200, None)
    assert (await web.get("/auth/me", cookie=kept(changed))).status_code == 200
