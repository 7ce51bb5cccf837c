"""
Asking carriers, never inside a transaction.

A use case prices with the answers it has. Where one is missing, its attempt ends there,
whatever it has written is rolled back, the carriers are asked with no transaction open,
and it is made anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.shipping import CarrierAnswers, RateQuestion
from automate_store.domain.pricing import (
    PIPELINE,
    Appraisal,
    Basket,
    PricingRules,
    Quote,
    Simulation,
    Step,
    appraise,
    quote,
    simulate,
)
from automate_store.domain.pricing.carrying import ShippingOption, parcel_of, shipping_options
from automate_store.domain.promotions import Promotion
from automate_store.domain.shipping import CarrierRates, ShippingMethod, carriers_to_ask

ROUNDS = 3
"""How often one request asks: each time its parcel may have become another one."""
T = TypeVar("T")


class RatesUnasked(Exception):  # noqa: N818 - named for the fact
    """Carriers have to be asked before this can be priced."""

    def __init__(self, questions: Collection[RateQuestion]) -> None:
        super().__init__("carriers have to be asked")
        self.questions = frozenset(questions)


@frozen
class Told:
    """What a request has asked, and what it was told; ``enough`` asks no more."""

    answers: CarrierAnswers
    asked: frozenset[RateQuestion] = frozenset()
    enough: bool = False

    def rates(self, questions: Mapping[str, RateQuestion]) -> CarrierRates:
        """The answers by method; raises RatesUnasked where not all were asked for."""
        unasked = set(questions.values()) - self.asked
        if unasked and not self.enough:
            raise RatesUnasked(unasked)
        return {code: self.answers[q] for code, q in questions.items() if q in self.answers}


async def with_carriers(attempt: Callable[[Told], Awaitable[T]], *, ports: Ports) -> T:
    """What the attempt gives once it was told what it has to know."""
    told = Told({})
    for _ in range(ROUNDS):
        try:
            return await attempt(told)
        except RatesUnasked as unasked:
            questions = unasked.questions
        answers = await ports.carriers.ask(questions)
        told = Told({**told.answers, **answers}, told.asked | questions)
    return await attempt(evolve(told, enough=True))


def quote_told(
    basket: Basket, rules: PricingRules, told: Told, pipeline: tuple[Step, ...] = PIPELINE
) -> Quote:
    """The quote, with the carrier's price where the basket's method has one; RatesUnasked."""
    chosen = [each for each in rules.shipping_methods if each.code == basket.shipping_method]
    return quote(_asked(basket, rules, chosen, told, pipeline), rules, pipeline)


def appraise_told(basket: Basket, rules: PricingRules, told: Told) -> Appraisal:
    """The same quote with its verdicts; raises RatesUnasked."""
    chosen = [each for each in rules.shipping_methods if each.code == basket.shipping_method]
    return appraise(_asked(basket, rules, chosen, told), rules)


def simulate_told(
    promotion: Promotion, basket: Basket, rules: PricingRules, told: Told
) -> Simulation:
    """What the promotion would do to the basket; raises RatesUnasked."""
    chosen = [each for each in rules.shipping_methods if each.code == basket.shipping_method]
    return simulate(promotion, _asked(basket, rules, chosen, told), rules)


def options_told(basket: Basket, rules: PricingRules, told: Told) -> tuple[ShippingOption, ...]:
    """Every way to carry the basket; raises RatesUnasked."""
    return shipping_options(_asked(basket, rules, rules.shipping_methods, told), rules)


def _asked(
    basket: Basket,
    rules: PricingRules,
    methods: Sequence[ShippingMethod],
    told: Told,
    pipeline: tuple[Step, ...] = PIPELINE,
) -> Basket:
    place = basket.destination
    if place is None or not any(method.asks_carriers for method in methods):
        return basket
    parcel = parcel_of(basket, rules, pipeline)
    if parcel is None:
        return basket
    questions = {
        code: RateQuestion(provider, place, parcel)
        for code, provider in carriers_to_ask(methods, place, parcel)
    }
    return evolve(basket, carrier_rates=told.rates(questions))
