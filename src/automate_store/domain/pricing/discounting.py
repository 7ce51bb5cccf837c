"""
The discounts: each promotion takes what it may when its turn comes.

High priority first. A later promotion sees the prices that the earlier ones left, and has
its conditions tested on them, once: at the first of its turns. What it takes is clipped to
its own cap and to the floor price of every line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import add, mul, sub
from uuid import uuid5

from attrs import define, evolve, field

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import split_minor
from automate_store.domain.pricing.basket import BasketLine, Entrant, Giveaway, PricingRules
from automate_store.domain.pricing.draft import Discount, Draft, Spare, Step, Turn
from automate_store.domain.promotions import (
    Action,
    Gift,
    Goods,
    PercentOffItems,
    Promotion,
    Reason,
    Scene,
    Scope,
    ShippingAction,
    Taking,
    Unmet,
    percents_off,
)
from automate_store.domain.shipping import ShippingOffer


@define
class _Table:
    """The lines while one step's promotions take from them; its lists are written in place."""

    draft: Draft
    scene: Scene
    values: list[int]
    room: list[int]
    spare: list[int]
    spare_values: list[int]
    discounts: list[Discount] = field(factory=list)
    turns: list[Turn] = field(factory=list)
    used: bool = False

    @classmethod
    def of(cls, draft: Draft, rules: PricingRules) -> _Table:
        """The lines that are paid for, as the step finds them."""
        basket = draft.basket
        own = len(basket.lines)
        values, room = list(draft.values[:own]), list(draft.room[:own])
        spare, spare_values = _spare(draft, values)
        goods = Goods(
            items=basket.lines,
            currency=basket.currency,
            values=values,
            room=room,
            spare=spare,
            spare_values=spare_values,
            rounding=rules.policy.price_rounding,
            found=draft.found,
        )
        scene = Scene(
            goods=goods,
            before_order=values if draft.before_order is None else draft.before_order,
            at=basket.at,
            destination=basket.destination,
            shopper=basket.shopper,
        )
        return cls(draft, scene, values, room, spare, spare_values)

    @property
    def goods(self) -> Goods:
        """The lines as they stand now."""
        return self.scene.goods

    def may_act(self, entrant: Entrant) -> bool:
        """Whether its conditions hold, as they were found at the first of its turns."""
        promotion = entrant.promotion
        if promotion.has_turns:
            for turn in self.draft.turns:
                if turn.promotion_id == promotion.id:
                    return turn.holds
        holds = promotion.holds(self.scene)
        if holds and not promotion.has_turns:
            return True
        asked = entrant.code is not None or self.draft.thorough
        if promotion.has_turns or (asked and not holds):
            unmet = () if holds or not asked else promotion.unmet(self.scene)
            self.turns.append(Turn(self.draft.step, promotion.id, holds, unmet))
        return holds

    def refuse(self, promotion: Promotion, unmet: Unmet) -> None:
        """Keep why the promotion did not take what it may."""
        self.turns.append(Turn(self.draft.step, promotion.id, holds=False, unmet=(unmet,)))

    def take(self, entrant: Entrant, taken: Sequence[int]) -> None:
        """Keep what the promotion took from the lines, if anything."""
        if any(taken):
            kept = self._discount(entrant, tuple(taken), 0)
            self.discounts.append(kept)

    def take_off_shipping(self, entrant: Entrant, off: int) -> None:
        """Keep what the promotion took from the shipping, if anything."""
        if off:
            self.discounts.append(self._discount(entrant, (0,) * len(self.values), off))

    def apply(self, taking: Taking, off: Sequence[int]) -> None:
        """Write what an action took into the lines; where it took nothing, it used nothing up."""
        if not any(off):
            return
        if taking.used:
            self._use_up(taking)
        else:
            self._cheapen(off)
        # In place: the scene that the conditions see holds the same lists.
        self.values[:] = map(sub, self.values, off)
        self.room[:] = map(sub, self.room, off)

    def done(self) -> Draft:
        """The draft with what the step's promotions took."""
        step, draft = self.draft.step, self.draft
        spares = draft.spares
        if self.used:
            mine = Spare(step, tuple(self.spare), tuple(self.spare_values), tuple(self.values))
            spares = (*spares, mine)
        turns = (*draft.turns, *self.turns)
        if not self.discounts:
            return draft.changed(turns=turns, spares=spares)
        sums = {} if draft.gift_lines else {"values": tuple(self.values), "room": tuple(self.room)}
        discounts = (*draft.discounts, *self.discounts)
        return draft.changed(discounts=discounts, turns=turns, spares=spares, **sums)

    def left_under_cap(self, promotion: Promotion) -> int | None:
        """How much the promotion may still take under its cap; None without one."""
        if promotion.maximum_discount is None:
            return None
        earlier = (*self.draft.discounts, *self.discounts)
        mine = [each for each in earlier if each.promotion_id == promotion.id]
        own = len(self.draft.basket.lines)
        taken = sum([sum(each.lines[:own]) + each.shipping for each in mine])
        return max(0, promotion.maximum_discount.minor - taken)

    def _use_up(self, taking: Taking) -> None:
        self.used = self.used or any(taking.used)
        self.spare[:] = map(sub, self.spare, taking.used)
        self.spare_values[:] = map(sub, self.spare_values, taking.used_values)

    def _cheapen(self, off: Sequence[int]) -> None:
        """Take its part off what the spare pieces of each line are worth."""
        for i, less in enumerate(off):
            if less:
                self.spare_values[i] -= less * self.spare_values[i] // self.values[i]

    def _discount(self, entrant: Entrant, lines: tuple[int, ...], shipping: int) -> Discount:
        gifts = (0,) * len(self.draft.gift_lines)
        return _discount(self.draft.step, entrant, lines + gifts, shipping)


