"""
P20: servers killed at every call of a port, and at any moment, and begun again.

What an order, its intent, its confirmation, a gateway's word and a refund come by is listed
once, by the code itself: before and after each call of a port, and each end of a transaction.
Then a server is killed at each of those places in turn, by its own hand; two wishes in three
are asked again under their key, the third is left to the reconciliation. After that, servers
are killed at any moment under load. In the end every order has its payment and every payment
its order or its refund, the ledgers agree, and whatever was acknowledged is so.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from attrs import define

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.paying import Held, pay
from benchmarks.rig.servers import run as command
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import Shoppers
from benchmarks.rig.victims import Place, Victim, killed_under_load
from benchmarks.rig.wishes import LATER, Wish, Wishes, untrue

WITHOUT_WORKER = {**PATIENT, "embedded_worker": "false"}
CLIENTS = 4
LEAVES = 0.1
"""The part of the shoppers who pay and never come back."""

WALKS_AWAY = 3
"""Every so many-th wish that a server died of is not asked again."""

BETWEEN_S = (0.05, 0.5)
REACHED_S = 20.0
EFFECT_S = 240.0
"""A dead worker's jobs are taken up again within a minute and a half."""

RECONCILE_S = 300
TELLING = ("gateway_", "commit", "mailer")
"""What a quick run kills at: all else can be undone."""

MOST_OF_A_JOB = 3
"""Places at which a quick run kills a worker: each takes its jobs' time of silence."""

MISSED = 0.05
"""The part of the places that a server may come by no more: another job was there first."""

Making = Callable[[], Awaitable[Wish]]
Way = tuple[str, Making, Shoppers, Victim]
"""What it is called, how its wish is made, who is asked, and who comes by its places."""


@define
class Killing:
    """A shop whose servers are killed: one that answers, and one that does the jobs."""

    shop: Shop
    run: Run
    wishes: Wishes
    front: Victim
    back: Victim
    places: int = 0
    missed: int = 0

    @property
    def deaths(self) -> int:
        """How often a server was killed and came back."""
        return self.front.deaths + self.back.deaths

    async def everywhere(self) -> None:
        """Kill at every place of every request, then at every place of the jobs behind them."""
        wishes = self.wishes
        asked = {
            "order": wishes.to_order,
            "intent": wishes.to_intend,
            "confirm": wishes.to_confirm,
            "webhook": wishes.to_hear,
            "refund": wishes.to_give_back,
        }
        began = time.perf_counter()
        async with Shoppers((self.front.server.base,)) as shoppers:
            ways: list[Way] = [
                *((name, making, shoppers, self.front) for name, making in asked.items()),
                ("after webhook", wishes.to_hear, wishes.calm, self.back),
                ("after refund", wishes.to_give_back, wishes.calm, self.back),
            ]
            listed = [await self._listed(*way) for way in ways]
            self.run.measured["listed_s"] = round(time.perf_counter() - began, 1)
            for (_, making, asker, victim), places in zip(ways, listed, strict=True):
                for place in places:
                    await self._killed(place, making, asker, victim)
        self.run.measured["killed_s"] = round(time.perf_counter() - began, 1)

    async def around_mails(self) -> None:
        """Kill where a paid order's mail is about to be written, is sent, or was sent."""
        wishes = self.wishes
        async with Shoppers((self.front.server.base,)) as shoppers:
            ways: Sequence[Way] = (
                ("confirm", wishes.to_confirm, shoppers, self.front),
                ("after webhook", wishes.to_hear, wishes.calm, self.back),
                ("after refund", wishes.to_give_back, wishes.calm, self.back),
            )
            listed = [await self._listed(*way) for way in ways]
            for (_, making, asker, victim), places in zip(ways, listed, strict=True):
                for place in places:
                    if "commit" in place.point or "mailer" in place.point:
                        await self._killed(place, making, asker, victim)

    async def at_any_moment(self, times: int) -> None:
        """Kill that often while everybody buys."""
        began, already = time.perf_counter(), self.deaths
        bases = (*self.shop.bases, self.front.server.base, self.back.server.base)
        async with Shoppers(bases) as shoppers:
            await killed_under_load(
                (self.front, self.back),
                [partial(self._buy, shoppers)] * CLIENTS,
                self.run.random,
                between_s=BETWEEN_S,
                enough=lambda: self.deaths >= already + times,
            )
        self.run.measured["under_load_s"] = round(time.perf_counter() - began, 1)

    async def _listed(
        self, name: str, making: Making, shoppers: Shoppers, victim: Victim
    ) -> Sequence[Place]:
        """Where one such wish has the victim come by; a few of them in a quick run."""
        wish = await making()
        await self._quiet()
        with victim.traced() as places:
            await self.wishes.persist(wish, shoppers)
            await self._quiet()
        self.run.require(bool(places), f"nothing is known of the way of {name}")
        self.run.measured.setdefault("places", {})[name] = len(places)
        if not self.run.quick:
            return places
        telling = [each for each in places if any(word in each.point for word in TELLING)]
        return telling[-MOST_OF_A_JOB:] if victim is self.back else telling

    async def _killed(
        self, place: Place, making: Making, shoppers: Shoppers, victim: Victim
    ) -> None:
        """The wish, of which the victim dies there."""
        wish, before = await making(), victim.pid
        self.places += 1
        victim.arm(place)
        answer = await self.wishes.once(wish, shoppers)
        if not await self._died(victim, waits=victim is self.back):
            victim.disarm()
            self.missed += 1
        else:
            await victim.back(before)
        if answer.ok:
            return
        if self.places % WALKS_AWAY:
            await self.wishes.persist(wish, self.wishes.calm)
        else:
            self.wishes.history.unasked += 1

    async def _died(self, victim: Victim, *, waits: bool) -> bool:
        deadline = time.monotonic() + (REACHED_S if waits else 0)
        while victim.armed:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _quiet(self) -> None:
        await done(self.shop, within_s=EFFECT_S)

    async def _buy(self, shoppers: Shoppers, enough: asyncio.Event) -> None:
        wishes = self.wishes
        while not enough.is_set():
            ordered = await wishes.persist(await wishes.to_order(), shoppers)
            if ordered is None:
                continue
            order = ordered.body
            intent = await wishes.persist(await wishes.to_intend(order), shoppers)
            if intent is None:
                continue
            one = Held.of(order, intent.body)
            await pay(wishes.gateway, one)
            if self.run.random.random() < LEAVES:
                wishes.history.unasked += 1
                continue
            await self._brought(one, shoppers)

    async def _brought(self, one: Held, shoppers: Shoppers) -> None:
        """Paid: the shop learns of it in two ways, and gives a part back."""
        wishes = self.wishes
        both = [await wishes.to_confirm(one), await wishes.to_hear(one)]
        self.run.random.shuffle(both)
        await asyncio.gather(*(wishes.persist(each, shoppers) for each in both))
        await wishes.persist(await wishes.to_give_back(one), shoppers)


