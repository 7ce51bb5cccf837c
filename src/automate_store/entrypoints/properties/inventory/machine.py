"""Stock under any sequence of orders, sales, returns and counts: a machine to hold rules to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from automate_store.domain import inventory
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    ImpossibleStock,
    NotReserved,
    OutOfStock,
    Part,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
)
from automate_store.domain.kernel.ids import OrderId, ReservationId, VariantId
from automate_store.entrypoints.properties.inventory.strategies import stock_items

VARIANTS = 3
"""So few that orders meet on them."""


class StockMachine(RuleBasedStateMachine):
    """
    The laws of stock, whatever orders, cancellations, parcels and counts follow each other.

    What is reserved is what is held. Nothing is promised that is not there. Every change
    of what is on hand stands in an unbroken ledger. A refusal changes nothing.

    Override ``reserve``, ``release`` or ``sell`` to hold rules of your own to them.
    """

    orders = Bundle("orders")

    def reserve(
        self, stock: Mapping[VariantId, StockItem], wanted: Mapping[VariantId, int]
    ) -> tuple[StockChange, ...]:
        """The changes that promise all that is wanted; raises OutOfStock."""
        return inventory.reserve(stock, wanted)

    def release(self, held: Iterable[Reservation]) -> tuple[StockChange, ...]:
        """The changes that give back what is held."""
        return inventory.release(held)

    def sell(self, held: Iterable[Reservation], wanted: Mapping[VariantId, int]) -> Part:
        """What leaves the warehouse; raises NotReserved."""
        return inventory.sell(held, wanted, new_id=self._fresh)

    @initialize(drawn=st.lists(stock_items(), min_size=VARIANTS, max_size=VARIANTS))
    def open(self, drawn: list[StockItem]) -> None:
        """An open shop with something on hand and nothing promised."""
        self._made = 0
        self._held: dict[ReservationId, Reservation] = {}
        self._counted_short: set[VariantId] = set()
        items = (evolve(each, variant_id=VariantId(self._fresh()), reserved=0) for each in drawn)
        self._stock = {item.variant_id: item for item in items}
        self._ledger = {each: [item.on_hand] for each, item in self._stock.items()}

    @rule(target=orders, wants=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50))))
    def place(self, wants: list[tuple[int, int]]) -> OrderId:
        """An order for some of this and some of that, or its refusal."""
        order_id = OrderId(self._fresh())
        wanted = inventory.demand((self._variant(which), many) for which, many in wants)
        promisable = {each: self._stock[each].promisable for each in wanted}
        try:
            changes = self.reserve(self._stock, wanted)
        except OutOfStock as short:
            told = {each.variant_id: each.available for each in short.shortages}
            missing = {each: left for each, left in promisable.items() if left < wanted[each]}
            assert told == missing, "each shortage is named, and nothing else"
            return order_id
        assert all(wanted[each] <= left for each, left in promisable.items()), "none is oversold"
        assert {each.variant_id: each.reserved for each in changes} == wanted, "all is promised"
        self._apply(changes)
        for variant_id, quantity in wanted.items():
            self._hold(order_id, variant_id, quantity)
        return order_id

    @rule(order_id=orders)
    def cancel(self, order_id: OrderId) -> None:
        """What an order holds goes back; a second time nothing does."""
        held = self._of(order_id)
        changes = self.release(held)
        assert sum(-each.reserved for each in changes) == sum(each.quantity for each in held)
        assert not any(each.on_hand for each in changes), "nothing leaves the warehouse"
        self._apply(changes)
        for each in held:
            del self._held[each.id]

    @rule(order_id=orders, wants=st.dictionaries(st.integers(0, 2), st.integers(0, 60)))
    def ship(self, order_id: OrderId, wants: dict[int, int]) -> None:
        """Some of an order leaves, or the refusal to ship more than it holds."""
        held = self._of(order_id)
        wanted = {self._variant(which): many for which, many in wants.items()}
        holds = inventory.demand((each.variant_id, each.quantity) for each in held)
        fits = all(many <= holds.get(each, 0) for each, many in wanted.items())
        try:
            sale = self.sell(held, wanted)
        except NotReserved:
            assert not fits, "what is held can be shipped"
            return
        assert fits, "no more ships than is held"
        assert sum(-each.on_hand for each in sale.changes) == sum(wanted.values()), "all ships"
        self._apply(sale.changes)
        for each in sale.closed:
            del self._held[each.id]
        self._held |= {each.id: each for each in sale.rest}

    @rule(which=st.integers(0, 2), change=st.integers(-100, 100))
    def count(self, which: int, change: int) -> None:
        """Staff count, restock or take back; a count below what is promised is taken."""
        variant_id = self._variant(which)
        self._apply((StockChange(variant_id=variant_id, on_hand=change),))
        if change < 0 and self._below_its_floor(variant_id):
            self._counted_short.add(variant_id)

    @invariant()
    def reserved_is_what_is_held(self) -> None:
        """No promise without its reservation, and none that leaked."""
        held = inventory.demand((each.variant_id, each.quantity) for each in self._held.values())
        for variant_id, item in self._stock.items():
            assert item.reserved == held.get(variant_id, 0)

    @invariant()
    def nothing_is_oversold(self) -> None:
        """Available falls below what the item allows by a count only."""
        self._counted_short = {each for each in self._counted_short if self._below_its_floor(each)}
        short = {each for each in self._stock if self._below_its_floor(each)}
        assert short == self._counted_short

    @invariant()
    def the_ledger_is_unbroken(self) -> None:
        """The last entry of the ledger is what is on hand."""
        for variant_id, after in self._ledger.items():
            assert after[-1] == self._stock[variant_id].on_hand

    def _apply(self, changes: Iterable[StockChange]) -> None:
        before = dict(self._stock)
        try:
            for change in changes:
                item = self._stock[change.variant_id].changed(change)
                self._stock[change.variant_id] = item
                if change.on_hand:
                    chain = self._ledger[change.variant_id]
                    chain.append(chain[-1] + change.on_hand)
        except (ImpossibleStock, OutOfStock) as refused:
            assert self._stock == before, "a decision that was taken can be carried out"
            raise AssertionError("a decision that was taken can be carried out") from refused

    def _below_its_floor(self, variant_id: VariantId) -> bool:
        item = self._stock[variant_id]
        if not item.tracked or (item.allow_backorder and item.backorder_limit is None):
            return False
        limit = item.backorder_limit or 0 if item.allow_backorder else 0
        return item.available < -limit

    def _hold(self, order_id: OrderId, variant_id: VariantId, quantity: int) -> None:
        one = Reservation(
            id=ReservationId(self._fresh()),
            order_id=order_id,
            variant_id=variant_id,
            location_id=DEFAULT_LOCATION,
            quantity=quantity,
            state=ReservationState.HELD,
            expires_at=None,
        )
        self._held[one.id] = one

    def _of(self, order_id: OrderId) -> tuple[Reservation, ...]:
        return tuple(each for each in self._held.values() if each.order_id == order_id)

    def _variant(self, which: int) -> VariantId:
        return list(self._stock)[which]

    def _fresh(self) -> UUID:
        self._made += 1
        return UUID(int=self._made)
