"""Use cases of coupons: staff make codes, one or many, and see what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponBatch, CouponFigures
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.coupons import (
    ALPHABET,
    BATCH_LIMIT,
    CODE,
    CODE_LENGTH,
    RANDOM_LENGTH,
    Coupon,
    CouponType,
    generated_codes,
)
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import BatchId, CouponId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import PromotionNotFound
from automate_store.domain.promotions.promotion import ALWAYS

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 10_000
PREFIX_LENGTH = CODE_LENGTH - RANDOM_LENGTH - RANDOM_LENGTH // 4
ADDED_AT_ONCE = 1_000
"""The coupons of a batch that are stored by one statement."""


@frozen(kw_only=True)
class CouponTerms:
    """What a code opens, for whom, when and how often; see ``Coupon``."""

    name: str
    description: str | None = None
    type: CouponType
    value: Decimal = Decimal(0)
    promotion: str | None = None
    """The code of the promotion that it opens, for the type ``promotion``."""
    minimum_order_amount: Money | None = None
    maximum_discount_amount: Money | None = None
    usage_limit: int | None = None
    usage_limit_per_customer: int | None = 1
    period: Period = ALWAYS
    active: bool = True
    stackable: bool = False
    sign_in_needed: bool = False


async def create_coupon(
    code: str, terms: CouponTerms, *, actor: Actor, ports: Ports
) -> CouponFigures:
    """The coupon, to be redeemed at once; raises InvalidInput, CouponCodeTaken."""
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        coupon = await _coupon(code.strip(), terms, work, ports)
        await work.coupons.add([coupon])
        subject = _subject(coupon)
        await note(work, actor, "create_coupon", subject, before=None, after=coupon, ports=ports)
    return _unused(coupon)


async def change_coupon(
    code: str, terms: CouponTerms, *, actor: Actor, ports: Ports
) -> CouponFigures:
    """The coupon on other terms, its uses kept; raises InvalidInput, CouponNotFound."""
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await work.coupons.get(code, lock=True)
        wanted = await _coupon(known.coupon.code, terms, work, ports)
        changed = evolve(
            wanted,
            id=known.coupon.id,
            batch_id=known.coupon.batch_id,
            used_count=known.coupon.used_count,
        )
        await work.coupons.change(changed)
        before, subject = known.coupon, _subject(changed)
        await note(work, actor, "change_coupon", subject, before=before, after=changed, ports=ports)
    return evolve(known, coupon=changed)


async def deactivate_coupon(code: str, *, actor: Actor, ports: Ports) -> CouponFigures:
    """The coupon, which opens nothing from now on; raises CouponNotFound."""
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await work.coupons.get(code, lock=True)
        ended = evolve(known.coupon, active=False)
        await work.coupons.change(ended)
        before, subject = known.coupon, _subject(ended)
        await note(
            work, actor, "deactivate_coupon", subject, before=before, after=ended, ports=ports
        )
    return evolve(known, coupon=ended)


async def get_coupon(code: str, *, actor: Actor, ports: Ports) -> CouponFigures:
    """The coupon with its figures; raises CouponNotFound."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return await reads.coupons.get(code)


