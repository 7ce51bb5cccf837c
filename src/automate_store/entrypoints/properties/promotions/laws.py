"""The laws of promotions: what they take, what they leave alone, and what their refusals say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve

from automate_store.domain.kernel.ids import LineId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import (
    EXEMPT,
    Appraisal,
    Basket,
    BasketLine,
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
    Condition,
    CustomerGroup,
    Goods,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Scene,
)
from automate_store.entrypoints.properties.pricing import assert_every_law

NOBODY = "a group that nobody is of"
_ID = PromotionId(UUID(int=1))


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
    """A promotion that is for nobody leaves the quote as it is, whatever else it says."""
    conditions = (*promotion.conditions, CustomerGroup({NOBODY}))
    shut = evolve(promotion, conditions=conditions[-20:])
    more = evolve(rules, promotions=(*rules.promotions, shut))
    assert quote(basket, more) == quote(basket, rules)


def assert_what_is_displaced_may_go(basket: Basket, rules: PricingRules) -> None:
    """Without the automatic promotions that were displaced, one or all, the quote is the same."""
    appraisal = appraise(basket, rules)
    gone = [
        each.rule
        for each in appraisal.verdicts
        if each.standing is Standing.DISPLACED and each.code is None
    ]
    for codes in (*([code] for code in gone), gone):
        kept = tuple(each for each in rules.promotions if each.code not in codes)
        left = quote(basket, evolve(rules, promotions=kept))
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
    basket: Basket, rules: PricingRules, action: PercentOffItems | PercentOffOrder, new_id: LineId
) -> None:
    """
    A line as two (a third of its units in one of their own) gets what it gets whole.

    A percentage of the order gives exactly the same, one of items differs by at most one
    minor unit for the extra line.
    """
    (line, *others) = basket.lines
    part = max(1, line.quantity // 3)
    first = evolve(line, quantity=line.quantity - part)
    second: BasketLine = evolve(line, id=new_id, quantity=part)
    whole = evolve(basket, codes=())
    split = evolve(whole, lines=(first, second, *others))
    promotion = Promotion(id=_ID, code="ONLY", name="Only", actions=(action,))
    alone = evolve(rules, promotions=(promotion,))
    found = [appraise(each, alone).verdicts[0].discount.minor for each in (whole, split)]
    allowed = 0 if isinstance(action, PercentOffOrder) else 1
    assert abs(found[0] - found[1]) <= allowed


def adjusted(quoted: Quote) -> dict[str, int]:
    """What each rule took in all, in minor units."""
    parts: list[Any] = [*quoted.lines, *([quoted.shipping] if quoted.shipping else [])]
    taken: dict[str, int] = {}
    for part in parts:
        for each in part.adjustments:
            taken[each.rule] = taken.get(each.rule, 0) - each.amount.minor
    return taken


def verdict_of(verdicts: Iterable[Verdict], rule: str) -> Verdict:
    """The verdict on the rule of that name."""
    return next(each for each in verdicts if each.rule == rule)


def _prices(quoted: Quote) -> Quote:
    """The quote without what it says about codes, where names of rules are told."""
    return evolve(quoted, codes=())
