"""Conditions of installed packages, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from attrs import field, frozen
from attrs.validators import ge

from automate_store.application.access import Actor, Role
from automate_store.application.promotions import PutPromotion, create_promotion, get_promotion
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    BUILT_IN,
    EVERYTHING,
    Condition,
    Off,
    PercentOffOrder,
    Scene,
    Selection,
)
from automate_store.domain.promotions.promotion import ALWAYS
from tests.http.promoting import TENTH, ask, make, nested, parts, schema_faults, simulate, usd
from tests.http.web import NOBODYS, Web, open_web

STAFF_ACTOR = Actor(Role.ADMIN, "staff")


@frozen
class RoundNumber(Condition):
    """A number of pieces that divides by another, brought by a plug-in."""

    kind = "round_number"
    divisor: int = field(validator=ge(1))
    least: Money
    of: Selection = EVERYTHING

    def actual(self, scene: Scene) -> int:
        return sum(item.quantity for item in scene.goods.items)

    def accepts(self, actual: int) -> bool:
        return actual % self.divisor == 0

    def required_for(self, actual: int) -> int:
        return actual + self.divisor - actual % self.divisor

    def refusal(self, actual: int) -> tuple[str, str]:
        return "not_round", f"{self.required_for(actual)} pieces would do"


PLUGGED = {
    "kind": "plug_in",
    "name": "round_number",
    "fields": {"divisor": 5, "least": usd("1.50"), "of": {"tags": ["mug"]}},
}


@frozen
class Window:
    """Hours of a day."""

    opens: int
    closes: int = 24


@frozen
class Mixed(RoundNumber):
    """A condition with fields of every sort."""

    kind = "mixed"
    rate: Decimal = Decimal("0.5")
    shares: tuple[Decimal, ...] = ()
    days: frozenset[int] = frozenset()
    variant: VariantId | None = None
    zones: tuple[Zone, ...] = ()
    off: Off | None = None
    during: Period = ALWAYS
    window: Window | None = None


async def test_a_plug_ins_condition_is_shown_where_nobody_knows_its_kind(web: Web) -> None:
    part = RoundNumber(5, Money(150, "USD"), Selection(tags={"mug"}))
    command = PutPromotion(
        code="round", name="Round", conditions=(part,), actions=(PercentOffOrder(Decimal(10)),)
    )
    await create_promotion(command, actor=STAFF_ACTOR, ports=web.shop.ports)
    shown = await ask(web, "GET", "/round")
    assert shown.status_code == 200, shown.text
    assert shown.json()["conditions"] == [PLUGGED]
    assert schema_faults(shown.json()) == []
    assert (await ask(web, "GET")).json()["items"] == [shown.json()]


async def test_a_plug_ins_condition_is_made_where_its_kind_is_known() -> None:
    async with open_web(kinds=BUILT_IN.and_these(RoundNumber)) as web:
        made = await make(web, "round", conditions=[PLUGGED])
        assert made["conditions"] == [PLUGGED]
        (shirt,) = await web.stock(1)
        five, four = [(await web.cart(shirt, count))["token"] for count in (5, 4)]
        assert (await simulate(web, five, code="round"))["verdict"]["standing"] == "applied"
        refused = (await simulate(web, four, code="round"))["verdict"]
        assert refused["unmet"][0] == {
            "condition": "round_number",
            "reason": "not_round",
            "actual": 4,
            "required": 5,
            "missing": None,
            "detail": "5 pieces would do",
        }


async def test_a_plug_ins_fields_are_what_its_class_says() -> None:
    sent = {
        "divisor": 5,
        "least": usd("1.50"),
        "shares": ["0.25", "0.125"],
        "days": [6, 5],
        "variant": NOBODYS,
        "zones": [{"country": "US", "state": "ny"}],
        "off": {"percent": "12.5"},
        "during": {"starts_at": "2026-03-01T00:00:00-05:00"},
        "window": {"opens": 8},
    }
    async with open_web(kinds=BUILT_IN.and_these(Mixed)) as web:
        part = {"kind": "plug_in", "name": "mixed", "fields": sent}
        made = await make(web, "mixed", conditions=[part])
        kept = await get_promotion("mixed", actor=STAFF_ACTOR, ports=web.shop.ports)
        again = await ask(web, "PUT", "/mixed", {"name": "Mixed", **parts(made)})
    assert kept.conditions == (
        Mixed(
            divisor=5,
            least=Money(150, "USD"),
            rate=Decimal("0.5"),
            shares=(Decimal("0.25"), Decimal("0.125")),
            days=frozenset({5, 6}),
            variant=VariantId(UUID(NOBODYS)),
            zones=(Zone("US", "NY"),),
            off=Off(percent=Decimal("12.5")),
            during=Period(datetime(2026, 3, 1, 5, tzinfo=UTC)),
            window=Window(8),
        ),
    )
    assert again.json() == made


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"divisor": 0}, ""),
        ({"divisor": "x"}, "divisor"),
        ({"divisor": None}, "divisor"),
        ({"least": usd("-1.00")}, "least.amount"),
        ({"least": usd("1.001")}, "least.amount"),
        ({"least": {"amount": 1, "currency": "USD"}}, "least.amount"),
        ({"least": {"amount": "1.00", "currency": "EUR"}}, "least.currency"),
        ({"of": {"tags": ["\x00"]}}, "of.tags[0]"),
        ({"of": {"brands": ["x"]}}, "of.brands[0]"),
        ({"of": nested(40)}, "of" + 6 * ".excluding"),
    ],
)
async def test_a_plug_ins_fields_are_refused_by_name(wrong: dict[str, Any], place: str) -> None:
    async with open_web(kinds=BUILT_IN.and_these(RoundNumber)) as web:
        part = {**PLUGGED, "fields": {**PLUGGED["fields"], **wrong}}  # type: ignore[dict-item]
        body = {"code": "round", "name": "Round", "actions": [TENTH], "conditions": [part]}
        answer = await ask(web, "POST", "", body)
        assert answer.status_code == 400, answer.text
        named = [error["field"] for error in answer.json()["errors"]]
        assert named == [f"conditions[0].fields.{place}".removesuffix(".")]
        assert (await ask(web, "GET")).json()["items"] == []
