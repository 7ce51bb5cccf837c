"""
P07: no cent is lost or made: random carts under random rules, priced on every core.

Hypothesis draws rules and a cart from a fixed seed; the same rules then price more carts
of the same goods, at other prices and in other numbers. Each quote is held to the
library's laws, and to sums that are made without it. There is no shop and no database,
so nothing is left that an audit could look at.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from uuid import UUID

from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money, exponent
from automate_store.domain.pricing import Basket, BasketLine, PricingRules, quote
from automate_store.entrypoints.properties.money import currencies
from automate_store.entrypoints.properties.pricing import (
    assert_nothing_is_below_zero,
    assert_quote_adds_up,
    assert_taxes_agree,
    assert_trail_tells_all,
    assert_units_add_up,
)
from automate_store.entrypoints.properties.promotions import assert_every_promotion_law, sales
from benchmarks.promises.run import Run
from benchmarks.rig import cents

DECIMALS = (0, 2, 3)
CHUNK = 500
"""Carts that one process prices at a time: the seed of each chunk is fixed, whoever takes it."""

MOST_LINES = 6
MOST_DIGITS = 6
MOST_PIECES = (1, 7, 999)
LAWS = (
    assert_quote_adds_up,
    assert_nothing_is_below_zero,
    assert_taxes_agree,
    assert_units_add_up,
    assert_trail_tells_all,
)
Sale = tuple[Basket, PricingRules]


@frozen
class Tally:
    """What the carts of a chunk came to."""

    by_decimals: Counter[int]
    faults: Counter[str]


async def check(run: Run) -> None:
    """Price the carts, a chunk of them to a process at a time."""
    chunks, carts_of_rules = run.size(100_000, 2_000) // CHUNK, run.size(10, 20)
    cores = os.cpu_count() or 1
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn) as pool:
        part = partial(priced, run.seed, carts_of_rules=carts_of_rules)
        jobs = [loop.run_in_executor(pool, part, chunk) for chunk in range(chunks)]
        tallies = await asyncio.gather(*jobs)
    by_decimals = sum((each.by_decimals for each in tallies), Counter[int]())
    run.tries = by_decimals.total()
    run.faults.update(sum((each.faults for each in tallies), Counter[str]()))
    run.measured |= {"carts_by_decimals": dict(sorted(by_decimals.items())), "processes": cores}
    run.equal("kinds of currencies", sorted(by_decimals), sorted(DECIMALS))


def priced(run_seed: int, chunk: int, *, carts_of_rules: int) -> Tally:
    """What the carts of one chunk came to; the same whenever it is asked."""
    tally = Tally(Counter(), Counter())

    @seed(run_seed * 1_000_000 + chunk)
    @settings(
        max_examples=CHUNK // carts_of_rules,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(sale=_sales(), number=st.integers(0, 2**64))
    def under_the_same_rules(sale: Sale, number: int) -> None:
        basket, rules = sale
        dice = random.Random(number)
        for more in range(carts_of_rules):
            cart = _another(basket, dice) if more else basket
            tally.by_decimals[exponent(cart.currency)] += 1
            tally.faults.update(set(_faults(cart, rules, dice, thorough=not more)))

    under_the_same_rules()
    return tally


def _sales() -> st.SearchStrategy[Sale]:
    spoken = st.sampled_from(DECIMALS).flatmap(currencies)
    return spoken.flatmap(sales).filter(lambda sale: bool(sale[0].lines))


def _another(basket: Basket, dice: random.Random) -> Basket:
    """Some of the same goods, at other prices, in other numbers, some with other floors."""
    count = dice.randint(1, MOST_LINES)
    lines = [_line(dice.choice(basket.lines), dice) for _ in range(count)]
    return evolve(basket, lines=tuple(lines))


def _line(like: BasketLine, dice: random.Random) -> BasketLine:
    return evolve(
        like,
        id=LineId(UUID(int=dice.getrandbits(128))),
        unit_price=_price(like.currency, dice),
        quantity=dice.randint(1, dice.choice(MOST_PIECES)),
        minimum_price=dice.choice((None, None, _price(like.currency, dice))),
    )


def _price(currency: str, dice: random.Random) -> Money:
    """Prices of every length alike often: a cent shows where little is shared out."""
    return Money(dice.randrange(10 ** dice.randint(0, MOST_DIGITS)), currency)


def _faults(
    cart: Basket, rules: PricingRules, dice: random.Random, *, thorough: bool
) -> Iterator[str]:
    """What is wrong with the cart's quote; the laws that price it over and over if thorough."""
    try:
        quoted = quote(cart, rules)
        yield from cents.sums(quoted)
        yield from cents.refunds(quoted)
        yield from cents.taxes(quoted, rules.policy)
        yield from cents.order_discount(cart, rules, dice.randrange(10**MOST_DIGITS))
        for law in LAWS:
            law(quoted)
        if thorough:
            assert_every_promotion_law(cart, rules)
    except Exception as broken:  # noqa: BLE001 - a cart that can't be priced is a counterexample
        yield f"{type(broken).__name__}: {broken}".partition("\n")[0]
