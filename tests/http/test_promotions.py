"""What staff do with promotions, and what a cart makes of them."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from attrs import fields

from automate_store.application.promotions import TEXT_LENGTH
from automate_store.domain.promotions import BUILT_IN
from automate_store.entrypoints.http.openapi.samples import example_bodies
from automate_store.entrypoints.http.wire.promotions import AddPromotion, SimulatePromotion
from automate_store.entrypoints.http.wire.promotions.actions import ActionPart
from automate_store.entrypoints.http.wire.promotions.conditions import ConditionPart
from automate_store.entrypoints.http.wire.promotions.values import Made
from tests.http.promoting import (
    ACTIONS,
    ALL,
    CONDITIONS,
    TENTH,
    ask,
    make,
    parts,
    schema_faults,
    usd,
)
from tests.http.web import PLACE, Web

FREE = {"percent": "100"}
WHOLE: dict[str, Any] = {
    "name": "Spring",
    "conditions": [CONDITIONS[0]],
    "actions": [ACTIONS[0], ACTIONS[-1]],
    "priority": -7,
    "exclusive": True,
    "group": "seasons",
    "starts_at": "2026-03-01T00:00:00Z",
    "ends_at": "2026-06-01T00:00:00Z",
    "maximum_discount": usd("20.00"),
    "active": False,
    "needs_code": True,
    "advertised": True,
}
USUAL = {
    "conditions": [],
    "priority": 0,
    "exclusive": False,
    "group": None,
    "starts_at": None,
    "ends_at": None,
    "maximum_discount": None,
    "active": True,
    "needs_code": False,
    "advertised": False,
}


def without_id(promotion: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in promotion.items() if name != "id"}


async def test_a_promotion_is_told_as_it_is_kept(web: Web) -> None:
    made = await make(web, "spring", **WHOLE)
    shown = await ask(web, "GET", "/spring")
    assert shown.json() == made
    assert sorted_lists(without_id(made)) == sorted_lists({"code": "spring", **WHOLE})


@pytest.mark.parametrize("part", CONDITIONS, ids=lambda part: part["kind"])
async def test_each_condition_comes_back_as_it_was_sent(web: Web, part: dict[str, Any]) -> None:
    await make(web, "spring", conditions=[part])
    told = (await ask(web, "GET", "/spring")).json()
    again = await ask(web, "PUT", "/spring", {"name": "Spring", **parts(told)})
    assert [sorted_lists(each) for each in told["conditions"]] == [sorted_lists(part)]
    assert again.json()["conditions"] == told["conditions"]
    assert schema_faults(told) == []


@pytest.mark.parametrize("part", ACTIONS, ids=range(len(ACTIONS)))
async def test_each_action_comes_back_as_it_was_sent(web: Web, part: dict[str, Any]) -> None:
    await make(web, "spring", part)
    told = (await ask(web, "GET", "/spring")).json()
    again = await ask(web, "PUT", "/spring", {"name": "Spring", **parts(told)})
    assert [sorted_lists(each) for each in told["actions"]] == [sorted_lists(part)]
    assert again.json()["actions"] == told["actions"]
    assert schema_faults(told) == []


def test_every_kind_of_ours_can_be_sent_field_by_field() -> None:
    for union, kinds in ((ConditionPart, BUILT_IN.conditions), (ActionPart, BUILT_IN.actions)):
        structs = {each.makes: each for each in get_args(union) if issubclass(each, Made)}
        assert set(structs) == set(kinds.values())
        for kind, made in kinds.items():
            assert structs[made].__struct_config__.tag == kind
            assert set(structs[made].__struct_fields__) == {
                each.name for each in fields(made) if each.init
            }
    assert {each["kind"] for each in CONDITIONS} == set(BUILT_IN.conditions)
    assert {each["kind"] for each in ACTIONS} == set(BUILT_IN.actions)


async def test_what_is_left_out_is_usual(web: Web) -> None:
    made = await make(web, "spring", {"kind": "cheapest_of", "quantity": 3})
    assert without_id(made) == {
        **USUAL,
        "code": "spring",
        "name": "Spring",
        "actions": [{"kind": "cheapest_of", "quantity": 3, "off": FREE, "of": ALL, "at_most": 1}],
    }


async def test_a_changed_promotion_keeps_its_id_and_forgets_the_rest(web: Web) -> None:
    first = await make(web, "spring", **WHOLE)
    changed = await ask(web, "PUT", "/spring", {"name": "Autumn", "actions": [TENTH]})
    assert changed.status_code == 200, changed.text
    assert changed.json() == {**first, **USUAL, "name": "Autumn", "actions": [TENTH]}
    assert (await ask(web, "GET", "/spring")).json() == changed.json()


async def test_a_removed_promotion_is_gone(web: Web) -> None:
    made = await make(web, "spring")
    removed = await ask(web, "DELETE", "/spring")
    assert (removed.status_code, removed.json()) == (200, made)
    assert (await ask(web, "GET", "/spring")).status_code == 404
    assert (await ask(web, "GET")).json() == {"items": [], "next_cursor": None}


async def test_a_code_that_is_taken_is_refused_and_keeps_its_promotion(web: Web) -> None:
    first = await make(web, "spring")
    second = await ask(web, "POST", "", {"code": "spring", "name": "Other", "actions": [TENTH]})
    assert (second.status_code, second.json()["code"]) == (409, "promotion_code_taken")
    assert second.json()["promotion"] == "spring"
    assert (await ask(web, "GET", "/spring")).json() == first


@pytest.mark.parametrize("code", ["no-such", "NOT A CODE", "%00", "x" * 300, "%ff"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_promotion_that_is_not_there_is_not_found(web: Web, method: str, code: str) -> None:
    body = {"name": "Spring", "actions": [TENTH]} if method == "PUT" else None
    answer = await ask(web, method, f"/{code}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "promotion_not_found")
    assert len(answer.json()["promotion"]) <= TEXT_LENGTH


async def test_promotions_are_listed_page_by_page_in_the_order_of_their_codes(web: Web) -> None:
    for code in ("c", "a", "b"):
        await make(web, code, active=code != "b")
    first = (await ask(web, "GET", "?limit=2")).json()
    second = (await ask(web, "GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["code"] for each in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None
    refused = await ask(web, "GET", "?cursor=Not+a+code")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")


async def test_the_next_quote_of_a_cart_bears_what_staff_made(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 3))["token"]
    await make(web, "tenth", TENTH)
    quote = (await web.get("/cart", x_cart_token=token)).json()["quote"]
    # 3 x 10.00 = 30.00; 10 % of it is 3.00
    assert (quote["subtotal"], quote["discount"]) == (usd("30.00"), usd("3.00"))
    assert ("Tenth", usd("-3.00")) in [(each["rule"], each["amount"]) for each in quote["trace"]]
    await ask(web, "DELETE", "/tenth")
    quote = (await web.get("/cart", x_cart_token=token)).json()["quote"]
    assert quote["discount"] == usd("0.00")


async def test_the_examples_of_the_document_are_accepted(web: Web) -> None:
    (shirt,) = await web.stock(1)
    body = example_bodies()[AddPromotion]
    made = await ask(web, "POST", "", body)
    assert made.status_code == 201, made.text
    token = (await web.cart(shirt, 3))["token"]
    await web.put("/cart/shipping", {"destination": PLACE}, x_cart_token=token)
    sample = example_bodies()[SimulatePromotion]
    told = await ask(web, "POST", "/simulate", {**sample, "cart_token": token})
    # Three shirts of 10.00 for two.
    assert (told.status_code, told.json()["verdict"]["discount"]) == (200, usd("10.00"))


def sorted_lists(value: Any) -> Any:
    """The value with its lists of words in one order, and in one case: they are sets."""
    if isinstance(value, dict):
        return {name: sorted_lists(each) for name, each in value.items()}
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(each.lower() for each in value)
    return [sorted_lists(each) for each in value] if isinstance(value, list) else value