def _discount(step: str, entrant: Entrant, lines: tuple[int, ...], shipping: int) -> Discount:
    promotion, internal = entrant.promotion, entrant.code is None
    return Discount(
        step, entrant.rule, promotion.name, lines, shipping, promotion.id, internal=internal
    )


def _spare(draft: Draft, values: Sequence[int]) -> tuple[list[int], list[int]]:
    """The pieces nobody used yet, and what they are worth now."""
    if not draft.spares:
        return [line.quantity for line in draft.basket.lines], list(values)
    last = draft.spares[-1]
    worth = [
        value * part // whole if whole else 0
        for value, part, whole in zip(values, last.values, last.of_values, strict=True)
    ]
    return list(last.pieces), worth


def _from_lines(draft: Draft, rules: PricingRules, scope: Scope, mine: Sequence[Entrant]) -> Draft:
    """The draft after each of these promotions took its part of the lines."""
    if not mine:
        return draft
    table = _Table.of(draft, rules)
    for entrant in mine:
        if table.may_act(entrant):
            _act(entrant, scope, table)
    return table.done()


def _act(entrant: Entrant, scope: Scope, table: _Table) -> None:
    promotion = entrant.promotion
    taken: list[int] | None = None
    left = table.left_under_cap(promotion)
    for taking in _takings(promotion, scope, table.goods):
        off = _clipped(taking, table.room, left)
        left = None if left is None else left - sum(off)
        table.apply(taking, off)
        taken = off if taken is None else list(map(add, taken, off))
    if taken is not None:
        table.take(entrant, taken)


def _takings(promotion: Promotion, scope: Scope, goods: Goods) -> Iterator[Taking]:
    """What each action takes; item percentages go first, added up on the price they find."""
    actions = promotion.actions_on(scope)
    percents = [each for each in actions if isinstance(each, PercentOffItems)]
    if percents and (taking := percents_off(percents, goods)) is not None:
        yield taking
    for action in actions:
        if isinstance(action, Action) and not isinstance(action, PercentOffItems):
            found = action.take(goods)
            if found is not None:
                yield found


def _clipped(taking: Taking, room: Sequence[int], cap: int | None) -> list[int]:
    """
    What is left of it between the floors and the cap.

    A cap on what was shared out by value is shared out by value, else by what was taken.
    """
    assert min(taking.off, default=0) >= 0, "a discount is never negative"
    clipped = [min(off, most) for off, most in zip(taking.off, room, strict=True)]
    if cap is None or sum(clipped) <= cap:
        return clipped
    if taking.by:
        return split_minor(cap, taking.by, list(map(mul, room, map(bool, taking.by))))
    return split_minor(cap, clipped)


def _automatic(draft: Draft, rules: PricingRules) -> Draft:
    mine = [each for each in draft.acting(Scope.ITEMS) if not each.code]
    return _from_lines(draft, rules, Scope.ITEMS, mine)


def _coupons(draft: Draft, rules: PricingRules) -> Draft:
    mine = [each for each in draft.acting(Scope.ITEMS) if each.code]
    return _from_lines(_before_order(draft), rules, Scope.ITEMS, mine) if mine else draft


def _order(draft: Draft, rules: PricingRules) -> Draft:
    return _from_lines(_before_order(draft), rules, Scope.ORDER, draft.acting(Scope.ORDER))


def _before_order(draft: Draft) -> Draft:
    return draft.changed(before_order=draft.values)


def _gifts(draft: Draft, rules: PricingRules) -> Draft:
    draft = _without_gifts(draft)
    mine = draft.acting(Scope.GIFT)
    if not mine or not draft.basket.lines:
        return draft
    table = _Table.of(draft, rules)
    given: list[tuple[Entrant, BasketLine]] = []
    for entrant in mine:
        if table.may_act(entrant):
            lines = _given(entrant.promotion, table, [line for _, line in given])
            given += [(entrant, line) for line in lines]
    return _with_gifts(table.done(), given)


