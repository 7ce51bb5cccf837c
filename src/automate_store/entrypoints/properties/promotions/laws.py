"""The laws of promotions: what they take, what they leave alone, and what their refusals say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import CouponId, LineId, ProductId, PromotionId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import (
    EXEMPT,
    Appraisal,
    Basket,
    BasketLine,
    PresentedCode,
    PricingRules,
    Quote,
    Standing,
    Verdict,
    appraise,
    quote,
    simulate,
)
from automate_store.domain.promotions import (
    Action,
    AnyAction,
    Condition,
    CustomerGroup,
    Goods,
    MinimumAmount,
    PercentOffItems,
    PercentOffOrder,
    PieceAction,
    Promotion,
    Reason,
    Scene,
    Selection,
    Taking,
)
from automate_store.entrypoints.properties.pricing import assert_every_law

NOBODY = "a group that nobody is of"
_ID = PromotionId(UUID(int=1))
_NO_PRODUCT = ProductId(UUID(int=2**128 - 1))
_HALF = Decimal(50)
_ASKED: dict[str, str] = {
    Reason.NOT_STARTED: "at",
    Reason.EXPIRED: "at",
    Reason.WRONG_CURRENCY: "currency",
    Reason.USED_BY_YOU: "used_by_you",
}
Sale = tuple[Basket, PricingRules]


def assert_every_promotion_law(basket: Basket, rules: PricingRules) -> Appraisal:
    """The appraisal: its quote keeps every law, and its verdicts account for each cent off."""
    quoted = assert_every_law(basket, rules)
    appraisal = appraise(basket, rules)
    assert appraisal.quote == quoted, "asking why changes nothing"
    assert_verdicts_account_for_all(appraisal)
    assert_caps_hold(appraisal, basket, rules)
    assert_some_rule_acts_where_any_would(appraisal)
    return appraisal


def assert_verdicts_account_for_all(appraisal: Appraisal) -> None:
    """Each verdict's discount is the sum of its adjustments, and together they are all of it."""
    quoted, taken = appraisal.quote, adjusted(appraisal.quote)
    relief = taken.pop(EXEMPT, 0)
    for verdict in appraisal.verdicts:
        assert verdict.discount.minor == taken.pop(verdict.rule, 0), "a verdict tells its cents"
        parts = [amount for _, amount in verdict.lines] + [verdict.shipping]
        assert Money.total(parts, quoted.currency) == verdict.discount, "its parts are the whole"
        applied = verdict.standing is Standing.APPLIED
        assert applied or not verdict.discount, "only what applied takes"
        assert bool(verdict.unmet) is (verdict.standing is Standing.REFUSED), "refused with reasons"
        assert bool(verdict.displaced_by) is (verdict.standing is Standing.DISPLACED)
    assert not taken, "no cent without a verdict"
    discounts = [verdict.discount for verdict in appraisal.verdicts]
    whole = Money.total(discounts, quoted.currency) + Money(relief, quoted.currency)
    assert whole == quoted.discount, "verdicts and relief are the discount"


def assert_caps_hold(appraisal: Appraisal, basket: Basket, rules: PricingRules) -> None:
    """No promotion takes more than its cap, nor than its coupon's; a gift is given whole."""
    gifts = {line.id for line in appraisal.quote.lines if line.gift}
    caps = {each.code: each.maximum_discount for each in rules.promotions}
    for presented in basket.codes:
        if presented.coupon is not None:
            caps[presented.coupon.code] = presented.coupon.maximum_discount_amount
    for verdict in appraisal.verdicts:
        cap = caps[verdict.rule]
        given = [amount for line, amount in verdict.lines if line in gifts]
        if cap is not None and verdict.discount:
            assert verdict.discount - Money.total(given, basket.currency) <= cap, "the cap holds"


def assert_some_rule_acts_where_any_would(appraisal: Appraisal) -> None:
    """What is displaced is displaced by what applied."""
    applied = {each.rule for each in appraisal.verdicts if each.standing is Standing.APPLIED}
    for verdict in appraisal.verdicts:
        assert applied.issuperset(verdict.displaced_by), "displaced by what acts"


def assert_an_inapplicable_one_changes_nothing(
    basket: Basket, rules: PricingRules, promotion: Promotion
) -> None:
    """A promotion that does not apply leaves the quote as it is, whatever else it says."""
    before = quote(basket, rules)
    for shut in shut_out(promotion, basket):
        more = evolve(rules, promotions=(*rules.promotions, shut))
        assert quote(basket, more) == before, "what does not apply does nothing"


def shut_out(promotion: Promotion, basket: Basket) -> Iterator[Promotion]:
    """The promotion in several forms of which none applies to the basket."""
    conditions = promotion.conditions
    alone = evolve(promotion, exclusive=True, priority=99)
    yield evolve(promotion, active=False)
    yield evolve(promotion, needs_code=True)
    yield evolve(alone, conditions=(*conditions, CustomerGroup({NOBODY})))
    yield evolve(alone, period=Period(None, basket.at))
    yield evolve(alone, period=Period(basket.at + datetime.resolution))
    nowhere = Selection(products={_NO_PRODUCT})
    yield evolve(alone, actions=(PercentOffItems(_HALF, nowhere), PercentOffOrder(_HALF, nowhere)))


