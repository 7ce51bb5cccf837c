"""Gateways broken on purpose, each with the promise that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    PLAIN,
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundReport,
    RefundState,
)
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
    ToldGatewayContract,
)
from tests.contracts.sabotages.fake_gateways import (
    BeginsAnew,
    BreaksOnNonsense,
    ChecksNoTime,
    FinishesOnce,
    ForgetsNobody,
    ForgetsOnce,
    ForgetsThePersonOnce,
    ForgetsWhatWasPaid,
    ForgetsWhosePaymentItIs,
    ForgetsWhoseRefundItIs,
    HandsNothingToTheBrowser,
    HearsNothingOld,
    InventsIds,
    KeepsItAgain,
    KeepsNothing,
    KnowsOneCustomer,
    ListsEverything,
    ListsNothing,
    ListsTwice,
    MakesCustomersAnew,
    NamesAllAlike,
    NeverForgets,
    SavesEverything,
    SavesNothing,
    ShowsEverybodys,
    TakesAnythingUnsigned,
    TakesAnyToken,
    TellsOfAnother,
    TellsOfNoCapture,
    TrustsAnybody,
    WaitsForTheShopper,
)
from tests.contracts.sabotages.gateway_books import (
    FailsWhatItDoesNotKnow,
    FetchesAnything,
    GivesBackAnew,
    GivesBackWhateverIsAsked,
    GivesBackWhatWasNeverMore,
    KeepsNoBooks,
    KeepsOneBook,
    ListsNothingOfWhatItDoesNotKnow,
    RefusesWhatItDoesNotKnow,
    WritesDownWhatIsAsked,
)


@frozen
class Breach:
    """A gateway, and the test that sees what is wrong with it."""

    gateway: type
    suite: type
    test: str

    def __str__(self) -> str:
        return f"{self.gateway.__name__} {self.test}"


class AsksForLess(MemoryGateway):
    async def create_intent(self, payment: Payment) -> GatewayReport:
        report = await super().create_intent(payment)
        return evolve(report, amount=Money.zero(payment.amount.currency))


class AsksAnew(MemoryGateway):
    asked = 0

    async def create_intent(self, payment: Payment) -> GatewayReport:
        self.asked += 1
        report = await super().create_intent(payment)
        return evolve(report, intent_id=f"{report.intent_id}_{self.asked}")


class KnowsOneIntent(MemoryGateway):
    async def create_intent(self, payment: Payment) -> GatewayReport:
        return evolve(await super().create_intent(payment), intent_id="intent")


class AlwaysWaits(MemoryGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        return await self.create_intent(payment)


class TakesLess(MemoryGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        report = await super().confirm(payment)
        return evolve(report, amount=Money.zero(payment.amount.currency))


class ConfirmsOnce(MemoryGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        if self._known(payment).state is PaymentState.CAPTURED:
            raise GatewayRefused(self.name, "it is paid already")
        return await super().confirm(payment)


class TakesItAgain(MemoryGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        before = self._known(payment)
        report = await super().confirm(payment)
        again = before.state is PaymentState.CAPTURED
        return evolve(report, captured=report.amount + report.amount) if again else report


class KnowsAnotherIntent(MemoryGateway):
    async def fetch(self, payment: Payment) -> GatewayReport:
        return evolve(await super().fetch(payment), intent_id="another")


class KnowsAnotherAmount(MemoryGateway):
    async def fetch(self, payment: Payment) -> GatewayReport:
        report = await super().fetch(payment)
        return evolve(report, amount=Money.zero(payment.amount.currency))


class HasCapitals(MemoryGateway):
    def __init__(self) -> None:
        super().__init__("Memory")


class HasNoName(MemoryGateway):
    def __init__(self) -> None:
        super().__init__("")


class TakesAtOnce(MemoryGateway):
    def _carried_out(self, payment: Payment, report: GatewayReport) -> GatewayReport:
        return super()._carried_out(evolve(payment, terms=PLAIN), report)


class CapturesAsOftenAsAsked(MemoryGateway):
    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        self._taken.clear()
        return await super().capture(payment, amount, final=final and payment.captured.minor > 0)


class RemembersRefusals(MemoryGateway):
    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        if f"refused:{payment.id}" in self._taken:
            raise GatewayRefused(self.name, "that was refused before")
        try:
            return await super().capture(payment, amount, final=final)
        except GatewayRefused:
            self._taken.add(f"refused:{payment.id}")
            raise


class CapturesWhateverIsAsked(MemoryGateway):
    def _captured(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        report = self._known(payment)
        taken = report.taken + amount
        done = final or taken >= report.amount
        state = PaymentState.CAPTURED if done else PaymentState.AUTHORISED
        return evolve(report, state=state, authorised=report.amount, captured=taken)


class GivesUpOnce(MemoryGateway):
    async def cancel(self, payment: Payment) -> GatewayReport:
        if self._known(payment).state is PaymentState.CANCELLED:
            raise GatewayRefused(self.name, "it is given up already")
        return await super().cancel(payment)


class GivesUpWhatItTook(MemoryGateway):
    async def cancel(self, payment: Payment) -> GatewayReport:
        self._reports[payment.id] = evolve(self._known(payment), state=PaymentState.CANCELLED)
        return self._reports[payment.id]


class GivesNothingBack(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        return RefundReport(state=RefundState.FAILED, failure=f"{payment.id} keeps {refund.amount}")


class ForgetsLostIntents(MemoryGateway):
    async def fetch(self, payment: Payment) -> GatewayReport:
        if payment.intent_id is None:
            raise GatewayRefused(self.name, "which intent?")
        return await super().fetch(payment)


class CapturesAnotherAmount(MemoryGateway):
    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        report = self._known(payment)
        if report.state is PaymentState.CAPTURED and report.taken < amount:
            self._reports[payment.id] = evolve(report, captured=amount)
        return await super().capture(payment, amount, final=final)


class IsPaidAfterTheEnd(MemoryGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        self._reports.pop(payment.id)
        return await super().confirm(payment)


class GivesBackWhatItHolds(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        report = self._known(payment)
        self._reports[payment.id] = evolve(report, captured=report.promised)
        return await super().refund(payment, refund)


class EndsWithTheFirstPart(MemoryGateway):
    def _captured(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        return super()._captured(payment, amount, final=final or bool(amount))


class CapturesOnceForAll(MemoryGateway):
    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        before = evolve(payment, captured=Money.zero(amount.currency))
        return await super().capture(before, amount, final=final)


class NeverEnds(MemoryGateway):
    def _captured(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        return super()._captured(payment, amount, final=final and not amount)


class NeverTakes(MemoryGateway):
    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        report = await super().capture(payment, amount, final=final)
        return evolve(report, captured=Money.zero(amount.currency))


class LosesParts(MemoryGateway):
    async def cancel(self, payment: Payment) -> GatewayReport:
        report = await super().cancel(payment)
        return evolve(report, captured=Money.zero(report.amount.currency))


class CallsThePartsGivenUp(MemoryGateway):
    async def cancel(self, payment: Payment) -> GatewayReport:
        return evolve(await super().cancel(payment), state=PaymentState.CANCELLED)


class GivesTheRestUpOnce(MemoryGateway):
    async def cancel(self, payment: Payment) -> GatewayReport:
        if self._known(payment).state is PaymentState.CAPTURED:
            raise GatewayRefused(self.name, "it is over")
        return await super().cancel(payment)


class GivesBackAtTheEndAlone(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        if self._known(payment).state is not PaymentState.CAPTURED:
            return RefundReport(state=RefundState.FAILED)
        return await super().refund(payment, refund)


def _breaches(suite: type, tests: Mapping[str, Any]) -> list[Breach]:
    return [
        Breach(gateway, suite, f"test_{test}")
        for test, gateways in tests.items()
        for gateway in gateways
    ]


BREACHES = [
    *_breaches(
        PaymentGatewayContract,
        {
            "an_intent_is_for_the_payments_own_amount": [AsksForLess],
            "asked_twice_for_an_intent_it_answers_the_same": [AsksAnew],
            "each_payment_has_its_own_intent": [KnowsOneIntent],
            "confirming_captures_the_whole_amount": [AlwaysWaits, TakesLess],
            "asked_twice_to_confirm_it_acts_once": [ConfirmsOnce, TakesItAgain],
            "what_it_knows_of_an_intent_is_what_it_said": [KnowsAnotherIntent, KnowsAnotherAmount],
            "what_is_captured_by_hand_is_authorised_first": [TakesAtOnce],
            "asked_again_by_its_terms_it_asks_for_the_same": [TakesAtOnce],
            "asked_twice_for_a_capture_it_takes_once": [CapturesAsOftenAsAsked],
            "no_more_is_captured_than_was_authorised": [CapturesWhateverIsAsked],
            "after_a_refusal_less_can_be_captured": [RemembersRefusals],
            "nothing_follows_a_final_capture": [CapturesWhateverIsAsked, NeverEnds],
            "what_is_given_up_is_not_captured": [CapturesWhateverIsAsked],
            "asked_twice_to_give_up_it_answers_the_same": [GivesUpOnce],
            "what_was_captured_whole_is_not_given_up": [GivesUpWhatItTook],
            "asked_twice_for_a_refund_it_answers_the_same": [GivesBackAnew],
            "no_more_is_given_back_than_was_captured": [GivesBackWhateverIsAsked],
            "an_intent_whose_answer_was_lost_is_known_by_our_id": [ForgetsLostIntents],
            "it_captures_what_was_authorised": [NeverTakes],
            "it_gives_back_what_it_captured": [GivesNothingBack],
            "it_goes_by_a_name": [HasCapitals, HasNoName],
        },
    ),
    *_breaches(
        KeepingGatewayContract,
        {
            "refunds_in_parts_come_to_no_more_than_was_captured": [GivesBackWhatWasNeverMore],
            "a_refund_that_is_asked_for_twice_goes_back_once": [GivesBackAnew],
            "its_books_say_what_went_back_and_by_which_refund_of_ours": [
                KeepsNoBooks,
                WritesDownWhatIsAsked,
            ],
            "what_it_would_not_give_back_is_no_money_in_its_books": [WritesDownWhatIsAsked],
            "of_an_intent_that_it_has_not_heard_of_it_says_nothing": [
                FetchesAnything,
                FailsWhatItDoesNotKnow,
                ListsNothingOfWhatItDoesNotKnow,
                RefusesWhatItDoesNotKnow,
            ],
            "its_books_tell_payments_apart": [KeepsOneBook],
            "who_forgot_a_capture_takes_no_more_than_was_authorised": [CapturesAnotherAmount],
            "a_capture_is_asked_for_again_by_what_was_captured_before": [CapturesAsOftenAsAsked],
            "what_was_given_up_is_not_paid_any_more": [IsPaidAfterTheEnd],
            "nothing_is_given_back_of_what_was_never_captured": [GivesBackWhatItHolds],
        },
    ),
    *_breaches(
        CaptureInPartsContract,
        {
            "parts_add_up_to_what_was_authorised": [EndsWithTheFirstPart],
            "asked_twice_for_a_part_it_takes_it_once": [CapturesAsOftenAsAsked, CapturesOnceForAll],
            "a_part_is_no_more_than_what_is_left": [CapturesWhateverIsAsked],
            "a_final_part_gives_up_the_rest": [NeverEnds],
            "giving_up_the_rest_keeps_the_parts": [LosesParts, CallsThePartsGivenUp],
            "asked_twice_to_give_up_the_rest_it_answers_the_same": [GivesTheRestUpOnce],
            "a_part_can_be_given_back_before_the_next": [GivesBackAtTheEndAlone],
        },
    ),
    *_breaches(
        GatewayEventsContract,
        {
            "what_happened_is_told_oldest_first_and_once": [ListsNothing, ListsTwice],
            "events_find_our_payment_by_our_own_id": [ForgetsWhosePaymentItIs],
            "events_lead_where_the_answers_did": [TellsOfNoCapture],
            "a_refund_is_told_by_our_own_id": [ForgetsWhoseRefundItIs],
            "nothing_is_told_of_before_that_moment": [ListsEverything],
        },
    ),
    *_breaches(
        SavingGatewayContract,
        {
            "an_account_is_one_customer_however_often_it_is_asked_for": [
                MakesCustomersAnew,
                KnowsOneCustomer,
            ],
            "a_setup_waits_for_the_browser": [HandsNothingToTheBrowser],
            "asked_twice_for_a_setup_it_answers_the_same": [BeginsAnew],
            "what_was_handed_over_is_kept_and_known_again": [KeepsNothing],
            "finished_twice_it_is_kept_once": [FinishesOnce, KeepsItAgain],
            "a_token_that_is_none_saves_nothing": [TakesAnyToken],
            "anothers_token_saves_nothing": [TakesAnyToken],
            "methods_are_their_customers_own": [ShowsEverybodys],
            "what_is_detached_is_forgotten_for_good": [NeverForgets, ForgetsOnce],
            "who_leaves_is_forgotten_with_all_that_was_kept": [ForgetsNobody, ForgetsThePersonOnce],
            "what_who_left_had_paid_can_go_back": [ForgetsWhatWasPaid],
            "a_saved_method_pays_without_the_shopper": [WaitsForTheShopper],
            "a_method_that_was_detached_pays_nothing": [NeverForgets],
            "a_payment_saves_what_it_is_paid_by_where_it_is_to": [SavesNothing, SavesEverything],
        },
    ),
    *_breaches(
        ToldGatewayContract,
        {
            "what_is_told_is_of_our_payment": [TellsOfAnother],
            "the_same_told_again_is_the_same_event": [InventsIds],
            "another_event_has_another_id": [NamesAllAlike],
            "a_body_with_anything_changed_is_refused": [TrustsAnybody],
            "what_somebody_else_signed_is_refused": [TrustsAnybody],
            "what_is_not_signed_is_refused": [TrustsAnybody, TakesAnythingUnsigned],
            "any_part_of_what_proves_it_may_be_nonsense": [TrustsAnybody, BreaksOnNonsense],
            "another_events_proof_is_refused": [TrustsAnybody],
            "it_counts_for_five_minutes": [ChecksNoTime],
            "what_happened_long_ago_counts_where_it_is_signed_now": [HearsNothingOld],
            "capitals_in_the_names_of_headers_open_nothing": [TakesAnythingUnsigned],
        },
    ),
]
