"""One guest's cart, merged by many at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register
from benchmarks.rig.races import at_once, raced
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers

MERGES = 50
AT_BARRIER = 16
CART_ROW = "SELECT 1 FROM carts WHERE token_hash = %s FOR UPDATE"
LEFT = """
    SELECT count(*) FROM cart_items i JOIN carts c ON c.id = i.cart_id WHERE c.token_hash = %s
"""
OF_GUEST, OF_ACCOUNT = 2, 3
GONE = "404 cart_not_found"
Pieces = dict[str, int]


@frozen
class Goods:
    """A mug that both have, and a cup that only the guest has."""

    mug: UUID
    cup: UUID

    @property
    def before(self) -> Pieces:
        """What each account has."""
        return {str(self.mug): OF_ACCOUNT}

    @property
    def after(self) -> Pieces:
        """What one account has afterwards."""
        return {str(self.mug): OF_ACCOUNT + OF_GUEST, str(self.cup): 1}


async def carts_merge_once(shop: Shop, run: Run, shoppers: Shoppers, mug: UUID, cup: UUID) -> None:
    """Fifty merges at once into one account, then into two; barriers first."""
    rounds, goods = run.size(100, 4), Goods(mug, cup)
    run.tries += rounds * MERGES
    for number in range(rounds):
        accounts = [
            await register(shoppers, f"p28-{run.seed}-{number}-{each}@example.com")
            for each in range(1 + number % 2)
        ]
        await _round(shop, run, shoppers, goods, accounts, barrier=number < 2)


async def _round(
    shop: Shop,
    run: Run,
    shoppers: Shoppers,
    goods: Goods,
    accounts: Sequence[Member],
    *,
    barrier: bool,
) -> None:
    guest = await shoppers.fill([(goods.mug, OF_GUEST), (goods.cup, 1)])
    for account in accounts:
        await _add(shoppers, account, goods.mug)
    jobs = [
        partial(_merge, shoppers, accounts[turn % len(accounts)], guest, way=turn)
        for turn in range(MERGES)
    ]
    row = hashlib.sha256(guest.encode()).digest()
    if barrier:
        answers, met = await raced(
            shop.database, jobs, lock=CART_ROW, parameters=[row], meet=AT_BARRIER
        )
        run.measured["merges_at_barrier"] = min(met, run.measured.get("merges_at_barrier", met))
        run.require(met > 1, "too few met at the barrier to race for the guest's cart")
    else:
        answers = await at_once(jobs)
    by_account = [answers[turn :: len(accounts)] for turn in range(len(accounts))]
    await _told(run, shoppers, goods, accounts, by_account)
    await _dead(shop, run, shoppers, goods, accounts, guest=guest)


async def _told(
    run: Run,
    shoppers: Shoppers,
    goods: Goods,
    accounts: Sequence[Member],
    by_account: Sequence[Sequence[Answer]],
) -> None:
    """One account was told 200 by every answer and has the goods once; another has none."""
    for answers in by_account:
        what = "merges_into_one" if len(accounts) == 1 else "merges_into_two"
        run.answers(what, answers, allowed={"200"} if len(accounts) == 1 else {"200", GONE})
        run.equal("kinds of answers to one account", len({one.label() for one in answers}), 1)
    held = [_pieces(await _cart(shoppers, account)) for account in accounts]
    run.equal("accounts that have the goods", held.count(goods.after), 1)
    run.equal("accounts that have what they had", held.count(goods.before), len(accounts) - 1)
    for answers, has in zip(by_account, held, strict=True):
        for one in answers:
            if one.ok:
                run.equal("pieces in an answer", _pieces(one), goods.after)
                run.equal("pieces in the cart of whoever was told 200", has, goods.after)


async def _dead(
    shop: Shop,
    run: Run,
    shoppers: Shoppers,
    goods: Goods,
    accounts: Sequence[Member],
    *,
    guest: str,
) -> None:
    """The guest's token opens nothing, and nothing is left behind it."""
    used = [await shoppers.show(guest), await shoppers.add([(goods.cup, 1)], cart=guest)]
    for one in used:
        run.equal("the guest's token after the merge", one.label(), GONE)
    left = shop.database.value(LEFT, [hashlib.sha256(guest.encode()).digest()])
    run.equal("lines left with the guest", left, 0)
    again = [await _merge(shoppers, each, guest, way=0) for each in accounts]
    run.equal("accounts that may merge again", sum(one.ok for one in again), 1)
    held = [_pieces(await _cart(shoppers, account)) for account in accounts]
    run.equal("accounts that have the goods once more", held.count(goods.after), 1)


async def _merge(shoppers: Shoppers, account: Member, guest: str, *, way: int) -> Answer:
    """By the body, the header or the cookie, in turn."""
    ways: tuple[tuple[dict[str, str], dict[str, str] | None], ...] = (
        ({}, {"cart_token": guest}),
        ({"X-Cart-Token": guest}, None),
        ({"Cookie": f"automate_store_cart={guest}"}, None),
    )
    headers, body = ways[way % len(ways)]
    headers = {**account.headers, **headers}
    return await shoppers.ask("POST", f"{API}/cart/merge", body, headers=headers)


async def _add(shoppers: Shoppers, account: Member, mug: UUID) -> None:
    body = {"variant_id": str(mug), "quantity": OF_ACCOUNT}
    added = await shoppers.ask("POST", f"{API}/cart/add", body, headers=account.headers)
    assert added.ok, f"a cart could not be filled: {added}"


async def _cart(shoppers: Shoppers, account: Member) -> Answer:
    return await shoppers.ask("GET", f"{API}/cart", headers=account.headers)


def _pieces(answer: Answer) -> Pieces:
    return {item["variant_id"]: item["quantity"] for item in answer.body.get("items", [])}
