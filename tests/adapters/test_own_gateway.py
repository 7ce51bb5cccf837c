"""The page on gateways of one's own: its example keeps the promises, and is offered by its name."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automate_store.adapters.guarding import GuardedGateway
from automate_store.adapters.system import SystemClock
from automate_store.entrypoints.bootstrap.gateways import opened_gateways
from automate_store.entrypoints.properties import contracts
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-gateway.md").read_text(encoding="utf-8")
FOUND = re.search(r"<!-- example -->\n```python\n(.*?)```\n", PAGE, re.DOTALL)
assert FOUND is not None, "the page has its example"
EXAMPLE = FOUND[1]
NAMES: dict[str, Any] = {"__name__": "tab"}
exec(compile(EXAMPLE, "tab", "exec"), NAMES)  # noqa: S102 - our own page
OTHERS = """
from contextlib import asynccontextmanager


@asynccontextmanager
async def open_none(settings, clock):
    yield None


class Manual:
    name, offline = "manual", True


@asynccontextmanager
async def open_manual(settings, clock):
    yield Manual()


NOTHING = 1
"""

TestTab = NAMES["TestTab"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where packages are found as installed ones are."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("tab_parts", None)


def install(folder: Path, opener: str) -> None:
    """A package that brings the page's gateway, and names what opens it."""
    (folder / "tab_parts.py").write_text(EXAMPLE + OTHERS)
    info = folder / "tab_parts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tab-parts\nVersion: 1.0\n")
    named = f"[automate_store.gateways]\ntab = tab_parts:{opener}\n"
    (info / "entry_points.txt").write_text(named)


def offering(names: str) -> Settings:
    return Settings.from_environment({f"{PREFIX}GATEWAYS": names, f"{PREFIX}DATA_DIR": "/srv/shop"})


async def test_an_installed_gateway_is_offered_by_its_name_and_guarded(folder: Path) -> None:
    install(folder, "open_tab")
    settings = offering("manual, Tab")
    assert settings.gateways == ("manual", "tab")
    async with opened_gateways(settings, SystemClock()) as gateways:
        assert gateways.keys() == {"manual", "tab"}
        assert isinstance(gateways["tab"], GuardedGateway)


async def test_one_that_is_not_offered_any_more_still_refunds(folder: Path) -> None:
    install(folder, "open_tab")
    async with opened_gateways(offering("manual"), SystemClock()) as gateways:
        assert "tab" in gateways


def test_without_its_package_a_name_is_none_of_the_settings_values() -> None:
    with pytest.raises(SettingsRefused, match="GATEWAYS"):
        offering("manual,tab")


@pytest.mark.parametrize(
    ("opener", "says"),
    [
        ("open_none", "offers tab, which the installed package did not open"),
        ("open_manual", "has two gateways of one name, manual"),
    ],
)
async def test_one_that_does_not_open_is_refused_at_the_start(
    opener: str, says: str, folder: Path
) -> None:
    install(folder, opener)
    with pytest.raises(SettingsRefused, match=says):
        async with opened_gateways(offering("tab"), SystemClock()):
            pass


async def test_what_opens_nothing_is_refused_by_its_name(folder: Path) -> None:
    install(folder, "NOTHING")
    with pytest.raises(TypeError, match="tab_parts:NOTHING opens no gateway"):
        async with opened_gateways(offering("manual"), SystemClock()):
            pass


def test_the_page_names_every_suite_of_gateways() -> None:
    suites = {name for name in vars(contracts) if re.search("(Gateway|Capture).*Contract", name)}
    assert len(suites) > 5
    assert {name for name in suites if f"| `{name}` |" not in PAGE} == set()
