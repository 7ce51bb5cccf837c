"""Customers, and the ways to pay that are kept for them."""

from __future__ import annotations

from attrs import evolve

from automate_store.entrypoints.fake_gateway.books import Books
from automate_store.entrypoints.fake_gateway.cards import card
from automate_store.entrypoints.fake_gateway.words import Customer, Intent, Method, Refused, Setup


class Wallet:
    """What is saved, in the books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def create_customer(self, user_id: str, email: str) -> Customer:
        """The customer that the account is, new or not."""
        for known in self._books.customers.values():
            if known.user_id == user_id:
                return known
        fresh = Customer(id=self._books.fresh("cus"), user_id=user_id, email=email)
        self._books.customers[fresh.id] = fresh
        return fresh

    def begin_setup(self, setup_id: str, customer: str) -> Setup:
        """A setup that waits for the browser."""
        owner = self._books.find(self._books.customers, customer)
        return self._kept(
            Setup(
                id=self._books.fresh("seti"),
                setup_id=setup_id,
                client_secret=self._books.secret(),
                customer=owner.id,
            )
        )

    def hand_over(self, setup_id: str, client_secret: str, token: str) -> Setup:
        """The browser's word, by either's id: the setup with the token that finishes it."""
        setup = self._setup(setup_id)
        if setup.client_secret != client_secret:
            raise Refused(403, "secret_wrong", "this client secret is of another setup")
        typed = card(token)
        if typed.failure is not None:
            raise Refused(402, "card_refused", typed.failure)
        return self._kept(evolve(setup, card=token, token=self._books.fresh("tok")))

    def finish_setup(self, shops_id: str, customer: str, token: str) -> Setup:
        """The setup with the method that it saved."""
        for setup in self._books.setups.values():
            if (setup.setup_id, setup.customer, setup.token) == (shops_id, customer, token):
                return setup if setup.method else self._saved(setup)
        raise Refused(404, "token_unknown", "no setup of this customer has that token")

    def methods(self, customer: str) -> list[Method]:
        """What is kept for the customer, the oldest first."""
        owner = self._books.find(self._books.customers, customer)
        return [each for each in self._books.methods.values() if each.customer == owner.id]

    def detach(self, method_id: str) -> None:
        """Forget it, if it is known."""
        gone = self._books.methods.pop(method_id, None)
        if gone is not None:
            self._books.happened("method.detached", None, method=gone)

    def delete_customer(self, customer: str) -> None:
        """Forget who it is and all that is kept for them, if they are known."""
        self._books.customers.pop(customer, None)
        for method in tuple(self._books.methods.values()):
            if method.customer == customer:
                self.detach(method.id)

    def keep_what_paid(self, intent: Intent) -> None:
        """Save the card that paid, where the intent says so."""
        known = intent.customer in self._books.customers
        if not intent.keep_method or not known or intent.method is not None:
            return
        assert intent.customer is not None, "nobody is not known"
        setup = Setup(
            id=self._books.fresh("seti"),
            setup_id=None,
            client_secret=None,
            customer=intent.customer,
            card=intent.card,
        )
        self._saved(setup, intent)

    def _setup(self, id: str) -> Setup:
        shops = (each for each in self._books.setups.values() if each.setup_id == id)
        return next(shops, None) or self._books.find(self._books.setups, id)

    def _saved(self, setup: Setup, intent: Intent | None = None) -> Setup:
        assert setup.card is not None, "a card was typed in"
        kept = card(setup.card)
        method = Method(
            id=self._books.fresh("pm"),
            customer=setup.customer,
            card=setup.card,
            brand=kept.brand,
            last_four=kept.last_four,
            expires_month=kept.expires_month,
            expires_year=kept.expires_year,
        )
        self._books.methods[method.id] = method
        done = self._kept(evolve(setup, state="succeeded", method=method))
        self._books.happened("setup.succeeded", intent, setup=done)
        return done

    def _kept(self, setup: Setup) -> Setup:
        self._books.setups[setup.id] = setup
        return setup
