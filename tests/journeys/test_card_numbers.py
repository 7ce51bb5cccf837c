"""A card's number is found wherever a shop may have left it, and a shop leaves it nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from benchmarks.rig.shoppers import API, Shoppers, fresh_key
from tests.adapters.stripe.shopper import CODE, GOOD
from tests.journeys.card_numbers import Card, places_of, places_written, remember_what_is_written
from tests.journeys.customers import WATCHED, Customer, Staff
from tests.journeys.shops import Shop
from tests.journeys.stripe_desk import open_stripe

CARD = Card(GOOD, CODE)
AMEX = Card("378282246310005", "9719")
TYPED = {"card[number]": GOOD, "card[exp_month]": "12", "card[exp_year]": "2035", "card[cvc]": CODE}
TYPED_IN = {"number": GOOD, "exp_month": 12, "exp_year": 2035, "cvc": CODE}
JOB = (
    "INSERT INTO procrastinate_jobs (task_name, queue_name, args)"
    " VALUES ('mail', 'reactions', jsonb_build_object('said', %s::text)) RETURNING id"
)


def found(shop: Shop) -> list[str]:
    """Where the shop holds anything of the two cards."""
    return places_of((CARD, AMEX), url=shop.settings["database_url"], folder=shop.folder)


@pytest.mark.parametrize(
    "text",
    [
        "paid with 4242424242424242.",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "card[number]=4242+4242+4242+4242",
        "card%5Bcvc%5D=719",
        '{"cvc": "719"}',
        "378282246310005",
        "3782 822463 10005",
    ],
)
def test_a_number_is_found_in_rows_jobs_and_logs(shop: Shop, text: str) -> None:
    remember_what_is_written(shop.settings["database_url"])
    assert found(shop) == []
    shop.rows("UPDATE products SET name = %s RETURNING id", [text])
    shop.rows(
        "INSERT INTO idempotency_keys (caller, key, fingerprint, answer)"
        " VALUES ('ada', 'key', '', %s) RETURNING key",
        [text.encode()],
    )
    shop.rows(JOB, [text])
    (shop.folder / "mails").mkdir()
    (shop.folder / "mails" / "1.eml").write_text(f"Dear Ada,\n{text}\n")
    (shop.folder / "server-0.log").write_text(f'{{"event": "request"}}\n{text}\n')
    assert found(shop) == [
        "ever_written",
        "idempotency_keys",
        "procrastinate_jobs",
        "products",
        "mails/1.eml",
        "server-0.log",
    ]


def test_a_number_is_found_that_was_written_over_or_deleted(shop: Shop) -> None:
    remember_what_is_written(shop.settings["database_url"])
    shop.rows(JOB, [GOOD])
    shop.rows("DELETE FROM procrastinate_jobs RETURNING id")
    assert found(shop) == ["ever_written"]


async def test_whoever_sends_one_to_the_shop_is_refused_and_forgotten(
    shop: Shop, localstripe: str
) -> None:
    remember_what_is_written(shop.settings["database_url"])
    async with open_stripe(localstripe) as stripe:
        shop.settings |= {**stripe.settings(), **WATCHED}
        async with Shoppers([shop.serve().base]) as shoppers:
            ada = await Customer.registered(shoppers, "stripe", shop.variant("MUG"))
            order = await ada.buys()
            payment = await ada.intends(order)
            for path, body in careless(order["id"], payment["id"]):
                refused = await ada.ask("POST", path, body)
                assert refused.status in {400, 404, 409}, (path, body, refused)
            await refused_before_it_is_read(ada)

            charge = {"id": "ch_1", "payment_method_details": {"card": TYPED_IN}}
            event = stripe.event("charge.updated", charge)
            assert (await stripe.tell(shoppers, event)).status == 200
            await Staff(shoppers, "stripe").heard(event["id"])
    written = places_written(shop.settings["database_url"])
    assert written >= {"carts", "orders", "payments", "webhook_events", "procrastinate_jobs"}
    assert found(shop) == []


def careless(order_id: str, payment_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where somebody might send a card in place of what stands for it, and how."""
    intent, confirm = {"order_id": order_id, "gateway": "stripe"}, {"order_id": order_id}
    setup = {"gateway": "stripe", "setup_id": fresh_key()}
    for card in ({"card": TYPED_IN}, {"payment_method": {"card": TYPED_IN}}, TYPED):
        yield "/payments/create-intent", {**intent, **card}
        yield "/payments/confirm", {**confirm, "payment_id": payment_id, **card}
        yield "/payments/methods", {"gateway": "stripe", **card}
        yield "/orders", {"email": "ada@example.com", "shipping_method": "standard", **card}
    for number in (GOOD, "4242 4242 4242 4242"):
        yield "/payments/methods", {**setup, "token": number}
        yield "/payments/create-intent", {**intent, "method_id": number}
        yield "/payments/create-intent", {**intent, "gateway": number}
        yield "/payments/confirm", {**confirm, "payment_id": number}


async def refused_before_it_is_read(ada: Customer) -> None:
    """A form that should have gone to Stripe, JSON that ends too soon, and addresses."""
    form, json_type = "application/x-www-form-urlencoded", "application/json"
    cut = json.dumps({"card": TYPED_IN})[:-1]
    for route, kind, body, status in (
        ("create-intent", form, urlencode(TYPED), 415),
        ("methods", form, urlencode(TYPED), 415),
        ("confirm", json_type, cut, 400),
        ("stripe/webhook", json_type, cut, 400),
    ):
        headers, path = {**ada.member.headers, "Content-Type": kind}, f"{API}/payments/{route}"
        refused = await ada.shoppers.ask("POST", path, headers=headers, raw=body.encode())
        assert refused.status == status, (route, refused)
    assert (await ada.ask("GET", f"/payments/gateways?{urlencode(TYPED)}")).status == 400
    assert (await ada.ask("DELETE", f"/payments/methods/{GOOD}")).status == 404
