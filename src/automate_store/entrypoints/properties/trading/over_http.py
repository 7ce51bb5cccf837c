"""The same dealings with a store that is reached over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import asdict, frozen

from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import LineId, OrderId, PaymentId, ReturnId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.returns import ReturnKind
from automate_store.entrypoints.properties.contracts.scene import HOME
from automate_store.entrypoints.properties.trading.dealings import (
    BUYER,
    WHY,
    Counts,
    Refused,
    Swaps,
    Ticket,
)

Headers = Mapping[str, str]
Ask = Callable[[str, str, object, Headers], Awaitable[tuple[int, Any]]]
"""Method, path under the API's root, body and headers: the answer's status and its body."""

_REFUSED = {409, 412}
_FAILED = 400


@frozen(kw_only=True)
class OverHttp:
    """Implements ``Dealings`` by requests; what is neither done nor refused is an error."""

    ask: Ask
    gateway: str
    method: str
    """The code of a way to ship."""
    staff: Headers
    """What staff send with each request."""

    async def fill(self, wants: Mapping[VariantId, int], code: str | None) -> str:
        """The token of a new cart with these in it, and the code."""
        items = [{"variant_id": str(each), "quantity": many} for each, many in wants.items()]
        token = str((await self._done("POST", "/cart/add", {"items": items}, {}))["token"])
        if code is not None:
            await self._done("POST", "/cart/coupons", {"code": code}, {"X-Cart-Token": token})
        return token

    async def place(self, cart: str, *, key: str) -> Ticket:
        """The order of the cart."""
        body = {
            "email": BUYER,
            "shipping_address": _written(HOME),
            "shipping_method": self.method,
        }
        headers = {"X-Cart-Token": cart, "Idempotency-Key": key}
        placed = await self._done("POST", "/orders", body, headers)
        return Ticket(OrderId(UUID(placed["id"])), placed["token"])

    async def intend(self, ticket: Ticket, amount: Money | None, *, key: str) -> PaymentId:
        """An attempt to pay so much of the order."""
        body: dict[str, object] = {"order_id": str(ticket.order_id), "gateway": self.gateway}
        if amount is not None:
            body["amount"] = {"amount": str(amount.decimal()), "currency": amount.currency}
        made = await self._done("POST", "/payments/create-intent", body, _opening(ticket, key))
        return PaymentId(UUID(made["id"]))

    async def confirm(self, ticket: Ticket, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, carried out as far as the gateway can."""
        body = {"order_id": str(ticket.order_id), "payment_id": str(payment_id)}
        return await self._done("POST", "/payments/confirm", body, _opening(ticket, key))

    async def capture(
        self, payment_id: PaymentId, amount: Money, *, final: bool, key: str
    ) -> object:
        """So much more of what was authorised, and no more after that where it is final."""
        said = {"amount": f"{amount.decimal():f}", "currency": amount.currency}
        path = f"/admin/payments/{payment_id}/capture"
        return await self._done("POST", path, {"amount": said, "final": final}, self._by_staff(key))

    async def void(self, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, given up as far as it was not captured."""
        path = f"/admin/payments/{payment_id}/void"
        return await self._done("POST", path, None, self._by_staff(key))

    async def cancel(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """The order without these; without all that has not shipped where none are named."""
        return await self._changed(ticket, "cancel", {**_named(items), "reason": WHY}, key)

    async def edit(self, ticket: Ticket, items: Counts, *, key: str) -> object:
        """The order with that many of each of these."""
        return await self._changed(ticket, "modify-items", _named(items), key)

    async def move(self, ticket: Ticket, to: Address, *, key: str) -> object:
        """The order on its way to that address."""
        body = {"shipping_address": _written(to)}
        return await self._changed(ticket, "change-address", body, key)

    async def ship(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """A parcel with these; with all that is left where none are named."""
        path = f"/admin/orders/{ticket.order_id}/shipments"
        return await self._done("POST", path, _named(items), self._by_staff(key))

    async def deliver(self, ticket: Ticket, *, key: str) -> object:
        """Every parcel arrived."""
        path = f"/admin/orders/{ticket.order_id}/deliver"
        return await self._done("POST", path, None, self._by_staff(key))

    async def deliver_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel arrived, the first being 0."""
        path = f"{await self._parcel(ticket, nth)}/deliver"
        return await self._done("POST", path, None, self._by_staff(key))

    async def lose_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel is given up, the first being 0."""
        path = f"{await self._parcel(ticket, nth)}/lose"
        return await self._done("POST", path, None, self._by_staff(key))

    async def refund(self, ticket: Ticket, amount: Money, *, key: str) -> object:
        """So much of the order's money as a courtesy."""
        body = {
            "order_id": str(ticket.order_id),
            "amount": {"amount": f"{amount.decimal():f}", "currency": amount.currency},
            "reason": WHY,
        }
        return await self._done("POST", "/payments/refund", body, self._by_staff(key))

    async def ask_back(
        self,
        ticket: Ticket,
        kind: ReturnKind,
        items: Counts,
        reason: str,
        swaps: Swaps,
        *,
        key: str,
    ) -> ReturnId:
        """These are to go back for that reason, or are claimed for it; those come for some."""
        wanted = [
            {"item_id": str(each), "quantity": many, "reason": reason, **_coming(each, swaps)}
            for each, many in items.items()
        ]
        path = f"/orders/{ticket.order_id}/return"
        made = await self._done(
            "POST", path, {"kind": kind, "items": wanted}, _opening(ticket, key)
        )
        return ReturnId(UUID(made["id"]))

    async def approve(self, return_id: ReturnId, *, key: str) -> object:
        """They may be sent."""
        return await self._decided(return_id, "approve", None, key)

    async def reject(self, return_id: ReturnId, *, key: str) -> object:
        """Nothing is taken back."""
        return await self._decided(return_id, "reject", {"reason": WHY}, key)

    async def withdraw(self, ticket: Ticket, return_id: ReturnId, *, key: str) -> object:
        """They are kept after all."""
        path = f"/orders/{ticket.order_id}/returns/{return_id}/withdraw"
        return await self._done("POST", path, None, _opening(ticket, key))

    async def receive(
        self, return_id: ReturnId, accepted: Counts, *, new: bool, key: str
    ) -> object:
        """They came, and so many of each are accepted."""
        condition = "new" if new else "used"
        items = [
            {"item_id": str(each), "accepted": many, "condition": condition, "reason": WHY}
            for each, many in accepted.items()
        ]
        return await self._decided(return_id, "receive", {"items": items}, key)

    async def pay_back(self, return_id: ReturnId, *, key: str) -> object:
        """What was received is paid back."""
        return await self._decided(return_id, "refund", None, key)

    async def replace(self, return_id: ReturnId, *, key: str) -> object:
        """What was asked for comes for what is claimed."""
        return await self._decided(return_id, "replace", None, key)

    async def _changed(self, ticket: Ticket, word: str, body: object, key: str) -> object:
        headers = {**_opening(ticket, key), "If-Match": "*"}
        return await self._done("PUT", f"/orders/{ticket.order_id}/{word}", body, headers)

    async def _decided(self, return_id: ReturnId, word: str, body: object, key: str) -> object:
        path = f"/admin/returns/{return_id}/{word}"
        return await self._done("POST", path, body, self._by_staff(key))

    async def _done(self, method: str, path: str, body: object, headers: Headers) -> Any:
        status, answer = await self.ask(method, path, body, headers)
        if status in _REFUSED:
            raise Refused(answer["code"])
        assert status < _FAILED, f"{method} {path}: {status} {answer}"
        return answer

    async def _parcel(self, ticket: Ticket, nth: int) -> str:
        """Where staff reach that parcel."""
        order, opened = f"/orders/{ticket.order_id}", {"X-Order-Token": ticket.token}
        listed = await self._done("GET", f"{order}/shipments", None, opened)
        return f"/admin{order}/shipments/{listed['items'][nth]['id']}"

    def _by_staff(self, key: str) -> Headers:
        return {**self.staff, "Idempotency-Key": key}


def _opening(ticket: Ticket, key: str) -> Headers:
    return {"X-Order-Token": ticket.token, "Idempotency-Key": key}


def _written(address: Address) -> dict[str, object]:
    return {name: value for name, value in asdict(address).items() if value is not None}


def _coming(item_id: LineId, swaps: Swaps) -> dict[str, object]:
    return {"replacement_variant_id": str(swaps[item_id])} if item_id in swaps else {}


def _named(items: Counts | None) -> dict[str, object]:
    if items is None:
        return {}
    return {"items": [{"item_id": str(each), "quantity": many} for each, many in items.items()]}
