"""What the rules make of goods that are wanted for others: at what price, and in which units."""

from __future__ import annotations

from collections import Counter

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.orders import OrderPaymentState
from automate_store.domain.returns import Replacement, Return
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.properties.trading.backs import Desk
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts, Swaps
from automate_store.entrypoints.properties.trading.pieces import Coming, Line, line_of


def swappable(book: Book, items: Counts, swaps: Swaps, desk: Desk) -> bool:
    """Whether those may come for these: they are there, and not all of the money went back."""
    if not swaps:
        return True
    wanted: Counter[VariantId] = Counter()
    for gone, comes in swaps.items():
        wanted[comes] += items[gone]
    return book.payment is not OrderPaymentState.REFUNDED and desk.fits(book, wanted)


def agreed(book: Book, told: Return, swaps: Swaps, desk: Desk) -> dict[LineId, Coming]:
    """What comes for which item, which only the store can name, at the price that it has to be."""
    comes = {item.item_id: item.replacement for item in told.items if item.replacement}
    assert {gone: each.variant_id for gone, each in comes.items()} == dict(swaps), "as was asked"
    return {
        gone: _coming(book, book.lines[gone], told.asked[gone], each, desk)
        for gone, each in comes.items()
    }


def _coming(book: Book, gone: Line, many: int, comes: Replacement, desk: Desk) -> Coming:
    even, item = comes.variant_id == gone.variant_id, comes.item
    assert even == (comes.priced is None), "the same thing costs what was paid for it"
    if comes.priced is None:
        line = Line(variant_id=item.variant_id, units=(), nets=(), parcel=gone.parcel)
        return Coming(id=item.id, line=line, even=True)
    line = line_of(comes.priced, TaxMode.EXCLUSIVE, parcel=item.requires_shipping)
    prices, nets = desk.terms.prices, gone.nets[gone.returned : gone.returned + many]
    came_off = prices[gone.variant_id] * many - sum(nets)
    net = max(0, prices[comes.variant_id] * many - came_off)
    assert sum(line.nets) == net, "at today's price, less what came off what goes back"
    assert sum(line.units) == book.place.with_tax(net), "with the tax on it"
    assert len(line.units) == many, "one for each"
    return Coming(id=item.id, line=line, even=False)
