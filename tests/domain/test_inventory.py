"""Laws of stock: promised once, moved whole, told once."""

from __future__ import annotations

from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    STOCK_LIMIT,
    ImpossibleStock,
    NotReserved,
    OutOfStock,
    Part,
    Reservation,
    StockChange,
    StockItem,
    crossed_threshold,
    demand,
    overcommitted,
    release,
    reserve,
    sell,
)
from automate_store.domain.kernel.ids import OrderId, VariantId
from automate_store.entrypoints.properties.inventory import (
    StockMachine,
    reservations,
    stock_items,
)
from automate_store.entrypoints.properties.moments import NOON

ORDER = OrderId(UUID(int=1))
FIND = settings(max_examples=300, phases=[Phase.generate])
"""Enough to find a planted fault; nobody reads how it was found."""
TestStock = StockMachine.TestCase
quantities = st.integers(1, 10_000)
variant_ids = st.integers(1, 3).map(lambda number: VariantId(UUID(int=number)))


def change(item: StockItem, *, on_hand: int = 0, reserved: int = 0) -> StockChange:
    return StockChange(
        variant_id=item.variant_id,
        location_id=item.location_id,
        on_hand=on_hand,
        reserved=reserved,
    )


@given(wants=st.lists(st.tuples(variant_ids, quantities)))
def test_demand_sums_each_variant_over_the_whole_request_in_id_order(
    wants: list[tuple[VariantId, int]],
) -> None:
    summed = demand(wants)
    assert sum(summed.values()) == sum(quantity for _, quantity in wants)
    assert summed.keys() == {variant_id for variant_id, _ in wants}
    assert list(summed) == sorted(summed)


@given(item=stock_items(), quantity=quantities)
def test_no_more_is_promised_than_may_be(item: StockItem, quantity: int) -> None:
    promisable = item.promisable
    if quantity > promisable:
        with pytest.raises(OutOfStock) as short:
            reserve({item.variant_id: item}, {item.variant_id: quantity})
        (shortage,) = short.value.shortages
        assert (shortage.wanted, shortage.available) == (quantity, promisable)
    else:
        (promised,) = reserve({item.variant_id: item}, {item.variant_id: quantity})
        after = item.changed(promised)
        assert after.promisable == promisable - quantity
        assert after.on_hand == item.on_hand


@given(item=stock_items(tracked=True))
def test_what_is_promisable_is_available_down_to_the_backorder_limit(item: StockItem) -> None:
    if item.allow_backorder and item.backorder_limit is None:
        assert item.promisable == STOCK_LIMIT - item.reserved
    else:
        below_zero = item.backorder_limit or 0 if item.allow_backorder else 0
        assert item.promisable == max(0, item.available + below_zero)


@given(item=stock_items(tracked=False), quantity=quantities)
def test_what_is_not_tracked_can_always_be_promised(item: StockItem, quantity: int) -> None:
    assert item.changed(change(item, reserved=quantity)).reserved == item.reserved + quantity


@given(items=st.lists(stock_items(), min_size=2, max_size=3, unique_by=lambda i: i.variant_id))
def test_every_shortage_is_named_at_once(items: list[StockItem]) -> None:
    stock = {item.variant_id: item for item in items}
    wanted = {item.variant_id: item.promisable + 1 for item in items}
    with pytest.raises(OutOfStock) as short:
        reserve(stock, wanted)
    assert [shortage.variant_id for shortage in short.value.shortages] == list(wanted)


def test_a_variant_without_stock_has_none_to_promise() -> None:
    with pytest.raises(OutOfStock) as short:
        reserve({}, {VariantId(UUID(int=1)): 1})
    assert short.value.shortages[0].available == 0


@given(item=stock_items(), quantity=quantities)
def test_reserving_and_releasing_leave_the_item_as_it_was(item: StockItem, quantity: int) -> None:
    wide = evolve(item, tracked=False)
    promised = wide.changed(change(item, reserved=quantity))
    assert promised.changed(change(item, reserved=-quantity)) == wide


@given(item=stock_items())
def test_no_less_than_nothing_is_ever_reserved(item: StockItem) -> None:
    with pytest.raises(ImpossibleStock):
        item.changed(change(item, reserved=-item.reserved - 1))


@given(item=stock_items(), sign=st.sampled_from([1, -1]))
def test_no_count_passes_what_the_ledger_holds(item: StockItem, sign: int) -> None:
    edge = sign * STOCK_LIMIT
    assert item.changed(change(item, on_hand=edge - item.on_hand)).on_hand == edge
    with pytest.raises(ImpossibleStock):
        item.changed(change(item, on_hand=edge - item.on_hand + sign))


