"""What the store promises, each promise a check that anyone can run."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping

from attrs import frozen

from benchmarks.promises import (
    p01_oversell,
    p02_deadlock,
    p03_deadline,
    p04_audit,
    p05_coupon_limit,
    p06_customer_limit,
    p07_cents,
    p08_bounds,
    p09_changed_prices,
    p10_giving_back,
    p11_same_key,
    p12_foreign_key,
    p13_one_cart,
    p14_lost_answers,
    p15_any_order,
    p16_reconciling,
    p17_forged_webhooks,
    p18_both_ways,
    p19_gone_stock,
    p20_kills,
    p21_restart,
    p22_freeze,
    p23_redis,
    p24_messages,
    p25_sequences,
    p26_contracts,
    p28_tokens,
    p29_access,
    p30_lists,
    p31_schema,
    p32_tokens,
    p33_links,
    p34_alike,
    p35_logs,
)
from benchmarks.promises.run import Run
from benchmarks.rig.shop import PATIENT, PLAIN, SUMMING, Shop

Check = Callable[[Run], Coroutine[None, None, None]]


@frozen
class ShopCheck:
    """A check of a shop that serves, and what the shop is set to."""

    check: Callable[[Shop, Run], Coroutine[None, None, None]]
    settings: Mapping[str, str]
    gateway: bool = False
    """Whether it is paid by a gateway, which tells it things."""

    async def in_its_shop(self, run: Run) -> None:
        """The check in a shop of its own, with the audit at its end."""
        with Shop(settings=self.settings, gateway=self.gateway) as shop:
            await self.check(shop, run)
            run.conclude(shop)


SHOP_CHECKS: Mapping[str, ShopCheck] = {
    "P01": ShopCheck(p01_oversell.check, PATIENT),
    "P02": ShopCheck(p02_deadlock.check, PATIENT),
    "P03": ShopCheck(p03_deadline.check, PATIENT),
    "P04": ShopCheck(p04_audit.check, PATIENT),
    "P05": ShopCheck(p05_coupon_limit.check, PATIENT),
    "P08": ShopCheck(p08_bounds.check, PATIENT),
    "P09": ShopCheck(p09_changed_prices.check, PATIENT),
    "P11": ShopCheck(p11_same_key.check, PATIENT),
    "P12": ShopCheck(p12_foreign_key.check, PATIENT),
    "P13": ShopCheck(p13_one_cart.check, PATIENT),
    "P21": ShopCheck(p21_restart.check, PLAIN),
    "P25": ShopCheck(p25_sequences.check, PATIENT),
    "P29": ShopCheck(p29_access.check, PATIENT),
    "P31": ShopCheck(p31_schema.check, PATIENT),
    "P32": ShopCheck(p32_tokens.check, PATIENT),
    "P33": ShopCheck(p33_links.check, PATIENT),
}
"""The promises of a shop that serves; checks may run in one shop, one after another."""

BARE_CHECKS: Mapping[str, Check] = {
    "P07": p07_cents.check,
    "P26": p26_contracts.check,
}
"""The promises of the code alone: without a shop, and so without an audit."""

OWN_SHOP_CHECKS: Mapping[str, Check] = {
    "P06": ShopCheck(p06_customer_limit.check, PATIENT, gateway=True).in_its_shop,
    "P10": p10_giving_back.check,
    "P14": p14_lost_answers.check,
    "P15": p15_any_order.check,
    "P16": p16_reconciling.check,
    "P17": p17_forged_webhooks.check,
    "P18": p18_both_ways.check,
    "P19": p19_gone_stock.check,
    "P20": p20_kills.check,
    "P22": ShopCheck(p22_freeze.check, PLAIN, gateway=True).in_its_shop,
    "P23": p23_redis.in_its_shop,
    "P24": p24_messages.check,
    "P28": ShopCheck(p28_tokens.check, SUMMING).in_its_shop,
    "P30": p30_lists.in_its_shop,
    "P34": ShopCheck(p34_alike.check, PATIENT, gateway=True).in_its_shop,
    "P35": p35_logs.in_its_shop,
}
"""The promises of a shop with more around it than a database, which they make themselves."""

CHECKS: Mapping[str, Check] = {
    **{promise: one.in_its_shop for promise, one in SHOP_CHECKS.items()},
    **OWN_SHOP_CHECKS,
    **BARE_CHECKS,
}
"""Every promise that is checked."""
