"""What the audit trail keeps of a thing: all of it, in plain JSON, and no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from automate_store.application.auditing import (
    ITEMS_KEPT,
    TEXT_KEPT,
    as_json,
)
from automate_store.domain.identity import Account, AccountRole, SecondFactorState
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.entrypoints.http.openapi import discounts
from automate_store.entrypoints.properties.catalog import products
from automate_store.entrypoints.properties.money import money
from automate_store.entrypoints.properties.pricing import shipping_methods, tax_rates
from automate_store.entrypoints.properties.promotions import promotions

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN = Account(
    id=UserId(UUID("0195510c-0000-7000-8000-000000000001")),
    email="ann@example.com",
    email_verified=True,
    password_hash="argon2-of-hers",
    first_name="Ann",
    last_name="Lee",
    role=AccountRole.SUPPORT,
    second_factor=SecondFactorState(
        sealed="sealed-of-hers", enabled_at=NOON, recovery=(b"recovery-of-hers",)
    ),
    created_at=NOON,
    updated_at=NOON,
)


@frozen
class Lock:
    """Everything that an entry must not have, and one thing that it may."""

    kind = "lock"

    name: str
    token_hash: bytes
    passwords: Mapping[str, str]
    hidden: str = field(repr=False)
    derived: str = field(init=False, default="derived")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (7, 7),
        ("seven", "seven"),
        (Money(1999, "USD"), {"amount": "19.99", "currency": "USD"}),
        (Money(-1999, "JPY"), {"amount": "-1999", "currency": "JPY"}),
        (Decimal("0.088750"), "0.08875"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.000"), "0"),
        (MovementType.RESTOCK, "restock"),
        (NOON, "2026-03-01T12:00:00+00:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(9, 30), "09:30:00"),
        (timedelta(days=2), "2 days, 0:00:00"),
        (ANN.id, "0195510c-0000-7000-8000-000000000001"),
        ((1, "two"), [1, "two"]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({ANN.id: MovementType.SALE}, {str(ANN.id): "sale"}),
        (
            Zone("US", "NY"),
            {"kind": "zone", "country": "US", "state": "NY", "postal_prefix": None},
        ),
    ],
)
def test_a_value_stands_in_what_json_has(value: object, written: object) -> None:
    assert as_json(value) == written


@given(st.one_of(promotions("USD", 1), shipping_methods("USD"), tax_rates(), products(), money()))
def test_whatever_staff_change_is_plain_json(value: object) -> None:
    written = as_json(value)
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_a_thing_says_all_that_it_is_made_of() -> None:
    promotion = discounts.promotions()[1]
    written = as_json(promotion)
    assert set(written) == {"kind"} | {
        each.name for each in attrs.fields(type(promotion)) if each.init
    }
    assert [each["kind"] for each in written["actions"]] == [
        each.kind for each in promotion.actions
    ]


def test_what_a_thing_has_for_its_storing_stays_out() -> None:
    written = as_json(evolve(ANN, version=3))
    assert {"version", "events"}.isdisjoint(written)


def test_no_secret_is_kept_of_an_account() -> None:
    written = json.dumps(as_json(ANN))
    assert "of-hers" not in written
    assert as_json(ANN)["second_factor"]["enabled_at"] == NOON.isoformat()


def test_secrets_go_by_their_names_their_types_and_their_own_word() -> None:
    lock = Lock("front door", b"t", {"staff": "p"}, "h")
    assert as_json(lock) == {"kind": "lock", "name": "front door"}


@pytest.mark.parametrize("name", ["password", "Old Password", "refreshToken", "api-secret", "hash"])
def test_a_secret_is_known_by_a_word_of_its_name(name: str) -> None:
    assert as_json({name: "x", "hashtag": "y"}) == {"hashtag": "y"}


def test_bytes_are_kept_nowhere() -> None:
    assert as_json({"one": b"x", "more": (b"x", [b"x"], frozenset({b"x"}))}) == {"more": [[], []]}


def test_a_long_text_says_how_long_it_was() -> None:
    longest = "x" * TEXT_KEPT
    assert as_json(longest) == longest
    assert as_json(f"{longest}y") == f"{longest}... ({TEXT_KEPT + 1} characters)"


def test_a_long_list_says_how_many_more_there_were() -> None:
    longest = list(range(ITEMS_KEPT))
    assert as_json(longest) == longest
    assert as_json([*longest, 0, 0]) == [*longest, "... and 2 more"]
