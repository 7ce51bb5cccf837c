"""What the rules make of goods that go back: which may, what becomes of them, for how much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.returns import ReturnKind, ReturnPolicy, ReturnState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.pieces import Back, Line

_UNDECIDED = {ReturnState.REQUESTED}
_ON_ITS_WAY = {ReturnState.REQUESTED, ReturnState.APPROVED}


@frozen(kw_only=True)
class Terms:
    """On what terms the store takes goods back, and in what currency."""

    policy: ReturnPolicy
    currency: str

    def reason(self, *, unwanted: bool, claim: bool) -> str:
        """A reason that is the customer's, or the merchant's to bear, as all of a claim are."""
        if claim:
            return min(self.policy.claims - self.policy.merchants_fault or self.policy.claims)
        faults = self.policy.merchants_fault & self.policy.reasons
        return min(self.policy.reasons - faults if unwanted else faults)


def kind_of(*, claim: bool) -> ReturnKind:
    """What is asked for."""
    return ReturnKind.CLAIM if claim else ReturnKind.RETURN


def returnable(book: Book, items: Counts, terms: Terms, at: datetime, *, claim: bool) -> bool:
    """Whether all of these may be asked back now."""
    return all(
        many <= _free(book, each, terms, at, claim=claim) for each, many in items.items() if many
    )


def asked_back(
    book: Book, return_id: ReturnId, items: Counts, *, unwanted: bool, claim: bool
) -> Book:
    """With these asked back."""
    asked = Back(items=dict(items), claim=claim, unwanted=unwanted and not claim)
    lines = _changed(book, items, returning=1)
    return evolve(book, lines=lines, backs={**book.backs, return_id: asked})


def approved(book: Book, return_id: ReturnId) -> Book | None:
    """With that return approved; None where that can't be."""
    return _moved(book, return_id, _UNDECIDED, ReturnState.APPROVED)


def rejected(book: Book, return_id: ReturnId) -> Book | None:
    """With nothing taken back; None where that can't be."""
    return _freed(_moved(book, return_id, _UNDECIDED, ReturnState.REJECTED), return_id)


def withdrawn(book: Book, return_id: ReturnId) -> Book | None:
    """With the goods kept after all; None where that can't be."""
    return _freed(_moved(book, return_id, _ON_ITS_WAY, ReturnState.WITHDRAWN), return_id)


def received(
    book: Book, return_id: ReturnId, accepted: Counts, terms: Terms, *, new: bool
) -> Book | None:
    """With so many taken back, on the shelf where they are new; None where that can't be."""
    back = book.backs[return_id]
    if back.state is not ReturnState.APPROVED or back.claim:
        return None
    if any(many > back.items[each] for each, many in accepted.items()):
        return None
    if not any(accepted.values()):
        moved = _moved(book, return_id, {ReturnState.APPROVED}, ReturnState.REJECTED)
        return _freed(moved, return_id)
    worth = _worth(book, back, accepted, terms)
    back = evolve(back, state=ReturnState.RECEIVED, worth=worth, accepted=dict(accepted))
    lines = _changed(book, back.items, returning=-1)
    lines = _changed(evolve(book, lines=lines), accepted, returned=1)
    shelved = accepted if new else {}
    book = evolve(book, lines=_changed(evolve(book, lines=lines), shelved, restocked=1))
    book = evolve(book, backs={**book.backs, return_id: back})
    return paid_back(book, return_id, terms) if terms.policy.refund_on_receipt else book


def paid_back(book: Book, return_id: ReturnId, terms: Terms) -> Book | None:
    """With its money on the way back; None where that can't be."""
    back = book.backs[return_id]
    if back.claim and back.state is ReturnState.APPROVED:
        book = _granted(book, return_id, back, terms)
    moved = _moved(book, return_id, {ReturnState.RECEIVED}, ReturnState.REFUNDED)
    if moved is None:
        return None
    amount = min(book.backs[return_id].worth, book.worth)
    return moved.credit(amount) if amount else moved


def _free(book: Book, each: LineId, terms: Terms, at: datetime, *, claim: bool) -> int:
    """How many of the line may be asked back: those that came, or are claimed, and are in time."""
    line, since = book.lines[each], list(_came(book, each, terms, claim=claim))
    taken = line.returning + line.returned
    fresh = sum(many for many, came in since if came is None or at < came + terms.policy.window)
    return min(fresh, sum(many for many, _ in since) - taken)


def _came(
    book: Book, each: LineId, terms: Terms, *, claim: bool
) -> Iterator[tuple[int, datetime | None]]:
    """How many came when; None is on its way."""
    line = book.lines[each]
    if not line.parcel:
        yield (line.shipped if terms.policy.digital else 0), book.placed_at
    for parcel in book.parcels:
        if parcel.arrived or claim:
            yield parcel.items.get(each, 0), parcel.at


def _granted(book: Book, return_id: ReturnId, back: Back, terms: Terms) -> Book:
    """With all that is claimed taken for returned, though nothing comes."""
    granted = evolve(
        back,
        state=ReturnState.RECEIVED,
        accepted=back.items,
        worth=_worth(book, back, back.items, terms),
    )
    lines = _changed(book, back.items, returning=-1, returned=1)
    return evolve(book, lines=lines, backs={**book.backs, return_id: granted})


def _worth(book: Book, back: Back, accepted: Counts, terms: Terms) -> int:
    """What was paid for just these units, and for sending them where all came back in vain."""
    goods = sum(
        sum(line.units[line.returned : line.returned + accepted.get(each, 0)])
        for each, line in book.lines.items()
    )
    if back.unwanted:
        policy = terms.policy
        price = Money(goods, terms.currency)
        kept = price.portion(policy.restocking_rate, policy.rounding).minor
        return max(0, goods - kept - policy.return_shipping.minor)
    everything = all(
        line.returned + accepted.get(each, 0) == len(line.units)
        for each, line in book.lines.items()
    )
    blameless = not any(each.unwanted and each.accepted for each in book.backs.values())
    shipped_for_nothing = everything and blameless and terms.policy.original_shipping
    return goods + (book.sending if shipped_for_nothing else 0)


def _moved(
    book: Book, return_id: ReturnId, where: set[ReturnState], wanted: ReturnState
) -> Book | None:
    back = book.backs[return_id]
    if back.state not in where:
        return None
    return evolve(book, backs={**book.backs, return_id: evolve(back, state=wanted)})


def _freed(book: Book | None, return_id: ReturnId) -> Book | None:
    if book is None:
        return None
    return evolve(book, lines=_changed(book, book.backs[return_id].items, returning=-1))


def _changed(book: Book, items: Counts, **by: int) -> dict[LineId, Line]:
    """The lines, each with so many more (or fewer) of its units in those places."""
    return {
        each: evolve(
            line,
            **{name: getattr(line, name) + sign * items.get(each, 0) for name, sign in by.items()},
        )
        for each, line in book.lines.items()
    }
