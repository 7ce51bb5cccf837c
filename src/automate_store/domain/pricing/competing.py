"""
The competition: which of the promotions that apply act together.

First the merchant's word: where any is exclusive, the exclusive one of highest priority
acts alone, whatever the others would give. Then the customer's good: within a group the
one that leaves the lowest total acts, and of the codes either all stackable ones together
or one other alone. Ties go to the higher priority, then to the lower id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, product
from math import prod

from attrs import define, field

from automate_store.domain.pricing.basket import Entrant
from automate_store.domain.pricing.draft import Draft
from automate_store.domain.pricing.verdicts import (
    Standing,
    Verdict,
    displaced,
    refused,
    took_part,
    verdicts_on,
)
from automate_store.domain.promotions import Reason, Scope, Unmet

_COSTS_MORE = Unmet(
    condition="actions",
    reason=Reason.NOT_COMBINABLE,
    actual=False,
    required=True,
    detail="the whole costs less without it",
)
MOST_TRIALS = 32
"""
The most ways to act together that are priced whole.

Where there are more, the groups are settled one after another, by their names, and again
until no other choice of one of them is better.
"""
MOST_ROUNDS = 8
"""How often they are gone through at most."""
_Choice = tuple[Entrant, ...]
_Picked = tuple[_Choice, ...]
"""One choice of each way."""
_Rank = tuple[int, int, tuple[tuple[int, int], ...]]
"""Lower is better: ways left empty, the total, and the turns of those who took something."""


@define
class Competition:
    """
    Prices ways to act together, and keeps the best.

    The candidates stand in the order of their turns, those with codes behind the others.
    ``price`` gives the whole draft in which just those act, in their turns, and its total
    in minor units.
    """

    candidates: _Choice
    price: Callable[[_Choice], tuple[Draft, int]]
    bystanders: _Choice = ()
    """Those that can't act, whoever else does, but want a verdict."""
    _priced: dict[_Choice, tuple[Draft, int]] = field(factory=dict, init=False)

    def settle(self) -> Draft:
        """The draft in which those act that should, the bystanders with them."""
        acting = self._settled()
        return self._draft(_in_turn((*acting, *self.bystanders)) if self.bystanders else acting)

    def _settled(self) -> _Choice:
        if not any(each.competes for each in self.candidates):
            return self.candidates
        exclusive = [each for each in self.candidates if each.promotion.exclusive]
        for _, equals in groupby(sorted(exclusive, key=_turn), key=lambda each: each.turn[0]):
            alone = [(each,) for each in equals]
            acting = [choice for choice in alone if self._acts(choice)]
            if acting:
                return min(acting, key=self._total)
        return self._best(self._ways())

    def verdicts(self, settled: Draft, *, of: Callable[[Entrant], bool]) -> Iterator[Verdict]:
        """A verdict on each promotion that is asked for, displaced ones among them."""
        acting = dict(zip(settled.entrants, verdicts_on(settled), strict=True))
        for entrant in filter(of, _in_turn((*self.candidates, *self.bystanders))):
            yield acting[entrant] if entrant in acting else self._loser(entrant, acting)

    def _loser(self, entrant: Entrant, acting: Mapping[Entrant, Verdict]) -> Verdict:
        """Displaced where it would act without those in its place; refused where not even then."""
        winners = [each for each in acting if acting[each].standing is Standing.APPLIED]
        by = [each for each in winners if _displaces(each, entrant)]
        instead = self._draft(_in_turn((*self._beside(by, acting), entrant)))
        currency = instead.basket.currency
        if not took_part(instead, entrant):
            return verdicts_on(instead)[instead.entrants.index(entrant)]
        if better := by or winners:
            return displaced(entrant, better, currency)
        return refused(entrant, [_COSTS_MORE], currency)

    def _beside(self, gone: Sequence[Entrant], acting: Iterable[Entrant]) -> list[Entrant]:
        """Who would act without those: where one acts alone, all that compete with nobody."""
        if any(each.promotion.exclusive for each in gone):
            return [each for each in self.candidates if not each.competes]
        return [each for each in acting if each not in gone]

    def _ways(self) -> list[list[_Choice]]:
        """For the codes and for each group, the choices that exclude each other."""
        free = [each for each in self.candidates if not each.promotion.exclusive]
        always = [each for each in free if not each.competes]
        ways: list[list[_Choice]] = [[_in_turn(always)]]
        codes = [each for each in free if each.code]
        together = [each for each in codes if each.stackable]
        alone = [[each] for each in codes if not each.stackable]
        alternatives = sorted([*([together] if together else []), *alone], key=_first_turn)
        if alternatives:
            ways.append([_in_turn(each) for each in alternatives])
        grouped = [each for each in free if each.promotion.group]
        for _, members in groupby(sorted(grouped, key=_group), key=_group):
            ways.append([(each,) for each in _in_turn(members)])
        return [self._applying(way) for way in ways]

    def _applying(self, way: list[_Choice]) -> list[_Choice]:
        """The choices that would act with nobody beside them; the first where none would."""
        if len(way) == 1:
            return way
        return [each for each in way if any(map(self._would_act, each))] or way[:1]

    def _would_act(self, entrant: Entrant) -> bool:
        """Whether it acts alone, or may come to: shipping that is free alone can cost something."""
        draft = self._draft((entrant,))
        if took_part(draft, entrant):
            return True
        if Scope.SHIPPING not in entrant.promotion.scopes or draft.parcel is None:
            return False
        return verdicts_on(draft)[0].reason == Reason.NOTHING_ELIGIBLE

    def _best(self, ways: list[list[_Choice]]) -> _Choice:
        rank: Callable[[_Picked], _Rank] = partial(self._rank, ways)
        count = prod([len(way) for way in ways])
        if count == 1:
            return _acting(choice for (choice,) in ways)
        if count <= MOST_TRIALS:
            best = min(product(*ways), key=rank)
            return _acting(best)
        settled, before = tuple(way[0] for way in ways), None
        for _ in range(MOST_ROUNDS):
            if settled == before:
                break
            before = settled
            for i, way in enumerate(ways):
                settled = min([_with(settled, i, choice) for choice in way], key=rank)
        return _acting(settled)

    def _rank(self, ways: list[list[_Choice]], picked: _Picked) -> _Rank:
        draft, total = self._price(_acting(picked))
        took = {each.promotion_id for each in draft.discounts}
        turns = tuple(each.turn for each in draft.entrants if each.promotion.id in took)
        return _left_empty(ways, picked), total, turns

    def _acts(self, choice: _Choice) -> bool:
        return took_part(self._draft(choice), choice[0])

    def _draft(self, acting: _Choice) -> Draft:
        return self._price(acting)[0]

    def _total(self, acting: _Choice) -> int:
        return self._price(acting)[1]

    def _price(self, acting: _Choice) -> tuple[Draft, int]:
        found = self._priced.get(acting)
        if found is None:
            found = self._priced[acting] = self.price(acting)
        return found


