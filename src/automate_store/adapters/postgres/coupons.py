"""
Coupons in Postgres: a use is taken by one conditional write.

The coupon's row is locked first, in id order, so that what the write then counts is what
everybody before it has committed: a condition alone, checked again after a wait, would
count the customer's uses as they were before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row, maybe_decimal, maybe_money, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import Contended
from automate_store.application.ports.coupons import CouponBatch, CouponFigures, CouponUse
from automate_store.domain.coupons import (
    Coupon,
    CouponCodeTaken,
    CouponNotFound,
    CouponType,
    normalise_code,
)
from automate_store.domain.kernel.ids import BatchId, CouponId, OrderId, PromotionId, UserId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import PresentedCode

_COLUMNS = """c.id, c.code, c.name, c.description, c.type, c.value, c.currency,
        c.promotion_id, c.minimum_order_amount, c.maximum_discount_amount, c.usage_limit,
        c.usage_limit_per_customer, c.used_count, c.starts_at, c.expires_at, c.is_active,
        c.stackable, c.sign_in_needed, c.batch_id"""

_MINE = """(SELECT count(*) FROM coupon_usage u
        WHERE u.coupon_id = c.id AND u.given_back_at IS NULL
            AND (u.email = CAST(:email AS varchar) OR u.user_id = CAST(:user_id AS uuid)))"""

_PRESENTED = text(f"""
    SELECT {_COLUMNS}, {_MINE} AS used_by_you
    FROM coupons c WHERE lower(c.code) = ANY(CAST(:codes AS text[]))
""")  # noqa: S608 - our own columns

_USED = """CROSS JOIN LATERAL (
        SELECT count(*) AS uses, coalesce(sum(u.discount_amount), 0) AS discount,
            max(u.used_at) AS last_used_at
        FROM coupon_usage u WHERE u.coupon_id = c.id AND u.given_back_at IS NULL) f"""

_GET = text(f"""
    SELECT {_COLUMNS}, f.uses, f.discount, f.last_used_at FROM coupons c {_USED}
    WHERE lower(c.code) = :code
""")  # noqa: S608 - our own columns

_GET_LOCKED = text(f"""
    SELECT {_COLUMNS}, f.uses, f.discount, f.last_used_at FROM coupons c {_USED}
    WHERE lower(c.code) = :code
    FOR NO KEY UPDATE OF c
""")  # noqa: S608 - our own columns

# The page is cut before its figures are counted, and sorts alike in every collation.
_PAGE = text(f"""
    WITH c AS (
        SELECT {_COLUMNS}, lower(c.code) COLLATE "C" AS key FROM coupons c
        WHERE starts_with(lower(c.code), CAST(:prefix AS text))
            AND (CAST(:batch_id AS uuid) IS NULL OR c.batch_id = :batch_id)
            AND lower(c.code) COLLATE "C" > coalesce(CAST(:after AS text), '')
        ORDER BY key LIMIT :limit)
    SELECT c.*, f.uses, f.discount, f.last_used_at FROM c {_USED} ORDER BY c.key
""")  # noqa: S608 - our own columns

_BATCHES = text("""
    SELECT id, name, prefix, amount, created_at FROM coupon_batches
    WHERE CAST(:before AS uuid) IS NULL OR id < :before
    ORDER BY id DESC LIMIT :limit
""")

_ADD = text("""
    INSERT INTO coupons (id, code, batch_id, name, description, type, value, currency,
        promotion_id, minimum_order_amount, maximum_discount_amount, usage_limit,
        usage_limit_per_customer, starts_at, expires_at, is_active, stackable,
        sign_in_needed)
    SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:code AS text[]), CAST(:batch_id AS uuid[]),
        CAST(:name AS text[]), CAST(:description AS text[]), CAST(:type AS text[]),
        CAST(:value AS numeric[]), CAST(:currency AS text[]), CAST(:promotion_id AS uuid[]),
        CAST(:minimum_order_amount AS numeric[]), CAST(:maximum_discount_amount AS numeric[]),
        CAST(:usage_limit AS int[]), CAST(:usage_limit_per_customer AS int[]),
        CAST(:starts_at AS timestamptz[]), CAST(:expires_at AS timestamptz[]),
        CAST(:is_active AS boolean[]), CAST(:stackable AS boolean[]),
        CAST(:sign_in_needed AS boolean[]))
