"""The gateway under test, on a line to a fake PayPal."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
from attrs import frozen

from automate_store.adapters.asking import HttpAsker, opened_asker
from automate_store.adapters.paypal import (
    SANDBOX,
    PayPalAccount,
    PayPalGateway,
    PayPalLine,
    PayPalSignatures,
    Trust,
)
from tests.adapters.paypal.server import CLIENT_ID, SECRET, PayPalFake
from tests.adapters.paypal.signing import PAYPAL, Authority, Pen

WEBHOOK_ID = "1JE4291016473214C"
CERTIFICATE = "CERT-360caa42-fca2a594-a5cafa77"
TIMEOUT_S = 5.0


def account_at(url: str) -> PayPalAccount:
    """The merchant's account at a fake."""
    return PayPalAccount(
        url=url,
        client_id=CLIENT_ID,
        secret=SECRET,
        return_url="https://shop.example.com/paid",
        cancel_url="https://shop.example.com/cart",
    )


@asynccontextmanager
async def gateway_to(fake: PayPalFake) -> AsyncIterator[PayPalGateway]:
    """The gateway, which hears no webhooks."""
    async with opened_asker(connect_s=TIMEOUT_S, read_s=TIMEOUT_S) as asker:
        line = PayPalLine(account_at(fake.base), asker, clock=lambda: fake.books.now)
        signatures = PayPalSignatures(WEBHOOK_ID, asker, trust=SANDBOX)
        yield PayPalGateway(line, signatures, clock=lambda: fake.books.now)


@frozen
class Post:
    """A fake PayPal that signs webhooks, and the signatures that judge them."""

    fake: PayPalFake
    pen: Pen
    signatures: PayPalSignatures
    gateway: PayPalGateway

    @property
    def cert_url(self) -> str:
        """Where its certificate is."""
        return f"{self.fake.base}/v1/notifications/certs/{CERTIFICATE}"

    def sign(self, body: bytes, *, at: datetime, number: int = 1) -> dict[str, str]:
        """PayPal's headers for it."""
        return self.pen.headers(
            body, at=at, webhook_id=WEBHOOK_ID, cert_url=self.cert_url, number=number
        )


def trust_in(fake: PayPalFake, authority: Authority) -> Trust:
    """A fake's host in place of PayPal's, and a local root in place of the world's."""
    host = urlsplit(fake.base).netloc
    return Trust(
        hosts=frozenset({host}),
        names=(PAYPAL,),
        roots=lambda: [authority.root],
        patience_s=TIMEOUT_S,
    )


@asynccontextmanager
async def post_of(fake: PayPalFake, authority: Authority, pen: Pen) -> AsyncIterator[Post]:
    """All that webhooks take: the fake serves the pen's certificate over TLS."""
    fake.certificates[CERTIFICATE] = pen.chain
    tls = ssl.create_default_context(cadata=authority.pem)
    connector = aiohttp.TCPConnector(ssl=tls)
    async with aiohttp.ClientSession(connector=connector) as session:
        asker = HttpAsker(session)
        signatures = PayPalSignatures(WEBHOOK_ID, asker, trust=trust_in(fake, authority))
        line = PayPalLine(account_at(fake.base), asker, clock=lambda: fake.books.now)
        gateway = PayPalGateway(line, signatures, clock=lambda: fake.books.now)
        yield Post(fake, pen, signatures, gateway)


def unsigned(headers: dict[str, str], **changed: str) -> dict[str, str]:
    """The headers with some of them changed."""
    return {**headers, **{f"paypal-{name.replace('_', '-')}": to for name, to in changed.items()}}
