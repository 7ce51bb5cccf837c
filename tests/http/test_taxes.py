"""What staff do with tax rates, and what a quote makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from tests.http.web import PLACE, STAFF, Web

GST = {
    "code": "ca-gst",
    "name": "GST",
    "rate": "0.05",
    "zone": {"country": "CA"},
    "applies_to_shipping": False,
}
QST = {
    "code": "ca-qc-qst",
    "name": "QST",
    "rate": "0.095",
    "zone": {"country": "ca", "state": "qc"},
    "applies_to_shipping": False,
    "compound": True,
    "position": 1,
}


async def ask(web: Web, method: str, path: str, body: object = None) -> Response:
    return await web.ask(method, f"/admin/taxes{path}", body, headers=STAFF)


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


async def test_a_new_rate_is_told_as_it_is_kept(web: Web) -> None:
    answer = await ask(web, "POST", "", {**QST, "starts_at": "2008-01-01T00:00:00-05:00"})
    assert answer.status_code == 201, answer.text
    shown = await ask(web, "GET", "/ca-qc-qst")
    assert shown.json() == answer.json()
    assert without(answer.json(), "id") == {
        **QST,
        "zone": {"country": "CA", "state": "QC", "postal_prefix": None},
        "tax_class": "standard",
        "starts_at": "2008-01-01T00:00:00-05:00",
        "ends_at": None,
    }


async def test_a_code_that_is_taken_is_refused_and_keeps_its_rate(web: Web) -> None:
    first = await ask(web, "POST", "", GST)
    second = await ask(web, "POST", "", {**GST, "rate": "0.06"})
    assert (second.status_code, second.json()["code"]) == (409, "tax_rate_code_taken")
    assert second.json()["tax_rate"] == "ca-gst"
    assert (await ask(web, "GET", "/ca-gst")).json() == first.json()


async def test_a_changed_rate_keeps_its_id_and_forgets_the_rest(web: Web) -> None:
    first = (await ask(web, "POST", "", {**GST, "position": 3, "tax_class": "books"})).json()
    wish = {**without(GST, "code"), "rate": "0.06", "ends_at": "2030-01-01T00:00:00Z"}
    changed = await ask(web, "PUT", "/ca-gst", wish)
    assert changed.status_code == 200, changed.text
    assert changed.json() == {
        **first,
        "rate": "0.06",
        "position": 0,
        "tax_class": "standard",
        "ends_at": "2030-01-01T00:00:00Z",
    }
    assert (await ask(web, "GET", "/ca-gst")).json() == changed.json()


async def test_a_removed_rate_is_gone(web: Web) -> None:
    rate = (await ask(web, "POST", "", GST)).json()
    removed = await ask(web, "DELETE", "/ca-gst")
    assert (removed.status_code, removed.json()) == (200, rate)
    assert (await ask(web, "GET", "/ca-gst")).status_code == 404
    assert (await ask(web, "GET", "")).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("code", ["no-such-rate", "NOT A CODE", "%00", "x" * 300])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_rate_that_is_not_there_is_not_found(web: Web, method: str, code: str) -> None:
    body = without(GST, "code") if method == "PUT" else None
    answer = await ask(web, method, f"/{code}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "tax_rate_not_found")


async def test_rates_are_listed_page_by_page_in_the_order_of_their_codes(web: Web) -> None:
    for code in ("us-ny", "ca-gst", "de"):
        assert (await ask(web, "POST", "", {**GST, "code": code})).status_code == 201
    first = (await ask(web, "GET", "?limit=2")).json()
    second = (await ask(web, "GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["code"] for each in first["items"]] == ["ca-gst", "de"]
    assert [each["code"] for each in second["items"]] == ["us-ny"]
    assert second["next_cursor"] is None
    refused = await ask(web, "GET", "?cursor=Not+a+code")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Not A Code"}, "code"),
        ({"name": "   "}, "name"),
        ({"tax_class": "   "}, "tax_class"),
        ({"rate": "1000"}, "rate"),
        ({"rate": "-0.1"}, "rate"),
        ({"rate": "0.0000001"}, "rate"),
        ({"rate": "1e-2"}, "rate"),
        ({"rate": 0.05}, "rate"),
        ({"zone": {"state": "QC"}}, "zone.country"),
        ({"zone": {"postal_prefix": "H2"}}, "zone.country"),
        ({"zone": {"country": "ZZ"}}, "zone.country"),
        ({"position": 1000}, "position"),
        ({"compound": 1}, "compound"),
        ({"starts_at": "2026-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
        (
            {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2025-12-31T19:00:00-05:00"},
            "ends_at",
        ),
    ],
)
async def test_a_rate_that_can_not_be_collected_is_refused_by_field(
    web: Web, changes: dict[str, object], field: str
) -> None:
    answer = await ask(web, "POST", "", {**GST, **changes})
    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert (await ask(web, "GET", "")).json()["items"] == []


async def test_the_next_quote_of_a_cart_bears_what_staff_collect(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    place = {**PLACE, "country": "CA", "state": "QC", "postal_code": "H2X 1Y4"}
    travel = {"destination": place, "shipping_method": None}
    for body in (QST, GST):
        assert (await ask(web, "POST", "", body)).status_code == 201
    answer = await web.put("/cart/shipping", travel, x_cart_token=token)
    quote = answer.json()["quote"]
    # 20.00 x 0.05 = 1.00; (20.00 + 1.00) x 0.095 = 1.995 -> 2.00
    assert [
        (tax["code"], tax["base"]["amount"], tax["amount"]["amount"]) for tax in quote["taxes"]
    ] == [("ca-gst", "20.00", "1.00"), ("ca-qc-qst", "21.00", "2.00")]
    for body in (QST, GST):
        assert (await ask(web, "DELETE", f"/{body['code']}")).status_code == 200
    after = (await web.get("/cart", x_cart_token=token)).json()["quote"]
    assert (after["taxes"], after["tax"]["amount"]) == ([], "0.00")
