"""Units that leave a quote: each takes along what it bore, and the rest stays as it was."""

from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import Basket, PricingRules, Quote, Step, quote, without
from automate_store.entrypoints.properties.pricing import (
    assert_nothing_is_below_zero,
    assert_quote_adds_up,
    assert_taxes_agree,
    assert_trail_tells_all,
    assert_units_add_up,
    pipelines,
    pricings,
)

Pricing = tuple[Basket, PricingRules]


def leaving(data: st.DataObject, quoted: Quote) -> dict[LineId, int]:
    """So many units of each line, all of some and none of others."""
    return {line.id: data.draw(st.integers(0, line.quantity)) for line in quoted.lines}


def given_back(quoted: Quote, units: dict[LineId, int]) -> Money:
    """What was paid for the first so many units of each line."""
    paid = (line.gross_of_first(units[line.id], quoted.tax_mode) for line in quoted.lines)
    return Money.total(paid, quoted.currency)


@given(pricing=pricings(), pipeline=pipelines(), data=st.data())
def test_what_stays_is_a_quote_like_any_other(
    pricing: Pricing, pipeline: tuple[Step, ...], data: st.DataObject
) -> None:
    quoted = quote(*pricing, pipeline)
    left = without(quoted, leaving(data, quoted), carried=data.draw(st.booleans()))
    assert_quote_adds_up(left)
    assert_nothing_is_below_zero(left)
    assert_taxes_agree(left)
    assert_units_add_up(left)
    assert_trail_tells_all(left)


@given(pricing=pricings(), pipeline=pipelines(), data=st.data())
def test_the_total_falls_by_what_was_paid_for_the_units(
    pricing: Pricing, pipeline: tuple[Step, ...], data: st.DataObject
) -> None:
    quoted = quote(*pricing, pipeline)
    units = leaving(data, quoted)
    left = without(quoted, units, carried=True)
    assert quoted.total - left.total == given_back(quoted, units)
    assert left.shipping == quoted.shipping
    assert {line.id: line.unit_price for line in left.lines}.items() <= {
        line.id: line.unit_price for line in quoted.lines
    }.items()


@given(pricing=pricings(), pipeline=pipelines(), data=st.data())
def test_two_steps_come_to_the_same_cent_as_one(
    pricing: Pricing, pipeline: tuple[Step, ...], data: st.DataObject
) -> None:
    quoted = quote(*pricing, pipeline)
    first = leaving(data, quoted)
    between = without(quoted, first, carried=True)
    second = leaving(data, between)
    at_once = {line: many + second.get(line, 0) for line, many in first.items()}

    there = without(between, second, carried=True)

    straight = without(quoted, at_once, carried=True)
    told = [(line.id, line.quantity, line.discount, line.tax, line.gross) for line in there.lines]
    assert told == [
        (line.id, line.quantity, line.discount, line.tax, line.gross) for line in straight.lines
    ]
    assert there.total == straight.total


@given(pricing=pricings(), pipeline=pipelines())
def test_nothing_is_left_where_all_units_leave(
    pricing: Pricing, pipeline: tuple[Step, ...]
) -> None:
    quoted = quote(*pricing, pipeline)
    left = without(quoted, {line.id: line.quantity for line in quoted.lines}, carried=False)
    assert (left.lines, left.shipping, left.taxes) == ((), None, ())
    assert left.total == Money.zero(quoted.currency)


@given(pricing=pricings(), pipeline=pipelines(), data=st.data())
def test_units_that_leave_behind_returned_ones_bear_what_comes_next(
    pricing: Pricing, pipeline: tuple[Step, ...], data: st.DataObject
) -> None:
    quoted = quote(*pricing, pipeline)
    returned = leaving(data, quoted)
    called_off = leaving(data, without(quoted, returned, carried=True))

    left = without(quoted, called_off, carried=True, behind=returned)

    assert_quote_adds_up(left)
    assert_units_add_up(left)
    there = {line.id: line for line in left.lines}
    for line in quoted.lines:
        first, last = returned[line.id], returned[line.id] + called_off.get(line.id, 0)
        gone = line.gross_between(first, last, quoted.tax_mode)
        still = there.get(line.id)
        assert line.gross - gone == (still.gross if still else Money.zero(quoted.currency))
        if still:
            mode = quoted.tax_mode
            assert still.gross_of_first(first, mode) == line.gross_of_first(first, mode)
