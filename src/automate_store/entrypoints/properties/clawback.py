"""
Orders with discounts that have to be earned, and the laws of taking them back.

To hold rules of your own to them::

    @given(bought=bargains(), data=st.data())
    def test_my_rules_take_no_more_than_they_gave(bought, data):
        order, terms = bought
        units = data.draw(st.permutations(units_of(order)))
        assert_all_comes_back(order, terms, [(unit, UNWANTED) for unit in units])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, ask_back, settle_return
from automate_store.domain.pricing import quote
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundPart,
    RefundSum,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnPolicy,
    Terms,
    worth_of,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.promotions import sales
from automate_store.entrypoints.properties.returns import (
    STAFF,
    assert_refund_adds_up,
    credited,
    paid_for_goods,
    paid_order,
    return_policy,
    shipped,
)

MOST_UNITS = 4
"""The most units of a line: each comes back in a return of its own."""


@st.composite
def bargains(draw: st.DrawFn) -> tuple[Order, Terms]:
    """An order of few units that arrived, with what came off it, and its terms."""
    basket, rules = draw(sales().filter(lambda sale: sale[0].lines))
    # A variant is of one product and one price: of its lines one is kept.
    lines = {line.variant_id: line for line in basket.lines}.values()
    few = tuple(evolve(line, quantity=min(line.quantity, MOST_UNITS)) for line in lines)
    basket = evolve(basket, lines=few)
    quoted = quote(basket, rules)
    terms = Terms.of(basket, few, rules, quoted)
    return shipped(paid_order(quoted), None), terms


def clawing_policy(currency: str) -> ReturnPolicy:
    """A shop's that takes back what is not earned any more, and keeps nothing else."""
    return evolve(return_policy(currency), clawback=True, original_shipping=False)


@frozen(kw_only=True)
class Desk:
    """An order, and the returns of it that are paid back."""

    order: Order
    terms: Terms | None
    policy: ReturnPolicy
    returns: tuple[Return, ...] = field(default=())

    @property
    def refunds(self) -> list[RefundSum]:
        """What went back for each return, in their order."""
        return [each.refund for each in self.returns if each.refund]

    @property
    def given(self) -> Money:
        """What went back in all."""
        currency = self.order.quote.currency
        return Money.total((each.total for each in self.refunds), currency)

    @property
    def taken(self) -> Money:
        """What of the discounts was taken back, and not given again."""
        lines = (line for refund in self.refunds for line in refund.lines)
        parts = (-line.amount for line in lines if line.part is RefundPart.CLAWBACK)
        return Money.total(parts, self.order.quote.currency)

    def take_back(self, units: Mapping[LineId, int], reason: str) -> Desk:
        """The same once these units came back for that reason and were paid back."""
        asked = evolve(self.order, items=ask_back(self.order, units, missing={}))
        wish = self._wish(units, reason)
        refund = worth_of(wish, asked, among=self.returns, terms=self.terms, policy=self.policy)
        receipts = {
            each: Receipt(accepted=many, condition=Condition.NEW) for each, many in units.items()
        }
        received = wish.approve(actor=STAFF, at=NOON).receive(receipts, actor=STAFF, at=NOON)
        paid = received.pay_back(refund, actor=STAFF, at=NOON)
        back = evolve(asked, items=settle_return(asked, units, taken=units, missing={}))
        order = credited(back, refund.total)
        return evolve(self, order=order, returns=(*self.returns, paid))

    def _wish(self, units: Mapping[LineId, int], reason: str) -> Return:
        number = len(self.returns) + 1
        return Return.request(
            id=ReturnId(UUID(int=number)),
            number=f"R-{number}",
            order_id=self.order.id,
            order_number=self.order.number,
            kind=ReturnKind.RETURN,
            items=[
                ReturnItem(item_id=each, quantity=many, reason=reason)
                for each, many in units.items()
            ],
            comments=None,
            actor="guest",
            at=NOON,
        )


def assert_all_comes_back(
    order: Order, terms: Terms | None, units: Sequence[tuple[LineId, str]]
) -> None:
    """Whoever returns each unit, for whatever reason, is given exactly what they paid for it."""
    desk = Desk(order=order, terms=terms, policy=clawing_policy(order.quote.currency))
    nothing = Money.zero(order.quote.currency)
    for unit, reason in units:
        desk = desk.take_back({unit: 1}, reason)
        assert_refund_adds_up(desk.refunds[-1])
        assert nothing <= desk.taken, "no more is given again than was taken"
    assert desk.given == paid_for_goods(order.quote), "what was paid for them, to the cent"
    assert not desk.taken, "and every discount with it"


def assert_no_return_pays_more_at_once(
    order: Order, terms: Terms, units: Sequence[LineId], reason: str
) -> None:
    """Units give back one by one what they give at once, or more where one gave nothing."""
    desk = Desk(order=order, terms=terms, policy=clawing_policy(order.quote.currency))
    at_once = desk.take_back({each: units.count(each) for each in units}, reason)
    for unit in units:
        desk = desk.take_back({unit: 1}, reason)
    assert desk.given >= at_once.given
    if all(each.total for each in desk.refunds):
        assert desk.given == at_once.given
