"""What goes over the wire: amounts that lose nothing, texts that are normal, faults by name."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.http.caching import KEY_LENGTH, PageCache, matches
from automate_store.entrypoints.http.decoding import body_decoder, query_decoder
from automate_store.entrypoints.http.faults import FAULTS
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.wire.carts import AddToCart, ChangeQuantity
from automate_store.entrypoints.http.wire.catalog import ProductQuery, product_answer
from automate_store.entrypoints.http.wire.money import amount, money
from automate_store.entrypoints.http.wire.orders import PlaceOrderInput
from automate_store.entrypoints.http.wire.payments import RefundInput
from automate_store.entrypoints.http.wire.products import CreateProduct
from automate_store.entrypoints.http.wire.products.inputs import SLUG_WORDS
from automate_store.entrypoints.http.wire.telling import DismissEventInput, ResolvePaymentInput
from automate_store.entrypoints.properties.money import money as amounts

ADDRESS = b"""{"first_name": "Ann", "last_name": "Lee", "address_line_1": "1 Main Street",
    "city": "New York", "country": "US", "state": "NY", "postal_code": "10001"}"""
PLACING = b'{"email": "ann@example.com", "shipping_address": %b, "notes": "%b"}'
place = body_decoder(PlaceOrderInput)


def faults(decode: object, sent: bytes) -> tuple[FieldError, ...]:
    assert callable(decode)
    with pytest.raises(InvalidInput) as refused:
        decode(sent)
    return refused.value.errors


@given(amounts(min=-(10**14), max=10**14))
@example(Money(-5, "USD"))
@example(Money(5, "BHD"))
@example(Money(-1, "JPY"))
@example(Money(12, "CLF"))
def test_an_amount_comes_back_as_it_went(given_: Money) -> None:
    assert money(amount(given_), field="total") == given_


@given(amounts(min=-(10**14), max=10**14))
def test_an_amount_is_written_as_the_domain_writes_it(given_: Money) -> None:
    assert f"{amount(given_).amount} {given_.currency}" == str(given_)


def test_what_it_cost_the_merchant_is_in_no_answer() -> None:
    secret = Money(777_77, "USD")
    shown = examples.product()
    details = tuple(
        evolve(each, variant=evolve(each.variant, cost_price=secret, minimum_price=secret))
        for each in shown.variants
    )
    told = msgspec.json.encode(product_answer(evolve(shown, variants=details)))
    assert b"777.77" not in told


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (b'{"quantity": 0}', FieldError("quantity", "is 1 or more")),
        (b'{"quantity": 1000001}', FieldError("quantity", "is 1000000 or less")),
        (
            b'{"quantity": 1.5}',
            FieldError("quantity", "is a whole number, not a number with a fraction"),
        ),
        (b'{"quantity": true}', FieldError("quantity", "is a whole number, not true or false")),
        (b'{"quantity": "2"}', FieldError("quantity", "is a whole number, not text")),
        (b'{"quantity": NaN}', FieldError("quantity", "is not a value that JSON has")),
        (b'{"quantity": null}', FieldError("quantity", "is a whole number, not null")),
        (b"{}", FieldError("quantity", "is required")),
        (b'{"quantity": 1, "price": 1}', FieldError("price", "is not a field of this request")),
        (b"", FieldError("body", "is required, as JSON")),
        (b"[]", FieldError("body", "is an object, not a list")),
        (b'{"quantity": 1', FieldError("body", "is not JSON in UTF-8")),
    ],
)
def test_a_refused_body_names_its_field_and_what_would_be_right(
    sent: bytes, fault: FieldError
) -> None:
    assert faults(body_decoder(ChangeQuantity), sent) == (fault,)


@pytest.mark.parametrize(
    ("kind", "sent", "told"),
    [
        (
            PlaceOrderInput,
            b'{"emial": "a", "shipping_address": {"country": "USA", "first_name": 1, "zip": ""}}',
            {
                "email": "is required",
                "emial": "is not a field of this request",
                "shipping_address.country": "is two letters, such as US",
                "shipping_address.first_name": "is text, not a whole number",
                "shipping_address.last_name": "is required",
                "shipping_address.address_line_1": "is required",
                "shipping_address.city": "is required",
                "shipping_address.zip": "is not a field of this request",
            },
        ),
        (
            AddToCart,
            b'{"items": [{"variant_id": "x"}, {"quantity": "1"}], "more": 1}',
            {
                "more": "is not a field of this request",
                "items[0].variant_id": "is a UUID",
                "items[1].quantity": "is a whole number, not text",
            },
        ),
        (AddToCart, b'{"items": []}', {"items": "has 1 entry at least"}),
        (
            CreateProduct,
            b'{"name": "Mug", "sku": "M", "price": "9.99", "status": "sold", "slug": "A B"}',
            {
                "sku": "is not a field of this request",
                "variants": "is required",
                "price": "is an object with amount and currency, not text",
                "status": "is one of draft, active or archived",
                "slug": SLUG_WORDS,
            },
        ),
        (
            CreateProduct,
            b'{"name": "Mug", "price": {"amount": "9,99", "currency": "usd"}}',
            {
                "variants": "is required",
                "price.amount": "is an amount as text, such as 19.99",
                "price.currency": "is three capital letters, such as USD",
            },
        ),
    ],
)
def test_all_that_is_wrong_with_a_body_is_told_at_once(
    kind: type[Any], sent: bytes, told: dict[str, str]
) -> None:
    found = faults(body_decoder(kind), sent)
    assert {fault.field: fault.reason for fault in found} == told
    assert len(found) == len(told)


def test_a_body_that_is_no_json_behind_its_first_fault_is_told_of_that_one() -> None:
    sent = b'{"quantity": "1", "more": tru}'
    assert faults(body_decoder(ChangeQuantity), sent) == (
        FieldError("quantity", "is a whole number, not text"),
    )


def test_no_refusal_is_longer_than_anybody_reads() -> None:
    sent = b'{"items": [' + b", ".join([b'{"x": 1, "y": 2}'] * 90) + b"]}"
    assert len(faults(body_decoder(AddToCart), sent)) <= FAULTS + 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b'{"items": [{"variant_id": "x"}]}', "items[0].variant_id"),
        (b'{"items": [{}]}', "items[0].variant_id"),
        (b'{"items": [{"variant_id": null, "total": 1}]}', "items[0].total"),
        (b'{"items": []}', "items"),
        (b"{}", "variant_id"),
        (
            b'{"items": [{"product_id": "0195510c00007000800000000000000a"}], "quantity": 1}',
            "items",
        ),
    ],
)
def test_a_field_inside_others_is_named_by_its_way(sent: bytes, field: str) -> None:
    assert [fault.field for fault in faults(body_decoder(AddToCart), sent)] == [field]


def test_texts_are_composed_before_anything_looks_at_them() -> None:
    sent = PLACING % (ADDRESS.replace(b"Ann", "Zoe\u0301".encode()), b"")
    assert place(sent).shipping_address.first_name == "Zo\u00e9"


def test_a_text_that_grows_when_composed_is_measured_afterwards() -> None:
    # U+FB2C is one letter that composes to three.
    long = ("\ufb2c" * 100).encode()
    assert faults(place, PLACING % (ADDRESS.replace(b"Ann", long), b"")) == (
        FieldError("shipping_address.first_name", "has 100 characters at most"),
    )


def test_notes_may_have_several_lines_and_no_other_control_codes() -> None:
    assert place(PLACING % (ADDRESS, rb"a\nb\tc")).notes == "a\nb\tc"
    assert faults(place, PLACING % (ADDRESS, rb"a\u0000b"))[0].field == "notes"


@pytest.mark.parametrize("code", [b"XX", b"ZZ", b"UK", b"EU", b"AN"])
def test_a_country_is_one_that_there_is(code: bytes) -> None:
    sent = PLACING % (ADDRESS.replace(b"US", code), b"")
    assert [fault.field for fault in faults(place, sent)] == ["shipping_address.country"]


def test_a_country_may_be_written_small() -> None:
    assert place(PLACING % (ADDRESS.replace(b"US", b"us"), b"")).shipping_address.country == "us"


def test_one_line_is_one_line() -> None:
    sent = PLACING % (ADDRESS.replace(b"Ann", rb"An\nn"), b"")
    assert faults(place, sent)[0].field == "shipping_address.first_name"


@given(st.binary(max_size=200))
@example(b"a=\xff")
@example(b"limit=\xd9\xa3")
@example(b"&&&")
@example(b"limit=" + b"9" * 400)
def test_any_query_is_understood_or_refused(query: bytes) -> None:
    with suppress(InvalidInput):
        assert 1 <= query_decoder(ProductQuery)(query).limit <= 100


@given(st.binary(max_size=200))
@example(b'{"quantity":1e999}')
@example(b'{"quantity":' + b"[" * 5_000)
@example(b'"\\ud800"')
def test_any_body_is_understood_or_refused(body: bytes) -> None:
    with suppress(InvalidInput):
        assert 1 <= body_decoder(ChangeQuantity)(body).quantity <= 1_000_000


@pytest.mark.parametrize(
    ("header", "known"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("a", False)],
)
def test_a_tag_is_known_among_those_that_are_sent(header: str, known: bool) -> None:  # noqa: FBT001 - a table
    assert matches(header, b'"a"') is known


class Kept:
    """A cache with a clock that is moved by hand, and what was asked of its shop."""

    def __init__(self, *, lifetime_s: int = 10, limit_bytes: int = 1 << 20) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)
        self.version, self.asked, self.made = "1", 0, 0
        self.cache = PageCache(
            lifetime_s, ask_version=self.ask, clock=lambda: self.at, limit_bytes=limit_bytes
        )

    async def ask(self) -> str:
        self.asked += 1
        return self.version

    async def make(self) -> bytes:
        self.made += 1
        return b"x" * 1_000

    async def get(self, path: str) -> None:
        await self.cache.answer((path, b""), self.make)

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


async def test_an_answer_is_made_once_in_its_lifetime() -> None:
    kept = Kept()
    for _ in range(10):
        await kept.get("/a")
        kept.wait(0.99)
    assert kept.made == 1
    kept.wait(0.1)
    await kept.get("/a")
    assert kept.made == 2


async def test_the_version_is_asked_for_a_few_times_a_second() -> None:
    kept = Kept()
    for _ in range(100):
        await kept.get("/a")
        kept.wait(0.02)
    assert kept.asked == 10


async def test_a_new_version_makes_every_answer_anew() -> None:
    kept = Kept()
    await kept.get("/a")
    await kept.get("/b")
    kept.version = "2"
    kept.wait(1)
    await kept.get("/a")
    await kept.get("/b")
    assert kept.made == 4


async def test_however_many_addresses_are_asked_for_little_is_kept() -> None:
    kept = Kept(limit_bytes=100_000)
    for number in range(1_000):
        await kept.get(f"/{number}")
    assert sum(len(each.body) + KEY_LENGTH for each in kept.cache._kept.values()) <= 100_000
    await kept.get("/999")
    await kept.get("/0")
    assert kept.made == 1_001


async def test_an_endless_address_is_answered_and_not_kept() -> None:
    kept = Kept()
    for _ in range(2):
        await kept.get("/" + "a" * KEY_LENGTH)
    assert kept.made == 2


@pytest.mark.parametrize("reason", ["", "   ", "\u00a0\n", "x" * 501])
@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        (RefundInput, {"order_id": "01900000-0000-7000-8000-000000000001"}),
        (ResolvePaymentInput, {"resolution": "dismiss"}),
        (DismissEventInput, {}),
    ],
)
def test_who_moves_money_by_hand_says_why(
    kind: type[msgspec.Struct], rest: dict[str, str], reason: str
) -> None:
    decode = body_decoder(kind)
    assert isinstance(decode(msgspec.json.encode({**rest, "reason": " a stain\n"})), kind)
    (fault,) = faults(decode, msgspec.json.encode({**rest, "reason": reason}))
    assert fault == FieldError("reason", "says something, in 500 characters at most")
