"""What is kept on somebody, and their end: orders stay, the person goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from automate_store.application import identity as use_cases
from automate_store.application.access import Actor, Role
from automate_store.application.ports import Ports
from automate_store.domain.identity import AccountRole, Address, AddressType, SessionOver
from automate_store.domain.kernel.ids import UserId
from tests.http.people import PASSWORD, mailed, person, registration, staff
from tests.http.web import ADDRESS, STAFF, Web


async def test_all_that_is_kept_on_me_is_one_document_without_secrets(web: Web) -> None:
    ann = await person(web, phone="+1 212 555 0100")
    await ann.post("/auth/addresses", ADDRESS)
    answer = await ann.get("/auth/export")
    assert answer.headers["content-disposition"].startswith("attachment")
    told = answer.text
    for kept in ("ann@example.com", "Lee", "+1 212 555 0100", "1 Main Street"):
        assert kept in told
    assert "sha256$" not in told
    assert ann.refresh_token not in told


async def test_a_guests_orders_are_claimed_once_the_e_mail_is_proven(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    ann = await person(web)
    before = await ann.get(f"/orders/{order['id']}")
    assert before.status_code == 404
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    after = await ann.get(f"/orders/{order['id']}")
    assert (after.status_code, after.json()["id"]) == (200, order["id"])
    bob = await person(web, "bob@example.com")
    assert (await bob.get(f"/orders/{order['id']}")).status_code == 404


async def test_a_guests_order_of_a_proven_e_mail_is_its_owners_from_the_start(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann, bob = await person(web), await person(web, "bob@example.com")
    early = await web.order(shirt)
    for unproven in (ann, bob):
        assert (await unproven.get(f"/orders/{early['id']}")).status_code == 404
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    later = await web.order(shirt)
    assert (await ann.get(f"/orders/{later['id']}")).json()["id"] == later["id"]
    assert (await ann.get(f"/orders/{later['id']}/timeline")).status_code == 200
    assert (await bob.get(f"/orders/{later['id']}")).status_code == 404
    refused = await ann.ask("DELETE", "/auth/delete-account", {"password": PASSWORD})
    assert set(refused.json()["numbers"]) == {early["number"], later["number"]}


async def test_list_and_export_have_what_a_guest_ordered_with_the_proven_e_mail(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web)
    unproven = await web.order(shirt)
    assert (await ann.get("/orders")).json()["items"] == []
    assert unproven["number"] not in (await ann.get("/auth/export")).text
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    later = await web.order(shirt)
    listed = (await ann.get("/orders")).json()["items"]
    assert [each["number"] for each in listed] == [later["number"], unproven["number"]]
    told = (await ann.get("/auth/export")).text
    assert unproven["number"] in told
    assert later["number"] in told
    # Whoever placed it goes on to pay it with the token that they were told.
    assert (await web.pay(later))["order"]["id"] == later["id"]


async def test_nobody_leaves_while_an_order_is_on_its_way(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    await web.pay(order)
    ann = await person(web)
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    refused = await ann.ask("DELETE", "/auth/delete-account", {"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "orders_open")
    assert refused.json()["numbers"] == [order["number"]]
    for step in ("shipments", "deliver"):
        headers = {**STAFF, "idempotency-key": step}
        await web.ask("POST", f"/admin/orders/{order['id']}/{step}", headers=headers)
    gone = await ann.ask("DELETE", "/auth/delete-account", {"password": PASSWORD})
    assert gone.status_code == 200, gone.text
    kept = (await web.ask("GET", f"/orders/{order['id']}", headers=STAFF)).json()
    assert kept["quote"] == order["quote"]
    assert "ann@example.com" not in str(kept)
    assert "Main Street" not in str(kept)
    assert "ann@example.com" not in web.rows()
    assert "Main Street" not in web.rows()


async def test_who_left_is_signed_out_and_may_come_back_anew(web: Web) -> None:
    ann = await person(web)
    wrong = await ann.ask("DELETE", "/auth/delete-account", {"password": "wrong"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password_wrong")
    await ann.ask("DELETE", "/auth/delete-account")
    assert (await ann.get("/auth/me")).json()["code"] == "session_over"
    old = await web.post("/auth/login", {"email": ann.email, "password": PASSWORD})
    assert old.json()["code"] == "wrong_credentials"
    again = await web.post("/auth/register", registration(ann.email))
    assert again.status_code == 201
    assert again.json()["user"]["id"] != ann.id


async def test_an_old_sign_in_leaves_only_with_the_password(web: Web) -> None:
    ann = await person(web)
    web.shop.clock.advance(timedelta(minutes=14))
    refused = await ann.ask("DELETE", "/auth/delete-account")
    assert refused.json()["code"] == "proof_needed"


async def test_the_last_admin_stays(web: Web) -> None:
    sue = await staff(web, AccountRole.ADMIN, "sue@example.com")
    refused = await sue.ask("DELETE", "/auth/delete-account")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    down = await sue.ask("PUT", f"/admin/customers/{sue.id}/standing", {"role": "customer"})
    assert (down.status_code, down.json()["code"]) == (409, "last_admin")
    bea = await staff(web, AccountRole.ADMIN, "bea@example.com")
    down = await bea.ask("PUT", f"/admin/customers/{sue.id}/standing", {"role": "customer"})
    assert down.json()["role"] == "customer"
    stranger = await sue.get("/admin/customers")
    assert stranger.status_code == 404


async def test_staff_sign_somebody_out_everywhere(web: Web) -> None:
    ann = await person(web)
    sue = await staff(web, AccountRole.ADMIN, "sue@example.com")
    await sue.ask("DELETE", f"/admin/customers/{ann.id}/sessions")
    assert (await ann.get("/auth/me")).json()["code"] == "session_over"
    assert (await sue.get("/auth/me")).status_code == 200


async def test_nobody_leaves_while_what_they_ordered_as_a_guest_is_on_its_way(web: Web) -> None:
    (shirt,) = await web.stock(1)
    ann = await person(web)
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    order = await web.order(shirt)
    refused = await ann.ask("DELETE", "/auth/delete-account")
    assert refused.json()["numbers"] == [order["number"]]


async def _name_themselves(actor: Actor, ports: Ports) -> None:
    command = use_cases.ChangeProfile(
        first_name="Ann", last_name="Lee", phone=None, date_of_birth=None
    )
    await use_cases.change_profile(command, actor=actor, ports=ports)


async def _say_where_they_live(actor: Actor, ports: Ports) -> None:
    command = use_cases.PutAddress(
        type=AddressType.SHIPPING, address=Address(**ADDRESS), is_default=True
    )
    await use_cases.add_address(command, actor=actor, ports=ports)


async def _ask_for_proof(actor: Actor, ports: Ports) -> None:
    await use_cases.ask_verification(actor=actor, ports=ports)


async def _set_up_a_second_factor(actor: Actor, ports: Ports) -> None:
    await use_cases.begin_second_factor(None, actor=actor, ports=ports)


async def _leave_again(actor: Actor, ports: Ports) -> None:
    await use_cases.delete_account(None, actor=actor, ports=ports)


@pytest.mark.parametrize(
    "do",
    [
        _name_themselves,
        _say_where_they_live,
        _ask_for_proof,
        _set_up_a_second_factor,
        _leave_again,
    ],
)
async def test_what_was_let_in_before_somebody_left_writes_nothing_after(
    web: Web, do: Callable[[Actor, Ports], Awaitable[None]]
) -> None:
    ann = await person(web)
    actor = Actor(Role.CUSTOMER, "ann", UserId(UUID(ann.id)), signed_in_at=web.shop.ports.clock())
    assert (await ann.ask("DELETE", "/auth/delete-account")).status_code == 200
    before = web.rows()
    with pytest.raises(SessionOver):
        await do(actor, web.shop.ports)
    assert web.rows() == before