def assert_what_is_displaced_may_go(basket: Basket, rules: PricingRules) -> None:
    """Without the promotions and codes that were displaced, one or all, prices are the same."""
    appraisal = appraise(basket, rules)
    displaced = [each for each in appraisal.verdicts if each.standing is Standing.DISPLACED]
    for gone in (*([each] for each in displaced), displaced):
        left = quote(*_without(gone, basket, rules))
        assert _prices(left) == _prices(appraisal.quote), "the displaced one did nothing"


def assert_simulating_what_is_active_changes_nothing(basket: Basket, rules: PricingRules) -> None:
    """A promotion that is active already would change nothing, and is told the same verdict."""
    appraisal = appraise(basket, rules)
    automatic = {each.rule: each for each in appraisal.verdicts if each.code is None}
    for promotion in rules.automatic:
        would = simulate(promotion, basket, rules)
        assert would.before == would.after == appraisal.quote
        assert would.verdict == automatic[promotion.code]


def assert_a_refusal_can_be_met(condition: Condition, scene: Scene) -> None:
    """The fact that a refusal requires would do, and is as far away as it says."""
    actual = condition.actual(scene)
    unmet = condition.unmet(scene)
    assert (unmet is None) is bool(condition.accepts(actual)), "refused if not accepted"
    if unmet is None:
        return
    assert unmet.actual == actual, "it tells what it found"
    assert unmet.required == condition.required_for(actual), "it tells what it requires"
    assert condition.accepts(unmet.required), "what it requires would do"
    assert unmet.reason, "it has a reason for programs"
    assert unmet.detail, "it has a reason for people"
    if unmet.missing is not None:
        assert actual + unmet.missing == unmet.required, "the rest makes it enough"
        missing = unmet.missing.minor if isinstance(unmet.missing, Money) else unmet.missing
        assert missing > 0, "something is missing"


def assert_a_coupon_s_refusal_can_be_met(coupon: Coupon, **asked: Any) -> None:
    """
    With what each refusal requires in place of what it found, it is not refused for that again.

    ``asked`` is what ``Coupon.refusal`` asks for.
    """
    reasons = set[str]()
    while (unmet := coupon.refusal(**asked)) is not None:
        assert unmet.reason not in reasons, "what it requires would do"
        assert unmet.detail, "it has a reason for people"
        reasons.add(unmet.reason)
        required: Any = unmet.required
        if unmet.reason == Reason.INACTIVE:
            coupon = evolve(coupon, active=required)
        elif unmet.reason == Reason.USED_UP:
            coupon = evolve(coupon, used_count=required)
        elif unmet.reason == Reason.SIGN_IN_NEEDED:
            asked["shopper"] = evolve(asked["shopper"], signed_in=required)
        else:
            asked[_ASKED[unmet.reason]] = required


def assert_spending_what_is_missing_will_do(
    basket: Basket, rules: PricingRules, action: AnyAction, amount: Money
) -> None:
    """One line more that costs what is missing to a minimum is enough; a minor unit less is not."""
    least = MinimumAmount(amount)
    only = _only(action, conditions=(least,))
    alone, plain = evolve(rules, promotions=(only,)), evolve(basket, codes=())

    def missing(spent: int) -> list[int]:
        line = evolve(_more(basket), unit_price=Money(spent, basket.currency))
        (verdict,) = appraise(evolve(plain, lines=(*basket.lines, line)), alone).verdicts
        refusals = [each for each in verdict.unmet if each.condition == least.kind]
        return [each.missing.minor for each in refusals if isinstance(each.missing, Money)]

    for rest in missing(0):
        assert missing(rest) == [], "what was missing would do"
        assert missing(rest - 1) == [1], "and no less"


def assert_an_action_stays_within(action: Action, goods: Goods) -> None:
    """It takes nothing from what it does not hold, no more than there is, and counts what is."""
    taking = action.take(goods)
    if taking is None:
        return
    assert len(taking.off) == len(goods.items), "each line has its part"
    for i, off in enumerate(taking.off):
        assert 0 <= off <= goods.values[i], "no more than the line is worth"
    if taking.used:
        counted = zip(taking.used, taking.used_values, goods.spare, goods.spare_values, strict=True)
        for used, worth, spare, value in counted:
            assert 0 <= used <= spare, "no piece is counted that is gone"
            assert 0 <= worth <= value, "nor at more than it is worth"
            assert used or not worth, "what is not counted is worth nothing"
        assert all(used or not off for used, off in zip(taking.used, taking.off, strict=True))


