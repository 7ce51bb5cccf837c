"""The watch over logs hears what is told, and finds it."""

from __future__ import annotations

import structlog

from tests.http.people import PASSWORD, person
from tests.http.secrets_told import SecretsTold
from tests.http.web import STAFF_TOKEN, Web


async def test_whatever_secret_a_shop_tells_is_found_in_a_log(web: Web) -> None:
    told = SecretsTold()
    web.client.event_hooks["response"].append(told.hear)
    (shirt,) = await web.stock(1)

    ann, cart = await person(web), await web.cart(shirt)
    login = {"email": ann.email, "password": PASSWORD, "cookies": True}
    by_cookie = await web.post("/auth/login", login)

    told_all = [ann.token, ann.refresh_token, cart["token"], by_cookie.json()["csrf_token"]]
    told_all += [PASSWORD, STAFF_TOKEN, *by_cookie.cookies.values()]
    for secret in told_all:
        assert told.found_in(f"a line with {secret} in it") == [secret]
    assert told.found_in("a line without any") == []


async def test_a_request_is_logged_without_what_it_was_told(web: Web) -> None:
    with structlog.testing.capture_logs() as lines:
        ann = await person(web)
        await ann.get(f"/auth/me?token={ann.token}")

    assert [line["event"] for line in lines].count("request") == 2
    assert ann.token not in str(lines)