@given(held=st.lists(reservations(ORDER), max_size=5, unique_by=lambda each: each.id))
def test_releasing_gives_back_all_that_is_held_and_moves_no_goods(
    held: list[Reservation],
) -> None:
    changes = release(held)
    assert sum(-each.reserved for each in changes) == sum(each.quantity for each in held)
    assert not any(each.on_hand for each in changes)
    assert [each.variant_id for each in changes] == sorted({each.variant_id for each in held})


@given(
    held=st.lists(
        st.builds(
            lambda one, variant_id: evolve(one, variant_id=variant_id),
            reservations(ORDER, max_quantity=50),
            variant_ids,
        ),
        max_size=5,
        unique_by=lambda each: each.id,
    ),
    wanted=st.dictionaries(variant_ids, st.integers(0, 120)),
)
@example(held=[], wanted={})
def test_a_sale_takes_exactly_what_is_wanted_and_keeps_the_rest_promised(
    held: list[Reservation], wanted: dict[VariantId, int]
) -> None:
    holds = demand((each.variant_id, each.quantity) for each in held)
    try:
        sale = sell(held, wanted, new_id=lambda: UUID(int=9))
    except NotReserved:
        assert any(quantity > holds.get(each, 0) for each, quantity in wanted.items())
        return
    sold = {each.variant_id: -each.on_hand for each in sale.changes}
    assert sold == {each: quantity for each, quantity in wanted.items() if quantity}
    assert all(each.on_hand == each.reserved for each in sale.changes)
    assert _still_promised(held, sale) == {each: holds[each] - sold.get(each, 0) for each in holds}


@given(item=stock_items(tracked=True), taken=st.lists(st.integers(-40, 40), max_size=20))
@example(
    item=StockItem(
        variant_id=VariantId(UUID(int=1)),
        location_id=DEFAULT_LOCATION,
        on_hand=6,
        reserved=0,
        tracked=True,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=5,
    ),
    taken=[1, -1, 1],
)
def test_running_low_is_told_once_per_crossing(item: StockItem, taken: list[int]) -> None:
    told, crossings = 0, 0
    for quantity in taken:
        step = change(item, on_hand=-quantity)
        before, item = item.available, item.changed(step)
        told += crossed_threshold(item, step, NOON) is not None
        crossings += item.available <= item.low_stock_threshold < before
    assert told == crossings


@given(item=stock_items(tracked=False))
def test_what_is_not_tracked_never_runs_low_and_is_never_overcommitted(item: StockItem) -> None:
    emptied = change(item, on_hand=-item.on_hand)
    after = item.changed(emptied)
    assert crossed_threshold(after, emptied, NOON) is None
    assert overcommitted(after, NOON) is None


@given(item=stock_items(tracked=True), counted=st.integers(0, 10_000))
def test_a_count_below_what_is_promised_is_taken_and_flagged(item: StockItem, counted: int) -> None:
    after = item.changed(change(item, on_hand=counted - item.on_hand))
    flagged = overcommitted(after, NOON)
    assert after.on_hand == counted
    assert (flagged is not None) == (counted < item.reserved and not item.allow_backorder)


def test_a_promise_beyond_the_limit_is_refused_even_where_nothing_is_tracked() -> None:
    item = StockItem(
        variant_id=VariantId(UUID(int=1)),
        location_id=DEFAULT_LOCATION,
        on_hand=0,
        reserved=STOCK_LIMIT - 1,
        tracked=False,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=0,
    )
    assert item.changed(change(item, reserved=1)).reserved == STOCK_LIMIT
    with pytest.raises(OutOfStock):
        item.changed(change(item, reserved=2))


class SellsTwice(StockMachine):
    def reserve(self, stock: object, wanted: object) -> tuple[StockChange, ...]:
        assert isinstance(stock, dict)
        assert isinstance(wanted, dict)
        return tuple(
            StockChange(variant_id=each, reserved=quantity) for each, quantity in wanted.items()
        )


class LeaksReservations(StockMachine):
    def release(self, held: object) -> tuple[StockChange, ...]:
        assert held is not None
        return ()


class ForgetsTheRest(StockMachine):
    def sell(self, held: object, wanted: object) -> Part:
        assert isinstance(held, tuple)
        assert isinstance(wanted, dict)
        return evolve(super().sell(held, wanted), rest=())


@pytest.mark.parametrize("machine", [SellsTwice, LeaksReservations, ForgetsTheRest])
def test_the_machine_finds_rules_that_lose_stock(machine: type[StockMachine]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=FIND)


def _still_promised(held: list[Reservation], sale: Part) -> dict[VariantId, int]:
    closed = {each.id for each in sale.closed}
    kept = [each for each in held if each.id not in closed]
    promised = demand((each.variant_id, each.quantity) for each in (*kept, *sale.rest))
    return {each: promised.get(each, 0) for each in demand((h.variant_id, 0) for h in held)}
