"""Parcels over HTTP: followed, delivered one by one; and the status that staff set."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from automate_store.domain.identity import AccountRole
from automate_store.domain.kernel.ids import OrderId
from tests.http.people import staff
from tests.http.sound_orders import sent
from tests.http.web import NOBODYS, STAFF, Web

UPS = {"carrier": "UPS", "tracking_number": "1Z 999"}
PAGE = "https://www.ups.com/track?tracknum=1Z%20999"


async def change(
    web: Web, order: dict[str, Any], path: str, body: object = None, **headers: str
) -> Any:
    """What staff are answered who move the order on."""
    method = "POST" if path.endswith(("deliver", "lose", "shipments")) else "PUT"
    named = {
        "idempotency-key": f"{order['number']} {path} {body} {headers}".encode().hex()[:250],
        **STAFF,
    }
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await web.ask(method, f"/admin/orders/{order['id']}{path}", body, headers=named)


async def in_two_parcels(web: Web) -> dict[str, Any]:
    """A paid order of three that left in two parcels."""
    (shirt,) = await web.stock(1)
    order = await web.order(shirt, 3)
    await web.pay(order)
    one = {"items": [{"item_id": order["items"][0]["id"], "quantity": 1}], **UPS}
    assert (await change(web, order, "/shipments", one)).status_code == 201
    answer = await change(web, order, "/shipments")
    shipped: dict[str, Any] = answer.json()
    return {**shipped, "token": order["token"]}


async def test_a_customer_follows_every_parcel(web: Web) -> None:
    order = await in_two_parcels(web)
    item = order["items"][0]

    answer = await web.get(f"/orders/{order['id']}/tracking", x_order_token=order["token"])

    told = answer.json()
    first, second = told["parcels"]
    assert (told["number"], told["status"], told["to_ship"]) == (order["number"], "shipped", [])
    assert first["items"] == [
        {
            "item_id": item["id"],
            "name": item["name"],
            "image_url": item["image_url"],
            "quantity": 1,
        }
    ]
    assert (first["carrier"], first["tracking_number"], first["tracking_url"]) == (
        "UPS",
        "1Z 999",
        PAGE,
    )
    assert (second["items"][0]["quantity"], second["tracking_url"]) == (2, None)
    assert first["delivered_at"] is second["delivered_at"] is told["delivered_at"] is None


async def test_what_has_not_left_is_told_too(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt, 3)
    await web.pay(order)
    one = {"items": [{"item_id": order["items"][0]["id"], "quantity": 1}]}
    await change(web, order, "/shipments", one)

    answer = await web.get(f"/orders/{order['id']}/tracking", x_order_token=order["token"])

    assert [each["quantity"] for each in answer.json()["to_ship"]] == [2]
    assert answer.json()["fulfilment_status"] == "partly_shipped"


@pytest.mark.parametrize("path", ["tracking", "shipments"])
async def test_without_its_token_nobody_follows_an_order(web: Web, path: str) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    foreign = await web.get(f"/orders/{order['id']}/{path}")
    missing = await web.get(f"/orders/{NOBODYS}/{path}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["code"] == missing.json()["code"] == "order_not_found"


async def test_the_parcels_are_listed_as_they_left(web: Web) -> None:
    order = await in_two_parcels(web)
    answer = await web.get(f"/orders/{order['id']}/shipments", x_order_token=order["token"])
    assert answer.json()["items"] == order["shipments"]


async def test_an_order_is_delivered_with_its_last_parcel(web: Web) -> None:
    order = await in_two_parcels(web)
    first, second = (f"/shipments/{each['id']}/deliver" for each in order["shipments"])

    one = (await change(web, order, second)).json()
    both = (await change(web, order, first)).json()

    assert (one["status"], one["items"][0]["status"]) == ("shipped", "shipped")
    assert [each["delivered_at"] is None for each in one["shipments"]] == [True, False]
    assert (both["status"], both["items"][0]["status"]) == ("delivered", "delivered")
    told = await web.ask("GET", f"/orders/{order['id']}/timeline", headers=STAFF)
    assert [entry["kind"] for entry in told.json()["items"]][-3:] == [
        "parcel_delivered",
        "parcel_delivered",
        "order_delivered",
    ]


async def test_a_parcel_that_waits_for_the_rest_of_its_order_completes_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt, 3)
    await web.pay(order)
    one = {"items": [{"item_id": order["items"][0]["id"], "quantity": 1}]}
    parcel = (await change(web, order, "/shipments", one)).json()["shipments"][0]
    arrived = (await change(web, order, f"/shipments/{parcel['id']}/deliver")).json()
    assert (arrived["status"], arrived["fulfilment_status"]) == ("processing", "partly_shipped")
    assert arrived["items"][0]["status"] == "processing"


async def test_a_parcel_arrives_once_and_one_of_its_order(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order, other = await sent(web, shirt), await sent(web, shirt)
    path = f"/shipments/{order['shipments'][0]['id']}/deliver"
    await change(web, order, path)
    again = await change(web, order, path, idempotency_key="again")
    foreign = await change(web, other, path)
    nonsense = await change(web, other, "/shipments/x/deliver")
    assert (again.status_code, again.json()["code"]) == (409, "already_delivered")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "shipment_not_found")
    assert (nonsense.status_code, nonsense.json()["code"]) == (404, "shipment_not_found")


async def test_the_latest_parcel_is_followed_elsewhere_from_now_on(web: Web) -> None:
    order = await in_two_parcels(web)

    changed = (await change(web, order, "/tracking", UPS)).json()
    first = {"shipment_id": order["shipments"][0]["id"], "carrier": "Somebody"}
    both = (await change(web, order, "/tracking", first)).json()

    assert changed["shipments"][0] == order["shipments"][0]
    assert (changed["shipments"][1]["carrier"], changed["shipments"][1]["tracking_url"]) == (
        "UPS",
        PAGE,
    )
    assert (both["shipments"][0]["carrier"], both["shipments"][0]["tracking_url"]) == (
        "Somebody",
        None,
    )
    assert both["version"] == order["version"] + 2


async def test_what_is_followed_so_already_stays_as_it_is(web: Web) -> None:
    order = await in_two_parcels(web)
    changed = (await change(web, order, "/tracking", UPS)).json()
    before = web.shop.store.events[:]
    again = (await change(web, order, "/tracking", UPS, idempotency_key="again")).json()
    assert (again, web.shop.store.events) == (changed, before)


async def test_an_order_without_parcels_is_not_followed(web: Web) -> None:
    (shirt,) = await web.stock(1)
    answer = await change(web, await web.order(shirt), "/tracking", UPS)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_shipped")
    assert answer.json()["allowed"] == ["pay", "edit", "cancel"]


async def test_staff_set_a_status_by_the_moves_that_lead_there(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order, other = await web.order(shirt), await web.order(shirt)
    await web.pay(order)

    shipped = (await change(web, order, "/status", {"status": "shipped", **UPS})).json()
    delivered = (await change(web, order, "/status", {"status": "delivered"})).json()
    off = await change(web, other, "/status", {"status": "cancelled", "reason": "Sold out."})

    assert (shipped["status"], shipped["shipments"][0]["tracking_url"]) == ("shipped", PAGE)
    assert delivered["status"] == "delivered"
    assert (off.json()["status"], off.json()["cancelled_reason"]) == ("cancelled", "Sold out.")
    assert off.json()["items"][0]["status"] == "cancelled"


async def test_a_paid_order_that_staff_call_off_is_paid_back(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    await web.pay(order)
    off = (await change(web, order, "/status", {"status": "cancelled"})).json()
    assert (off["status"], off["cancelled_reason"]) == ("cancelled", "cancelled by the shop")
    refunds = await web.ask("GET", f"/orders/{order['id']}/refunds", headers=STAFF)
    assert [each["amount"] for each in refunds.json()["refunds"]] == [order["quote"]["total"]]


@pytest.mark.parametrize(
    ("reached", "wanted", "why", "allowed"),
    [
        ("pending", "pending", "it is so already", ["cancelled"]),
        ("pending", "processing", "once it is paid", ["cancelled"]),
        ("pending", "shipped", "what is not paid does not ship", ["cancelled"]),
        ("pending", "delivered", "not all of it has shipped", ["cancelled"]),
        ("pending", "refunded", "a return of all of it", ["cancelled"]),
        ("processing", "pending", "waits for its payment again", ["shipped", "cancelled"]),
        ("processing", "delivered", "not all of it has shipped", ["shipped", "cancelled"]),
        ("shipped", "shipped", "it is so already", ["delivered"]),
        ("shipped", "processing", "until it has shipped", ["delivered"]),
        ("shipped", "cancelled", "only the rest can be called off", ["delivered"]),
        ("delivered", "cancelled", "its life is over", []),
        ("cancelled", "shipped", "its life is over", []),
    ],
)
async def test_any_other_move_is_refused_with_its_reason_and_what_is_allowed(
    web: Web, reached: str, wanted: str, why: str, allowed: list[str]
) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    if reached in {"processing", "shipped", "delivered"}:
        await web.pay(order)
    for step in {"cancelled": ["cancelled"], "shipped": ["shipped"]}.get(
        reached, ["shipped", "delivered"] if reached == "delivered" else []
    ):
        assert (await change(web, order, "/status", {"status": step})).status_code == 200
    before = web.rows()

    answer = await change(web, order, "/status", {"status": wanted}, idempotency_key="refused")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "status_refused")
    assert (problem["current"], problem["wanted"]) == (reached, wanted)
    assert why in problem["why"]
    assert problem["allowed"] == allowed
    rest = f"set to {' or '.join(allowed)}." if allowed else "it can't be set to anything else."
    assert problem["detail"].endswith(rest)
    assert web.rows() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/shipments", None),
        ("/deliver", None),
        ("/status", {"status": "shipped"}),
        ("/tracking", UPS),
        ("/shipments/{parcel}/deliver", None),
    ],
)
async def test_a_change_is_based_on_the_version_that_was_seen(
    web: Web, path: str, body: object
) -> None:
    (shirt,) = await web.stock(1)
    followed = path not in {"/shipments", "/status"}
    order = await sent(web, shirt) if followed else await web.order(shirt)
    if not followed:
        await web.pay(order)
    seen = await web.get(f"/orders/{order['id']}", x_order_token=order["token"])
    path = path.replace("{parcel}", order["shipments"][0]["id"] if followed else "")
    stale = await change(web, order, path, body, if_match='"1"', idempotency_key="stale")
    done = await change(web, order, path, body, if_match=seen.headers["etag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    assert done.status_code in {200, 201}, done.text
    assert done.headers["etag"] == f'"{seen.json()["version"] + 1}"'


async def test_staff_are_told_who_it_was_and_customers_that_it_was_the_shop(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ada = await staff(web, AccountRole.ADMIN, "ada@example.com")
    order = await web.order(shirt)
    await web.pay(order)
    path, body = f"/admin/orders/{order['id']}/status", {"status": "cancelled", "reason": "Gone."}
    assert (await ada.ask("PUT", path, body, idempotency_key="k")).status_code == 200

    path = f"/orders/{order['id']}/timeline"
    theirs = (await web.get(path, x_order_token=order["token"])).json()["items"]
    shops = (await web.ask("GET", path, headers=STAFF)).json()["items"]

    (off,) = [each for each in theirs if each["kind"] == "order_cancelled"]
    (known,) = [each for each in shops if each["kind"] == "order_cancelled"]
    assert (off["actor"], off["reason"]) == ("shop", "Gone.")
    assert (known["actor"], known["reason"]) == (f"admin:{ada.id}", "Gone.")
    assert {each["actor"] for each in theirs} <= {"guest", "shop", "system", "gateway"}
    async with web.shop.ports.reading() as reads:
        kept = await reads.orders.get(OrderId(UUID(order["id"])))
    assert str(kept.cancelled_by) == ada.id
