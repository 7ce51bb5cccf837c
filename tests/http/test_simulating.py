"""What staff see of a promotion before it goes live."""

from __future__ import annotations

from tests.http.promoting import TENTH, ask, make, simulate, usd
from tests.http.web import Web


async def test_a_promotion_is_tried_whole_and_changes_nothing(web: Web) -> None:
    shirts = await web.stock(2)
    cart = await web.cart(shirts[0], 3)
    more = {"variant_id": str(shirts[1].variants[0].id), "quantity": 1}
    await web.post("/cart/add", more, x_cart_token=cart["token"])
    before = web.rows()
    tried = {"code": "tenth", "name": "Tenth", "actions": [TENTH], "active": False}
    told = await simulate(web, cart["token"], promotion=tried)
    # 3 x 10.00 + 10.01 = 40.01; 10 % of it is 4.001, so 4.00: 3.00 and 1.00 by value
    assert (told["before"]["discount"], told["after"]["discount"]) == (usd("0.00"), usd("4.00"))
    assert (told["before"]["total"], told["after"]["total"]) == (usd("40.01"), usd("36.01"))
    assert told["saved"] == usd("4.00")
    assert (told["verdict"]["standing"], told["verdict"]["discount"]) == ("applied", usd("4.00"))
    lines = {each["id"]: each["quantity"] for each in told["after"]["lines"]}
    taken = {lines[each["line_id"]]: each["amount"] for each in told["verdict"]["lines"]}
    assert taken == {3: usd("3.00"), 1: usd("1.00")}
    assert told["verdicts"] == [told["verdict"]]
    assert told["text"].endswith("promotions\n  tenth (Tenth): applied, 4.00 USD off")
    assert web.rows() == before


async def test_a_stored_promotion_is_tried_by_its_code_at_another_time(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    await make(web, "summer", TENTH, starts_at="2026-06-01T00:00:00-04:00", active=False)
    early = (await simulate(web, token, code="summer"))["verdict"]
    in_time = await simulate(web, token, code="summer", at="2026-06-01T00:00:00-04:00")
    assert (early["standing"], early["reason"]) == ("refused", "not_started")
    assert early["unmet"] == [
        {
            "condition": "during",
            "reason": "not_started",
            "actual": "2026-03-01T12:00:00+00:00",
            "required": "2026-06-01T04:00:00+00:00",
            "missing": None,
            "detail": "it starts at 2026-06-01 04:00 UTC",
        }
    ]
    assert (in_time["verdict"]["standing"], in_time["saved"]) == ("applied", usd("2.00"))


async def test_a_refusal_says_what_was_found_and_what_would_do(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    asked = [
        {"kind": "minimum_amount", "amount": usd("30.00")},
        {"kind": "minimum_quantity", "quantity": 5},
        {"kind": "ships_to", "zones": [{"country": "CA"}]},
        {"kind": "customer_group", "groups": ["staff", "friends"]},
    ]
    promotion = {"code": "x", "name": "X", "actions": [TENTH], "conditions": asked}
    told = await simulate(web, token, promotion=promotion)
    assert told["saved"] == usd("0.00")
    assert told["verdict"]["standing"] == "refused"
    assert [
        (each["reason"], each["actual"], each["required"], each["missing"])
        for each in told["verdict"]["unmet"]
    ] == [
        ("below_minimum", usd("20.00"), usd("30.00"), usd("10.00")),
        ("too_few", 2, 5, 3),
        ("other_destination", [], ["CA"], None),
        ("other_group", [], ["friends", "staff"], None),
    ]


async def test_what_a_better_one_displaces_says_by_which(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    await make(web, "tenth", TENTH, group="sale")
    fifth = {"kind": "percent_off_order", "percent": "20"}
    promotion = {"code": "fifth", "name": "Fifth", "actions": [fifth], "group": "sale"}
    told = await simulate(web, token, promotion=promotion)
    standing = {
        each["rule"]: (each["standing"], each["discount"], each["displaced_by"])
        for each in told["verdicts"]
    }
    # 20 % of 20.00 is 4.00, in place of 2.00
    assert standing == {
        "tenth": ("displaced", usd("0.00"), ["fifth"]),
        "fifth": ("applied", usd("4.00"), []),
    }
    assert told["saved"] == usd("2.00")


async def test_what_can_not_be_tried_is_told(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    tried = {"code": "x", "name": "X", "actions": [TENTH]}
    cases: list[tuple[dict[str, object], int, str]] = [
        ({"cart_token": token, "code": "no-such"}, 404, "promotion_not_found"),
        ({"cart_token": "t" * 43, "promotion": tried}, 404, "cart_not_found"),
        ({"cart_token": token}, 400, "invalid_input"),
        ({"cart_token": token, "code": "x", "promotion": tried}, 400, "invalid_input"),
        (
            {"cart_token": token, "code": "x", "at": "0001-01-01T00:00:00+14:00"},
            400,
            "invalid_input",
        ),
    ]
    for body, status, code in cases:
        answer = await ask(web, "POST", "/simulate", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body


async def test_a_gift_and_a_first_order_are_tried_as_if_the_promotion_were_in_force(
    web: Web,
) -> None:
    shirt, present = await web.stock(2)
    token = (await web.cart(shirt))["token"]
    await web.put("/cart/email", {"email": "new@example.com"}, x_cart_token=token)
    variant = str(present.variants[0].id)
    action = {"kind": "gift", "variant_id": variant}
    first = [{"kind": "first_order"}]
    gift = {"code": "gift", "name": "Gift", "conditions": first, "actions": [action]}
    told = await simulate(web, token, promotion=gift)
    assert told["verdict"]["standing"] == "applied", told["verdict"]
    assert [each["variant_id"] for each in told["after"]["lines"] if each["gift"]] == [variant]
    await make(web, "later", action, active=False)
    assert (await simulate(web, token, code="later"))["verdict"]["standing"] == "applied"
