"""What the store promises, each promise a check that anyone can run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from benchmarks.promises import (
    p01_oversell,
    p02_deadlock,
    p04_audit,
    p08_bounds,
    p11_same_key,
    p12_foreign_key,
    p13_one_cart,
    p21_restart,
    p22_freeze,
    p26_contracts,
)
from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop

ShopCheck = Callable[[Shop, Run], Awaitable[None]]
Check = Callable[[Run], Awaitable[None]]


async def in_a_shop(check: ShopCheck, run: Run) -> None:
    """The check in a shop of its own, with the audit at its end."""
    with Shop() as shop:
        await check(shop, run)
        run.conclude(shop)


CHECKS: Mapping[str, Check] = {
    "P01": partial(in_a_shop, p01_oversell.check),
    "P02": partial(in_a_shop, p02_deadlock.check),
    "P04": partial(in_a_shop, p04_audit.check),
    "P08": partial(in_a_shop, p08_bounds.check),
    "P11": partial(in_a_shop, p11_same_key.check),
    "P12": partial(in_a_shop, p12_foreign_key.check),
    "P13": partial(in_a_shop, p13_one_cart.check),
    "P21": partial(in_a_shop, p21_restart.check),
    "P22": partial(in_a_shop, p22_freeze.check),
    "P26": p26_contracts.check,
}
"""Every promise that is checked, in order."""