""")

_TAKEN = text("SELECT lower(code) FROM coupons WHERE lower(code) = ANY(CAST(:codes AS text[]))")

_ADD_BATCH = text("""
    INSERT INTO coupon_batches (id, name, prefix, amount, created_at)
    VALUES (:id, :name, :prefix, :amount, :created_at)
""")

_CHANGE = text("""
    UPDATE coupons SET name = :name, description = :description, type = :type, value = :value,
        currency = :currency, promotion_id = :promotion_id,
        minimum_order_amount = :minimum_order_amount,
        maximum_discount_amount = :maximum_discount_amount, usage_limit = :usage_limit,
        usage_limit_per_customer = :usage_limit_per_customer, starts_at = :starts_at,
        expires_at = :expires_at, is_active = :is_active, stackable = :stackable,
        sign_in_needed = :sign_in_needed
    WHERE id = :id
""")

_LOCK = text("""
    SELECT id FROM coupons WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE
""")

_REDEEM = text(f"""
    WITH taken AS (
        UPDATE coupons c SET used_count = used_count + 1
        WHERE c.id = :coupon_id AND c.is_active
            AND (c.starts_at IS NULL OR c.starts_at <= :at)
            AND (c.expires_at IS NULL OR :at < c.expires_at)
            AND (c.usage_limit IS NULL OR c.used_count < c.usage_limit)
            AND (c.usage_limit_per_customer IS NULL
                OR {_MINE} < c.usage_limit_per_customer)
        RETURNING c.id
    )
    INSERT INTO coupon_usage (id, coupon_id, user_id, email, order_id, discount_amount, used_at)
    SELECT :id, taken.id, :user_id, :email, :order_id, :discount, :at FROM taken
""")  # noqa: S608 - our own subquery

_LOCK_USED = text("""
    SELECT id FROM coupons WHERE id IN (
        SELECT coupon_id FROM coupon_usage WHERE order_id = :order_id AND given_back_at IS NULL)
    ORDER BY id FOR NO KEY UPDATE
""")

_GIVE_BACK = text("""
    WITH back AS (
        UPDATE coupon_usage SET given_back_at = :at
        WHERE order_id = :order_id AND given_back_at IS NULL
        RETURNING coupon_id
    )
    UPDATE coupons c SET used_count = c.used_count - 1 FROM back WHERE c.id = back.coupon_id
