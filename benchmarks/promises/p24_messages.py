"""
P24: of what was committed there is one mail, of what was rolled back none, though servers die.

Customers order, call off, pay, are declined and have money back, and some order what is gone;
the mails go to a server that keeps each one as often as it comes. Meanwhile the servers that
take the requests and do the jobs are killed at any moment, and at every place around the end
of a transaction and the sending of a mail. In the end each step on an order's timeline that
customers are told of has a mail of its own; one that came again has the same Message-ID and
says the same; and whose order was never made, or never paid, heard nothing of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from attrs import define

from benchmarks.promises.p20_kills import EFFECT_S, Killing, concluded
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.paying import Held, pay
from benchmarks.rig.posts import Arrival, PostOffice
from benchmarks.rig.shop import MAILS, PATIENT, Shop
from benchmarks.rig.shoppers import Shoppers, fresh_key
from benchmarks.rig.victims import Victim, killed_under_load
from benchmarks.rig.wishes import Wishes

CLIENTS = 4
BETWEEN_S = (0.5, 2.0)
"""What a dead worker had taken waits for a minute and a half: others must get on meanwhile."""

DOMAIN, NOBODYS = "p24.example.com", "gone.example.com"
WITHOUT_WORKER: Mapping[str, str] = {
    **{name: value for name, value in PATIENT.items() if value != MAILS},
    "embedded_worker": "false",
}
TOLD_OF = ("order_paid", "order_refunded", "order_cancelled")
"""Steps of which customers are told by mail."""

STEPS = """
    SELECT o.guest_email, e.kind FROM order_events e JOIN orders o ON o.id = e.order_id
    WHERE e.kind = ANY(%s)
"""


@define
class Buying:
    """Customers with fates of their own; half of them have something to be told of twice."""

    run: Run
    wishes: Wishes
    too_late: str
    """A cart with something in it of which nothing is left."""
    refused: int = 0

    async def buy(self, shoppers: Shoppers, ended: asyncio.Event) -> None:
        """One customer after the other."""
        while not ended.is_set():
            await self.run.random.choice(
                (self._pays, self._pays, self._has_it_back, self._calls_off, self._is_declined)
            )(shoppers)
            await self._comes_too_late(shoppers)

    async def _pays(self, shoppers: Shoppers) -> Held | None:
        one = await self._intended(shoppers)
        if one is None:
            return None
        await pay(self.wishes.gateway, one)
        both = [await self.wishes.to_confirm(one), await self.wishes.to_hear(one)]
        await asyncio.gather(*(self.wishes.persist(each, shoppers) for each in both))
        return one

    async def _has_it_back(self, shoppers: Shoppers) -> None:
        one = await self._pays(shoppers)
        if one is not None:
            await self.wishes.persist(await self.wishes.to_give_back(one), shoppers)

    async def _is_declined(self, shoppers: Shoppers) -> None:
        one = await self._intended(shoppers)
        if one is not None:
            await pay(self.wishes.gateway, one, "card_declined")
            await self.wishes.persist(await self.wishes.to_hear(one), shoppers)

    async def _calls_off(self, shoppers: Shoppers) -> None:
        placed = await self.wishes.persist(await self.wishes.to_order(), shoppers)
        if placed is not None:
            await self.wishes.persist(await self.wishes.to_call_off(placed.body), shoppers)

    async def _comes_too_late(self, shoppers: Shoppers) -> None:
        """An order of what is gone is rolled back, whatever it had written."""
        email = f"{self.refused}@{NOBODYS}"
        answer = await shoppers.order(self.too_late, key=fresh_key(), email=email)
        self.run.require(not answer.ok, "what is gone was sold")
        self.refused += 1

    async def _intended(self, shoppers: Shoppers) -> Held | None:
        placed = await self.wishes.persist(await self.wishes.to_order(), shoppers)
        if placed is None:
            return None
        intent = await self.wishes.persist(await self.wishes.to_intend(placed.body), shoppers)
        return None if intent is None else Held.of(placed.body, intent.body)


async def check(run: Run) -> None:
    """Have mails sent by servers that die, and compare them with what happened."""
    with (
        PostOffice() as office,
        Shop(servers=1, settings={**WITHOUT_WORKER, **office.settings}, gateway=True) as shop,
    ):
        assert shop.gateway is not None, "the shop was asked for one"
        shop.gateway.tell(None)
        working = {**shop.settings, "embedded_worker": "true"}
        with (
            Victim(shop.settings, shop.folder, name="front") as front,
            Victim(working, shop.folder, name="back") as back,
        ):
            await _mailed(shop, shop.gateway, run, office, (front, back))
        run.conclude(shop)


async def _mailed(
    shop: Shop, gateway: FakeGateway, run: Run, office: PostOffice, victims: Sequence[Victim]
) -> None:
    enough, kills = run.size(2_000, 40), run.size(60, 10)
    articles = [Line(handle=f"p24-{run.seed}", stock=1_000_000), _gone(run)]
    variant, gone = shop.stock(articles).values()
    front, back = victims
    bases = (*shop.bases, front.server.base, back.server.base)
    async with Shoppers(shop.bases) as calm, Shoppers(bases) as shoppers:
        wishes = Wishes(calm, gateway, variant, DOMAIN)
        too_late, sells_out = (
            await calm.fill([(variant, 1), (gone, 1)]),
            await calm.fill([(gone, 1)]),
        )
        assert (await calm.order(sells_out, key=fresh_key(), email=f"last@{DOMAIN}")).ok
        killing = Killing(shop, run, wishes, front, back)
        await killing.around_mails()
        buying = Buying(run, wishes, too_late)
        clients = [partial(buying.buy, shoppers)] * CLIENTS
        await killed_under_load(
            victims,
            clients,
            run.random,
            between_s=BETWEEN_S,
            enough=lambda: office.count >= enough and killing.deaths >= kills,
        )
        await concluded(shop, gateway, run, wishes)
    await done(shop, within_s=EFFECT_S)
    run.measured |= {"kills": killing.deaths, "rolled_back": buying.refused}
    run.require(buying.refused > 0, "nothing was rolled back")
    _judge(shop, run, office)


def _gone(run: Run) -> Line:
    return Line(handle=f"p24-{run.seed}-gone", stock=1)


def _judge(shop: Shop, run: Run, office: PostOffice) -> None:
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for email, kind in shop.database.rows(STEPS, [list(TOLD_OF)]):
        expected[email][kind] += 1
    arrived, repeats = office.by_customer(), 0
    for email in expected.keys() | arrived.keys():
        mails = arrived.get(email, ())
        told = {each.message_id: each for each in mails}
        repeats += len(mails) - len(told)
        run.equal("mails to one customer", len(told), expected[email].total())
        run.require(_says_once(told), "one step was told of in two mails")
        alike = all(told[each.message_id] == each for each in mails)
        run.require(alike, "a mail that came again says something else")
    run.tries = sum(each.total() for each in expected.values())
    run.measured |= {
        "steps": dict(sum(expected.values(), Counter())),
        "mails": office.count,
        "repeats": repeats,
    }
    run.require(repeats > 0, "no mail came again")


def _says_once(told: Mapping[str, Arrival]) -> bool:
    """Whether each of the mails is about another step."""
    return len({each.subject for each in told.values()}) == len(told)
