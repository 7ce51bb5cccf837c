"""What staff do with coupons, and what became of them."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from automate_store.domain.coupons import ALPHABET, CODE_LENGTH
from automate_store.entrypoints.http.openapi.samples import example_bodies
from automate_store.entrypoints.http.wire.coupons import AddCoupon, GenerateCoupons
from tests.http.promoting import TENTH, make, usd
from tests.http.web import NOBODYS, STAFF, Web, order_body

FIVE_OFF = {"code": "Welcome", "name": "Welcome", "type": "fixed_amount", "value": "5.00"}
TERMS: dict[str, Any] = {
    "name": "Spring letter",
    "description": "For those who came back.\nOnce each.",
    "type": "percentage",
    "value": "12.5",
    "promotion": None,
    "minimum_order_amount": usd("30.00"),
    "maximum_discount_amount": usd("20.00"),
    "usage_limit": 100,
    "usage_limit_per_customer": 2,
    "starts_at": "2026-03-01T00:00:00Z",
    "ends_at": "2026-06-01T00:00:00Z",
    "active": False,
    "stackable": True,
    "sign_in_needed": True,
}
USUAL = {
    "description": None,
    "promotion": None,
    "minimum_order_amount": None,
    "maximum_discount_amount": None,
    "usage_limit": None,
    "usage_limit_per_customer": 1,
    "starts_at": None,
    "ends_at": None,
    "active": True,
    "stackable": False,
    "sign_in_needed": False,
    "currency": "USD",
    "batch_id": None,
    "usage": {"used_count": 0, "uses": 0, "discount": usd("0.00"), "last_used_at": None},
}


async def ask(web: Web, method: str, path: str = "", body: object = None) -> Response:
    return await web.ask(method, f"/admin/coupons{path}", body, headers=STAFF)


async def add(web: Web, code: str, **terms: object) -> dict[str, Any]:
    answer = await ask(web, "POST", "", {**FIVE_OFF, "code": code, **terms})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def generate(web: Web, prefix: str, amount: int, **terms: object) -> dict[str, Any]:
    body = {"prefix": prefix, "amount": amount, "name": "Letter", "type": "percentage", **terms}
    answer = await web.ask("POST", "/admin/coupon-batches", body, headers=STAFF)
    assert answer.status_code == 201, answer.text
    batch: dict[str, Any] = answer.json()
    return batch


async def use(web: Web, token: str, code: str) -> dict[str, Any]:
    """What became of the code on the cart."""
    answer = await web.post("/cart/coupons", {"code": code}, x_cart_token=token)
    assert answer.status_code == 200, answer.text
    (standing,) = answer.json()["quote"]["codes"]
    told: dict[str, Any] = standing
    return told


async def test_a_coupon_is_told_as_it_is_kept(web: Web) -> None:
    made = await add(web, "Spring-7", **TERMS)
    shown = await ask(web, "GET", "/Spring-7")
    assert shown.json() == made
    assert made == {**USUAL, "id": made["id"], "code": "Spring-7", **TERMS}


async def test_what_is_left_out_is_usual(web: Web) -> None:
    made = await add(web, "Welcome")
    assert made == {**USUAL, "id": made["id"], **FIVE_OFF}


@pytest.mark.parametrize(
    ("type_", "value", "told"),
    [
        ("percentage", "10", "10"),
        ("percentage", "10.5000", "10.5"),
        ("percentage", "100.0", "100"),
        ("percentage", "0.0001", "0.0001"),
        ("fixed_amount", "5", "5.00"),
        ("fixed_amount", "5.1", "5.10"),
        ("free_shipping", "0", "0"),
    ],
)
async def test_each_type_tells_its_value(web: Web, type_: str, value: str, told: str) -> None:
    made = await add(web, "A", type=type_, value=value)
    assert (made["type"], made["value"]) == (type_, told)
    again = await ask(web, "PUT", "/a", {"name": "A", "type": type_, "value": told})
    assert again.json()["value"] == told


async def test_a_coupon_opens_a_promotion_by_its_code(web: Web) -> None:
    await make(web, "members", TENTH, needs_code=True)
    await make(web, "open", TENTH, active=False)
    made = await add(web, "CLUB", type="promotion", value="0", promotion="members")
    listed = (await ask(web, "GET")).json()["items"]
    assert (made["promotion"], listed) == ("members", [made])
    for wish, status, code in (("no-such", 404, "promotion_not_found"), ("open", 400, None)):
        body = {"name": "X", "type": "promotion", "promotion": wish}
        refused = await ask(web, "PUT", "/club", body)
        assert refused.status_code == status
        assert code is None or refused.json()["code"] == code
    (shirt,) = await web.stock(1)
    standing = await use(web, (await web.cart(shirt))["token"], "club")
    # 10 % of 2 x 10.00
    assert (standing["standing"], standing["discount"]) == ("applied", usd("2.00"))


async def test_a_promotion_that_coupons_open_stays(web: Web) -> None:
    await make(web, "members", TENTH, needs_code=True)
    await add(web, "CLUB", type="promotion", value="0", promotion="members")
    refused = await web.ask("DELETE", "/admin/promotions/members", headers=STAFF)
    assert (refused.status_code, refused.json()["code"]) == (409, "promotion_has_coupons")
    assert refused.json()["promotion"] == "members"
    shown = await web.ask("GET", "/admin/promotions/members", headers=STAFF)
    assert shown.status_code == 200


async def test_a_code_that_is_taken_is_refused_in_any_case(web: Web) -> None:
    first = await add(web, "Welcome")
    second = await ask(web, "POST", "", {**FIVE_OFF, "code": "  wELCOME ", "value": "6.00"})
    assert (second.status_code, second.json()["code"]) == (409, "coupon_code_taken")
    assert (await ask(web, "GET", "/Welcome")).json() == first


async def test_a_changed_coupon_keeps_its_code_and_forgets_the_rest(web: Web) -> None:
    first = await add(web, "Spring-7", **TERMS)
    changed = await ask(web, "PUT", "/SPRING-7", {"name": "W", "type": "free_shipping"})
    assert changed.status_code == 200, changed.text
    wanted = {"id": first["id"], "code": "Spring-7", "name": "W"}
    assert changed.json() == {**USUAL, **wanted, "type": "free_shipping", "value": "0"}
    assert (await ask(web, "GET", "/spring-7")).json() == changed.json()


async def test_an_ended_coupon_is_kept_and_opens_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    made = await add(web, "Welcome")
    assert (await use(web, token, "WELCOME"))["standing"] == "applied"
    ended = await ask(web, "DELETE", "/welcome")
    assert (ended.status_code, ended.json()) == (200, {**made, "active": False})
    (standing,) = (await web.get("/cart", x_cart_token=token)).json()["quote"]["codes"]
    assert (standing["standing"], standing["reason"]) == ("refused", "inactive")
    assert (await ask(web, "DELETE", "/welcome")).json() == ended.json()


@pytest.mark.parametrize("written", ["WELCOME", "welcome", "%20WelCome%20", "%09welcome"])
async def test_a_code_in_the_address_is_read_as_customers_write_it(web: Web, written: str) -> None:
    made = await add(web, "Welcome")
    assert (await ask(web, "GET", f"/{written}")).json() == made


@pytest.mark.parametrize(
    "code", ["no-such", "NOT A CODE", "%00", "%20", "x" * 300, "%ff", "%C3%9F", "%F0%9F%8E%81"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_coupon_that_is_not_there_is_not_found(web: Web, method: str, code: str) -> None:
    body = {"name": "X", "type": "free_shipping"} if method == "PUT" else None
    answer = await ask(web, method, f"/{code}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "coupon_not_found")
    assert len(answer.json()["coupon"]) <= CODE_LENGTH


async def test_coupons_are_listed_page_by_page_by_their_beginning(web: Web) -> None:
    for code in ("spring-b", "Autumn", "SPRING-A", "spring-C"):
        await add(web, code)
    first = (await ask(web, "GET", "?prefix=Spring&limit=2")).json()
    second = (await ask(web, "GET", f"?prefix=Spring&limit=2&cursor={first['next_cursor']}")).json()
    assert [each["code"] for each in first["items"]] == ["SPRING-A", "spring-b"]
    assert [each["code"] for each in second["items"]] == ["spring-C"]
    assert second["next_cursor"] is None
    every = (await ask(web, "GET")).json()["items"]
    assert [each["code"] for each in every] == ["Autumn", "SPRING-A", "spring-b", "spring-C"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=Not+a+code", "bad_cursor"),
        (f"cursor={'x' * 51}", "bad_cursor"),
        ("batch_id=x", "invalid_input"),
        ("limit=101", "invalid_input"),
        (f"prefix={'x' * 51}", "invalid_input"),
        ("prefix=%00", "invalid_input"),
        ("code=x", "invalid_input"),
    ],
)
async def test_a_list_says_what_it_can_not_be_asked(web: Web, query: str, code: str) -> None:
    refused = await ask(web, "GET", f"?{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "two words"}, "code"),
        ({"code": "-x"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "x" * 51}, "code"),
        ({"name": "   "}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"type": "gift"}, "type"),
        ({"value": "0"}, "value"),
        ({"value": "5.001"}, "value"),
        ({"value": "-5"}, "value"),
        ({"value": "1e2"}, "value"),
        ({"value": 5}, "value"),
        ({"type": "percentage", "value": "100.0001"}, "value"),
        ({"type": "percentage", "value": "1.00001"}, "value"),
        ({"type": "percentage", "value": "0"}, "value"),
        ({"type": "free_shipping", "value": "1"}, "value"),
        ({"type": "promotion", "value": "0"}, "promotion"),
        ({"promotion": "members"}, "promotion"),
        ({"minimum_order_amount": usd("0.00")}, "minimum_order_amount"),
        ({"minimum_order_amount": usd("-1.00")}, "minimum_order_amount.amount"),
        (
            {"maximum_discount_amount": {"amount": "1.00", "currency": "EUR"}},
            "maximum_discount_amount",
        ),
        ({"usage_limit": 0}, "usage_limit"),
        ({"usage_limit_per_customer": 0}, "usage_limit_per_customer"),
        ({"starts_at": "2026-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
        ({"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2025-12-31T19:00:00-05:00"}, "ends_at"),
        ({"used_count": 1}, "used_count"),
    ],
)
async def test_a_coupon_that_makes_no_sense_is_refused_by_field(
    web: Web, changes: dict[str, object], field: str
) -> None:
    before = web.rows()
    answer = await ask(web, "POST", "", {**FIVE_OFF, **changes})
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert web.rows() == before


async def test_fifty_codes_are_made_listed_and_one_is_used(web: Web) -> None:
    await add(web, "SPRING-OTHER")
    batch = await generate(web, "SPRING", 50, value="10", usage_limit=1)
    assert (batch["name"], batch["prefix"], batch["amount"]) == ("Letter", "SPRING", 50)
    listed: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"?batch_id={batch['id']}&limit=20{cursor}"
        page = (await ask(web, "GET", path)).json()
        listed += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    codes = [each["code"] for each in listed]
    assert (len(set(codes)), {each["batch_id"] for each in listed}) == (50, {batch["id"]})
    for code in codes:
        prefix, *parts = code.split("-")
        assert (prefix, [len(part) for part in parts]) == ("SPRING", [4, 4, 4, 4])
        assert set("".join(parts)) <= set(ALPHABET)
    (shirt,) = await web.stock(1)
    standing = await use(web, (await web.cart(shirt))["token"], codes[7].lower())
    # 10 % of 2 x 10.00
    assert (standing["standing"], standing["discount"]) == ("applied", usd("2.00"))


async def test_batches_are_listed_newest_first_page_by_page(web: Web) -> None:
    made = [await generate(web, prefix, 1, value="5") for prefix in ("A", "", "C")]
    page = "/admin/coupon-batches?limit=2"
    first = (await web.ask("GET", page, headers=STAFF)).json()
    cursor = first["next_cursor"]
    second = (await web.ask("GET", f"{page}&cursor={cursor}", headers=STAFF)).json()
    assert first["items"] + second["items"] == made[::-1]
    assert second["next_cursor"] is None
    refused = await web.ask("GET", "/admin/coupon-batches?cursor=x", headers=STAFF)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")
    assert (await ask(web, "GET", f"?batch_id={NOBODYS}")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 10_001}, "amount"),
        ({"prefix": "two words"}, "prefix"),
        ({"prefix": "x" * 36}, "prefix"),
        ({"value": "0"}, "value"),
        ({"usage_limit": 0}, "usage_limit"),
    ],
)
async def test_a_batch_that_makes_no_sense_is_refused_by_field(
    web: Web, changes: dict[str, object], field: str
) -> None:
    before = web.rows()
    body = {"prefix": "A", "amount": 2, "name": "A", "type": "percentage", "value": "5", **changes}
    answer = await web.ask("POST", "/admin/coupon-batches", body, headers=STAFF)
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert web.rows() == before


async def test_the_figures_count_the_orders_that_used_a_code(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await add(web, "Welcome", usage_limit_per_customer=None, usage_limit=2)
    for email in ("ann@example.com", "bob@example.com"):
        token = (await web.cart(shirt, 2))["token"]
        await use(web, token, " welcome ")
        body = order_body(email=email)
        placed = await web.post("/orders", body, x_cart_token=token, idempotency_key=token)
        assert placed.status_code == 201, placed.text
    told = (await ask(web, "GET", "/Welcome")).json()
    assert told["usage"] == {
        "used_count": 2,
        "uses": 2,
        "discount": usd("10.00"),
        "last_used_at": "2026-03-01T12:00:00Z",
    }
    changed = await ask(web, "PUT", "/Welcome", {"name": "W", "type": "free_shipping"})
    ended = await ask(web, "DELETE", "/Welcome")
    assert changed.json()["usage"] == ended.json()["usage"] == told["usage"]
    assert (await ask(web, "GET", "?prefix=w")).json()["items"] == [ended.json()]


async def test_a_coupon_that_is_used_up_says_so_to_the_next(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await add(web, "Once", usage_limit=1)
    token = (await web.cart(shirt, 2))["token"]
    await use(web, token, "once")
    await web.post("/orders", order_body(), x_cart_token=token, idempotency_key=token)
    other = (await web.cart(shirt, 2))["token"]
    refused = await web.post("/cart/coupons", {"code": "once"}, x_cart_token=other)
    assert (refused.status_code, refused.json()["reason"]) == (409, "used_up")


async def test_the_examples_of_the_document_are_accepted(web: Web) -> None:
    coupon = await ask(web, "POST", "", example_bodies()[AddCoupon])
    batch = {**example_bodies()[GenerateCoupons], "amount": 3}
    made = await web.ask("POST", "/admin/coupon-batches", batch, headers=STAFF)
    assert (coupon.status_code, made.status_code) == (201, 201)
