"""
Verdicts: what became of every promotion and every code, and why.

Applied (how much, on what), refused (which condition, found and required), or displaced
(by which).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.basket import Entrant
from automate_store.domain.pricing.draft import Discount, Draft
from automate_store.domain.promotions import PieceAction, Reason, Scope, Unmet


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
    ``displaced_by`` are the rules that act in its place, ``displaced_by_shown`` what customers
    know these by. ``advertised`` and codes may be told to customers whole, others only where
    they applied.
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
    displaced_by_shown: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What customers know it by: the code that they gave, else its name."""
        return self.code or self.name

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
            verb = "applies" if len(self.displaced_by) == 1 else "apply"
            return f"{', '.join(self.displaced_by_shown)} {verb} instead"
        return "; ".join(dict.fromkeys(unmet.detail for unmet in self.unmet))


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


def displaced(entrant: Entrant, by: Iterable[Entrant], currency: str) -> Verdict:
    """The verdict on a promotion that would apply, were it not for others."""
    return evolve(
        _nothing_taken(entrant, Standing.DISPLACED, currency),
        displaced_by=tuple(each.rule for each in by),
        displaced_by_shown=tuple(each.shown for each in by),
    )


def turned_away(code: str, name: str | None, unmet: Unmet, currency: str) -> Verdict:
    """The verdict on a code that opens nothing; there is no name where there is no such code."""
    return Verdict(
        rule=code,
        name=name or "",
        code=code,
        standing=Standing.REFUSED,
        advertised=False,
        discount=Money.zero(currency),
        shipping=Money.zero(currency),
        unmet=(unmet,),
    )


def code_standing(code: str, verdict: Verdict) -> CodeStanding:
    """The verdict as it is kept for a code."""
    missing = verdict.unmet[0].missing if verdict.unmet else None
    return CodeStanding(
        code=code,
        standing=verdict.standing,
        name=verdict.name or None,
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
    lacking = _lacking(entrant, draft)
    if lacking is not None:
        return lacking
    of_shipping = entrant.promotion.scopes == (Scope.SHIPPING,)
    detail = _no_shipping_to_reduce(entrant, draft) if of_shipping else _nothing_to_reduce(draft)
    return Unmet(
        condition="actions",
        reason=Reason.NOTHING_ELIGIBLE,
        actual=0,
        required=1,
        detail=detail,
    )


def _lacking(entrant: Entrant, draft: Draft) -> Unmet | None:
    """How many pieces more it takes, where the promotion counts pieces and nothing else."""
    actions = entrant.promotion.actions
    counted = [e.counted(draft.basket.lines) for e in actions if isinstance(e, PieceAction)]
    if len(counted) < len(actions) or any(found >= wanted for found, wanted in counted):
        return None
    found, wanted = min(counted, key=lambda both: both[1] - both[0])
    return Unmet(
        condition="actions",
        reason=Reason.TOO_FEW,
        actual=found,
        required=wanted,
        missing=wanted - found,
        detail=f"{wanted - found} more of what counts for it to add",
    )


def _no_shipping_to_reduce(entrant: Entrant, draft: Draft) -> str:
    if draft.offer is None:
        waits = draft.shipping_pending or draft.shipping_problem is not None
        return "there is no shipping to reduce yet" if waits else "nothing has to be shipped"
    if not draft.shipping_value:
        return "shipping is free already"
    named = {
        method
        for action in entrant.promotion.actions_on(Scope.SHIPPING)
        for method in getattr(action, "methods", ())
    }
    if named and draft.offer.method not in named:
        return f"choose {' or '.join(sorted(named))} as the way to ship"
    return "it comes to nothing"


def _nothing_to_reduce(draft: Draft) -> str:
    worth = sum(draft.values[: len(draft.basket.lines)])
    return "nothing in the cart is eligible" if worth else "there is nothing left to reduce"


def _nothing_taken(
    entrant: Entrant,
    standing: Standing,
    currency: str,
    *,
    unmet: tuple[Unmet, ...] = (),
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
    )
