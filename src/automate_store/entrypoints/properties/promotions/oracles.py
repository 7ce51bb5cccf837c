"""
Oracles: the same answers by brute force, slow and plain, written without the engine's ways.

Pieces are expanded to single units; ways to act together are priced one by one, each as
a quote in which nothing competes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, product

from attrs import evolve

from automate_store.domain.coupons import Coupon
from automate_store.domain.pricing import (
    Appraisal,
    Basket,
    PresentedCode,
    PricingRules,
    Standing,
    appraise,
)
from automate_store.domain.promotions import (
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    EveryNth,
    FirstThenOthers,
    Goods,
    Off,
    PieceAction,
    Promotion,
    Scope,
    Selection,
)

Unit = tuple[int, int, int]
"""One piece: what it costs, its line, and which of the line's it is."""
Acting = tuple[frozenset[str], int, frozenset[str]]
"""Who may act, what it costs then, and who did something."""


def units(goods: Goods, of: Selection) -> list[Unit]:
    """The pieces that nobody counted yet, one by one, the dearest first."""
    found = []
    for line, (item, pieces) in enumerate(zip(goods.items, goods.spare, strict=True)):
        left = goods.spare_values[line]
        for number in range(pieces if of.holds(item) else 0):
            price = -(-left // (pieces - number))
            left -= price
            found.append((price, line, number))
    return sorted(found, key=lambda unit: (-unit[0], unit[1], unit[2]))


def pieces_taken(action: PieceAction, goods: Goods) -> tuple[int, int] | None:
    """
    What the action takes in all, and how many pieces it counts; None where nothing.

    Exact for amounts, for free, and for the percentages of ``first then others``.
    """
    match action:
        case BuyGet():
            return _bought_and_given(action, goods)
        case EveryNth():
            return _every_nth(action, units(goods, action.of))
        case CheapestOf():
            return _cheapest(action, units(goods, action.of))
        case BundlePrice():
            return _bundles(action, units(goods, action.of))
        case FirstThenOthers():
            return _first_then_others(action, goods)
    raise NotImplementedError(action.kind)


def best_total(basket: Basket, rules: PricingRules) -> int:
    """The total in minor units that the rules of competition come to, way by way."""
    candidates: list[Promotion | PresentedCode] = [*rules.automatic, *_openable(basket, rules)]
    exclusive = [each for each in candidates if _promotion(each, rules).exclusive]
    for priority in sorted({_promotion(each, rules).priority for each in exclusive}, reverse=True):
        equals = [each for each in exclusive if _promotion(each, rules).priority == priority]
        alone = [_priced(basket, rules, [each]) for each in equals]
        acting = [total for _, total, did in alone if did]
        if acting:
            return min(acting)
    return _best_together(basket, rules, [each for each in candidates if each not in exclusive])


def _best_together(
    basket: Basket, rules: PricingRules, candidates: Sequence[Promotion | PresentedCode]
) -> int:
    always = {
        _name(each) for each in candidates if not isinstance(each, PresentedCode) and not each.group
    }
    may = {_name(each) for each in candidates if _may(each, basket, rules)}
    ways = [
        [choice for choice in way if not may.isdisjoint(choice)] or way[:1]
        for way in _ways(rules, candidates)
    ]
    ranked = []
    for picked in product(*ways):
        acting = [each for each in candidates if _acts(each, picked, always, rules)]
        empty = sum(
            not _plays(candidates, picked, i, rules)
            and any(
                _plays(candidates, (*picked[:i], other, *picked[i + 1 :]), i, rules)
                for other in way
            )
            for i, way in enumerate(ways)
        )
        ranked.append((empty, _priced(basket, rules, acting)[1]))
    return min(ranked)[1]


def _plays(
    candidates: Sequence[Promotion | PresentedCode],
    picked: tuple[frozenset[str], ...],
    i: int,
    rules: PricingRules,
) -> bool:
    """Whether anyone of a choice may act beside the other choices."""
    chosen = [each for each in candidates if _name(each) in picked[i]]
    return any(_acts(each, picked, set(), rules) for each in chosen)


def _may(each: Promotion | PresentedCode, basket: Basket, rules: PricingRules) -> bool:
    """Whether it would act with nobody beside it, or could where shipping came to cost more."""
    (verdict,) = _alone(basket, rules, [each]).verdicts
    if verdict.standing is Standing.APPLIED:
        return True
    ships = any(line.requires_shipping for line in basket.lines)
    held = not any(unmet.condition != "actions" for unmet in verdict.unmet)
    return ships and held and Scope.SHIPPING in _promotion(each, rules).scopes


def _ways(
    rules: PricingRules, candidates: Sequence[Promotion | PresentedCode]
) -> Iterator[list[frozenset[str]]]:
    """For the codes, and for each group, the sets of names of which one is picked."""
    codes = [each for each in candidates if isinstance(each, PresentedCode)]
    if codes:
        together = frozenset(_name(each) for each in codes if _coupon(each).stackable)
        alone = [frozenset({_name(each)}) for each in codes if not _coupon(each).stackable]
        yield [*([together] if together else []), *alone]
    groups = {group for each in candidates if (group := _promotion(each, rules).group)}
    for group in sorted(groups):
        members = [each for each in candidates if _promotion(each, rules).group == group]
        yield [frozenset({_name(each)}) for each in members]


def _acts(
    each: Promotion | PresentedCode,
    picked: tuple[frozenset[str], ...],
    always: set[str],
    rules: PricingRules,
) -> bool:
    """A code of a group has to be picked among the codes and in its group."""
    if _name(each) in always:
        return True
    needed = isinstance(each, PresentedCode) + bool(_promotion(each, rules).group)
    return sum(_name(each) in choice for choice in picked) == needed


def _priced(
    basket: Basket, rules: PricingRules, acting: Sequence[Promotion | PresentedCode]
) -> Acting:
    """A quote in which these act and nothing competes: no groups, and every code stacks."""
    found = _alone(basket, rules, acting)
    names = {_name(each) for each in acting}
    did = frozenset(each.rule for each in found.verdicts if each.standing is Standing.APPLIED)
    return frozenset(names), found.quote.total.minor, did


def _alone(
    basket: Basket, rules: PricingRules, acting: Sequence[Promotion | PresentedCode]
) -> Appraisal:
    plain = tuple(evolve(each, group=None, exclusive=False) for each in rules.promotions)
    names = {_name(each) for each in acting}
    left = tuple(each for each in plain if each.needs_code or each.code in names)
    codes = tuple(
        evolve(each, coupon=evolve(_coupon(each), stackable=True))
        for each in basket.codes
        if _name(each) in names
    )
    return appraise(evolve(basket, codes=codes), evolve(rules, promotions=left))


def _openable(basket: Basket, rules: PricingRules) -> list[PresentedCode]:
    """The codes that open something, each promotion once."""
    found: list[PresentedCode] = []
    opened = set()
    for each in basket.codes:
        coupon = _coupon(each)
        refusal = coupon.refusal(
            at=basket.at,
            currency=basket.currency,
            shopper=basket.shopper,
            used_by_you=each.used_by_you,
        )
        what = coupon.opened(rules.coded)
        if refusal is None and what is not None and what.id not in opened:
            opened.add(what.id)
            found.append(each)
    return found


def _promotion(each: Promotion | PresentedCode, rules: PricingRules) -> Promotion:
    if isinstance(each, Promotion):
        return each
    found = _coupon(each).opened(rules.coded)
    assert found is not None, "it opens something"
    return found


def _coupon(each: PresentedCode) -> Coupon:
    assert each.coupon is not None, "a code that there is"
    return each.coupon


def _name(each: Promotion | PresentedCode) -> str:
    return each.code


def _times(sets: int, at_most: int | None) -> int:
    return sets if at_most is None else min(sets, at_most)


def _off(price: int, off: Off) -> int:
    if off.amount is not None:
        return min(price, off.amount.minor)
    assert off.percent == 100, "an oracle takes amounts, or all"  # noqa: PLR2004 - all of it
    return price


def _sum_off(given: Iterable[Unit], off: Off) -> int:
    return sum(_off(price, off) for price, _, _ in given)


def _bought_and_given(action: BuyGet, goods: Goods) -> tuple[int, int] | None:
    buys, gets = units(goods, action.buy), units(goods, action.get)
    whole = len({*buys, *gets}) // (action.buy_quantity + action.get_quantity)
    for sets in range(_times(whole, action.at_most), 0, -1):
        given = [
            some
            for some in combinations(gets, sets * action.get_quantity)
            if len(set(buys) - set(some)) >= sets * action.buy_quantity
        ]
        if given:
            dearest = action.choice is Choice.DEAREST and action.buy != action.get
            worth = [sum(price for price, _, _ in some) for some in given]
            chosen = given[worth.index(max(worth) if dearest else min(worth))]
            counted = sets * (action.buy_quantity + action.get_quantity)
            return _sum_off(chosen, action.off), counted
    return None


def _every_nth(action: EveryNth, pieces: Sequence[Unit]) -> tuple[int, int] | None:
    reduced = pieces[action.nth - 1 :: action.nth][: action.at_most]
    return (_sum_off(reduced, action.off), len(reduced) * action.nth) if reduced else None


def _cheapest(action: CheapestOf, pieces: Sequence[Unit]) -> tuple[int, int] | None:
    sets = _times(len(pieces) // action.quantity, action.at_most)
    reduced = pieces[len(pieces) - sets :]
    return (_sum_off(reduced, action.off), sets * action.quantity) if reduced else None


def _bundles(action: BundlePrice, pieces: Sequence[Unit]) -> tuple[int, int] | None:
    sets = _times(len(pieces) // action.quantity, action.at_most)
    saved = []
    for number in range(sets):
        bundle = pieces[number * action.quantity : (number + 1) * action.quantity]
        saved.append(max(0, sum(price for price, _, _ in bundle) - action.price.minor))
    saving = [each for each in saved if each]
    return (sum(saving), len(saving) * action.quantity) if saving else None


def _first_then_others(action: FirstThenOthers, goods: Goods) -> tuple[int, int] | None:
    pieces = units(goods, action.of)
    off = 0
    for some, percent in (
        (pieces[:1], action.first_percent),
        (pieces[1:], action.others_percent),
    ):
        for line in {line for _, line, _ in some}:
            worth = sum(price for price, its, _ in some if its == line)
            share = Decimal(worth) * percent / 100
            off += int(share.quantize(Decimal(1), rounding=goods.rounding.value))
    return (off, len(pieces)) if pieces else None