async def check(run: Run) -> None:
    """Kill, ask again, reconcile, judge."""
    with Shop(servers=1, settings=WITHOUT_WORKER, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        shop.gateway.tell(None)
        (variant,) = shop.stock([Line(handle=f"p20-{run.seed}", stock=1_000_000)]).values()
        working = {**shop.settings, "embedded_worker": "true"}
        with (
            Victim(shop.settings, shop.folder, name="front") as front,
            Victim(working, shop.folder, name="back") as back,
        ):
            async with Shoppers(shop.bases) as calm:
                wishes = Wishes(calm, shop.gateway, variant, "p20.example.com")
                killing = Killing(shop, run, wishes, front, back)
                await killing.everywhere()
                await killing.at_any_moment(run.size(200, 6))
                await concluded(shop, shop.gateway, run, wishes)
            run.tries = killing.deaths
            run.measured |= {"listed": killing.places, "missed": killing.missed}
            run.require(killing.missed <= MISSED * killing.places, "places were not come by")
        run.conclude(shop)


async def concluded(shop: Shop, gateway: FakeGateway, run: Run, wishes: Wishes) -> None:
    """What was left undone is done, once; then all is as it was said to be."""
    left, failed = await done(shop, within_s=EFFECT_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)
    with shop.database.connect() as connection:
        connection.execute(LATER)
    reconciling: tuple[Any, ...] = ("reconcile", "--since", "2h")
    code, said = command(shop.settings, *reconciling, timeout_s=RECONCILE_S)
    run.require(code == 0, f"the reconciliation left something: {said[-300:]}")
    await done(shop, within_s=EFFECT_S)
    history = wishes.history
    run.measured |= {
        "answers": dict(sorted(history.asked.items())),
        "unasked": history.unasked,
        "acknowledged": {
            "orders": len(history.orders),
            "payments": len(history.payments),
            "paid": len(history.paid),
            "events": len(history.events),
            "refunds": len(history.refunds),
        },
    }
    run.faults.update(Counter(history.given_up))
    run.faults.update(Counter(untrue(shop, gateway, history)))
