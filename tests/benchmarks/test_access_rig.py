"""The parts that checks of access stand on find, send and read what they say."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from automate_store.adapters.system import FileMailer
from automate_store.application.ports.messages import Mail
from automate_store.domain.identity import normalise_email
from automate_store.entrypoints.properties.moments import NOON
from benchmarks.promises.p29_access.operations import Operation, Place, Where, described
from benchmarks.promises.p33_links.hosts import FORMS, forms
from benchmarks.promises.p34_alike.guessing import made_up, spellings
from benchmarks.rig.access import ADMINS, OPERATIONS, REFUSALS, Caller
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shoppers import Answer

ID = "0195510c-0000-7000-8000-000000000007"
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/v1/orders/{id}/lines/{line_id}": {
            "put": {
                "operationId": "change_line",
                "parameters": [
                    {"name": "id", "in": "path", "schema": {"type": "string"}},
                    {"name": "line_id", "in": "path", "schema": {"type": "string"}},
                    {"name": "cursor", "in": "query", "schema": {"anyOf": [{"type": "string"}]}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
                ],
                "security": [{"orderToken": []}, {"staff": []}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "example": {
                                "name": "A name",
                                "items": [{"variant_id": "x", "note": "y"}],
                                "chosen": [ID],
                                "cart_token": "secret",
                            }
                        }
                    }
                },
            }
        }
    }
}
EVERYWHERE = {
    Place(Where.PATH, ("id",)),
    Place(Where.PATH, ("line_id",)),
    Place(Where.QUERY, ("cursor",)),
    Place(Where.HEADER, ("X-Order-Token",)),
    Place(Where.BODY, ("items", 0, "variant_id")),
    Place(Where.BODY, ("chosen", 0)),
    Place(Where.BODY, ("cart_token",)),
}


class Server:
    """Hands out the document."""

    async def ask(self, _method: str, _path: str) -> Answer:
        return Answer(status=200, body=DOCUMENT, headers={}, seconds=0)


@pytest.fixture
def operation() -> Operation:
    (found,) = asyncio.run(described(Server()))  # type: ignore[arg-type]  # it asks no more
    return found


def test_every_place_for_an_id_is_found(operation: Operation) -> None:
    assert set(operation.places) == EVERYWHERE
    assert (operation.id, operation.method, operation.keyed) == ("change_line", "PUT", True)


def test_an_operation_is_asked_with_the_ids_that_it_is_given(operation: Operation) -> None:
    values = {
        Place(Where.PATH, ("id",)): "a/b",
        Place(Where.PATH, ("line_id",)): "c",
        Place(Where.QUERY, ("cursor",)): "d e",
        Place(Where.BODY, ("items", 0, "variant_id")): "f",
    }
    assert operation.target(values) == "/api/v1/orders/a%2Fb/lines/c?cursor=d+e"
    assert operation.body(values)["items"] == [{"variant_id": "f", "note": "y"}]
    assert operation.body({}) == operation.example


def test_a_place_is_known_by_what_stands_before_it(operation: Operation) -> None:
    about = {place.name: operation.about(place) for place in operation.places}
    assert (about["id"], about["line_id"]) == ("orders id", "lines line_id")


def test_what_admins_alone_may_do_admins_alone_get_through_to() -> None:
    rows = [row for row in OPERATIONS.values() if row is ADMINS]
    assert len(rows) > 20
    assert ADMINS.through == {Caller.ADMIN}
    assert set(ADMINS.told.values()) <= REFUSALS


async def test_mails_are_read_once_each_with_the_links_in_them(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path, sender="shop@example.com", clock=lambda: NOON)
    mailbox = Mailbox(tmp_path)
    secret = "s" * 43
    for number, page in enumerate(("verify-email", "reset-password", "verify-email")):
        link = f"https://a-long-name-of-a-shop.example/account/{page}#token={secret}{number}"
        text = f"Hello, here is what you asked for:\n\n{link}\n\nThe shop"
        mail = Mail(id=UUID(int=9 - number), to="ann@example.com", subject="A link", text=text)
        await mailer.send(mail)
        assert len(mailbox.letters("ann@example.com")) == number + 1

    found = await mailbox.link("ann@example.com", "verify-email", 2)

    assert (found.secret, found.base) == (f"{secret}2", "https://a-long-name-of-a-shop.example")
    assert mailbox.count("ann@example.com", "verify-email") == 2
    assert mailbox.letters("bob@example.com") == []


def test_another_host_is_named_in_fifty_ways_and_no_two_are_one() -> None:
    made = list(forms("127.0.0.1:8000"))
    requests = {(form.lines, form.target, form.version) for form in made}
    assert FORMS <= len(made) == len({form.name for form in made}) == len(requests)


def test_a_thousand_spellings_are_one_e_mail() -> None:
    made = list(islice(spellings("p34-victim-1@example.com"), 1_000))
    assert {normalise_email(each) for each in made} == {"p34-victim-1@example.com"}
    assert len(set(made)) == 1_000


def test_a_thousand_clients_say_that_they_are_somewhere_else() -> None:
    made = list(islice(made_up(), 1_000))
    assert len({str(sorted(each.items())) for each in made}) == 1_000
    assert {len(each) for each in made} == {2}
