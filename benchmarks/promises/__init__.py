"""What the store promises, each promise a check that anyone can run."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
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

ShopCheck = Callable[[Shop, Run], Coroutine[None, None, None]]
Check = Callable[[Run], Coroutine[None, None, None]]


async def in_a_shop(check: ShopCheck, run: Run) -> None:
    """The check in a shop of its own, with the audit at its end."""
    with Shop() as shop:
        await check(shop, run)
        run.conclude(shop)


IN_A_SHOP: Mapping[str, ShopCheck] = {
    "P01": p01_oversell.check,
    "P02": p02_deadlock.check,
    "P04": p04_audit.check,
    "P08": p08_bounds.check,
    "P11": p11_same_key.check,
    "P12": p12_foreign_key.check,
    "P13": p13_one_cart.check,
    "P21": p21_restart.check,
    "P22": p22_freeze.check,
}
"""The promises of a shop that serves; each check may run in the same one after another."""

CHECKS: Mapping[str, Check] = {
    **{promise: partial(in_a_shop, check) for promise, check in IN_A_SHOP.items()},
    "P26": p26_contracts.check,
}
"""Every promise that is checked, in order."""
