"""
PayPal's vault: ways to pay that it keeps for the next time (payment method tokens, v3).

A shopper agrees on PayPal's page to a setup token, which is then exchanged for a payment
token. A customer there is a name that we choose and that comes to be with the first of them.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID

import msgspec

from automate_store.adapters.paypal.amounts import NAME
from automate_store.adapters.paypal.line import Link, PayPalLine, PayPalSays
from automate_store.adapters.paypal.orders import for_browser
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import MethodReport, SetupReport, SetupState

PAGE = 20
MOST_PAGES = 10
"""Pages of one customer's methods that are read."""
_TOKEN = re.compile(r"[0-9A-Za-z_-]{1,36}")
UNDONE = frozenset({"CREATED", "PAYER_ACTION_REQUIRED"})
"""What PayPal calls a setup that the shopper has not agreed to."""


class Customer(msgspec.Struct, frozen=True):
    """Whose a token is."""

    id: str = ""


class _Card(msgspec.Struct, frozen=True):
    brand: str = "card"
    last_digits: str | None = None
    expiry: str | None = None


class Token(msgspec.Struct, frozen=True):
    """A setup token, or a payment token."""

    id: str
    status: str = ""
    customer: Customer = Customer()
    payment_source: dict[str, msgspec.Raw] = {}
    links: tuple[Link, ...] = ()

    @property
    def method(self) -> MethodReport:
        """What people know it by; of a wallet that is its kind alone."""
        kind = next(iter(self.payment_source), NAME)
        if kind != "card":
            return MethodReport(method_id=self.id, brand=kind)
        card = msgspec.json.decode(self.payment_source[kind], type=_Card)
        year, month = _expiry(card.expiry)
        return MethodReport(
            method_id=self.id,
            brand=card.brand.lower(),
            last_four=card.last_digits,
            expires_month=month,
            expires_year=year,
        )


class _Tokens(msgspec.Struct, frozen=True):
    payment_tokens: tuple[Token, ...] = ()
    links: tuple[Link, ...] = ()


def customer_of(user_id: UserId) -> str:
    """The account's name at PayPal, as short as that may be: 22 characters."""
    return urlsafe_b64encode(user_id.bytes).rstrip(b"=").decode()


async def begin_setup(setup_id: UUID, customer: str, line: PayPalLine) -> SetupReport:
    """A setup token, and the page where the shopper agrees to it."""
    account = line.account
    context = {"return_url": account.return_url, "cancel_url": account.cancel_url}
    body = {
        "customer": {"id": customer},
        "payment_source": {"paypal": {"usage_type": "MERCHANT", "experience_context": context}},
    }
    token = await line.post("/v3/vault/setup-tokens", body, Token, key=str(setup_id))
    return _waiting(token, customer)


async def finish_setup(setup_id: UUID, customer: str, token: str, line: PayPalLine) -> SetupReport:
    """The payment token, once the shopper agreed; raises GatewayRefused, PayPalSays."""
    if not _TOKEN.fullmatch(token):
        raise GatewayRefused(NAME, "that is no setup token")
    setup = await _setup(token, line)
    if setup is not None and setup.customer.id != customer:
        raise GatewayRefused(NAME, "that is no setup token of this customer")
    if setup is not None and setup.status in UNDONE:
        return _waiting(setup, customer)
    source = {"token": {"id": token, "type": "SETUP_TOKEN"}}
    # The key names the token: one that was refused leaves the next its own answer.
    key = f"{setup_id}:finish:{token}"
    kept = await line.post("/v3/vault/payment-tokens", {"payment_source": source}, Token, key=key)
    if setup is None and kept.customer.id != customer:
        # Nothing else says whose it was: it may be anybody's.
        raise GatewayRefused(NAME, "that is no setup token of this customer")
    return SetupReport(
        setup_id=token,
        state=SetupState.SUCCEEDED,
        customer=kept.customer.id or customer,
        method=kept.method,
    )


async def kept_methods(customer: str, line: PayPalLine) -> tuple[MethodReport, ...]:
    """All that is kept for the customer; nothing for one of whom nothing was ever kept."""
    found: list[Token] = []
    for page in range(1, MOST_PAGES + 1):
        query = {"customer_id": customer, "page_size": str(PAGE), "page": str(page)}
        try:
            tokens = await line.get("/v3/vault/payment-tokens", _Tokens, **query)
        except PayPalSays as refused:
            if refused.missing:
                break
            raise
        found.extend(tokens.payment_tokens)
        if not _goes_on(tokens.links):
            break
    return tuple(each.method for each in found)


async def forget_method(method_id: str, line: PayPalLine) -> None:
    """Forgotten, or never known."""
    try:
        await line.do("DELETE", f"/v3/vault/payment-tokens/{quote(method_id, safe='')}")
    except PayPalSays as refused:
        if not refused.missing:
            raise


async def _setup(token: str, line: PayPalLine) -> Token | None:
    """The setup token; None where it was exchanged, or never was."""
    try:
        return await line.get(f"/v3/vault/setup-tokens/{token}", Token)
    except PayPalSays as refused:
        if refused.missing:
            return None
        raise


def _waiting(token: Token, customer: str) -> SetupReport:
    return SetupReport(
        setup_id=token.id,
        state=SetupState.REQUIRES_ACTION,
        customer=token.customer.id or customer,
        client={**for_browser(token.id, token.links), "setup_token": token.id},
    )


def _goes_on(links: Iterable[Link]) -> bool:
    return any(link.rel == "next" for link in links)


def _expiry(written: str | None) -> tuple[int, int] | tuple[None, None]:
    year, _, month = (written or "").partition("-")
    return (int(year), int(month)) if year.isdecimal() and month.isdecimal() else (None, None)