def _given(promotion: Promotion, table: _Table, given: Sequence[BasketLine]) -> list[BasketLine]:
    """A line for each of its gifts, none where one of them is out of stock."""
    basket, lines = table.draft.basket, list[BasketLine]()
    for gift in _gifts_of(promotion):
        stock = next((one for one in basket.giveaways if one.variant_id == gift.variant_id), None)
        demanded = sum(
            line.quantity for line in (*basket.lines, *given) if line.variant_id == gift.variant_id
        )
        left = max(0, stock.available - demanded) if stock else 0
        if stock is None or left < gift.quantity:
            table.refuse(promotion, _out_of_stock(gift, left))
            return []
        lines.append(_gift_line(promotion, gift, stock, table.draft))
    return lines


def _gifts_of(promotion: Promotion) -> list[Gift]:
    """Its gifts, those of one variant together: a variant stands in one line."""
    wanted: dict[VariantId, int] = {}
    for each in promotion.actions_on(Scope.GIFT):
        if isinstance(each, Gift):
            wanted[each.variant_id] = wanted.get(each.variant_id, 0) + each.quantity
    return [Gift(variant, quantity) for variant, quantity in wanted.items()]


def _gift_line(promotion: Promotion, gift: Gift, stock: Giveaway, draft: Draft) -> BasketLine:
    # The id must be the same at each quote of a cart, and another one in another cart.
    beside = draft.basket.lines[0].id
    return BasketLine(
        id=LineId(uuid5(promotion.id, f"{beside} {gift.variant_id}")),
        product_id=stock.product_id,
        variant_id=VariantId(stock.variant_id),
        unit_price=stock.unit_price,
        quantity=gift.quantity,
        weight_g=stock.weight_g,
        requires_shipping=stock.requires_shipping,
        tax_class=stock.tax_class,
    )


def _out_of_stock(gift: Gift, left: int) -> Unmet:
    return Unmet(
        condition=gift.kind,
        reason=Reason.GIFT_OUT_OF_STOCK,
        actual=left,
        required=gift.quantity,
        missing=gift.quantity - left,
        detail="the gift is out of stock",
    )


def _without_gifts(draft: Draft) -> Draft:
    own = len(draft.basket.lines)
    if len(draft.subtotals) == own:
        return draft
    kept = tuple(evolve(each, lines=each.lines[:own]) for each in draft.discounts)
    return draft.changed(gift_lines=(), subtotals=draft.subtotals[:own], discounts=kept)


def _with_gifts(draft: Draft, given: Sequence[tuple[Entrant, BasketLine]]) -> Draft:
    """The gifts as lines behind the others, each with all of its price taken off."""
    if not given:
        return draft
    own = draft.subtotals
    prices = tuple(line.unit_price.minor * line.quantity for _, line in given)
    nothing = (0,) * len(given)
    discounts = [evolve(each, lines=each.lines + nothing) for each in draft.discounts]
    for i, (entrant, _) in enumerate(given):
        off = [0] * (len(own) + len(given))
        off[len(own) + i] = prices[i]
        discounts.append(_discount(draft.step, entrant, tuple(off), 0))
    return draft.changed(
        gift_lines=tuple(line for _, line in given),
        subtotals=own + prices,
        discounts=tuple(discounts),
    )


def _off_shipping(draft: Draft, rules: PricingRules) -> Draft:
    mine = draft.acting(Scope.SHIPPING)
    if not mine:
        return draft
    table = _Table.of(draft, rules)
    left = draft.shipping_value
    for entrant in mine:
        if table.may_act(entrant):
            off = _off(entrant.promotion, draft.offer, left, table)
            table.take_off_shipping(entrant, off)
            left -= off
    return table.done()


def _off(promotion: Promotion, offer: ShippingOffer | None, left: int, table: _Table) -> int:
    """What the promotion takes off what is left of the shipping, within its cap."""
    if offer is None:
        return 0
    taken = 0
    for action in promotion.actions_on(Scope.SHIPPING):
        if isinstance(action, ShippingAction):
            cost = evolve(offer.amount, minor=left - taken)
            off = action.take(offer.method, cost, table.goods.rounding)
            taken += min(off or 0, cost.minor)
    cap = table.left_under_cap(promotion)
    return taken if cap is None else min(taken, cap)


PROMOTIONS = Step("promotions", _automatic)
COUPONS = Step("coupons", _coupons)
ORDER_DISCOUNTS = Step("order_discounts", _order)
GIFTS = Step("gifts", _gifts)
SHIPPING_DISCOUNTS = Step("shipping_discounts", _off_shipping)
