"""The OpenAPI document: valid by itself, and true of the routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from automate_store.entrypoints.http import ROUTES, openapi_document
from automate_store.entrypoints.http.openapi import document, older
from automate_store.entrypoints.http.problems import problem_type, status_of
from automate_store.entrypoints.http.routes import Route
from tests.http.web import CONFIG, Web

DOCUMENT: dict[str, Any] = msgspec.json.decode(document(ROUTES, CONFIG))
JSON, PROBLEM = "application/json", "application/problem+json"


def operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def faults(schema: dict[str, Any], value: object) -> list[str]:
    """What keeps the value from being what the schema says."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(value)]


def examples(told: dict[str, Any]) -> Iterator[tuple[dict[str, Any], object]]:
    """Every schema of the operation with each example of it."""
    contents = [told["requestBody"]["content"]] if "requestBody" in told else []
    contents += [answer["content"] for answer in told["responses"].values() if "content" in answer]
    for content in contents:
        for shown in content.values():
            if "example" in shown:
                yield shown["schema"], shown["example"]
            for named in shown.get("examples", {}).values():
                yield shown["schema"], named["value"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_example_is_what_its_schema_says(route: Route) -> None:
    shown = list(examples(operation(route)))
    assert shown
    assert [fault for schema, value in shown for fault in faults(schema, value)] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_route_documents_every_error_it_raises_with_an_example(route: Route) -> None:
    told = operation(route)["responses"]
    for error in route.raises:
        content = told[str(status_of(error))]["content"][PROBLEM]
        example = content["examples"][error.code()]["value"]
        assert example["code"] == error.code()
        assert f"{problem_type(error).__name__}" in str(content["schema"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_route_says_what_it_is(route: Route) -> None:
    told = operation(route)
    assert told["operationId"] == route.operation_id
    assert told["summary"]
    assert told["description"].endswith(".")
    assert told["responses"][str(route.status)]["content"][JSON]["example"]
    assert {tag["name"] for tag in DOCUMENT["tags"]} >= set(told["tags"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_whoever_is_asked_for_may_come_by_a_cookie_and_the_secret_beside_it(route: Route) -> None:
    told = operation(route)
    ways = [set(way) for way in told["security"]]
    swapped = [way - {"account"} | {"accountCookie"} for way in ways if "account" in way]
    assert all(way in ways for way in swapped)
    names = {each["name"] for each in told["parameters"]}
    by_cookie = route.writes and (route.asks_who or route.operation_id == "refresh")
    assert ("X-CSRF-Token" in names) == by_cookie


def test_operations_have_names_of_their_own() -> None:
    assert len({route.operation_id for route in ROUTES}) == len(ROUTES)


def test_every_reference_leads_somewhere() -> None:
    known = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "headers")
        for name in DOCUMENT["components"][kind]
    }
    assert set(references(DOCUMENT)) <= known


def test_every_schema_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_amounts_are_nowhere_numbers() -> None:
    names = {"price", "amount", "total", "subtotal", "tax", "discount", "unit_price"}
    schemas = DOCUMENT["components"]["schemas"].values()
    fields = [field for schema in schemas for field in schema.get("properties", {}).items()]
    numbers = [name for name, schema in fields if schema.get("type") == "number"]
    assert [name for name in numbers if name in names] == []


def test_bodies_take_nothing_that_is_not_described() -> None:
    bodies = {route.body.__name__ for route in ROUTES if route.body}
    schemas = DOCUMENT["components"]["schemas"]
    assert {name for name in bodies if schemas[name]["additionalProperties"] is not False} == set()


def test_what_moves_stock_or_money_asks_for_a_key() -> None:
    keyed = {route.operation_id for route in ROUTES if route.keyed}
    told = {
        route.operation_id
        for route in ROUTES
        if any(each["name"] == "Idempotency-Key" for each in operation(route)["parameters"])
    }
    assert (
        told
        == keyed
        == {
            *("place_order", "create_intent", "confirm_payment"),
            *("adjust_stock", "ship_order", "deliver_order"),
            *("cancel_order", "refund_order", "modify_items", "change_order_address"),
            *("request_return", "withdraw_return", "approve_return", "reject_return"),
            *("receive_return", "refund_return", "replace_return"),
            *("set_status", "set_tracking", "deliver_shipment", "lose_shipment"),
            *("capture_payment", "void_payment", "resolve_payment"),
        }
    )


def test_lists_say_their_bounds() -> None:
    (limit,) = [
        each["schema"]
        for each in DOCUMENT["paths"]["/api/v1/products"]["get"]["parameters"]
        if each["name"] == "limit"
    ]
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (20, 1, 100)


async def test_the_served_document_is_the_one_that_is_printed(web: Web) -> None:
    served = await web.client.get("/openapi.json")
    assert served.content == openapi_document(web.app) == document(ROUTES, CONFIG)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
async def test_the_document_knows_every_route_that_serves(web: Web, route: Route) -> None:
    served = {
        (template.path_format, method)
        for template in web.app.routes
        for method in getattr(template, "methods", ())
    }
    assert (route.path, route.method) in served


def test_nothing_serves_below_the_prefix_that_the_document_does_not_know(web: Web) -> None:
    served = {route.path_format for route in web.app.routes if "/api/" in route.path_format}
    assert served == {path for path in DOCUMENT["paths"] if path.startswith("/api/")}


def test_the_page_is_handed_a_document_that_its_reader_understands() -> None:
    told = msgspec.json.decode(older(document(ROUTES, CONFIG)))
    said = msgspec.json.encode(told)
    assert told["openapi"] == "3.0.3"
    assert told["paths"].keys() == DOCUMENT["paths"].keys()
    assert b'{"type":"null"}' not in said
    assert b'"const"' not in said


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ("ItemQuantity", "quantity"),
        ("ModifyItemsInput", "items"),
        ("ModifyItemsInput", "add"),
        ("ModifyItemsInput", "rerun_promotions"),
        ("CreateIntentInput", "amount"),
        ("CreateIntentInput", "save_method"),
        ("CapturePaymentInput", "amount"),
        ("CapturePaymentInput", "final"),
        ("SaveMethodInput", "setup_id"),
        ("SaveMethodInput", "token"),
    ],
)
def test_what_a_name_alone_does_not_tell_is_told(schema: str, field: str) -> None:
    assert "description" in DOCUMENT["components"]["schemas"][schema]["properties"][field]


def test_every_filter_of_what_follows_an_order_is_told() -> None:
    about = ("/orders", "/returns", "/payments", "/disputes")
    untold = [
        (route.path, each["name"])
        for route in ROUTES
        if any(part in route.path for part in about)
        for each in operation(route)["parameters"]
        if each["in"] == "query" and "description" not in each
    ]
    assert untold == []
