"""Coupons on the wire, with what became of them; for staff only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.coupons import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    PREFIX_LENGTH,
    CouponTerms,
)
from automate_store.application.ports.coupons import CouponBatch, CouponFigures
from automate_store.application.promotions import TEXT_LENGTH
from automate_store.domain.coupons import BATCH_LIMIT, CODE_LENGTH, Coupon, CouponType
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.http.wire.inputs import WORDS, Input
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit
from automate_store.entrypoints.http.wire.promotions.values import Dated
from automate_store.entrypoints.http.wire.shipping.rates import maybe_worth

CouponCode = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=CODE_LENGTH,
        description="Letters and digits, with . _ - between them; case makes no difference.",
        examples=["WELCOME"],
    ),
]
Value = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$",
        max_length=20,
        description="A percentage or an amount in major units of the store's currency, exactly.",
        examples=["12.5"],
        extra={WORDS: "is a decimal number as text, such as 12.5"},
    ),
]
Uses = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Orders; null is any number.")]
CouponName = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Description = Annotated[str, Meta(max_length=DESCRIPTION_LENGTH)]
PromotionCode = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TEXT_LENGTH,
        description="The promotion that it opens, for the type promotion alone.",
    ),
]
Prefix = Annotated[
    str, Meta(max_length=PREFIX_LENGTH, description="SPRING makes SPRING-7K3M-QX9T-4HRV-C6FN.")
]
Codes = Annotated[int, Meta(ge=1, le=BATCH_LIMIT, description="How many codes.")]
Beginning = Annotated[str, Meta(max_length=CODE_LENGTH, description="How the codes begin.")]


class ChangeCoupon(Dated, frozen=True, kw_only=True):
    """
    A coupon on these terms from now on: what is left out goes back to what is usual.

    Uses are kept. The minimum is measured before anything comes off the order as a whole.
    """

    several_lines: ClassVar[frozenset[str]] = frozenset({"description"})
    name: CouponName
    description: Description | None = None
    type: CouponType
    value: Value = "0"
    promotion: PromotionCode | None = None
    minimum_order_amount: Amount | None = None
    maximum_discount_amount: Amount | None = None
    usage_limit: Uses | None = None
    usage_limit_per_customer: Uses | None = 1
    active: bool = True
    stackable: bool = False
    sign_in_needed: bool = False

    def terms(self) -> CouponTerms:
        """The terms in the words of the trade; raises InvalidInput, by field."""
        return CouponTerms(
            name=self.name,
            description=self.description,
            type=self.type,
            value=Decimal(self.value),
            promotion=self.promotion,
            minimum_order_amount=maybe_worth(self.minimum_order_amount, "minimum_order_amount"),
            maximum_discount_amount=maybe_worth(
                self.maximum_discount_amount, "maximum_discount_amount"
            ),
            usage_limit=self.usage_limit,
            usage_limit_per_customer=self.usage_limit_per_customer,
            period=self.period(),
            active=self.active,
            stackable=self.stackable,
            sign_in_needed=self.sign_in_needed,
        )


class AddCoupon(ChangeCoupon, frozen=True, kw_only=True):
    """
    A code, and its terms.

    The minimum is measured before anything comes off the order as a whole. Of several codes
    either all stackable ones count, or one alone.
    """

    code: CouponCode


class GenerateCoupons(ChangeCoupon, frozen=True, kw_only=True):
    """
    So many codes that nobody can guess, all on the same terms; each counts its own uses.

    Each is for one use unless usage_limit says otherwise; null is any number.
    """

    usage_limit: Uses | None = 1
    prefix: Prefix = ""
    amount: Codes


class CouponQuery(Input, frozen=True, kw_only=True):
    """Which, how many, from where on."""

    prefix: Beginning = ""
    batch_id: UUID | None = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class BatchQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class CouponUsage(Struct, frozen=True):
    """
    What became of a coupon: the uses that were not given back.

    used_count is what the limit is held against, uses are the orders behind it: they are
    equal. discount is what came off those orders.
    """

    used_count: int
    uses: int
    discount: Amount
    last_used_at: datetime | None


class CouponAnswer(Struct, frozen=True):
    """A coupon as staff see it."""

    id: UUID
    code: str
    name: str
    description: str | None
    type: CouponType
    value: str
    currency: str
    promotion: str | None
    minimum_order_amount: Amount | None
    maximum_discount_amount: Amount | None
    usage_limit: int | None
    usage_limit_per_customer: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    active: bool
    stackable: bool
    sign_in_needed: bool
    batch_id: UUID | None
    usage: CouponUsage


class CouponList(Struct, frozen=True):
    """Coupons in the order of their codes."""

    items: list[CouponAnswer]
    next_cursor: str | None


class CouponBatchAnswer(Struct, frozen=True):
    """Codes that were made together; they are listed as coupons, by its id."""

    id: UUID
    name: str
    prefix: str
    amount: int
    created_at: datetime


class CouponBatchList(Struct, frozen=True):
    """Batches, newest first."""

    items: list[CouponBatchAnswer]
    next_cursor: str | None


def coupon_answer(figures: CouponFigures, promotions: Mapping[PromotionId, str]) -> CouponAnswer:
    """The coupon with its figures; ``promotions`` has the code of the one that it opens."""
    coupon = figures.coupon
    opens = coupon.promotion_id
    return CouponAnswer(
        coupon.id,
        coupon.code,
        coupon.name,
        coupon.description,
        coupon.type,
        _value(coupon),
        coupon.currency,
        None if opens is None else promotions.get(opens),
        maybe_amount(coupon.minimum_order_amount),
        maybe_amount(coupon.maximum_discount_amount),
        coupon.usage_limit,
        coupon.usage_limit_per_customer,
        coupon.period.starts_at,
        coupon.period.ends_at,
        coupon.active,
        coupon.stackable,
        coupon.sign_in_needed,
        coupon.batch_id,
        CouponUsage(
            coupon.used_count, figures.uses, amount(figures.discount), figures.last_used_at
        ),
    )


def coupon_list(
    coupons: Sequence[CouponFigures],
    promotions: Mapping[PromotionId, str],
    next_cursor: str | None,
) -> CouponList:
    """A page of them."""
    return CouponList([coupon_answer(each, promotions) for each in coupons], next_cursor)


def batch_answer(batch: CouponBatch) -> CouponBatchAnswer:
    """The batch."""
    return CouponBatchAnswer(batch.id, batch.name, batch.prefix, batch.amount, batch.created_at)


def batch_list(batches: Sequence[CouponBatch], next_cursor: str | None) -> CouponBatchList:
    """A page of them."""
    return CouponBatchList([batch_answer(each) for each in batches], next_cursor)


def _value(coupon: Coupon) -> str:
    """An amount with the decimals of its currency, a percentage with those that it needs."""
    if coupon.type is CouponType.FIXED_AMOUNT:
        return amount(Money.parse(coupon.value, coupon.currency)).amount
    return f"{coupon.value.normalize():f}"
