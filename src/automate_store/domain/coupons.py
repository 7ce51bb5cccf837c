"""
Coupons: codes that open promotions; who may redeem one, when and how often, and why not.

A coupon of one of the plain types is a promotion of its own; one of type ``promotion``
opens a promotion that needs a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import evolve, field, frozen

from automate_store.domain.kernel.errors import FieldError, InvalidInput, NotFound, RuleBroken
from automate_store.domain.kernel.ids import BatchId, CouponId, PromotionId
from automate_store.domain.kernel.money import BadAmount, Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import (
    AmountOffOrder,
    AnyAction,
    Basis,
    Condition,
    During,
    FreeShipping,
    MinimumAmount,
    PercentOffOrder,
    Promotion,
    Reason,
    Shopper,
    Unmet,
)
from automate_store.domain.promotions.promotion import currencies

CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
CODE_LENGTH = 50
ALPHABET = "34679ACDEFHJKMNPQRTVWXY"
"""
Letters and digits of which none is taken for another.

Of 0 and O, 1, I and L, 2 and Z, 5 and S, 6 and G, 8 and B, U and V at most one is there.
"""
RANDOM_LENGTH = 16
"""Letters of a generated code: 23 ** 16, about 2 ** 72.4, so that none is guessed."""
BATCH_LIMIT = 10_000
"""The most codes that are made at once."""


@frozen
class CouponNotFound(NotFound):
    """There is no such coupon."""

    says = "There is no coupon {coupon!r}."
    coupon: str


@frozen
class CouponCodeTaken(RuleBroken):
    """Another coupon has that code already, in whatever case."""

    says = "There is a coupon {coupon!r} already; choose another code or change that one."
    coupon: str


@frozen
class CouponRefused(RuleBroken):
    """A code does not apply to the cart; the reason says what would make it."""

    says = "Code {coupon!r} can't be used: {why}."
    coupon: str
    reason: str
    """For programs; see ``Reason``."""
    why: str
    missing: Money | int | None = None


class CouponType(StrEnum):
    """What a coupon opens; all but the last are promotions of their own."""

    PERCENTAGE = "percentage"
    FIXED_AMOUNT = "fixed_amount"
    FREE_SHIPPING = "free_shipping"
    PROMOTION = "promotion"


@frozen(kw_only=True)
class Coupon:
    """
    A code and its terms; ``value`` is a percentage or an amount in major units.

    ``minimum_order_amount`` is measured before anything comes off the order as a whole.
    The limits count orders that were neither cancelled unpaid nor expired; None is any
    number. Raises InvalidInput with every fault of its terms.
    """

    id: CouponId
    code: str
    name: str
    description: str | None = None
    type: CouponType
    value: Decimal
    currency: str
    promotion_id: PromotionId | None = None
    minimum_order_amount: Money | None = None
    maximum_discount_amount: Money | None = None
    usage_limit: int | None = None
    usage_limit_per_customer: int | None = 1
    used_count: int = 0
    period: Period = field(default=Period())
    active: bool = True
    stackable: bool = False
    sign_in_needed: bool = False
    batch_id: BatchId | None = None

    def __attrs_post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise InvalidInput(faults)

    @property
    def used_up(self) -> bool:
        """Whether its uses in all are spent."""
        return self.usage_limit is not None and self.used_count >= self.usage_limit

    def refusal(
        self, *, at: datetime, currency: str, shopper: Shopper, used_by_you: int
    ) -> Unmet | None:
        """Why nobody, or not this shopper, may redeem it now, whatever is in the cart."""
        during, ends = During(self.period), self.period.ends_at
        if ends is not None and at >= ends:
            return during.refused(at)
        if self.used_up:
            return self._spent()
        if not self.active:
            return _unmet(Reason.INACTIVE, actual=False, required=True, detail="it is not active")
        if not during.accepts(at):
            return during.refused(at)
        if currency != self.currency:
            detail = f"it is for carts in {self.currency}, and this one is in {currency}"
            return _unmet(
                Reason.WRONG_CURRENCY, actual=currency, required=self.currency, detail=detail
            )
        if self.sign_in_needed and not shopper.signed_in:
            detail = "sign in to use it"
            return _unmet(Reason.SIGN_IN_NEEDED, actual=False, required=True, detail=detail)
        return self._limit(used_by_you)

    def opened(self, promotions: Iterable[Promotion]) -> Promotion | None:
        """What the code opens, its own terms with it; None where that is not to be had."""
        if self.type is not CouponType.PROMOTION:
            return self._own()
        for promotion in promotions:
            if promotion.id == self.promotion_id:
                return self._on_my_terms(promotion)
        return None

    def _on_my_terms(self, promotion: Promotion) -> Promotion:
        """The promotion with the coupon's minimum too, and with the lower cap of the two."""
        if currencies(promotion) - {self.currency}:
            # Its own currency keeps it off every cart that the coupon is for.
            return promotion
        caps = [promotion.maximum_discount, self.maximum_discount_amount]
        cap = min((each for each in caps if each is not None), default=None)
        minimum = self._minimum()
        if not minimum and cap == promotion.maximum_discount:
            return promotion
        return evolve(promotion, terms=minimum, maximum_discount=cap)

    def _spent(self) -> Unmet:
        assert self.usage_limit is not None, "without a limit nothing is used up"
        return _unmet(
            Reason.USED_UP,
            actual=self.used_count,
            required=self.usage_limit - 1,
            detail="it has been used as often as it may be",
        )

    def _limit(self, used_by_you: int) -> Unmet | None:
        mine = self.usage_limit_per_customer
        if mine is not None and used_by_you >= mine:
            often = "" if mine == 1 else f" {mine} times"
            return _unmet(
                Reason.USED_BY_YOU,
                actual=used_by_you,
                required=mine - 1,
                detail=f"you have used it{often} already",
            )
        return None

    def _own(self) -> Promotion:
        return Promotion(
            id=PromotionId(self.id),
            code=self.code,
            name=self.name,
            conditions=self._minimum(),
            actions=(self._action(),),
            maximum_discount=self.maximum_discount_amount,
        )

    def _action(self) -> AnyAction:
        if self.type is CouponType.PERCENTAGE:
            return PercentOffOrder(self.value)
        if self.type is CouponType.FREE_SHIPPING:
            return FreeShipping()
        return AmountOffOrder(Money.parse(self.value, self.currency))

    def _minimum(self) -> tuple[Condition, ...]:
        least = self.minimum_order_amount
        return () if least is None else (MinimumAmount(least, basis=Basis.BEFORE_ORDER),)


