"""
What prices are made by, in Postgres and in the process.

Rules and the shape of the category tree rarely change, so each process keeps them; every
read that hangs on them brings the version along in its own statement, so that a change
committed by any server is seen by the next request of every other one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakSet

from attrs import define, field, frozen
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from automate_store.adapters.postgres.rows import Row, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import (
    categories,
    pricing_version,
    shipping_methods,
    tax_rates,
)
from automate_store.domain.catalog import ancestors
from automate_store.domain.kernel.ids import CategoryId, ShippingMethodId, TaxRateId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PricingPolicy, PricingRules
from automate_store.domain.shipping import (
    FlatRate,
    ShippingMethod,
    ShippingRate,
    WeightBand,
    WeightRate,
)
from automate_store.domain.taxes import TaxRate, TaxRateCodeTaken, TaxRateNotFound

pricing_mark = (
    select(func.sum(pricing_version.c.version)).scalar_subquery().label("pricing_version")
)
"""The rules' version as one more column, for reads that quote."""

_VERSION = select(func.sum(pricing_version.c.version).label("version"))
_PARENTS = select(categories.c.id, categories.c.parent_id)
_METHODS = select(shipping_methods).order_by(shipping_methods.c.position, shipping_methods.c.code)
_RATES = select(tax_rates).order_by(tax_rates.c.code)

_PUT_METHOD = text("""
    INSERT INTO shipping_methods (id, code, name, zones, rate, currency, tax_class, active,
        position)
    VALUES (:id, :code, :name, CAST(:zones AS jsonb), CAST(:rate AS jsonb), :currency,
        :tax_class, :active, :position)
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, zones = EXCLUDED.zones,
        rate = EXCLUDED.rate, currency = EXCLUDED.currency, tax_class = EXCLUDED.tax_class,
        active = EXCLUDED.active, position = EXCLUDED.position
""")

_PUT_RATE = text("""
    INSERT INTO tax_rates (id, code, name, rate, tax_class, country, state, postal_prefix,
        applies_to_shipping, starts_at, ends_at, compound, position)
    VALUES (:id, :code, :name, :rate, :tax_class, :country, :state, :postal_prefix,
        :applies_to_shipping, :starts_at, :ends_at, :compound, :position)
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, rate = EXCLUDED.rate,
        tax_class = EXCLUDED.tax_class, country = EXCLUDED.country, state = EXCLUDED.state,
        postal_prefix = EXCLUDED.postal_prefix,
        applies_to_shipping = EXCLUDED.applies_to_shipping, starts_at = EXCLUDED.starts_at,
        ends_at = EXCLUDED.ends_at, compound = EXCLUDED.compound, position = EXCLUDED.position
""")
_ADD_RATE = insert(tax_rates)
_CHANGE_RATE = (
    update(tax_rates)
    .where(tax_rates.c.code == bindparam("code"))
    .values({column.name: bindparam(column.name) for column in tax_rates.c})
)
_REMOVE_RATE = delete(tax_rates).where(tax_rates.c.code == bindparam("code"))


@define
class ShopCache:
    """Shared by every session of a process; holds one version of each, the newest seen."""

    policy: PricingPolicy
    _catalogue: int | None = field(default=None, init=False)
    _parents: Mapping[CategoryId, frozenset[CategoryId]] = field(factory=dict, init=False)
    _pricing: int | None = field(default=None, init=False)
    _rules: PricingRules | None = field(default=None, init=False)
    _changing: WeakSet[Session] = field(factory=WeakSet, init=False)

    async def parents(
        self, session: Session, version: int
    ) -> Mapping[CategoryId, frozenset[CategoryId]]:
        """Each category with itself and all it stands under, as of that version or later."""
        if self._catalogue != version:
            rows = await session.fetch_all(_PARENTS, {})
            tree = {CategoryId(row.id): row.parent_id for row in rows}
            self._parents = {category: ancestors(category, tree) for category in tree}
            self._catalogue = version
        return self._parents

    async def rules(self, session: Session, version: int) -> PricingRules:
        """What prices are made by, as of that version or later."""
        # What it changed may yet be undone, and its version be given to another change.
        if session in self._changing:
            return await self._read_rules(session)
        if self._rules is None or self._pricing != version:
            self._rules = await self._read_rules(session)
            self._pricing = version
        return self._rules

    def rules_change_in(self, session: Session) -> None:
        """Keep nothing of the rules that the session reads from now on."""
        self._changing.add(session)

    async def _read_rules(self, session: Session) -> PricingRules:
        methods = await session.fetch_all(_METHODS, {})
        rates = await session.fetch_all(_RATES, {})
        return PricingRules(
            policy=self.policy,
            shipping_methods=tuple(to_method(row) for row in methods),
            tax_rates=tuple(to_tax_rate(row) for row in rates),
        )


