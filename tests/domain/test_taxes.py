"""Laws of tax: rounded once where the policy says, and never a cent beside its total."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import TaxRateId
from automate_store.domain.kernel.money import Money, Rounding, split_minor
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import Basket, PricingRules
from automate_store.domain.taxes import (
    PLACES_REMEMBERED,
    Levy,
    Taxable,
    TaxMode,
    TaxRate,
    TaxRounding,
    TaxTable,
    gross_of,
    levy_on,
    net_of,
    rates_in_force,
    taxes_on,
)
from automate_store.entrypoints.properties.money import assert_rounded_once, roundings
from automate_store.entrypoints.properties.pricing import (
    TAX_CLASSES,
    assert_exempt_customers_pay_the_net,
    destinations,
    pricings,
    tax_rates,
    times,
)

START, DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)
ADDED, CONTAINED = TaxMode.EXCLUSIVE, TaxMode.INCLUSIVE


def a_rate(text: str, number: int = 1, **changes: object) -> TaxRate:
    facts: dict[str, object] = {
        "id": TaxRateId(UUID(int=number)),
        "code": f"R{number}",
        "name": "Tax",
        "rate": Decimal(text),
        "tax_class": "standard",
        "zone": Zone(),
        "applies_to_shipping": False,
        "period": Period(),
    }
    return TaxRate(**{**facts, **changes})  # type: ignore[arg-type]


@st.composite
def taxables(draw: st.DrawFn) -> Taxable:
    unit, quantity = draw(st.integers(0, 10**6)), draw(st.integers(1, 99))
    discount = draw(st.integers(0, unit * quantity))
    return Taxable(Levy.of(draw(tax_rates())), unit, quantity, discount)


@st.composite
def orders(draw: st.DrawFn) -> list[Taxable]:
    """Items over few levies, as the classes of a store give."""
    rates = draw(tax_rates(max_size=6))
    levies = [Levy.of(rates[:3]), Levy.of(rates[3:])]
    items = draw(st.lists(taxables(), max_size=8))
    return [
        Taxable(levies[i % 2], each.unit, each.quantity, each.discount)
        for i, each in enumerate(items)
    ]


def parts_of_net(rates: Sequence[TaxRate]) -> list[Fraction]:
    """What each rate takes of a net of one, by the book."""
    parts: list[Fraction] = []
    for rate in rates:
        before = sum(parts, Fraction(0)) if rate.compound else 0
        parts.append(Fraction(rate.rate) * (1 + before))
    return parts


modes, levels = st.sampled_from(TaxMode), st.sampled_from(TaxRounding)


@given(item=taxables(), rounding=roundings())
def test_added_tax_is_rounded_once_per_line_and_rate(item: Taxable, rounding: Rounding) -> None:
    (taxes,) = taxes_on([item], mode=ADDED, level=TaxRounding.LINE, rounding=rounding)
    for tax, part in zip(taxes, parts_of_net(item.levy.rates), strict=True):
        assert_rounded_once(tax, item.amount * part, rounding)


@given(item=taxables(), rounding=roundings())
def test_contained_tax_is_rounded_once_per_line_and_split_by_rate(
    item: Taxable, rounding: Rounding
) -> None:
    (taxes,) = taxes_on([item], mode=CONTAINED, level=TaxRounding.LINE, rounding=rounding)
    parts = parts_of_net(item.levy.rates)
    together = sum(parts, Fraction(0))
    assert_rounded_once(sum(taxes), item.amount - item.amount / (1 + together), rounding)
    for tax, part in zip(taxes, parts, strict=True):
        exact = sum(taxes) * part / together if together else Fraction(0)
        assert abs(tax - exact) < 1


@given(item=taxables(), mode=modes, rounding=roundings())
def test_tax_by_unit_is_the_sum_of_the_units_taxed_alone(
    item: Taxable, mode: TaxMode, rounding: Rounding
) -> None:
    alone = [
        Taxable(item.levy, amount, 1, 0) for count, amount in item.pieces for _ in range(count)
    ]
    by_line = taxes_on(alone, mode=mode, level=TaxRounding.LINE, rounding=rounding)
    (taxes,) = taxes_on([item], mode=mode, level=TaxRounding.UNIT, rounding=rounding)
    assert taxes == tuple(map(sum, zip(*by_line, strict=True)))
    assert sum(each.amount for each in alone) == item.amount


@given(items=orders(), rounding=roundings())
def test_added_tax_by_order_is_rounded_once_per_rate(
    items: list[Taxable], rounding: Rounding
) -> None:
    shares = taxes_on(items, mode=ADDED, level=TaxRounding.ORDER, rounding=rounding)
    for rate in {rate.id: rate for item in items for rate in item.levy.rates}.values():
        bearing = [
            (item.amount * parts_of_net(item.levy.rates)[place], taxes[place])
            for item, taxes in zip(items, shares, strict=True)
            for place, borne in enumerate(item.levy.rates)
            if borne == rate
        ]
        exact = sum((tax for tax, _ in bearing), Fraction(0))
        assert_rounded_once(sum(tax for _, tax in bearing), exact, rounding)


@given(items=orders(), rounding=roundings())
@example(
    items=[Taxable(Levy.of([a_rate("0.1", 1), a_rate("0.1", 2)]), n, 1, 0) for n in (11, 13, 17)],
    rounding=Rounding.HALF_UP,
)
def test_contained_tax_by_order_is_rounded_once_per_set_of_rates(
    items: list[Taxable], rounding: Rounding
) -> None:
    shares = taxes_on(items, mode=CONTAINED, level=TaxRounding.ORDER, rounding=rounding)
    for levy in {item.levy for item in items}:
        mine = [i for i, item in enumerate(items) if item.levy == levy]
        whole = sum(items[i].amount for i in mine)
        together = sum(parts_of_net(levy.rates), Fraction(0))
        taken = sum(sum(shares[i]) for i in mine)
        assert_rounded_once(taken, whole - whole / (1 + together), rounding)
        by_item = split_minor(taken, [items[i].amount for i in mine])
        assert [sum(shares[i]) for i in mine] == by_item
        by_rate = [sum(column) for column in zip(*(shares[i] for i in mine), strict=True)]
        assert by_rate == split_minor(taken, levy.shares)


@given(items=orders(), mode=modes, level=levels, rounding=roundings())
@example(  # contained rates, each rounded up by itself, would take more than the price
    items=[Taxable(Levy.of([a_rate("2", 1), a_rate("2", 2), a_rate("2", 3)]), 5, 1, 0)],
    mode=CONTAINED,
    level=TaxRounding.ORDER,
    rounding=Rounding.UP,
)
def test_no_tax_is_below_zero_and_no_contained_tax_passes_its_price(
    items: list[Taxable], mode: TaxMode, level: TaxRounding, rounding: Rounding
) -> None:
    shares = taxes_on(items, mode=mode, level=level, rounding=rounding)
    for item, taxes in zip(items, shares, strict=True):
        assert len(taxes) == len(item.levy.rates)
        assert all(tax >= 0 for tax in taxes)
        assert mode is ADDED or sum(taxes) <= item.amount


@given(item=taxables(), mode=modes, rounding=roundings())
def test_one_unit_alone_is_taxed_alike_at_every_level(
    item: Taxable, mode: TaxMode, rounding: Rounding
) -> None:
    unit = Taxable(item.levy, item.unit, 1, 0)
    found = [taxes_on([unit], mode=mode, level=level, rounding=rounding) for level in TaxRounding]
    assert found[0] == found[1] == found[2]


@given(net=st.integers(0, 10**9), rates=tax_rates(), rounding=roundings())
@example(  # the net is a whole of what a compound rate on two others is parts of
    net=1,
    rates=(a_rate("0.08875", 1), a_rate("0.19", 2), a_rate("0.08875", 3, compound=True)),
    rounding=Rounding.UP,
)
def test_added_and_contained_tax_are_one_where_nothing_is_rounded(
    net: int, rates: tuple[TaxRate, ...], rounding: Rounding
) -> None:
    levy = Levy.of(rates)
    whole = net * levy.whole
    (added,) = taxes_on(
        [Taxable(levy, whole, 1, 0)], mode=ADDED, level=TaxRounding.LINE, rounding=rounding
    )
    gross = Taxable(levy, whole + sum(added), 1, 0)
    (contained,) = taxes_on([gross], mode=CONTAINED, level=TaxRounding.LINE, rounding=rounding)
    assert contained == added


@given(rates=tax_rates(), place=destinations(), at=times())
def test_rates_are_found_by_place_time_class_and_kind_in_any_order(
    rates: tuple[TaxRate, ...], place: Destination, at: datetime
) -> None:
    found = rates_in_force(rates, destination=place, at=at)
    assert {r.id for r in rates if place in r.zone and at in r.period} == {r.id for r in found}
    goods, parcel = (levy_on(found, "standard", shipping=kind) for kind in (False, True))
    assert {r.id for r in goods.rates} == {r.id for r in found if r.tax_class == "standard"}
    assert set(parcel.rates) == {rate for rate in goods.rates if rate.applies_to_shipping}
    assert levy_on(found[::-1], "standard", shipping=False) == goods


@given(rates=tax_rates())
def test_a_levy_holds_each_rate_s_part_of_the_net_exactly(rates: tuple[TaxRate, ...]) -> None:
    levy = Levy.of(rates)
    assert [Fraction(share, levy.whole) for share in levy.shares] == parts_of_net(levy.rates)
    assert levy.total == sum(levy.shares)
    assert Levy.of(rates[::-1]) == levy


@given(rates=tax_rates(), place=destinations(), at=st.lists(times(), min_size=2, max_size=3))
def test_a_table_that_remembers_tells_what_looking_through_all_rates_does(
    rates: tuple[TaxRate, ...], place: Destination, at: list[datetime]
) -> None:
    table = TaxTable(rates)
    for moment in at:
        there = rates_in_force(rates, destination=place, at=moment)
        found = table.levies(place, moment)
        for name in (*TAX_CLASSES, "no such class"):
            assert found.on_goods(name) == levy_on(there, name, shipping=False)
            assert found.on_parcel(name) == levy_on(there, name, shipping=True)


def test_a_table_remembers_so_many_places_and_no_more() -> None:
    table = TaxTable((a_rate("0.19", zone=Zone("DE")),))
    berlin = table.levies(Destination("DE", None, "10115"), START)
    assert table.levies(Destination("de", None, "10 115"), START + DAY) is berlin
    for number in range(PLACES_REMEMBERED):
        table.levies(Destination("DE", None, str(number)), START)
    again = table.levies(Destination("DE", None, "10115"), START)
    assert (again == berlin, again is berlin) == (True, False)


@given(net=st.integers(0, 10**9), rates=tax_rates(), rounding=roundings())
def test_net_to_gross_and_back_agrees_within_one_minor_unit_for_each_rate(
    net: int, rates: tuple[TaxRate, ...], rounding: Rounding
) -> None:
    levy, entered = Levy.of(rates), Money(net, "EUR")
    back = net_of(gross_of(entered, levy, rounding), levy, rounding)
    assert abs((back - entered).minor) <= len(levy.rates)


@given(net=st.integers(0, 10**6), rates=tax_rates(), rounding=roundings())
def test_net_to_gross_and_back_is_exact_where_nothing_is_rounded(
    net: int, rates: tuple[TaxRate, ...], rounding: Rounding
) -> None:
    levy = Levy.of(rates)
    entered = Money(net * levy.whole, "EUR")
    gross = gross_of(entered, levy, rounding)
    assert gross.minor == net * (levy.whole + levy.total)
    assert net_of(gross, levy, rounding) == entered


@given(item=taxables(), rounding=roundings())
def test_gross_and_net_are_a_price_with_and_without_the_tax_of_a_line(
    item: Taxable, rounding: Rounding
) -> None:
    price = Money(item.amount, "JPY")
    (added,), (contained,) = (
        taxes_on([item], mode=mode, level=TaxRounding.LINE, rounding=rounding) for mode in TaxMode
    )
    assert gross_of(price, item.levy, rounding).minor == item.amount + sum(added)
    assert net_of(price, item.levy, rounding).minor == item.amount - sum(contained)


@given(pricing=pricings())
def test_exempt_customers_pay_the_net(pricing: tuple[Basket, PricingRules]) -> None:
    assert_exempt_customers_pay_the_net(*pricing)


def test_a_rate_begins_with_its_period_and_ends_before_its_end() -> None:
    old, new = Period(None, START), Period(START, START + DAY)
    rates = [a_rate("0.16", 1, period=old), a_rate("0.19", 2, period=new)]
    moments = (START - DAY, START, START + DAY)
    germany = Destination("DE")
    found = [rates_in_force(rates, destination=germany, at=moment) for moment in moments]
    assert [[rate.code for rate in each] for each in found] == [["R1"], ["R2"], []]


@given(rate=st.decimals(0, 999, places=6))
def test_a_rate_of_six_decimals_is_kept_to_the_millionth(rate: Decimal) -> None:
    assert Fraction(a_rate(str(rate)).millionths, 10**6) == Fraction(rate)


@pytest.mark.parametrize("rate", ["-0.01", "1000", "0.0000001", "NaN", "Infinity"])
def test_a_rate_that_the_store_can_not_keep_is_refused(rate: str) -> None:
    with pytest.raises(InvalidInput):
        a_rate(rate)


@given(item=taxables())
def test_the_pieces_of_a_line_bear_its_discount_as_its_units_do(item: Taxable) -> None:
    assume(item.discount)
    assert sum(count for count, _ in item.pieces) == item.quantity
    assert all(amount >= 0 for _, amount in item.pieces)
    assert sum(count * amount for count, amount in item.pieces) == item.amount
