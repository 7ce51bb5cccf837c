"""Lists of orders over HTTP: one's own for customers, everybody's for staff."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from automate_store.domain.catalog import Product
from automate_store.domain.identity import AccountRole
from tests.http.people import Person, person, staff
from tests.http.web import STAFF, Web, order_body


async def ordered(who: Person, product: Product, quantity: int = 2) -> dict[str, Any]:
    """An order of so many, placed by an account a minute after what was before."""
    who.web.shop.clock.advance(timedelta(minutes=1))
    item = {"variant_id": str(product.variants[0].id), "quantity": quantity}
    added = await who.post("/cart/add", item)
    assert added.status_code == 200, added.text
    key = f"order {added.json()['id']}".replace(" ", "-")
    answer = await who.ask(
        "POST", "/orders", order_body(email=who.email), idempotency_key=f"{key}-{quantity}"
    )
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def listed(web: Web, **query: object) -> list[str]:
    """The numbers of the orders that staff are shown."""
    answer = await web.ask("GET", f"/admin/orders?{urlencode(query)}", headers=STAFF)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["items"]]


async def test_customers_see_their_own_orders_the_last_first(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann, bob = await person(web, "ann@example.com"), await person(web, "bob@example.com")
    first, second = await ordered(ann, shirt, 1), await ordered(ann, shirt, 2)
    theirs = await ordered(bob, shirt)
    await web.order(shirt)

    mine = (await ann.get("/orders")).json()

    assert [each["number"] for each in mine["items"]] == [second["number"], first["number"]]
    assert mine["next_cursor"] is None
    assert [each["id"] for each in (await bob.get("/orders")).json()["items"]] == [theirs["id"]]


async def test_a_listed_order_says_what_it_was_and_costs(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web)
    order = await ordered(ann, shirt, 3)

    (shown,) = (await ann.get("/orders")).json()["items"]

    assert shown == {
        "id": order["id"],
        "number": order["number"],
        "status": "pending",
        "payment_status": "pending",
        "fulfilment_status": "unfulfilled",
        "email": "ann@example.com",
        "total": order["quote"]["total"],
        "credited": {"amount": "0.00", "currency": "USD"},
        "first_items": [
            {
                "id": order["items"][0]["id"],
                "product_id": str(shirt.id),
                "variant_id": str(shirt.variants[0].id),
                "name": order["items"][0]["name"],
                "image_url": order["items"][0]["image_url"],
                "quantity": 3,
            }
        ],
        "item_count": 3,
        "placed_at": order["placed_at"],
        "updated_at": order["updated_at"],
    }


async def test_pages_lead_through_all_orders_once(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web)
    placed = [(await ordered(ann, shirt, number + 1))["number"] for number in range(5)]
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = (
            await ann.get(
                f"/orders?limit=2&cursor={quote(cursor)}" if cursor else "/orders?limit=2"
            )
        ).json()
        seen += [each["number"] for each in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (seen, pages) == (placed[::-1], 3)


async def test_orders_are_listed_by_status(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web)
    order, other = await ordered(ann, shirt, 1), await ordered(ann, shirt, 2)
    await ann.ask("PUT", f"/orders/{order['id']}/cancel", idempotency_key="k")

    cancelled = (await ann.get("/orders?status=cancelled")).json()["items"]
    pending = (await ann.get("/orders?status=pending")).json()["items"]

    assert [each["id"] for each in cancelled] == [order["id"]]
    assert [each["id"] for each in pending] == [other["id"]]


async def test_a_guest_has_no_list(web: Web) -> None:
    answer = await web.get("/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")


@pytest.mark.parametrize(
    "key", ["x", "2026-01-01T00:00:00 0195510c-0000-7000-8000-ffffffffffff", "2026 x", ""]
)
async def test_a_cursor_that_leads_nowhere_is_refused(web: Web, key: str) -> None:
    mark = f'["OwnOrder","{key}"]'.encode()
    cursor = urlsafe_b64encode(mark).rstrip(b"=").decode()
    answer = await (await person(web)).get(f"/orders?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=gone", "status"),
        ("payment_status=gone", "payment_status"),
        ("email=nobody", "email"),
        ("placed_from=yesterday", "placed_from"),
        ("placed_until=2026-01-01T00:00:00", "placed_until"),
        ("number=", "number"),
        ("limit=101", "limit"),
        ("user_id=1", "user_id"),
    ],
)
async def test_nonsense_is_refused_by_its_name(web: Web, query: str, field: str) -> None:
    answer = await web.ask("GET", f"/admin/orders?{query}", headers=STAFF)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (
        400,
        [field],
    )


async def test_staff_find_orders_by_what_they_know(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web, "ann@example.com")
    mine, guests = await ordered(ann, shirt), await web.order(shirt)
    bobs = await ordered(await person(web, "bob@example.com"), shirt)
    await web.pay(guests)
    assert guests["placed_at"] == mine["placed_at"]
    numbers = [bobs["number"], guests["number"], mine["number"]]

    assert await listed(web) == numbers
    assert await listed(web, email=" Bob@Example.com") == numbers[:1]
    assert await listed(web, email="ann@example.com") == numbers[1:]
    assert await listed(web, number=bobs["number"].lower()) == numbers[:1]
    assert await listed(web, payment_status="paid") == [guests["number"]]
    assert await listed(web, status="processing") == [guests["number"]]
    assert await listed(web, placed_from=bobs["placed_at"]) == numbers[:1]
    assert await listed(web, placed_until=bobs["placed_at"]) == numbers[1:]


async def test_support_reads_orders_and_vendors_do_not(web: Web) -> None:
    sue = await staff(web, AccountRole.SUPPORT, "sue@example.com")
    vera = await staff(web, AccountRole.VENDOR, "vera@example.com")
    assert (await sue.get("/admin/orders")).status_code == 200
    assert (await vera.get("/admin/orders")).status_code == 403
