"""
What prices are made by, in Postgres and in the process.

Rules and the shape of the category tree rarely change, so each process keeps them; every
read that hangs on them brings the version along in its own statement, so that a change
committed by any server is seen by the next request of every other one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakSet

from attrs import define, field, frozen
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from automate_store.adapters.postgres.promotions import (
    ADD_PROMOTION,
    ALL_PROMOTIONS,
    CHANGE_PROMOTION,
    REMOVE_PROMOTION,
    from_promotion,
    to_promotions,
)
from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.shipping import (
    ADD_METHOD,
    ALL_METHODS,
    CHANGE_METHOD,
    PUT_METHOD,
    REMOVE_METHOD,
    from_method,
    to_method,
)
from automate_store.adapters.postgres.tables import (
    categories,
    pricing_version,
    tax_rates,
)
from automate_store.domain.catalog import ancestors
from automate_store.domain.kernel.ids import CategoryId, TaxRateId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PricingPolicy, PricingRules
from automate_store.domain.promotions import (
    BUILT_IN,
    Kinds,
    Promotion,
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
)
from automate_store.domain.shipping import (
    ShippingMethod,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
)
from automate_store.domain.taxes import TaxRate, TaxRateCodeTaken, TaxRateNotFound

pricing_mark = (
    select(func.sum(pricing_version.c.version)).scalar_subquery().label("pricing_version")
)
"""The rules' version as one more column, for reads that quote."""

_VERSION = select(func.sum(pricing_version.c.version).label("version"))
_PARENTS = select(categories.c.id, categories.c.parent_id)
_RATES = select(tax_rates).order_by(tax_rates.c.code)

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
    kinds: Kinds = BUILT_IN
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
        methods, rates, promotions = await session.fetch_batch(
            (ALL_METHODS, {}), (_RATES, {}), (ALL_PROMOTIONS, {})
        )
        return PricingRules(
            policy=self.policy,
            shipping_methods=tuple(to_method(row) for row in methods),
            tax_rates=tuple(to_tax_rate(row) for row in rates),
            promotions=to_promotions(promotions, self.kinds),
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
            await self.session.later(PUT_METHOD, from_method(method))

    async def add_shipping_method(self, method: ShippingMethod) -> None:
        """Store a new method; raises ShippingMethodCodeTaken when it runs."""
        self.cache.rules_change_in(self.session)
        taken = {"shipping_methods_code_key": ShippingMethodCodeTaken(method.code)}
        await self.session.later(ADD_METHOD, from_method(method), refusals=taken)

    async def change_shipping_method(self, method: ShippingMethod) -> None:
        """Store the method of that code as it is now; raises ShippingMethodNotFound."""
        self.cache.rules_change_in(self.session)
        missing = ShippingMethodNotFound(method.code)
        row = from_method(method)
        await self.session.later(CHANGE_METHOD, row, touching=1, otherwise=missing)

    async def remove_shipping_method(self, code: str) -> None:
        """Keep no method of that code; raises ShippingMethodNotFound when it runs."""
        self.cache.rules_change_in(self.session)
        missing = ShippingMethodNotFound(code)
        await self.session.later(REMOVE_METHOD, {"code": code}, touching=1, otherwise=missing)

    async def add_promotion(self, promotion: Promotion) -> None:
        """Store a new promotion; raises PromotionCodeTaken when it runs."""
        self.cache.rules_change_in(self.session)
        taken = {"promotions_code_key": PromotionCodeTaken(promotion.code)}
        await self.session.later(ADD_PROMOTION, from_promotion(promotion), refusals=taken)

    async def change_promotion(self, promotion: Promotion) -> None:
        """Store the promotion of that id; raises PromotionNotFound or PromotionCodeTaken."""
        self.cache.rules_change_in(self.session)
        missing = PromotionNotFound(promotion.code)
        await self.session.later(
            CHANGE_PROMOTION,
            from_promotion(promotion),
            touching=1,
            otherwise=missing,
            refusals={"promotions_code_key": PromotionCodeTaken(promotion.code)},
        )

    async def remove_promotion(self, promotion: Promotion) -> None:
        """Keep it no more; raises PromotionNotFound or PromotionHasCoupons when it runs."""
        self.cache.rules_change_in(self.session)
        await self.session.later(
            REMOVE_PROMOTION,
            {"id": promotion.id},
            touching=1,
            otherwise=PromotionNotFound(promotion.code),
            refusals={"coupons_promotion_id_fkey": PromotionHasCoupons(promotion.code)},
        )

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
