"""Payments of a part, money that is held, saved ways to pay, and the gateways that work."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from httpx import Response
from litestar.testing import AsyncTestClient

from automate_store.adapters.memory import MemoryGateway, MemorySavingGateway
from automate_store.application.payments.methods import customer_at
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import CaptureMode
from automate_store.entrypoints.http import create_app
from tests.http.people import PASSWORD, person
from tests.http.web import CONFIG, NOBODYS, STAFF_TOKEN, Web, open_web, ready

BEARER = f"Bearer {STAFF_TOKEN}"


class Dollars(MemoryGateway):
    """A gateway that takes dollars, and of them no more than ten."""

    publishable_key = "pk_dollars"

    def supports(self, amount: Money) -> bool:
        return amount <= Money(1000, "USD") if amount.currency == "USD" else False


class NamesThemLate(MemorySavingGateway):
    """A gateway at which something happens while it looks for a name."""

    meanwhile: Callable[[], Awaitable[None]]

    async def create_customer(self, user_id: UserId, email: str) -> str:
        named = await super().create_customer(user_id, email)
        await self.meanwhile()
        return named


@asynccontextmanager
async def shop(capture: CaptureMode = CaptureMode.AUTOMATIC) -> AsyncIterator[Web]:
    """A shop with a gateway that keeps ways to pay, and one that takes little."""
    async with open_web() as web:
        gateways = {each.name: each for each in (MemorySavingGateway(), Dollars("dollars"))}
        policy = evolve(web.shop.ports.policy, capture=capture)
        ports = evolve(web.shop.ports, gateways=gateways, offered=None, policy=policy)
        opened = evolve(web.shop, ports=ports)
        app = create_app(ports, config=CONFIG, readiness=ready)
        async with AsyncTestClient(app) as client:
            yield Web(opened, app, client)


async def intend(web: Web, order: dict[str, Any], key: str, **more: Any) -> Response:
    body = {"order_id": order["id"], "gateway": "memory", **more}
    return await web.post(
        "/payments/create-intent", body, x_order_token=order["token"], idempotency_key=key
    )


async def confirm(web: Web, order: dict[str, Any], intent: Response) -> dict[str, Any]:
    assert intent.status_code == 201, intent.text
    body = {"order_id": order["id"], "payment_id": intent.json()["id"]}
    key = f"confirm-{intent.json()['id']}"
    answer = await web.post(
        "/payments/confirm", body, x_order_token=order["token"], idempotency_key=key
    )
    assert answer.is_success, answer.text
    paid: dict[str, Any] = answer.json()
    return paid


async def ordered(web: Web) -> dict[str, Any]:
    (shirt,) = await web.stock(1)
    order: dict[str, Any] = await web.order(shirt)
    return order


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


async def test_two_payments_pay_an_order() -> None:
    async with shop() as web:
        order = await ordered(web)
        first = await confirm(web, order, await intend(web, order, "one", amount=usd("10.00")))
        too_much = await intend(web, order, "much", amount=usd("99.00"))
        rest = await confirm(web, order, await intend(web, order, "rest"))

        assert (first["status"], first["order"]["status"]) == ("captured", "pending")
        assert first["captured"] == usd("10.00")
        assert (too_much.status_code, too_much.json()["code"]) == (409, "more_than_due")
        assert too_much.json()["missing"] == rest["amount"]
        assert rest["order"]["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("0.01", "is an object with amount and currency or null, not text"),
        (usd("0.00"), "is more than nothing"),
        (usd("-1.00"), "is more than nothing"),
    ],
)
async def test_a_part_is_an_amount_of_more_than_nothing(amount: object, reason: str) -> None:
    async with shop() as web:
        answer = await intend(web, await ordered(web), "k", amount=amount)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["reason"] == reason


async def test_staff_capture_a_part_and_give_the_rest_up() -> None:
    async with shop(CaptureMode.MANUAL) as web:
        order = await ordered(web)
        held = await confirm(web, order, await intend(web, order, "one"))
        at = f"/admin/payments/{held['id']}"
        staff = {"authorization": BEARER}

        part = await web.post(
            f"{at}/capture", {"amount": usd("5.00")}, idempotency_key="part", **staff
        )
        again = await web.post(
            f"{at}/capture", {"amount": usd("5.00")}, idempotency_key="part", **staff
        )
        much = await web.post(
            f"{at}/capture", {"amount": usd("99.00")}, idempotency_key="much", **staff
        )
        void = await web.post(f"{at}/void", idempotency_key="void", **staff)
        late = await web.post(f"{at}/capture", idempotency_key="late", **staff)

        assert (held["status"], held["order"]["payment_status"]) == ("authorised", "pending")
        assert held["order"]["expires_at"] is None
        assert (part.json(), part.json()["captured"]) == (again.json(), usd("5.00"))
        assert (much.status_code, much.json()["code"]) == (409, "capture_too_large")
        assert (void.json()["status"], void.json()["captured"]) == ("captured", usd("5.00"))
        assert void.json()["order"]["expires_at"] is not None
        assert (late.status_code, late.json()["allowed"]) == (409, [])


async def test_what_staff_do_with_money_that_is_held_stands_in_the_trail() -> None:
    async with shop(CaptureMode.MANUAL) as web:
        order = await ordered(web)
        held = await confirm(web, order, await intend(web, order, "one"))
        at = f"/admin/payments/{held['id']}"
        await web.post(
            f"{at}/capture", {"amount": usd("5.00")}, idempotency_key="c", authorization=BEARER
        )
        await web.post(f"{at}/void", idempotency_key="v", authorization=BEARER)

        trail = (await web.get("/admin/audit", authorization=BEARER)).json()["items"]

        told = [(each["action"], each["subject"]) for each in trail]
        subject = f"payment:{held['id']}"
        assert told[:2] == [("void_payment", subject), ("capture_payment", subject)]


async def test_a_card_is_saved_listed_paid_by_and_removed() -> None:
    async with shop() as web:
        ann, bob = await person(web, "ann@example.com"), await person(web, "bob@example.com")
        begun = (await ann.ask("POST", "/payments/methods", {"gateway": "memory"})).json()
        token = f"tok_seti_{begun['setup_id'].replace('-', '')}"
        keeper = web.shop.ports.gateway("memory")
        assert isinstance(keeper, MemorySavingGateway)
        setup_id = UUID(begun["setup_id"])
        keeper.hand_over(await keeper.begin_setup(setup_id, _customer(keeper)))
        done = {"gateway": "memory", "setup_id": begun["setup_id"], "token": token}
        half = await ann.ask("POST", "/payments/methods", {**done, "setup_id": None})
        saved = (await ann.ask("POST", "/payments/methods", done)).json()["method"]
        stolen = await bob.ask("POST", "/payments/methods", done)
        listed = (await ann.ask("GET", "/payments/methods")).json()
        foreign = await bob.ask("DELETE", f"/payments/methods/{saved['id']}")
        missing = await bob.ask("DELETE", f"/payments/methods/{NOBODYS}")
        gone = await ann.ask("DELETE", f"/payments/methods/{saved['id']}")
        after = (await ann.ask("GET", "/payments/methods")).json()

        assert (begun["method"], bool(begun["client"])) == (None, True)
        assert half.json()["errors"][0]["field"] == "setup_id"
        assert (saved["brand"], saved["last_four"], saved["expires"]) == ("visa", "4242", "12/2030")
        assert not saved["expired"]
        assert token not in str(listed)
        assert stolen.status_code == 409
        assert listed == {"items": [saved]}
        assert (foreign.status_code, foreign.json()["code"]) == (404, "method_not_found")
        assert (foreign.status_code, foreign.json()["code"]) == (
            missing.status_code,
            missing.json()["code"],
        )
        assert (gone.json(), after) == (saved, {"items": []})


def _customer(keeper: MemorySavingGateway) -> str:
    return next(iter(keeper._customers.values()))


async def test_saved_ways_to_pay_are_for_those_who_signed_in() -> None:
    async with shop() as web:
        order = await ordered(web)
        for asked in (
            await web.get("/payments/methods"),
            await web.post("/payments/methods", {"gateway": "memory"}),
            await intend(web, order, "k", save_method=True),
            await intend(web, order, "m", method_id=NOBODYS),
        ):
            assert (asked.status_code, asked.json()["code"]) == (401, "sign_in_needed")


async def test_the_gateways_say_what_they_take_of_an_order_and_of_a_cart() -> None:
    async with shop() as web:
        order = await ordered(web)
        (shirt,) = await web.stock(1)
        cart = await web.cart(shirt)
        plain = (await web.get("/payments/gateways")).json()
        path = f"/payments/gateways?order_id={order['id']}"
        for_order = (await web.get(path, x_order_token=order["token"])).json()
        foreign = await web.get(path)
        for_cart = (await web.get("/cart/gateways", x_cart_token=cart["token"])).json()

        memory = {"works": True, "keeps_methods": True, "publishable_key": None}
        dollars = {"works": True, "keeps_methods": False, "publishable_key": "pk_dollars"}
        assert plain["items"] == [
            {"name": "dollars", "takes": True, **dollars},
            {"name": "memory", "takes": True, **memory},
        ]
        assert for_order["amount"] == (await intend(web, order, "k")).json()["amount"]
        assert for_cart["amount"] == cart["quote"]["total"]
        for told in (for_order, for_cart):
            assert [each["takes"] for each in told["items"]] == [False, True]
        assert foreign.status_code == 404


async def test_a_gateway_that_is_away_is_told_with_those_that_work() -> None:
    async with shop() as web:
        order = await ordered(web)
        away = web.shop.ports.gateway("memory")
        assert isinstance(away, MemorySavingGateway)
        away.hide(hidden=True)
        away.available = False

        refused = await intend(web, order, "k")
        told = (await web.get("/payments/gateways")).json()["items"]

        assert (refused.status_code, refused.json()["others"]) == (503, ["dollars"])
        assert {each["name"]: each["works"] for each in told} == {"dollars": True, "memory": False}


async def test_who_leaves_takes_their_ways_to_pay_along() -> None:
    async with shop() as web:
        ann = await person(web, "ann@example.com")
        keeper = web.shop.ports.gateway("memory")
        assert isinstance(keeper, MemorySavingGateway)
        begun = (await ann.ask("POST", "/payments/methods", {"gateway": "memory"})).json()
        setup = await keeper.begin_setup(UUID(begun["setup_id"]), customer := _customer(keeper))
        done = {
            "gateway": "memory",
            "setup_id": begun["setup_id"],
            "token": keeper.hand_over(setup),
        }
        await ann.ask("POST", "/payments/methods", done)

        (told,) = (await ann.get("/auth/export")).json()["kept"]["payment_methods"]
        gone = await ann.ask("DELETE", "/auth/delete-account", {"password": PASSWORD})
        kept = await keeper.methods(customer)
        await web.shop.store.react(REACTIONS, web.shop.ports)

        assert (told["brand"], told["last_four"], "token" in told) == ("visa", "4242", False)
        assert gone.is_success, gone.text
        assert (len(kept), await keeper.methods(customer)) == (1, ())
        assert keeper._customers == {}


async def test_who_leaves_while_a_gateway_names_them_is_forgotten_there() -> None:
    async with shop() as web:
        ann = await person(web, "ann@example.com")
        keeper = NamesThemLate()
        ports = evolve(web.shop.ports, gateways={keeper.name: keeper})

        async def leave() -> None:
            async with ports.unit_of_work() as work:
                account = await work.accounts.get(UserId(UUID(ann.id)))
                await work.accounts.save(account.anonymised(at=ports.clock()))

        keeper.meanwhile = leave
        await customer_at(keeper, UserId(UUID(ann.id)), ports)
        await web.shop.store.react(REACTIONS, ports)

        assert keeper._customers == {}
        async with ports.reading() as reads:
            assert await reads.methods.customers(UserId(UUID(ann.id))) == {}


async def test_a_customer_sees_what_is_paid_of_an_order_and_what_is_not() -> None:
    async with shop() as web:
        order = await ordered(web)
        part = await confirm(web, order, await intend(web, order, "one", amount=usd("10.00")))
        at, token = f"/orders/{order['id']}/payments", {"x_order_token": order["token"]}
        half = (await web.get(at, **token)).json()
        await confirm(web, order, await intend(web, order, "rest"))
        whole = (await web.get(at, **token)).json()
        foreign = await web.get(at)

        total = Decimal(half["total"]["amount"])
        assert (half["paid"], half["status"]) == (usd("10.00"), "pending")
        assert half["to_pay"] == usd(str(total - 10))
        assert [each["id"] for each in half["items"]] == [part["id"]]
        assert (whole["paid"], whole["to_pay"]) == (whole["total"], usd("0.00"))
        assert (foreign.status_code, foreign.json()["code"]) == (404, "order_not_found")
        assert "client" not in half["items"][0]


async def test_staff_find_what_they_have_to_capture() -> None:
    async with shop(CaptureMode.MANUAL) as web:
        order, other = await ordered(web), await ordered(web)
        held = await confirm(web, order, await intend(web, order, "one"))
        await intend(web, other, "two")
        staff = {"authorization": BEARER}

        waiting = (await web.get("/admin/payments?status=authorised", **staff)).json()["items"]
        every = (await web.get("/admin/payments?limit=1", **staff)).json()
        shown = (await web.get(f"/orders/{order['id']}/payments", **staff)).json()
        await web.post(f"/admin/payments/{held['id']}/capture", idempotency_key="c", **staff)
        captured = await web.get("/admin/payments?status=authorised", **staff)

        assert [(each["id"], each["order_id"]) for each in waiting] == [(held["id"], order["id"])]
        assert (len(every["items"]), bool(every["next_cursor"])) == (1, True)
        assert (shown["authorised"], shown["to_pay"]) == (held["amount"], usd("0.00"))
        assert captured.json()["items"] == []