def normalise_code(written: str) -> str:
    """The code by which two spellings are compared: trimmed, case folded."""
    return written.strip().casefold()


def generated_codes(letters: Iterable[str], *, prefix: str, amount: int) -> Iterator[str]:
    """
    Codes of the prefix and RANDOM_LENGTH letters in fours: ``SPRING-7K3M-QX9T-4HRV-C6FN``.

    ``letters`` is an endless run of random letters of the ALPHABET, each as likely as
    the others; only a source for secrets makes codes that nobody can guess.
    """
    assert 0 < amount <= BATCH_LIMIT, "a batch has a bound"
    run = iter(letters)
    for _ in range(amount):
        parts = ["".join(next(run) for _ in range(4)) for _ in range(RANDOM_LENGTH // 4)]
        yield "-".join([prefix, *parts] if prefix else parts)


def _unmet(
    reason: Reason, *, actual: bool | int | str, required: bool | int | str, detail: str
) -> Unmet:
    return Unmet(condition="coupon", reason=reason, actual=actual, required=required, detail=detail)


def _faults(coupon: Coupon) -> Iterator[FieldError]:
    if not CODE.fullmatch(coupon.code) or len(coupon.code) > CODE_LENGTH:
        reason = f"must be letters, digits and . _ - between them, at most {CODE_LENGTH}"
        yield FieldError("code", reason)
    yield from _value_faults(coupon)
    for name in ("usage_limit", "usage_limit_per_customer"):
        limit = getattr(coupon, name)
        if limit is not None and limit < 1:
            yield FieldError(name, "must be 1 or more; leave it out for any number")
    for name in ("minimum_order_amount", "maximum_discount_amount"):
        amount = getattr(coupon, name)
        if amount is not None and (amount.currency != coupon.currency or amount.minor <= 0):
            yield FieldError(name, f"must be above zero and in {coupon.currency}")


def _value_faults(coupon: Coupon) -> Iterator[FieldError]:
    if (coupon.type is CouponType.PROMOTION) != (coupon.promotion_id is not None):
        yield FieldError("promotion_id", "must be given for the type promotion, and for it alone")
    try:
        if coupon.type is CouponType.PERCENTAGE:
            PercentOffOrder(coupon.value)
        elif coupon.type is CouponType.FIXED_AMOUNT:
            AmountOffOrder(Money.parse(coupon.value, coupon.currency))
        elif coupon.value:
            yield FieldError("value", f"must be 0 for the type {coupon.type}")
    except InvalidInput as refused:
        yield from (FieldError("value", error.reason) for error in refused.errors)
    except BadAmount:
        yield FieldError("value", f"must be an amount in {coupon.currency}")
