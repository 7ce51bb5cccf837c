"""Conditions and actions that an installed package brings: stored, quoted, and left out without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from automate_store.application.access import SYSTEM
from automate_store.application.promotions import (
    PutPromotion,
    create_promotion,
    get_promotion,
    list_promotions,
)
from automate_store.domain.promotions import BUILT_IN, PercentOffOrder
from automate_store.entrypoints.bootstrap import open_store, promotion_kinds
from automate_store.entrypoints.settings import Settings

PARTS = dedent('''
    """What a shop adds to promotions."""

    from attrs import frozen

    from automate_store.domain.promotions import Action, Condition, Scope, Taking


    @frozen
    class OnWeekday(Condition):
        kind = "on_weekday"
        weekday: int

        def actual(self, scene):
            return scene.at.weekday()

        def accepts(self, actual):
            return actual == self.weekday

        def required_for(self, actual):
            return self.weekday

        def refusal(self, actual):
            return "other_weekday", f"it is for another day than {actual}"


    @frozen
    class AllOff(Action):
        kind = "all_off"

        @property
        def scope(self):
            return Scope.ITEMS

        def take(self, goods):
            return Taking(goods.values)


    NOTHING = 1
''')


def installed(folder: Path, *parts: str) -> None:
    """A package that names its parts as installers write them down."""
    (folder / "weekday_parts.py").write_text(PARTS)
    info = folder / "weekday_parts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: weekday-parts\nVersion: 1.0\n")
    named = "\n".join(f"{part.lower()} = weekday_parts:{part}" for part in parts)
    (info / "entry_points.txt").write_text(f"[automate_store.promotions]\n{named}\n")


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package's module, found as an installed one is."""
    installed(tmp_path, "OnWeekday", "AllOff")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("weekday_parts")
    del sys.modules["weekday_parts"]


async def test_a_part_of_an_installed_package_is_stored_and_read_back(
    parts: Any, postgres_url: str
) -> None:
    wish = PutPromotion(
        code="monday",
        name="Monday",
        conditions=(parts.OnWeekday(0),),
        actions=(parts.AllOff(),),
    )
    async with open_store(Settings(), postgres_url) as store:
        made = await create_promotion(wish, actor=SYSTEM, ports=store.ports)
    async with open_store(Settings(), postgres_url) as again:
        assert again.ports.kinds.conditions["on_weekday"] is parts.OnWeekday
        assert await get_promotion("monday", actor=SYSTEM, ports=again.ports) == made


async def test_without_the_package_only_its_promotions_are_left_out(
    parts: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = PutPromotion(code="plain", name="Plain", actions=(PercentOffOrder(Decimal(10)),))
    monday = PutPromotion(code="monday", name="Monday", actions=(parts.AllOff(),))
    async with open_store(Settings(), postgres_url) as store:
        for wish in (plain, monday):
            await create_promotion(wish, actor=SYSTEM, ports=store.ports)
    monkeypatch.setattr(sys, "path", sys.path[1:])
    async with open_store(Settings(), postgres_url) as bare:
        assert bare.ports.kinds == BUILT_IN
        left = await list_promotions(after=None, limit=9, actor=SYSTEM, ports=bare.ports)
    assert [each.code for each in left] == ["plain"]


def test_what_is_no_part_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "NOTHING")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match="weekday_parts:NOTHING is no condition or action"):
        promotion_kinds()
