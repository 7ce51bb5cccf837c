"""Roles that change on one server, and hold with the next request on the other."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.promises.run import Run
from benchmarks.rig.access import FORBIDDEN, NOT_THERE
from benchmarks.rig.accounts import register
from benchmarks.rig.people import ask, employ
from benchmarks.rig.shoppers import Shoppers

NOBODYS = "0195510c-0000-7000-8000-ffffffffffff"
OPENED: Mapping[str, tuple[str, str, str]] = {
    "vendor": (f"/sales/{NOBODYS}", "404 order_not_found", FORBIDDEN),
    "support": ("/admin/inventory/low-stock", "200", NOT_THERE),
    "admin": ("/admin/audit", "200", NOT_THERE),
}
"""What each role opens, what its answer is, and what customers are told there."""


async def roles_hold_at_once(run: Run, shoppers: Shoppers) -> None:
    """Up and down again, the change on either server."""
    for turn in range(run.size(50, 2)):
        someone = await register(shoppers, f"p29-role-{run.seed}-{turn}@example.com")
        for role, (path, opened, closed) in OPENED.items():
            for becoming, expected in ((role, opened), ("customer", closed)):
                changed = await employ(shoppers, someone, becoming, server=turn)
                run.require(changed.ok, f"becoming {becoming}: answered {changed.label()}")
                label = (await ask(shoppers, someone, "GET", path, server=turn + 1)).label()
                run.tries += 1
                run.require(label == expected, f"as {becoming} at {path}: {label}, not {expected}")
