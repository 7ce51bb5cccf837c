"""
Verdicts: what became of every promotion and every code, and why.

Applied (how much, on what), refused (which condition, found and required), or displaced
(by which).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.ids import LineId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.basket import Entrant
from automate_store.domain.pricing.draft import Discount, Draft
from automate_store.domain.promotions import Reason, Scope, Unmet


class Standing(StrEnum):
    """What became of a promotion or a code."""

    APPLIED = "applied"
    REFUSED = "refused"
    DISPLACED = "displaced"


@frozen(kw_only=True)
class Verdict:
    """
    What became of one promotion; ``rule`` is the name that its adjustments bear.

    ``lines`` are what it took from each line that it touched, gifts among them;
    ``displaced_by`` are the rules that act in its place. ``advertised`` and codes may be
    told to customers whole, others only where they applied.
    """

    rule: str
    name: str
    code: str | None
    standing: Standing
    advertised: bool
    discount: Money
    lines: tuple[tuple[LineId, Money], ...] = ()
    shipping: Money
    unmet: tuple[Unmet, ...] = ()
    displaced_by: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why it does nothing; None where it does something."""
        if self.standing is Standing.DISPLACED:
            return Reason.DISPLACED
        return self.unmet[0].reason if self.unmet else None

    @property
    def detail(self) -> str:
        """The same for people: what it took, what would satisfy it, or what goes before it."""
        if self.standing is Standing.APPLIED:
            return f"{self.discount} off" if self.discount else "a gift"
        if self.standing is Standing.DISPLACED:
            return f"{', '.join(self.displaced_by)} applies instead"
        return "; ".join(unmet.detail for unmet in self.unmet)


@frozen(kw_only=True)
class CodeStanding:
    """What became of a code that the customer gave; kept with the quote."""

    code: str
    standing: Standing
    name: str | None
    """What the code is called; None where there is no such code."""
    discount: Money
    reason: str | None
    detail: str
    missing_amount: Money | None = None
    missing_quantity: int | None = None


def verdicts_on(draft: Draft) -> tuple[Verdict, ...]:
    """Applied or refused: a verdict on each promotion that took part."""
    taken: dict[PromotionId, list[Discount]] = {}
    for discount in draft.discounts:
        if discount.promotion_id is not None:
            taken.setdefault(discount.promotion_id, []).append(discount)
    unmet: dict[PromotionId, list[Unmet]] = {}
    for turn in draft.turns:
        unmet.setdefault(turn.promotion_id, []).extend(turn.unmet)
    return tuple(
        _verdict(each, taken.get(each.promotion.id, []), unmet.get(each.promotion.id, []), draft)
        for each in draft.entrants
    )


def took_part(draft: Draft, entrant: Entrant) -> bool:
    """Whether the promotion did anything."""
    mine = entrant.promotion.id
    return any(each.promotion_id == mine for each in draft.discounts)


def refused(entrant: Entrant, unmet: Iterable[Unmet], currency: str) -> Verdict:
    """The verdict on a promotion whose conditions do not hold."""
    return _nothing_taken(entrant, Standing.REFUSED, currency, unmet=tuple(unmet))


def displaced(entrant: Entrant, by: Iterable[str], currency: str) -> Verdict:
    """The verdict on a promotion that would apply, were it not for others."""
    return _nothing_taken(entrant, Standing.DISPLACED, currency, displaced_by=tuple(by))


def code_standing(code: str, verdict: Verdict) -> CodeStanding:
    """The verdict as it is kept for a code."""
    missing = verdict.unmet[0].missing if verdict.unmet else None
    return CodeStanding(
        code=code,
        standing=verdict.standing,
        name=verdict.name,
        discount=verdict.discount,
        reason=verdict.reason,
        detail=verdict.detail,
        missing_amount=missing if isinstance(missing, Money) else None,
        missing_quantity=missing if isinstance(missing, int) else None,
    )


def _verdict(entrant: Entrant, taken: list[Discount], unmet: list[Unmet], draft: Draft) -> Verdict:
    currency, promotion = draft.basket.currency, entrant.promotion
    if not taken:
        return refused(entrant, unmet or (_nothing_eligible(entrant, draft),), currency)
    lines = _by_line(taken, draft)
    shipping = sum(each.shipping for each in taken)
    return Verdict(
        rule=entrant.rule,
        name=promotion.name,
        code=entrant.code,
        standing=Standing.APPLIED,
        advertised=promotion.advertised,
        discount=Money(sum(lines.values()) + shipping, currency),
        lines=tuple((line, Money(off, currency)) for line, off in lines.items()),
        shipping=Money(shipping, currency),
    )


def _by_line(taken: Iterable[Discount], draft: Draft) -> dict[LineId, int]:
    columns = zip(*(each.lines for each in taken), strict=True)
    return {
        line.id: sum(offs) for line, offs in zip(draft.lines, columns, strict=True) if any(offs)
    }


def _nothing_eligible(entrant: Entrant, draft: Draft) -> Unmet:
    waits = entrant.promotion.takes_from(Scope.SHIPPING) and draft.offer is None
    detail = "there is no shipping to reduce yet" if waits else "nothing in the cart is eligible"
    return Unmet(
        condition="actions",
        reason=Reason.NOTHING_ELIGIBLE,
        actual=0,
        required=1,
        detail=detail,
    )


def _nothing_taken(
    entrant: Entrant,
    standing: Standing,
    currency: str,
    *,
    unmet: tuple[Unmet, ...] = (),
    displaced_by: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        rule=entrant.rule,
        name=entrant.promotion.name,
        code=entrant.code,
        standing=standing,
        advertised=entrant.promotion.advertised,
        discount=Money.zero(currency),
        shipping=Money.zero(currency),
        unmet=unmet,
        displaced_by=displaced_by,
    )
