"""Saved ways to pay on the wire, and what staff do with money that is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.payments import BegunSetup, CapturePayment, FinishSetup
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.payments import SavedMethod
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount
from automate_store.entrypoints.http.wire.payments import GatewayName, some_money


class SaveMethodInput(Input, frozen=True, kw_only=True):
    """At which gateway; with its token and the setup that it is of, once the browser has one."""

    gateway: GatewayName
    setup_id: Annotated[UUID | None, Meta(description="What the first answer told.")] = None
    token: Annotated[
        Annotated[str, Meta(min_length=1, max_length=255)] | None,
        Meta(description="What the gateway told the browser once it had the card."),
    ] = None

    def finish(self) -> FinishSetup | None:
        """The end of a setup, where this is one; raises InvalidInput for half of it."""
        if self.setup_id is None and self.token is None:
            return None
        if self.setup_id is None or self.token is None:
            missing = "setup_id" if self.setup_id is None else "token"
            raise InvalidInput.of(
                missing,
                "is needed too: a setup is finished with the setup_id of its first answer and the "
                "token that the browser got",
            )
        return FinishSetup(gateway=self.gateway, setup_id=self.setup_id, token=self.token)


class MethodAnswer(Struct, frozen=True):
    """A saved way to pay: what people know it by."""

    id: UUID
    gateway: str
    brand: str
    last_four: str | None
    expires: str | None
    expired: bool
    created_at: datetime


class MethodList(Struct, frozen=True):
    """One's own, the oldest first."""

    items: list[MethodAnswer]


class MethodSaved(Struct, frozen=True):
    """
    What became of a wish to save a way to pay.

    The method, where it was finished; else setup_id, and in client what the gateway wants the
    browser to know, which hands the card over to it and comes back with a token.
    """

    gateway: str
    method: MethodAnswer | None
    setup_id: UUID | None
    client: Mapping[str, str]


class CapturePaymentInput(Input, frozen=True, kw_only=True):
    """How much is taken, and whether it is the end."""

    amount: Annotated[
        Amount | None,
        Meta(
            description="Without one, all of the payment that its order still waits for; at most "
            "that, and what is authorised and was not taken."
        ),
    ] = None
    final: Annotated[
        bool | None,
        Meta(
            description="Whether nothing more is taken, and the rest of what is held is let go. "
            "Not said, it is so without an amount, and with one that takes all that is held."
        ),
    ] = None

    def command(self, payment_id: PaymentId) -> CapturePayment:
        """The wish in the words of the trade; raises InvalidInput."""
        return CapturePayment(
            payment_id=payment_id, amount=some_money(self.amount), final=self.final
        )


def method_answer(method: SavedMethod, at: datetime) -> MethodAnswer:
    """The method, as it is at that time."""
    return MethodAnswer(
        method.id,
        method.gateway,
        method.brand,
        method.last_four,
        method.expires,
        method.expired(at),
        method.created_at,
    )


def method_list(methods: Iterable[SavedMethod], at: datetime) -> MethodList:
    """The methods, as they are at that time."""
    return MethodList([method_answer(each, at) for each in methods])


def method_saved(method: SavedMethod, at: datetime) -> MethodSaved:
    """What was saved."""
    return MethodSaved(method.gateway, method_answer(method, at), None, {})


def setup_begun(begun: BegunSetup) -> MethodSaved:
    """What waits for the browser."""
    return MethodSaved(begun.gateway, None, begun.setup_id, begun.report.client)
