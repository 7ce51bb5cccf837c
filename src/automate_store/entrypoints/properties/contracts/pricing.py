"""What every adapter of ``ports.pricing.Rules`` promises."""

from __future__ import annotations

from asyncio import gather
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import ShippingMethodId, TaxRateId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PricingRules
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    Limits,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingMethod,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
    ShippingRate,
    WeightBand,
    WeightRate,
    ZoneRate,
)
from automate_store.domain.taxes import TaxRate, TaxRateCodeTaken, TaxRateNotFound
from automate_store.entrypoints.properties.contracts.promotions import PromotionsContract
from automate_store.entrypoints.properties.contracts.scene import price
from automate_store.entrypoints.properties.moments import NOON


@pytest.mark.asyncio
class RulesContract(PromotionsContract):
    """Methods, rates and promotions are kept whole, and seen by the next quote."""

    async def test_an_empty_store_has_no_methods_and_no_rates(self, store: Ports) -> None:
        rules = await _current(store)
        assert (rules.shipping_methods, rules.tax_rates) == ((), ())

    async def test_shipping_methods_come_back_as_they_were_put(self, store: Ports) -> None:
        flat = _method(store, "flat", FlatRate(price(store, 5)))
        bands = (WeightBand(1_000, price(store, 4)), WeightBand(None, price(store, 9)))
        zones = (Zone("US", "IL", "627"), Zone("DE"))
        heavy = evolve(_method(store, "weight", WeightRate(bands)), zones=zones, active=False)
        await _put(store, flat, heavy)
        assert set((await _current(store)).shipping_methods) == {flat, heavy}

    async def test_every_kind_of_rate_comes_back_as_it_was_put(self, store: Ports) -> None:
        one, two, currency = price(store, 1), price(store, 2), store.policy.currency
        pieces = PieceRate(one, two)
        rates: list[ShippingRate] = [
            pieces,
            AmountRate((AmountBand(one, two), AmountBand(None, Money.zero(currency)))),
            QuantityRate((QuantityBand(3, one), QuantityBand(None, two))),
            ExternalRate("ups", currency),
            ExternalRate("ups", currency, pieces),
        ]
        plain = [_method(store, f"rate-{i}", rate) for i, rate in enumerate(rates)]
        limits = Limits(max_weight_g=10**10, max_quantity=10**10, min_value=one, max_value=two)
        zoned = evolve(
            _method(store, "zoned", FlatRate(one)),
            zone_rates=(ZoneRate((Zone("US", "IL"), Zone("DE")), rates[1]),),
            free_from=two,
            limits=limits,
        )
        pickup = evolve(_method(store, "pickup", FlatRate(one)), pickup=True)
        await _put(store, *plain, zoned, pickup)
        assert set((await _current(store)).shipping_methods) == {*plain, zoned, pickup}

    async def test_a_method_is_added_changed_and_removed(self, store: Ports) -> None:
        method = _method(store, "flat", FlatRate(price(store, 5)))
        async with store.unit_of_work() as work:
            await work.rules.add_shipping_method(method)
        assert (await _current(store)).shipping_methods == (method,)
        dearer = evolve(
            method,
            name="Dearer",
            rate=PieceRate(price(store, 5), price(store, 1)),
            zones=(Zone("US"),),
            free_from=price(store, 50),
            limits=Limits(max_weight_g=9),
            active=False,
            position=1,
        )
        async with store.unit_of_work() as work:
            await work.rules.change_shipping_method(dearer)
        assert (await _current(store)).shipping_methods == (dearer,)
        async with store.unit_of_work() as work:
            await work.rules.remove_shipping_method("flat")
        assert (await _current(store)).shipping_methods == ()

    async def test_a_method_is_not_added_over_another(self, store: Ports) -> None:
        kept = _method(store, "flat", FlatRate(price(store, 5)))
        await _put(store, kept)
        with pytest.raises(ShippingMethodCodeTaken) as refused:
            async with store.unit_of_work() as work:
                await work.rules.add_shipping_method(_method(store, "flat", kept.rate))
        assert refused.value.shipping_method == "flat"
        assert (await _current(store)).shipping_methods == (kept,)

    async def test_a_method_that_is_not_there_is_neither_changed_nor_removed(
        self, store: Ports
    ) -> None:
        kept = _method(store, "flat", FlatRate(price(store, 5)))
        await _put(store, kept)
        with pytest.raises(ShippingMethodNotFound):
            async with store.unit_of_work() as work:
                await work.rules.change_shipping_method(_method(store, "drone", kept.rate))
        with pytest.raises(ShippingMethodNotFound):
            async with store.unit_of_work() as work:
                await work.rules.remove_shipping_method("drone")
        assert (await _current(store)).shipping_methods == (kept,)

    async def test_tax_rates_come_back_as_they_were_put(self, store: Ports) -> None:
        plain = _rate(store, "us-ny", "0.08875")
        dated = evolve(
            _rate(store, "de", "0.19"),
            zone=Zone("DE", None, "10"),
            applies_to_shipping=False,
            period=Period(NOON, None),
        )
        stacked = evolve(_rate(store, "ca-qc", "0.095"), compound=True, position=2)
        await _put_rates(store, plain, dated, stacked)
        assert set((await _current(store)).tax_rates) == {plain, dated, stacked}

    async def test_a_rate_is_added_changed_and_removed(self, store: Ports) -> None:
        rate = _rate(store, "de", "0.16")
        async with store.unit_of_work() as work:
            await work.rules.add_tax_rate(rate)
        assert (await _current(store)).tax_rates == (rate,)
        raised = evolve(rate, rate=Decimal("0.19"), name="MwSt", zone=Zone("DE"), position=1)
        async with store.unit_of_work() as work:
            await work.rules.change_tax_rate(raised)
        assert (await _current(store)).tax_rates == (raised,)
        async with store.unit_of_work() as work:
            await work.rules.remove_tax_rate("de")
        assert (await _current(store)).tax_rates == ()

    async def test_a_rate_is_not_added_over_another(self, store: Ports) -> None:
        kept = _rate(store, "de", "0.19")
        await _put_rates(store, kept)
        with pytest.raises(TaxRateCodeTaken) as refused:
            async with store.unit_of_work() as work:
                await work.rules.add_tax_rate(_rate(store, "de", "0.07"))
        assert refused.value.tax_rate == "de"
        assert (await _current(store)).tax_rates == (kept,)

    async def test_a_rate_that_is_not_there_is_neither_changed_nor_removed(
        self, store: Ports
    ) -> None:
        kept, other = _rate(store, "de", "0.19"), _rate(store, "fr", "0.2")
        await _put_rates(store, kept)
        with pytest.raises(TaxRateNotFound):
            async with store.unit_of_work() as work:
                await work.rules.change_tax_rate(other)
        with pytest.raises(TaxRateNotFound):
            async with store.unit_of_work() as work:
                await work.rules.remove_tax_rate("fr")
        assert (await _current(store)).tax_rates == (kept,)

    async def test_of_two_who_add_one_code_at_once_one_is_refused(self, store: Ports) -> None:
        async def add(rate: TaxRate) -> TaxRate | None:
            try:
                async with store.unit_of_work() as work:
                    await work.rules.current()
                    await work.rules.add_tax_rate(rate)
            except TaxRateCodeTaken:
                return None
            return rate

        wishes = [_rate(store, "de", "0.19"), _rate(store, "de", "0.07")]
        added = [rate for rate in await gather(*map(add, wishes)) if rate is not None]
        assert len(added) == 1
        assert (await _current(store)).tax_rates == tuple(added)

    async def test_a_method_of_the_same_code_is_replaced(self, store: Ports) -> None:
        await _put(store, _method(store, "flat", FlatRate(price(store, 5))))
        dearer = evolve(_method(store, "flat", FlatRate(price(store, 6))), name="Dearer")
        await _put(store, dearer)
        (kept,) = (await _current(store)).shipping_methods
        assert evolve(kept, id=dearer.id) == dearer

    async def test_a_rate_of_the_same_code_is_replaced(self, store: Ports) -> None:
        await _put_rates(store, _rate(store, "de", "0.16"))
        raised = _rate(store, "de", "0.19")
        await _put_rates(store, raised)
        (kept,) = (await _current(store)).tax_rates
        assert evolve(kept, id=raised.id) == raised

    async def test_a_change_is_seen_by_the_next_quote(self, store: Ports) -> None:
        for major in (1, 2, 3):
            await _put(store, _method(store, "flat", FlatRate(price(store, major))))
            (kept,) = (await _current(store)).shipping_methods
            assert kept.rate == FlatRate(price(store, major))

    async def test_what_was_rolled_back_is_never_seen(self, store: Ports) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                method = _method(store, "flat", FlatRate(Money.zero(store.policy.currency)))
                await work.rules.put_shipping_methods([method])
                await work.rules.put_tax_rates([_rate(store, "de", "0.19")])
                raise ZeroDivisionError
        rules = await _current(store)
        assert (rules.shipping_methods, rules.tax_rates) == ((), ())

    async def test_what_a_work_put_and_read_is_not_kept_when_it_is_rolled_back(
        self, store: Ports
    ) -> None:
        method, rate = _method(store, "flat", FlatRate(price(store, 5))), _rate(store, "de", "0.19")
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.rules.put_shipping_methods([method])
                await work.rules.put_tax_rates([rate])
                inside = await work.rules.current()
                raise ZeroDivisionError
        kept = _rate(store, "us-ny", "0.08875")
        await _put_rates(store, kept)
        rules = await _current(store)
        assert (inside.shipping_methods, inside.tax_rates) == ((method,), (rate,))
        assert (rules.shipping_methods, rules.tax_rates) == ((), (kept,))

    async def test_a_work_sees_each_change_of_its_own(self, store: Ports) -> None:
        async with store.unit_of_work() as work:
            for percent in ("0.16", "0.19"):
                await work.rules.put_tax_rates([_rate(store, "de", percent)])
                (seen,) = (await work.rules.current()).tax_rates
                assert seen.rate == Decimal(percent)

    async def test_the_policy_is_the_same_with_and_without_a_work(self, store: Ports) -> None:
        async with store.unit_of_work() as work:
            inside = await work.rules.current()
        assert inside.policy == (await _current(store)).policy


def _method(store: Ports, code: str, rate: ShippingRate) -> ShippingMethod:
    return ShippingMethod(
        id=ShippingMethodId(store.ids.uuid()),
        code=code,
        name=f"By {code}",
        zones=(),
        rate=rate,
        tax_class="standard",
        active=True,
        position=3,
    )


def _rate(store: Ports, code: str, rate: str) -> TaxRate:
    return TaxRate(
        id=TaxRateId(store.ids.uuid()),
        code=code,
        name="VAT",
        rate=Decimal(rate),
        tax_class="standard",
        zone=Zone("US"),
        applies_to_shipping=True,
        period=Period(),
    )


async def _put(store: Ports, *methods: ShippingMethod) -> None:
    async with store.unit_of_work() as work:
        await work.rules.put_shipping_methods(methods)


async def _put_rates(store: Ports, *rates: TaxRate) -> None:
    async with store.unit_of_work() as work:
        await work.rules.put_tax_rates(rates)


async def _current(store: Ports) -> PricingRules:
    async with store.reading() as reads:
        return await reads.rules.current()