async def list_coupons(
    *,
    prefix: str = "",
    batch_id: BatchId | None = None,
    after: str | None = None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[CouponFigures, ...]:
    """Coupons in the order of their codes: all, those that begin so, those of a batch."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return await reads.coupons.page(prefix=prefix, batch_id=batch_id, after=after, limit=limit)


async def generate_coupons(
    prefix: str, amount: int, terms: CouponTerms, *, actor: Actor, ports: Ports
) -> CouponBatch:
    """
    A batch of codes that nobody can guess, all on the same terms.

    ``SPRING`` makes ``SPRING-7K3M-QX9T-4HRV-C6FN``; no code has letters that are taken for
    others. At most BATCH_LIMIT at once; raises InvalidInput.
    """
    actor.may(Permission.CHANGE_PRICING)
    if faults := tuple(_batch_faults(prefix, amount)):
        raise InvalidInput(faults)
    letters = iter(ports.ids.letters(ALPHABET, amount * RANDOM_LENGTH))
    codes = list(generated_codes(letters, prefix=prefix, amount=amount))
    async with ports.unit_of_work() as work:
        first = await _coupon(codes[0], terms, work, ports)
        batch = CouponBatch(
            id=BatchId(ports.ids.uuid()),
            name=first.name,
            prefix=prefix,
            amount=amount,
            created_at=ports.clock(),
        )
        await work.coupons.add_batch(batch)
        for start in range(0, amount, ADDED_AT_ONCE):
            # Made lot by lot, so that others have their turn between two of them.
            lot = [
                evolve(first, id=CouponId(ports.ids.uuid()), code=code, batch_id=batch.id)
                for code in codes[start : start + ADDED_AT_ONCE]
            ]
            await work.coupons.add(lot)
        made, subject = {"batch": batch, "terms": terms}, f"coupon_batch:{batch.id}"
        await note(work, actor, "generate_coupons", subject, before=None, after=made, ports=ports)
    return batch


async def list_batches(
    *, before: BatchId | None = None, limit: int, actor: Actor, ports: Ports
) -> tuple[CouponBatch, ...]:
    """Batches, newest first."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return await reads.coupons.batches(before=before, limit=limit)


def _subject(coupon: Coupon) -> str:
    return f"coupon:{coupon.code}"


async def _coupon(code: str, terms: CouponTerms, work: Work, ports: Ports) -> Coupon:
    if faults := tuple(_faults(terms)):
        raise InvalidInput(faults)
    return Coupon(
        id=CouponId(ports.ids.uuid()),
        code=code,
        name=terms.name.strip(),
        description=terms.description,
        type=terms.type,
        value=terms.value,
        currency=ports.policy.currency,
        promotion_id=await _opened(terms.promotion, work),
        minimum_order_amount=terms.minimum_order_amount,
        maximum_discount_amount=terms.maximum_discount_amount,
        usage_limit=terms.usage_limit,
        usage_limit_per_customer=terms.usage_limit_per_customer,
        period=terms.period,
        active=terms.active,
        stackable=terms.stackable,
        sign_in_needed=terms.sign_in_needed,
    )


async def _opened(promotion: str | None, work: Work) -> PromotionId | None:
    """The promotion that needs a code; raises PromotionNotFound, InvalidInput."""
    if promotion is None:
        return None
    for each in (await work.rules.current()).promotions:
        if each.code == promotion:
            if not each.needs_code:
                raise InvalidInput.of("promotion", "must be one that needs a code")
            return each.id
    raise PromotionNotFound(promotion)


def _unused(coupon: Coupon) -> CouponFigures:
    nothing = Money.zero(coupon.currency)
    return CouponFigures(coupon=coupon, uses=0, discount=nothing, last_used_at=None)


def _faults(terms: CouponTerms) -> Iterator[FieldError]:
    if not 1 <= len(terms.name.strip()) <= NAME_LENGTH:
        yield FieldError("name", f"must have 1 to {NAME_LENGTH} characters")
    if terms.description is not None and len(terms.description) > DESCRIPTION_LENGTH:
        yield FieldError("description", f"must have at most {DESCRIPTION_LENGTH} characters")
    if (terms.type is CouponType.PROMOTION) != (terms.promotion is not None):
        yield FieldError("promotion", "must be given for the type promotion, and for it alone")


def _batch_faults(prefix: str, amount: int) -> Iterator[FieldError]:
    if prefix and (not CODE.fullmatch(prefix) or len(prefix) > PREFIX_LENGTH):
        reason = f"must be letters, digits and . _ - between them, at most {PREFIX_LENGTH}"
        yield FieldError("prefix", reason)
    if not 1 <= amount <= BATCH_LIMIT:
        yield FieldError("amount", f"must be from 1 to {BATCH_LIMIT}")
