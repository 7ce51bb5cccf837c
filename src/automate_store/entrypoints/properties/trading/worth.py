"""What the rules make of goods that go back in money: for how much, on what terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.returns import ReturnPolicy
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.pieces import Back, Line, Sum
from automate_store.entrypoints.properties.trading.shelf import LEAST


@frozen(kw_only=True)
class Terms:
    """On what terms the store takes goods back, and in what currency, at which prices."""

    policy: ReturnPolicy
    currency: str
    prices: Mapping[VariantId, int]

    def reason(self, *, unwanted: bool, claim: bool) -> str:
        """
        A reason that is the customer's, or the merchant's to bear.

        A claim is of what came damaged where it is ``unwanted``, else of what never came.
        """
        if claim:
            losses = self.policy.losses & self.policy.claims
            return min(self.policy.claims - losses if unwanted else losses)
        faults = self.policy.merchants_fault & self.policy.reasons
        return min(self.policy.reasons - faults if unwanted else faults)


def worth_of(
    book: Book, back: Back, fresh: Mapping[LineId, Line], earlier: Iterable[Back], terms: Terms
) -> Sum:
    """
    What was paid for just the units of ``back`` that were accepted, less what is kept of it.

    The goods that come for it are ``fresh``; ``earlier`` is what came back before.
    """
    earlier, there = list(earlier), _paid(book, back, fresh, earlier, terms)
    clawed = 0
    if terms.policy.clawback:
        with_fresh = evolve(book, lines={**book.lines, **fresh})
        owed = _unearned(with_fresh, back, earlier, terms)
        clawed = min(owed - sum(each.sum.clawed for each in earlier), there)
    return Sum(worth=min(there - clawed, book.worth), clawed=clawed)


def _paid(
    book: Book, back: Back, fresh: Mapping[LineId, Line], earlier: Iterable[Back], terms: Terms
) -> int:
    """What was paid for the goods, and for sending them where all came back in vain, less fees."""
    goods = sum(
        sum(line.units[line.returned : line.returned + back.accepted.get(each, 0)])
        for each, line in book.lines.items()
    )
    if back.unwanted:
        policy = terms.policy
        price = Money(goods, terms.currency)
        kept = price.portion(policy.restocking_rate, policy.rounding).minor
        return max(0, goods - kept - policy.return_shipping.minor)
    everything = not fresh and all(
        line.returned + back.accepted.get(each, 0) == len(line.units)
        for each, line in book.lines.items()
    )
    blameless = not any(each.unwanted for each in earlier)
    shipped_for_nothing = everything and blameless and terms.policy.original_shipping
    return goods + (book.sending if shipped_for_nothing else 0)


def _unearned(book: Book, back: Back, earlier: Iterable[Back], terms: Terms) -> int:
    """
    What came off the goods that are kept by a code that these do not earn any more.

    What is the merchant's fault, or was exchanged, is counted as if it were there still.
    """
    blamed: Counter[LineId] = Counter()
    for each in (*earlier, back):
        if each.unwanted:
            blamed.update({i: many for i, many in each.accepted.items() if i not in each.comes})
    left = {each: _priced(line, blamed[each], terms) for each, line in book.lines.items()}
    whole = sum(_priced(line, 0, terms) for line in book.lines.values())
    if not whole >= LEAST > sum(left.values()):
        return 0
    off = [_off(line, blamed[each], terms) for each, line in book.lines.items()]
    # Odd cents are not taken back, of which sharing out may move one onto each line.
    if sum(off) <= sum(map(bool, off)):
        return 0
    return sum(
        book.place.with_tax(_off(line, line.returned + back.accepted.get(each, 0), terms))
        for each, line in book.lines.items()
    )


def _priced(line: Line, first: int, terms: Terms) -> int:
    """What its units cost before anything came off, without the first."""
    return terms.prices[line.variant_id] * len(line.units[first:])


def _off(line: Line, first: int, terms: Terms) -> int:
    """What came off its units, without the first."""
    return _priced(line, first, terms) - sum(line.nets[first:])