def assert_no_piece_counts_twice(
    basket: Basket, rules: PricingRules, actions: Sequence[PieceAction]
) -> None:
    """A piece that one promotion bought or gave is gone for the next, the last behind a code."""
    seen: list[Taking] = []
    *every, last = [
        evolve(_only(_Watched(action, seen)), id=PromotionId(UUID(int=n)), code=f"ONLY{n}")
        for n, action in enumerate(actions, start=1)
    ]
    coupon = _opening(last, basket.currency)
    code = PresentedCode(code=coupon.code, coupon=coupon)
    promotions = (*every, evolve(last, needs_code=True))
    lines = tuple(evolve(line, minimum_price=None) for line in basket.lines)
    quote(evolve(basket, lines=lines, codes=(code,)), evolve(rules, promotions=promotions))
    # Without floors all is taken that may be, and who takes nothing uses nothing up.
    acted = [taking for taking in seen if any(taking.off)]
    for i, line in enumerate(basket.lines):
        assert sum(taking.used[i] for taking in acted) <= line.quantity, "each piece counts once"


@frozen
class _Watched(PieceAction):
    """An action that tells what it took."""

    kind = "watched"
    action: PieceAction
    seen: list[Taking]

    def take(self, goods: Goods) -> Taking | None:
        """What the action takes; where floors leave nothing of it, it uses nothing up."""
        taking = self.action.take(goods)
        if taking is not None and any(map(min, taking.off, goods.room)):
            self.seen.append(taking)
        return taking


def assert_a_higher_percentage_never_gives_less(
    basket: Basket, rules: PricingRules, promotion: Promotion, percent: Decimal
) -> None:
    """The only promotion, at a higher percentage, takes as much or more; no codes."""
    alone = evolve(basket, codes=())
    (action,) = promotion.actions
    assert isinstance(action, PercentOffItems | PercentOffOrder), "a percentage"
    higher = evolve(action, percent=max(percent, action.percent))
    more = evolve(promotion, actions=(higher,))
    before = appraise(alone, evolve(rules, promotions=(promotion,)))
    after = appraise(alone, evolve(rules, promotions=(more,)))
    assert after.verdicts[0].discount >= before.verdicts[0].discount


def assert_a_split_line_gets_the_same(
    basket: Basket,
    rules: PricingRules,
    action: PercentOffItems | PercentOffOrder,
    quantities: Sequence[int],
) -> None:
    """
    A line as several, of these quantities, gets what it gets whole.

    A percentage of the order gives exactly the same, one of items differs by at most one
    minor unit for each line more. The lines behind the first are numbered anew.
    """
    (line, *others) = basket.lines
    assert sum(quantities) == line.quantity, "a line is split into its own pieces"
    parts = [
        evolve(line, id=LineId(UUID(int=line.id.int + number)), quantity=quantity)
        for number, quantity in enumerate(quantities)
    ]
    behind = range(1, len(others) + 1)
    moved = [
        evolve(each, id=LineId(UUID(int=parts[-1].id.int + number)))
        for each, number in zip(others, behind, strict=True)
    ]
    alone = evolve(rules, promotions=(_only(action),))
    carts = [evolve(basket, codes=(), lines=lines) for lines in ((line, *others), (*parts, *moved))]
    whole, split = [appraise(each, alone).verdicts[0].discount.minor for each in carts]
    allowed = 0 if isinstance(action, PercentOffOrder) else len(parts) - 1
    assert abs(whole - split) <= allowed


def adjusted(quoted: Quote) -> dict[str, int]:
    """What each rule took in all, in minor units."""
    parts: list[Any] = [*quoted.lines, *([quoted.shipping] if quoted.shipping else [])]
    taken: dict[str, int] = {}
    for part in parts:
        for each in part.adjustments:
            taken[each.rule] = taken.get(each.rule, 0) - each.amount.minor
    return taken


def _only(action: AnyAction, conditions: tuple[Condition, ...] = ()) -> Promotion:
    return Promotion(id=_ID, code="ONLY", name="Only", actions=(action,), conditions=conditions)


def _opening(promotion: Promotion, currency: str) -> Coupon:
    return Coupon(
        id=CouponId(promotion.id),
        code="OPEN",
        name="Open",
        type=CouponType.PROMOTION,
        value=Decimal(0),
        currency=currency,
        promotion_id=promotion.id,
    )


def _more(basket: Basket) -> BasketLine:
    """A line more, of something that is in no parcel."""
    behind = max((line.id.int for line in basket.lines), default=0) + 1
    return BasketLine(
        id=LineId(UUID(int=behind)),
        product_id=_NO_PRODUCT,
        variant_id=VariantId(_NO_PRODUCT),
        unit_price=Money.zero(basket.currency),
        quantity=1,
        weight_g=0,
        requires_shipping=False,
        tax_class="no such class",
    )


def _without(gone: Sequence[Verdict], basket: Basket, rules: PricingRules) -> Sale:
    """What is priced without these promotions and codes."""
    rules_gone = {each.rule for each in gone if each.code is None}
    codes_gone = {each.code for each in gone}
    promotions = tuple(each for each in rules.promotions if each.code not in rules_gone)
    codes = tuple(
        each for each in basket.codes if each.coupon is None or each.coupon.code not in codes_gone
    )
    return evolve(basket, codes=codes), evolve(rules, promotions=promotions)


def _prices(quoted: Quote) -> Quote:
    """The quote without what it says about codes, where names of rules are told."""
    return evolve(quoted, codes=())
