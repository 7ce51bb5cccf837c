"""A promotion that makes no sense is refused by field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.promoting import TENTH, ask, nested, usd
from tests.http.web import NOBODYS, Web

FREE = {"percent": "100"}


def condition(**changes: object) -> dict[str, Any]:
    return {"conditions": [{"kind": "signed_in"}, {"kind": "minimum_amount", **changes}]}


def action(kind: str, **changes: object) -> dict[str, Any]:
    return {"actions": [TENTH, {"kind": kind, **changes}]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Not A Code"}, "code"),
        ({"code": "simulate"}, "code"),
        ({"name": "   "}, "name"),
        ({"actions": []}, "actions"),
        ({"actions": [TENTH] * 21}, "actions"),
        ({"conditions": [{"kind": "signed_in"}] * 21}, "conditions"),
        ({"priority": 1_000_001}, "priority"),
        ({"priority": "1"}, "priority"),
        ({"group": ""}, "group"),
        ({"group": "a\x00"}, "group"),
        ({"maximum_discount": usd("0.00")}, "maximum_discount"),
        ({"maximum_discount": usd("-1.00")}, "maximum_discount.amount"),
        (
            {"maximum_discount": {"amount": "1.00", "currency": "EUR"}},
            "maximum_discount.currency",
        ),
        ({"starts_at": "2026-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
        ({"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2025-12-31T19:00:00-05:00"}, "ends_at"),
        ({"conditions": [{"kind": "full_moon"}]}, "conditions[0].kind"),
        ({"conditions": [{"amount": usd("1.00")}]}, "conditions[0].kind"),
        ({"conditions": [TENTH]}, "conditions[0].kind"),
        (condition(amount=usd("-1.00")), "conditions[1].amount.amount"),
        (condition(amount=usd("1.001")), "conditions[1].amount.amount"),
        (condition(amount={"amount": "1.00", "currency": "EUR"}), "conditions[1].amount.currency"),
        (condition(amount={"amount": "1.00", "currency": "ZZZ"}), "conditions[1].amount.currency"),
        (condition(amount="1.00"), "conditions[1].amount"),
        (condition(amount=usd("1.00"), basis="later"), "conditions[1].basis"),
        (condition(amount=usd("1.00"), of={"tags": ["a", "b\x1b"]}), "conditions[1].of.tags[1]"),
        (condition(amount=usd("1.00"), of={"tags": [""]}), "conditions[1].of.tags[0]"),
        (condition(amount=usd("1.00"), of={"brands": ["x"]}), "conditions[1].of.brands[0]"),
        (
            condition(amount=usd("1.00"), of={"brands": [NOBODYS] * 1_001}),
            "conditions[1].of.brands",
        ),
        (condition(amount=usd("1.00"), of={"excluding": {}}), "conditions[1].of.excluding"),
        (
            condition(amount=usd("1.00"), of={"excluding": {"excluding": {}}}),
            "conditions[1].of.excluding.excluding",
        ),
        (condition(amount=usd("1.00"), of=nested(6)), "conditions[1].of" + 6 * ".excluding"),
        (condition(amount=usd("1.00"), of=nested(250)), "conditions[1].of" + 6 * ".excluding"),
        ({"conditions": [{"kind": "minimum_quantity", "quantity": 0}]}, "conditions[0].quantity"),
        ({"conditions": [{"kind": "customer_group", "groups": []}]}, "conditions[0].groups"),
        (
            {"conditions": [{"kind": "customer_group", "groups": ["\x00"]}]},
            "conditions[0].groups[0]",
        ),
        ({"conditions": [{"kind": "in_currency", "currency": "ZZZ"}]}, "conditions[0].currency"),
        ({"conditions": [{"kind": "ships_to", "zones": []}]}, "conditions[0].zones"),
        ({"conditions": [{"kind": "ships_to", "zones": [{}]}]}, "conditions[0].zones"),
        (
            {"conditions": [{"kind": "ships_to", "zones": [{"country": "ZZ"}]}]},
            "conditions[0].zones[0].country",
        ),
        (
            {
                "conditions": [
                    {
                        "kind": "during",
                        "period": {
                            "starts_at": "2026-01-01T00:00:00Z",
                            "ends_at": "2026-01-01T00:00:00Z",
                        },
                    }
                ]
            },
            "conditions[0].period.ends_at",
        ),
        ({"conditions": [{"kind": "plug_in", "name": "moon"}]}, "conditions[0].name"),
        ({"conditions": [{"kind": "plug_in", "name": "signed_in"}]}, "conditions[0].name"),
        (action("percent_off_items", percent="0"), "actions[1].percent"),
        (action("percent_off_items", percent="100.0001"), "actions[1].percent"),
        (action("percent_off_items", percent="1.00001"), "actions[1].percent"),
        (action("percent_off_items", percent="1e1"), "actions[1].percent"),
        (action("percent_off_items", percent=10), "actions[1].percent"),
        (action("amount_off_order", amount=usd("0.00")), "actions[1].amount"),
        (action("amount_off_units", amount=usd("1.00"), at_most=0), "actions[1].at_most"),
        (action("fixed_price", price=usd("-0.01")), "actions[1].price.amount"),
        (action("buy_get", buy_quantity=1), "actions[1].get_quantity"),
        (
            action("buy_get", buy_quantity=1, get_quantity=1, off={"percent": "101"}),
            "actions[1].off.percent",
        ),
        (action("buy_get", buy_quantity=1, get_quantity=1, off={}), "actions[1].off"),
        (
            action("buy_get", buy_quantity=1, get_quantity=1, get={"excluding": {}}),
            "actions[1].get.excluding",
        ),
        (
            action("buy_get", buy_quantity=1, get_quantity=1, choice="best"),
            "actions[1].choice",
        ),
        (
            action("first_then_others", first_percent="0", others_percent="0"),
            "actions[1].others_percent",
        ),
        (
            action("first_then_others", first_percent="100.5", others_percent="0"),
            "actions[1].first_percent",
        ),
        (action("tiered", tiers=[]), "actions[1].tiers"),
        (action("tiered", tiers=[{"quantity": 1, "off": FREE}] * 2), "actions[1].tiers"),
        (action("tiered", tiers=[{"off": FREE}]), "actions[1].tiers[0]"),
        (action("tiered", tiers=[{"quantity": -1, "off": FREE}]), "actions[1].tiers[0].quantity"),
        (
            action("tiered", tiers=[{"quantity": 1, "off": {**FREE, "amount": usd("1.00")}}]),
            "actions[1].tiers[0].off",
        ),
        (
            action("tiered", tiers=[{"quantity": 1, "off": {"amount": usd("0.00")}}]),
            "actions[1].tiers[0].off.amount",
        ),
        (action("gift", variant_id="mug"), "actions[1].variant_id"),
        (action("gift", variant_id=NOBODYS, quantity=0), "actions[1].quantity"),
        (action("off_shipping", off=FREE, methods=["\x00"]), "actions[1].methods[0]"),
        (action("free_shipping", percent="10"), "actions[1].percent"),
    ],
)
async def test_a_promotion_that_makes_no_sense_is_refused_by_field(
    web: Web, changes: dict[str, Any], field: str
) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    before = web.rows()
    body = {"code": "spring", "name": "Spring", "actions": [TENTH], **changes}
    for path, sent, place in (
        ("", body, field),
        ("/simulate", {"cart_token": token, "promotion": body}, f"promotion.{field}"),
    ):
        answer = await ask(web, "POST", path, sent)
        assert answer.status_code == 400, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [place]
    assert web.rows() == before
