"""Ways to pay that Stripe keeps: customers, SetupIntents and their payment methods."""

from __future__ import annotations

from uuid import UUID

from attrs import evolve

from automate_store.adapters.stripe.amounts import NAME
from automate_store.adapters.stripe.line import Declined, StripeLine, in_our_words
from automate_store.adapters.stripe.reading import Customer, Method, Setup
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import MethodReport, SetupReport, SetupState

_SETUP, _METHOD = "seti_", "pm_"
PAGE = 100
"""Things that Stripe lists at a time, at most."""


class StripeSaving:
    """The part of the gateway that saves; implements what ``SavingGateway`` adds."""

    def __init__(self, line: StripeLine) -> None:
        self._line = line

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Stripe's name for the account; a new one where it was asked for more than a day ago."""
        asked = self._line.v1.customers.create_async(
            {"email": email, "metadata": {"user_id": str(user_id)}},
            {"idempotency_key": f"{user_id}:customer"},
        )
        return (await self._line.ask(asked, Customer)).id

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """A SetupIntent, whose client secret lets Stripe's script ask for the card."""
        return await self._told(await self._begun(setup_id, customer))

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """
        The end of a setup that the browser confirmed (``seti_...``), or of one by what it made.

        The latter is a payment method (``pm_...``). Raises GatewayRefused for another
        customer's, and for what is neither.
        """
        if token.startswith(_SETUP):
            return await self._confirmed(customer, token)
        if not token.startswith(_METHOD):
            raise GatewayRefused(NAME, "that names nothing that it could save")
        method = await self._method(token)
        if method.customer not in {None, customer}:
            raise GatewayRefused(NAME, "that is another customer's")
        setup = await self._begun(setup_id, customer)
        try:
            return await self._told(await self._confirm(setup, setup_id, token))
        except Declined as declined:
            told = await self._told(setup)
            return evolve(told, state=SetupState.FAILED, failure=declined.words)

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What Stripe keeps for the customer."""
        listing = self._line.v1.payment_methods.list_async({"customer": customer, "limit": PAGE})
        found = await self._line.all_of(listing, Method)
        with in_our_words():
            return tuple(each.report() for each in found)

    async def detach_method(self, method_id: str) -> None:
        """Forget it; nothing happens where it is forgotten already."""
        try:
            await self._line.ask(self._line.v1.payment_methods.detach_async(method_id), Method)
        except GatewayRefused:
            if await self._kept(method_id):
                raise

    async def delete_customer(self, customer: str) -> None:
        """Forget who it is and their methods; Stripe keeps what they paid."""
        try:
            for method in await self.methods(customer):
                await self.detach_method(method.method_id)
            await self._line.ask(self._line.v1.customers.delete_async(customer), Customer)
        except GatewayRefused:
            if await self._known(customer):
                raise

    async def _known(self, customer: str) -> bool:
        asked = self._line.v1.customers.retrieve_async(customer)
        try:
            return not (await self._line.ask(asked, Customer)).deleted
        except GatewayRefused:
            return False

    async def _kept(self, method_id: str) -> bool:
        try:
            return (await self._method(method_id)).customer is not None
        except GatewayRefused:
            return False

    async def _begun(self, setup_id: UUID, customer: str) -> Setup:
        asked = self._line.v1.setup_intents.create_async(
            {
                "customer": customer,
                # Whoever pays with it is there, and may be asked by the bank again.
                "usage": "on_session",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"setup_id": str(setup_id)},
            },
            {"idempotency_key": str(setup_id)},
        )
        return await self._line.ask(asked, Setup)

    async def _confirm(self, setup: Setup, setup_id: UUID, method_id: str) -> Setup:
        asked = self._line.v1.setup_intents.confirm_async(
            setup.id,
            {"payment_method": method_id, "use_stripe_sdk": True},
            {"idempotency_key": f"{setup_id}:{method_id}"},
        )
        return await self._line.ask(asked, Setup)

    async def _confirmed(self, customer: str, token: str) -> SetupReport:
        setup = await self._line.ask(self._line.v1.setup_intents.retrieve_async(token), Setup)
        if setup.customer != customer:
            raise GatewayRefused(NAME, "that is another customer's")
        return await self._told(setup)

    async def _told(self, setup: Setup) -> SetupReport:
        """The setup, with what it saved."""
        kept, method = setup.payment_method, None
        if setup.status == "succeeded" and kept is not None:
            method = await self._method(kept) if isinstance(kept, str) else kept
        with in_our_words():
            return setup.report(method, self._opening(setup.client_secret))

    async def _method(self, method_id: str) -> Method:
        asked = self._line.v1.payment_methods.retrieve_async(method_id)
        return await self._line.ask(asked, Method)

    def _opening(self, client_secret: str | None) -> dict[str, str]:
        """What Stripe's script in the browser has to be given to go on."""
        if client_secret is None:
            return {}
        publishable = self._line.keys.publishable
        return {"client_secret": client_secret, "publishable_key": publishable}