@frozen
class PostgresRules:
    """The Rules port on Postgres."""

    session: Session
    cache: ShopCache

    async def current(self) -> PricingRules:
        """All that a quote needs beside the cart."""
        row = await self.session.fetch_one(_VERSION, {})
        assert row is not None, "the migrations put the one row there"
        return await self.cache.rules(self.session, row.version)

    async def put_shipping_methods(self, methods: Sequence[ShippingMethod]) -> None:
        """Store methods; one with the same code is replaced."""
        self.cache.rules_change_in(self.session)
        for method in methods:
            await self.session.later(_PUT_METHOD, from_method(method))

    async def add_tax_rate(self, rate: TaxRate) -> None:
        """Store a new rate; raises TaxRateCodeTaken when it runs."""
        self.cache.rules_change_in(self.session)
        taken = {"tax_rates_code_key": TaxRateCodeTaken(rate.code)}
        await self.session.later(_ADD_RATE, from_tax_rate(rate), refusals=taken)

    async def change_tax_rate(self, rate: TaxRate) -> None:
        """Store the rate of that code as it is now; raises TaxRateNotFound when it runs."""
        self.cache.rules_change_in(self.session)
        missing = TaxRateNotFound(rate.code)
        row = from_tax_rate(rate)
        await self.session.later(_CHANGE_RATE, row, touching=1, otherwise=missing)

    async def remove_tax_rate(self, code: str) -> None:
        """Keep no rate of that code; raises TaxRateNotFound when it runs."""
        self.cache.rules_change_in(self.session)
        missing = TaxRateNotFound(code)
        await self.session.later(_REMOVE_RATE, {"code": code}, touching=1, otherwise=missing)

    async def put_tax_rates(self, rates: Sequence[TaxRate]) -> None:
        """Store rates; one with the same code is replaced."""
        self.cache.rules_change_in(self.session)
        for rate in rates:
            await self.session.later(_PUT_RATE, from_tax_rate(rate))


def from_method(method: ShippingMethod) -> dict[str, object]:
    """The method as its row's parameters; amounts inside the rate are minor units."""
    return {
        "id": method.id,
        "code": method.code,
        "name": method.name,
        "zones": json_text(method.zones),
        "rate": json_text(_rate(method.rate)),
        "currency": method.rate.currency,
        "tax_class": method.tax_class,
        "active": method.active,
        "position": method.position,
    }


def to_method(row: Row) -> ShippingMethod:
    """The method of a row."""
    return ShippingMethod(
        id=ShippingMethodId(row.id),
        code=row.code,
        name=row.name,
        zones=tuple(Zone(**zone) for zone in row.zones),
        rate=_to_rate(row.rate, row.currency),
        tax_class=row.tax_class,
        active=row.active,
        position=row.position,
    )


def from_tax_rate(rate: TaxRate) -> dict[str, object]:
    """The rate as its row's parameters."""
    return {
        "id": rate.id,
        "code": rate.code,
        "name": rate.name,
        "rate": rate.rate,
        "tax_class": rate.tax_class,
        "country": rate.zone.country,
        "state": rate.zone.state,
        "postal_prefix": rate.zone.postal_prefix,
        "applies_to_shipping": rate.applies_to_shipping,
        "starts_at": rate.period.starts_at,
        "ends_at": rate.period.ends_at,
        "compound": rate.compound,
        "position": rate.position,
    }


def to_tax_rate(row: Row) -> TaxRate:
    """The rate of a row."""
    return TaxRate(
        id=TaxRateId(row.id),
        code=row.code,
        name=row.name,
        rate=row.rate,
        tax_class=row.tax_class,
        zone=Zone(row.country, row.state, row.postal_prefix),
        applies_to_shipping=row.applies_to_shipping,
        period=Period(row.starts_at, row.ends_at),
        compound=row.compound,
        position=row.position,
    )


def _rate(rate: ShippingRate) -> dict[str, Any]:
    match rate:
        case FlatRate(amount):
            return {"kind": "flat", "minor": amount.minor}
        case WeightRate(bands):
            steps = [{"up_to_g": band.up_to_g, "minor": band.amount.minor} for band in bands]
            return {"kind": "weight", "bands": steps}


def _to_rate(stored: dict[str, Any], currency: str) -> ShippingRate:
    if stored["kind"] == "flat":
        return FlatRate(Money(stored["minor"], currency))
    bands = (
        WeightBand(band["up_to_g"], Money(band["minor"], currency)) for band in stored["bands"]
    )
    return WeightRate(tuple(bands))
