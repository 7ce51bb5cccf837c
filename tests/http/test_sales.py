"""What vendors sold: their own items of an order, and nothing of whoever bought them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.domain.catalog import Product
from automate_store.domain.identity import AccountRole
from automate_store.domain.kernel.ids import UserId
from tests.http.people import Person, person, staff
from tests.http.web import ADDRESS, NOBODYS, STAFF, Web, order_body


async def vendor_of(web: Web, product: Product, name: str) -> Person:
    """Somebody new, whose product it is."""
    someone = await staff(web, AccountRole.VENDOR, f"{name}@example.com")
    await give(web, product.slug, someone)
    return someone


async def give(web: Web, slug: str, someone: Person) -> None:
    """Make the product that vendor's."""
    async with web.shop.ports.unit_of_work() as work:
        product = (await work.products.by_slugs([slug]))[slug]
        await work.products.save([evolve(product, vendor_id=UserId(UUID(someone.id)))])


async def order_of(web: Web, *products: Product) -> dict[str, Any]:
    """A guest's order of one of each."""
    items = [{"variant_id": str(product.variants[0].id)} for product in products]
    token = (await web.post("/cart/add", {"items": items})).json()["token"]
    body = order_body(notes="Ring twice")
    answer = await web.post("/orders", body, x_cart_token=token, idempotency_key=token)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def test_a_vendor_sees_its_own_items_and_their_money(web: Web) -> None:
    shirts = await web.stock(3)
    vera = await vendor_of(web, shirts[0], "vera")
    order = await order_of(web, *shirts)

    sale = (await vera.get(f"/sales/{order['id']}")).json()

    (mine,) = [item for item in order["items"] if item["product_id"] == str(shirts[0].id)]
    assert sale["items"] == [mine]
    assert (sale["order_id"], sale["number"]) == (order["id"], order["number"])
    assert sale["status"] == "pending"


async def test_a_vendor_is_told_nothing_of_who_bought_nor_of_what_else(web: Web) -> None:
    shirts = await web.stock(2)
    vera = await vendor_of(web, shirts[0], "vera")
    order = await order_of(web, *shirts)

    told = (await vera.get(f"/sales/{order['id']}")).text

    person_of_the_order = {value for name, value in ADDRESS.items() if name != "country"}
    other = next(item for item in order["items"] if item["product_id"] == str(shirts[1].id))
    money = {order["quote"]["total"]["amount"], other["unit_price"]["amount"]}
    secrets = {"ann@example.com", "Ring twice", order["token"], other["id"], other["name"]}
    assert [each for each in person_of_the_order | money | secrets if each in told] == []


async def test_a_vendor_sees_what_was_called_off_of_its_own(web: Web) -> None:
    shirts = await web.stock(2)
    vera = await vendor_of(web, shirts[0], "vera")
    order = await order_of(web, *shirts)
    (mine,) = [item for item in order["items"] if item["product_id"] == str(shirts[0].id)]
    off = {"items": [{"item_id": mine["id"], "quantity": 1}]}
    opened = {"x_order_token": order["token"], "idempotency_key": "off"}
    gone = await web.put(f"/orders/{order['id']}/cancel", off, **opened)
    assert gone.status_code == 200, gone.text

    sale = await vera.get(f"/sales/{order['id']}")

    assert sale.status_code == 200, sale.text
    (sold,) = sale.json()["items"]
    assert (sold["status"], sold["quantity"], sold["cancelled"]) == ("cancelled", 0, 1)
    assert sold["total"]["amount"] == "0.00"


async def test_a_sale_of_somebody_else_is_like_none(web: Web) -> None:
    shirts = await web.stock(2)
    vera, victor = await vendor_of(web, shirts[0], "vera"), await vendor_of(web, shirts[1], "vic")
    order = await order_of(web, shirts[0])

    foreign = await victor.get(f"/sales/{order['id']}")
    missing = await victor.get(f"/sales/{NOBODYS}")

    assert (await vera.get(f"/sales/{order['id']}")).status_code == 200
    assert (foreign.status_code, foreign.json()["code"]) == (404, "order_not_found")
    assert (
        foreign.text.replace(order["id"], NOBODYS).split('"request_id"')[0]
        == (missing.text.split('"request_id"')[0])
    )


@pytest.mark.parametrize("what", ["", "/timeline"])
async def test_the_order_itself_is_not_there_for_a_vendor(web: Web, what: str) -> None:
    (shirt,) = await web.stock(1)
    vera = await vendor_of(web, shirt, "vera")
    order = await order_of(web, shirt)

    answer = await vera.get(f"/orders/{order['id']}{what}")

    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


async def test_sales_are_for_vendors(web: Web) -> None:
    order = await order_of(web, *(await web.stock(1)))
    path = f"/sales/{order['id']}"
    ann, sue = await person(web), await staff(web, AccountRole.SUPPORT, "sue@example.com")

    guest, program = await web.get(path), await web.ask("GET", path, headers=STAFF)

    assert (guest.status_code, guest.json()["code"]) == (401, "sign_in_needed")
    # It may do what admins may, and is nobody whose product anything could be.
    assert (program.status_code, program.json()["code"]) == (401, "sign_in_needed")
    for someone in (ann, sue):
        answer = await someone.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
