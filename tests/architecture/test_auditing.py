"""No use case lets staff change something behind the back of the audit trail."""

from __future__ import annotations

import pytest

from tests.architecture.auditing_rules import APPLICATION, WRITING, application, sources

NOTHING_CHANGES = {
    "catalog.exporting.export_catalog": "a file is written, and the store stays as it is",
    "orders.editing.preview_edit": "what a change would come to is told, and nothing is stored",
}
"""Use cases that ask for a permission to change something, and change nothing."""
FILE = "taxes"
HEAD = """
from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.shared import told, untold
"""
OTHERS = {
    "auditing": "async def note(work): ...",
    "shared": """
from automate_store.application.auditing import note
async def told(work): await note(work)
async def untold(work): await work.save()
""",
}


def silent(code: dict[str, str]) -> list[str]:
    """The use cases that change something and tell nobody."""
    found = application(code)
    return sorted(
        f"{module}.{name}".removeprefix(f"{APPLICATION}.")
        for module, name in found.changing()
        if not found.tells((module, name))
    )


def planted(code: str) -> list[str]:
    return silent({**OTHERS, FILE: f"{HEAD}\n{code}"})


def test_every_use_case_of_staff_tells_the_trail() -> None:
    assert silent(sources()) == sorted(NOTHING_CHANGES)


def test_the_use_cases_that_change_something_are_found() -> None:
    found = {name for _, name in application(sources()).changing()}
    assert found >= {"add_tax_rate", "adjust_stock", "ship_order", "import_catalog"}


def test_permissions_to_change_something_are_known_as_such() -> None:
    assert {"CHANGE_PRICING", "EDIT_CATALOG", "MOVE_MONEY", "CHANGE_CUSTOMERS"} <= WRITING
    assert not {each for each in WRITING if each.startswith("READ_")}


@pytest.mark.parametrize(
    "code",
    [
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        await work.save()
""",
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        await untold(work)
""",
        """
async def change(actor: Actor):
    _check(actor)
    async with ports.unit_of_work() as work:
        await work.save()

def _check(actor: Actor) -> None:
    actor.may(Permission.EDIT_CATALOG)
""",
        """
async def change(actor: Actor):
    actor.may(Permission.EDIT_CATALOG)
    await _change()

async def _change():
    async with ports.unit_of_work() as work:
        await work.save()
""",
        """
async def change(actor: Actor):
    async with ports.unit_of_work() as work:
        await open_order(staff=Permission.MOVE_MONEY)

async def _told():
    await note(work)
""",
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        work.note(work)
""",
    ],
    ids=["at_once", "elsewhere", "asked_apart", "done_apart", "told_by_nobody", "of_that_name"],
)
def test_a_change_that_is_told_to_nobody_is_caught(code: str) -> None:
    assert planted(code) == ["taxes.change"]


@pytest.mark.parametrize(
    "code",
    [
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        await note(work)
""",
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        return await once(lambda: _change(work))

async def _change(work):
    await _tell(work)

async def _tell(work):
    await note(work)
""",
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        await told(work)
""",
        """
async def change(actor: Actor):
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        run = _start()
        await run.take_all()

class Run:
    async def take_all(self):
        await note(self.work)
""",
        """
async def read(actor: Actor):
    actor.may(Permission.READ_PRICING)
    async with ports.unit_of_work() as work:
        return await work.all()
""",
        """
async def read(actor: Actor):
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        return await reads.all()
""",
    ],
    ids=["at_once", "in_steps", "elsewhere", "by_a_method", "for_readers", "reading"],
)
def test_a_change_that_is_told_passes(code: str) -> None:
    assert planted(code) == []


def test_without_the_trail_every_one_of_them_is_caught() -> None:
    deaf = {
        name: source.replace("import note", "import read_audit")
        for name, source in sources().items()
    }
    assert len(silent(deaf)) == len(list(application(sources()).changing()))
