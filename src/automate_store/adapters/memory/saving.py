"""A gateway in memory that keeps ways to pay."""

from __future__ import annotations

from uuid import UUID

from automate_store.adapters.memory.payments import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import (
    GatewayReport,
    MethodReport,
    Payment,
    PaymentState,
    SetupReport,
    SetupState,
)

_THROUGH = {PaymentState.AUTHORISED, PaymentState.CAPTURED}


class MemorySavingGateway(MemoryGateway):
    """
    Implements ``SavingGateway``; every card is one that ends in 4242.

    ``hand_over`` stands for the browser, into which a shopper types a card.
    """

    def __init__(self, name: str = "memory") -> None:
        super().__init__(name)
        self.available = True
        self._customers: dict[UserId, str] = {}
        self._setups: dict[UUID, SetupReport] = {}
        self._handed_over: dict[str, str] = {}
        self._kept: dict[str, dict[str, MethodReport]] = {}

    async def create_customer(self, user_id: UserId, email: str) -> str:  # noqa: ARG002 - as the port has it
        """The name of the account here."""
        return self._customers.setdefault(user_id, f"cus_{user_id.hex}")

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """A setup that waits for the browser."""
        fresh = SetupReport(
            setup_id=f"seti_{setup_id.hex}",
            state=SetupState.REQUIRES_ACTION,
            customer=customer,
            client={"setup_secret": f"secret_{setup_id.hex}"},
        )
        return self._setups.setdefault(setup_id, fresh)

    def hand_over(self, setup: SetupReport) -> str:
        """The token that the browser has, once a good card was typed into it."""
        token = f"tok_{setup.setup_id}"
        self._handed_over[token] = setup.customer
        return token

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """What was handed over, kept."""
        if self._handed_over.get(token) != customer:
            raise GatewayRefused(self.name, "there is no such token")
        return SetupReport(
            setup_id=f"seti_{setup_id.hex}",
            state=SetupState.SUCCEEDED,
            customer=customer,
            method=self._keep(customer, f"pm_{token}"),
        )

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What is kept for the customer."""
        return tuple(self._kept.get(customer, {}).values())

    async def detach_method(self, method_id: str) -> None:
        """Forget it."""
        for kept in self._kept.values():
            kept.pop(method_id, None)

    async def delete_customer(self, customer: str) -> None:
        """Forget who it is and all that is kept for them."""
        self._kept.pop(customer, None)
        for user_id, name in tuple(self._customers.items()):
            if name == customer:
                del self._customers[user_id]

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Capture the whole amount, or decline it; by what is kept, where that is said."""
        terms = payment.terms
        if terms.method is not None and terms.method not in self._kept.get(
            terms.customer or "", {}
        ):
            raise GatewayRefused(self.name, "there is no such way to pay")
        report = await super().confirm(payment)
        if report.state in _THROUGH and terms.keep_method and terms.customer is not None:
            self._keep(terms.customer, f"pm_{payment.id.hex}")
        return report

    def _keep(self, customer: str, token: str) -> MethodReport:
        card = MethodReport(
            method_id=token, brand="visa", last_four="4242", expires_month=12, expires_year=2030
        )
        return self._kept.setdefault(customer, {}).setdefault(token, card)
