"""What a promotion would do, on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from automate_store.application.promotions import PutPromotion
from automate_store.domain.pricing import Simulation, explain
from automate_store.domain.promotions import Kinds
from automate_store.entrypoints.http.wire.inputs import FaultyFields, Input
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer
from automate_store.entrypoints.http.wire.promotions.values import refuse_far
from automate_store.entrypoints.http.wire.promotions.whole import AddPromotion
from automate_store.entrypoints.http.wire.taxes import Code, Moment
from automate_store.entrypoints.http.wire.verdicts import PromotionVerdict, verdict_answer

CartToken = Annotated[
    str, Meta(min_length=1, max_length=100, description="The token that opens the cart.")
]


class SimulatePromotion(Input, frozen=True, kw_only=True):
    """A cart and either a whole promotion or the code of a stored one; at is now by default."""

    cart_token: CartToken
    promotion: AddPromotion | None = None
    code: Code | None = None
    at: Moment | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_far("at", self.at)
        if (self.promotion is None) == (self.code is None):
            raise FaultyFields(("promotion", "is given, or else the code of a stored one"))

    def wanted(self, currency: str, kinds: Kinds) -> PutPromotion | str:
        """The promotion, or the code of one; raises InvalidInput, by the promotion's fields."""
        if self.promotion is None:
            assert self.code is not None, "one of the two was sent"
            return self.code
        return self.promotion.command(self.promotion.code, currency, kinds)


class SimulationAnswer(Struct, frozen=True):
    """
    The cart as it is and as it would be, were the promotion active.

    saved is what the total would go down by. verdict is on the promotion itself, verdicts
    on all of them then: the text says the same for people.
    """

    before: QuoteAnswer
    after: QuoteAnswer
    saved: Amount
    verdict: PromotionVerdict
    verdicts: list[PromotionVerdict]
    text: str


def simulation_answer(simulation: Simulation) -> SimulationAnswer:
    """The simulation, as staff see it."""
    before, after = simulation.before, simulation.after
    return SimulationAnswer(
        quote_answer(before, to_staff=True),
        quote_answer(after, to_staff=True),
        amount(before.total - after.total),
        verdict_answer(simulation.verdict, to_staff=True),
        [verdict_answer(each, to_staff=True) for each in simulation.verdicts],
        explain(after, simulation.verdicts),
    )
