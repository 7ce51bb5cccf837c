"""A right request for every route of money that is held, and of saved ways to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from attrs import evolve

from automate_store.adapters.memory import MemorySavingGateway
from automate_store.domain.catalog import Product
from automate_store.domain.kernel.ids import MethodId, PaymentId, UserId
from automate_store.domain.payments import CaptureMode, PaymentTerms, SavedMethod
from tests.http.bad_input import Sound
from tests.http.people import person
from tests.http.web import STAFF, Web

API = "/api/v1"
STAFF_HEADERS = {b"authorization": STAFF["Authorization"].encode()}
KEEPER = "keeper"


async def held(web: Web, product: Product) -> str:
    """The id of a payment that is authorised, and waits for the staff."""
    order = await web.order(product)
    payment = await web.intend(order)
    async with web.shop.ports.unit_of_work() as work:
        known = await work.payments.get(PaymentId(UUID(payment["id"])))
        await work.payments.save(evolve(known, terms=PaymentTerms(capture=CaptureMode.MANUAL)))
    body = {"order_id": order["id"], "payment_id": payment["id"]}
    opening = {"x_order_token": order["token"], "idempotency_key": f"hold-{order['id']}"}
    answer = await web.post("/payments/confirm", body, **opening)
    assert answer.json()["status"] == "authorised", answer.text
    found: str = payment["id"]
    return found


def keeper(web: Web) -> MemorySavingGateway:
    """A gateway of the shop that keeps ways to pay, from now on."""
    gateways = cast("dict[str, Any]", web.shop.ports.gateways)
    found: MemorySavingGateway = gateways.setdefault(KEEPER, MemorySavingGateway(KEEPER))
    return found


async def payment_requests(web: Web, product: Product) -> Mapping[str, Sound]:
    """By operation."""
    keeper(web)
    captured, voided = await held(web, product), await held(web, product)
    ann = await person(web, "keeping@example.com")
    mine = {b"authorization": f"Bearer {ann.token}".encode()}
    card = await _saved(web, UserId(UUID(ann.id)))

    def at(path: str, body: Mapping[str, object] | None, headers: Mapping[bytes, bytes]) -> Sound:
        return Sound(path=API + path, body=body, headers=headers)

    part = {"amount": {"amount": "1.00", "currency": "USD"}, "final": False}
    return {
        "capture_payment": at(f"/admin/payments/{captured}/capture", part, STAFF_HEADERS),
        "void_payment": at(f"/admin/payments/{voided}/void", None, STAFF_HEADERS),
        "save_method": at("/payments/methods", {"gateway": KEEPER}, mine),
        "remove_method": at(f"/payments/methods/{card.id}", None, mine),
    }


async def _saved(web: Web, user_id: UserId) -> SavedMethod:
    method = SavedMethod(
        id=MethodId(web.shop.ports.ids.uuid()),
        user_id=user_id,
        gateway=KEEPER,
        token="pm_sound",
        brand="visa",
        last_four="4242",
        expires_month=12,
        expires_year=2030,
        created_at=web.shop.clock(),
    )
    async with web.shop.ports.unit_of_work() as work:
        kept = await work.methods.add(method)
    assert kept is not None, "it is new"
    return kept
