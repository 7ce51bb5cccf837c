"""What can be done with an intent, by the shop, by the shopper, and by the bank behind."""

from __future__ import annotations

from attrs import evolve

from automate_store.entrypoints.fake_gateway.books import Books
from automate_store.entrypoints.fake_gateway.cards import card
from automate_store.entrypoints.fake_gateway.wallet import Wallet
from automate_store.entrypoints.fake_gateway.words import Dispute, Intent, Refused, Returned

PAYABLE = frozenset({"pending", "requires_action", "failed"})
"""States in which a card may be tried."""


class Till:
    """Takes money, and gives it back: never more than there is."""

    def __init__(self, books: Books, wallet: Wallet) -> None:
        self._books, self._wallet = books, wallet

    def intent(self, id: str) -> Intent:
        """The intent; raises Refused."""
        return self._books.find(self._books.intents, id)

    def of_payment(self, payment_id: str) -> Intent:
        """The first intent of the shop's payment; raises Refused."""
        for each in self._books.intents.values():
            if each.payment_id == payment_id:
                return each
        raise Refused(404, "not_found", f"nothing was asked for payment {payment_id!r}")

    def begin(self, intent: Intent) -> Intent:
        """The intent, open to be paid; raises Refused where its method is not its customer's."""
        if intent.customer is not None:
            self._books.find(self._books.customers, intent.customer)
        if intent.method is not None:
            self._methods_card(intent)
        return self._books.keep(intent)

    def pay(self, id: str, client_secret: str, token: str) -> Intent:
        """The shopper types a card in."""
        intent = self._proven(id, client_secret)
        if intent.state not in PAYABLE:
            raise Refused(409, "not_payable", f"an intent that is {intent.state} is not payable")
        return self._tried(intent, token)

    def authenticate(self, id: str, client_secret: str, *, approved: bool) -> Intent:
        """The shopper answers the question of the bank."""
        intent = self._proven(id, client_secret)
        if intent.state != "requires_action":
            raise Refused(409, "nothing_asked", f"an intent that is {intent.state} asks nothing")
        return self._succeeded(intent) if approved else self._failed(intent, "not authenticated")

    def settle(self, id: str, *, succeeded: bool) -> Intent:
        """The bank comes to an end with a slow payment."""
        intent = self.intent(id)
        if intent.state != "processing":
            raise Refused(409, "not_processing", f"an intent that is {intent.state} is settled")
        return self._succeeded(intent) if succeeded else self._failed(intent, "bank refused")

    def confirm(self, id: str) -> Intent:
        """The shop wants it carried out: by a saved method, or it is the shopper's turn."""
        intent = self.intent(id)
        if intent.state == "cancelled":
            raise Refused(409, "cancelled", "the intent was given up")
        if intent.method is None or intent.state not in {"pending", "failed"}:
            return intent
        return self._tried(intent, self._methods_card(intent))

    def capture(self, id: str, amount: int, *, final: bool) -> Intent:
        """Take that much of what is held."""
        intent = self.intent(id)
        if amount > intent.capturable:
            left = f"{intent.capturable} of {intent.currency} minor units"
            raise Refused(409, "too_much", f"only {left} can be captured")
        return self._captured(intent, amount, final=final)

    def cancel(self, id: str) -> Intent:
        """Let go of what is held; what was captured stays so."""
        intent = self.intent(id)
        if intent.state == "cancelled":
            return intent
        if intent.captured == intent.amount:
            raise Refused(409, "captured", "all of it was captured; refund it instead")
        if intent.state == "processing":
            raise Refused(409, "processing", "the bank works on it; wait for its end")
        if intent.capturable:
            self._books.moved(intent, "release", intent.capturable)
        ended = "captured" if intent.captured else "cancelled"
        return self._books.keep(evolve(intent, state=ended))

    def refund(self, id: str, amount: int, refund_id: str | None) -> Returned:
        """Give that much back, at once or, of a slow card, when the bank is done."""
        intent = self.intent(id)
        left = intent.captured - intent.refunded
        if amount > left:
            raise Refused(409, "too_much", f"only {left} minor units can be given back")
        refund = Returned(
            id=self._books.fresh("re"),
            refund_id=refund_id,
            intent_id=intent.id,
            payment_id=intent.payment_id,
            amount=amount,
            currency=intent.currency,
            state="pending" if intent.card == "card_slow" else "succeeded",
        )
        self._books.intents[id] = evolve(intent, refunded=intent.refunded + amount)
        self._books.moved(intent, "refund", amount, refund.id)
        return self._told(intent, refund)

    def refunds(self, id: str) -> list[Returned]:
        """All that went back of the intent, and what should have."""
        intent = self.intent(id)
        return [each for each in self._books.refunds.values() if each.intent_id == intent.id]

    def settle_refund(self, id: str, *, succeeded: bool) -> Returned:
        """The bank comes to an end with a slow refund, by the gateway's id or the shop's."""
        shops = (each for each in self._books.refunds.values() if each.refund_id == id)
        refund = next(shops, None) or self._books.find(self._books.refunds, id)
        if refund.state != "pending":
            raise Refused(409, "settled", f"a refund that is {refund.state} is settled")
        intent = self.intent(refund.intent_id)
        if succeeded:
            return self._told(intent, evolve(refund, state="succeeded"))
        self._books.intents[intent.id] = evolve(intent, refunded=intent.refunded - refund.amount)
        self._books.moved(intent, "refund_failed", refund.amount, refund.id)
        return self._told(intent, evolve(refund, state="failed", failure="account closed"))

    def dispute(self, id: str, amount: int | None, reason: str) -> Dispute:
        """The holder contests it."""
        intent = self.intent(id)
        wanted = intent.captured if amount is None else amount
        if not 0 < wanted <= intent.captured:
            raise Refused(409, "too_much", f"only {intent.captured} minor units were captured")
        dispute = Dispute(
            id=self._books.fresh("dp"),
            intent_id=intent.id,
            payment_id=intent.payment_id,
            amount=wanted,
            currency=intent.currency,
            reason=reason,
        )
        self._books.disputes[dispute.id] = dispute
        self._books.happened("dispute.opened", intent, dispute=dispute)
        return dispute

    def close_dispute(self, id: str, *, won: bool) -> Dispute:
        """The bank decides; where the shop loses, the money is gone."""
        dispute = self._books.find(self._books.disputes, id)
        if dispute.state != "open":
            raise Refused(409, "closed", f"the dispute is {dispute.state} already")
        closed = evolve(dispute, state="won" if won else "lost")
        intent = self.intent(dispute.intent_id)
        self._books.disputes[id] = closed
        if not won:
            self._books.moved(intent, "dispute_lost", dispute.amount, dispute.id)
        self._books.happened("dispute.closed", intent, dispute=closed)
        return closed

    def _proven(self, id: str, client_secret: str) -> Intent:
        intent = self.intent(id)
        if intent.client_secret != client_secret:
            raise Refused(403, "secret_wrong", "this client secret is of another intent")
        return intent

    def _methods_card(self, intent: Intent) -> str:
        method = self._books.methods.get(intent.method or "")
        if method is None or method.customer != intent.customer:
            raise Refused(404, "method_unknown", "the customer has no such way to pay")
        return method.card

    def _tried(self, intent: Intent, token: str) -> Intent:
        typed = card(token)
        tried = evolve(intent, card=token, failure=None)
        if typed.leads_to == "authorised":
            return self._succeeded(tried)
        return self._books.keep(evolve(tried, state=typed.leads_to, failure=typed.failure))

    def _failed(self, intent: Intent, reason: str) -> Intent:
        return self._books.keep(evolve(intent, state="failed", failure=reason))

    def _succeeded(self, intent: Intent) -> Intent:
        self._books.moved(intent, "authorise", intent.amount)
        held = evolve(intent, state="authorised", authorised=intent.amount)
        self._wallet.keep_what_paid(held)
        if intent.capture == "automatic":
            return self._captured(held, intent.amount, final=True)
        return self._books.keep(held)

    def _captured(self, intent: Intent, amount: int, *, final: bool) -> Intent:
        captured = intent.captured + amount
        self._books.moved(intent, "capture", amount)
        done = final or captured == intent.authorised
        if done and captured < intent.authorised:
            self._books.moved(intent, "release", intent.authorised - captured)
        state = "captured" if done else "authorised"
        return self._books.keep(evolve(intent, captured=captured, state=state))

    def _told(self, intent: Intent, refund: Returned) -> Returned:
        self._books.refunds[refund.id] = refund
        self._books.happened("refund.updated", intent, refund=refund)
        return refund