def _displaces(winner: Entrant, loser: Entrant) -> bool:
    same_group = winner.promotion.group == loser.promotion.group is not None
    both_codes = bool(winner.code and loser.code) and not (winner.stackable and loser.stackable)
    return winner.promotion.exclusive or same_group or both_codes


def _left_empty(ways: Sequence[Sequence[_Choice]], picked: _Picked) -> int:
    """In how many ways a code was chosen that its group, or the codes, did not, but might have."""
    return sum(
        not _plays(picked, i) and any(_plays(_with(picked, i, other), i) for other in way)
        for i, way in enumerate(ways)
        if len(way) > 1
    )


def _plays(picked: _Picked, i: int) -> bool:
    """Whether anyone chosen there acts: a code of a group has to be chosen by both."""
    elsewhere = [each for j, choice in enumerate(picked) if j != i for each in choice]
    return any(not (e.code and e.promotion.group) or e in elsewhere for e in picked[i])


def _with(picked: _Picked, i: int, choice: _Choice) -> _Picked:
    return (*picked[:i], choice, *picked[i + 1 :])


def _acting(chosen: Iterable[_Choice]) -> _Choice:
    """
    Who acts where these were chosen, in their turns.

    A code whose promotion is of a group acts only where both ways chose it.
    """
    every = [entrant for choice in chosen for entrant in choice]
    twice = {each for each in every if each.code and each.promotion.group}
    acting = {each for each in every if each not in twice or every.count(each) > 1}
    return _in_turn(acting)


def _in_turn(entrants: Iterable[Entrant]) -> _Choice:
    return tuple(sorted(entrants, key=_turn))


def _turn(entrant: Entrant) -> tuple[int, int]:
    return entrant.turn


def _first_turn(entrants: Sequence[Entrant]) -> tuple[int, int]:
    return min(each.turn for each in entrants)


def _group(entrant: Entrant) -> str:
    return entrant.promotion.group or ""
