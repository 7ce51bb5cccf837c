"""What comes for goods that go back: agreed when it is asked for, so that no price moves since."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.orders import Incoming, OrderItem
from automate_store.domain.pricing import Quote, QuotedLine, TaxTotal, some_units


@frozen(kw_only=True)
class Replacement:
    """An item that comes for units of another, one for each that is taken back."""

    item: OrderItem
    """As it would be in the order, were all of them taken back."""
    priced: QuotedLine | None
    """What it costs; None where that is what was paid for just the units that go back."""
    taxes: tuple[TaxTotal, ...] = ()
    """The names of the taxes that are in that."""

    @property
    def variant_id(self) -> VariantId:
        """What comes."""
        return self.item.variant_id

    def incoming(self, gone: QuotedLine, first: int, many: int, quote: Quote) -> Incoming:
        """So many of it for those units of the line that leave it once ``first`` have left."""
        mode = quote.tax_mode
        if self.priced is None:
            line = evolve(
                some_units(gone, first, first + many, mode),
                id=self.item.id,
                product_id=self.item.product_id,
                variant_id=self.item.variant_id,
            )
        else:
            line = some_units(self.priced, 0, many, mode)
        item = evolve(self.item, quantity=many, unit_price=line.unit_price)
        return Incoming(item=item, line=line, taxes=self.taxes)