""")


@frozen
class PostgresCoupons:
    """The Coupons port on Postgres."""

    session: Session

    async def presented(
        self, codes: Sequence[str], *, user_id: UserId | None, email: str | None
    ) -> tuple[PresentedCode, ...]:
        """What each code is, in one statement."""
        asked = [normalise_code(code) for code in codes]
        params = {"codes": asked, "user_id": user_id, "email": email}
        rows = await self.session.fetch_all(_PRESENTED, params)
        found = {normalise_code(row.code): row for row in rows}
        return tuple(
            PresentedCode(code=code, coupon=to_coupon(row), used_by_you=row.used_by_you)
            if (row := found.get(key)) is not None
            else PresentedCode(code=code, coupon=None)
            for code, key in zip(codes, asked, strict=True)
        )

    async def get(self, code: str, *, lock: bool = False) -> CouponFigures:
        """The coupon with its figures; raises CouponNotFound."""
        statement = _GET_LOCKED if lock else _GET
        row = await self.session.fetch_one(statement, {"code": normalise_code(code)})
        if row is None:
            raise CouponNotFound(code)
        return _to_figures(row)

    async def page(
        self, *, prefix: str, batch_id: BatchId | None, after: str | None, limit: int
    ) -> tuple[CouponFigures, ...]:
        """Coupons in the order of their codes."""
        params = {
            "prefix": normalise_code(prefix),
            "batch_id": batch_id,
            "after": None if after is None else normalise_code(after),
            "limit": limit,
        }
        return tuple(_to_figures(row) for row in await self.session.fetch_all(_PAGE, params))

    async def batches(self, *, before: BatchId | None, limit: int) -> tuple[CouponBatch, ...]:
        """Batches, newest first."""
        rows = await self.session.fetch_all(_BATCHES, {"before": before, "limit": limit})
        return tuple(
            CouponBatch(
                id=BatchId(row.id),
                name=row.name,
                prefix=row.prefix,
                amount=row.amount,
                created_at=row.created_at,
            )
            for row in rows
        )

    async def add(self, coupons: Sequence[Coupon]) -> None:
        """Store new coupons in one statement; raises CouponCodeTaken."""
        if not coupons:
            return
        by_key = {normalise_code(coupon.code): coupon for coupon in coupons}
        taken = await self.session.fetch_value(_TAKEN, {"codes": list(by_key)})
        if taken is not None:
            raise CouponCodeTaken(by_key[taken].code)
        rows = [
            {"id": each.id, "code": each.code, "batch_id": each.batch_id, **_terms(each)}
            for each in coupons
        ]
        params = {name: [row[name] for row in rows] for name in rows[0]}
        # What is taken now was added since, or is twice among these: nobody can say which.
        first = CouponCodeTaken(coupons[0].code)
        refusals = {"coupons_code_lower_key": first, "coupons_code_key": first}
        await self.session.execute(_ADD, params, refusals=refusals)

    async def add_batch(self, batch: CouponBatch) -> None:
        """Store a batch."""
        params = {
            "id": batch.id,
            "name": batch.name,
            "prefix": batch.prefix,
            "amount": batch.amount,
            "created_at": batch.created_at,
        }
        await self.session.later(_ADD_BATCH, params)

    async def change(self, coupon: Coupon) -> None:
        """Store its terms as they are now; raises CouponNotFound when it runs."""
        params = _terms(coupon) | {"id": coupon.id}
        missing = CouponNotFound(coupon.code)
        await self.session.later(_CHANGE, params, touching=1, otherwise=missing)

    async def redeem(self, uses: Sequence[CouponUse], *, at: datetime) -> None:
        """Take every use or none; raises Contended when it runs."""
        await self.session.later(_LOCK, {"ids": [use.coupon_id for use in uses]})
        for use in uses:
            params = {
                "id": use.id,
                "coupon_id": use.coupon_id,
                "order_id": use.order_id,
                "user_id": use.user_id,
                "email": use.email,
                "discount": use.discount.decimal(),
                "at": at,
            }
            await self.session.later(_REDEEM, params, touching=1, otherwise=Contended())

    async def give_back(self, order_id: OrderId, *, at: datetime) -> int:
        """Give back the uses that the order still has; how many."""
        await self.session.later(_LOCK_USED, {"order_id": order_id})
        return await self.session.execute(_GIVE_BACK, {"order_id": order_id, "at": at})


def to_coupon(row: Row) -> Coupon:
    """The coupon of a row."""
    return Coupon(
        id=CouponId(row.id),
        code=row.code,
        name=row.name,
        description=row.description,
        type=CouponType(row.type),
        value=row.value,
        currency=row.currency,
        promotion_id=None if row.promotion_id is None else PromotionId(row.promotion_id),
        minimum_order_amount=maybe_money(row.minimum_order_amount, row.currency),
        maximum_discount_amount=maybe_money(row.maximum_discount_amount, row.currency),
        usage_limit=row.usage_limit,
        usage_limit_per_customer=row.usage_limit_per_customer,
        used_count=row.used_count,
        period=Period(row.starts_at, row.expires_at),
        active=row.is_active,
        stackable=row.stackable,
        sign_in_needed=row.sign_in_needed,
        batch_id=None if row.batch_id is None else BatchId(row.batch_id),
    )


def _to_figures(row: Row) -> CouponFigures:
    return CouponFigures(
        coupon=to_coupon(row),
        uses=row.uses,
        discount=to_money(row.discount, row.currency),
        last_used_at=row.last_used_at,
    )


def _terms(coupon: Coupon) -> dict[str, object]:
    return {
        "name": coupon.name,
        "description": coupon.description,
        "type": coupon.type.value,
        "value": coupon.value,
        "currency": coupon.currency,
        "promotion_id": coupon.promotion_id,
        "minimum_order_amount": maybe_decimal(coupon.minimum_order_amount),
        "maximum_discount_amount": maybe_decimal(coupon.maximum_discount_amount),
        "usage_limit": coupon.usage_limit,
        "usage_limit_per_customer": coupon.usage_limit_per_customer,
        "starts_at": coupon.period.starts_at,
        "expires_at": coupon.period.ends_at,
        "is_active": coupon.active,
        "stackable": coupon.stackable,
        "sign_in_needed": coupon.sign_in_needed,
    }
