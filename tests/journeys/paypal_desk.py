"""PayPal, as a shop on real sockets meets it: its pages, and what it signs and tells."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from attrs import field, frozen

from automate_store.adapters.system import SystemClock
from benchmarks.rig.shoppers import API, Answer, Shoppers
from benchmarks.rig.watching import PAYPAL, WATCHED
from tests.adapters.paypal.scene import CERTIFICATE, WEBHOOK_ID
from tests.adapters.paypal.server import CLIENT_ID, SECRET, PayPalFake, served
from tests.adapters.paypal.shapes import Json, order_of
from tests.adapters.paypal.signing import Authority, Pen

EARLIER = timedelta(minutes=5)
"""The fake's clock goes on by a second with all that happens: so it stays behind ours."""


@frozen
class PayPalDesk:
    """One account at PayPal: the fake, its certificate, and whom that is vouched for by."""

    fake: PayPalFake
    pen: Pen
    root: Path
    _numbers: count[int] = field(factory=lambda: count(1))

    def settings(self) -> dict[str, str]:
        """What the shop is told of it."""
        return {
            "gateways": "paypal",
            "paypal_url": self.fake.base,
            "paypal_client_id": CLIENT_ID,
            "paypal_secret": SECRET,
            "paypal_webhook_id": WEBHOOK_ID,
        }

    def variables(self) -> dict[str, str]:
        """What makes a process believe that the fake is PayPal."""
        return {
            "SSL_CERT_FILE": str(self.root),
            "NO_PROXY": "*",
            WATCHED: str(self.root.parent),
            PAYPAL: urlsplit(self.fake.base).netloc,
        }

    async def agrees(self, told: Mapping[str, Any], card: str) -> None:
        """The shopper follows the link, types a card in there, and agrees."""
        trust = ssl.create_default_context(cafile=self.root)
        async with httpx.AsyncClient(verify=trust, trust_env=False) as browser:
            page = told["client"]["approve_url"]
            (await browser.post(page, data={"card_number": card})).raise_for_status()

    def happened(self, kind: str, name: str) -> Json:
        """The event of that kind about what PayPal calls by that name."""
        found = [
            event
            for event in self.fake.books.events
            if event["event_type"] == kind and name in json.dumps(event["resource"])
        ]
        assert len(found) == 1, f"{kind} happens to it once"
        return found[0]

    async def tell(self, shoppers: Shoppers, event: Mapping[str, Any]) -> Answer:
        """One delivery of it, signed now by PayPal's scheme."""
        body = json.dumps(event).encode()
        headers = self.pen.headers(
            body,
            at=SystemClock()(),
            webhook_id=WEBHOOK_ID,
            cert_url=f"{self.fake.base}/v1/notifications/certs/{CERTIFICATE}",
            number=next(self._numbers),
        )
        path = f"{API}/payments/paypal/webhook"
        return await shoppers.ask("POST", path, raw=body, headers=headers)

    def captures(self) -> dict[str, Json]:
        """What came in, by its order."""
        parts = self.fake.books.parts.items()
        return {order_of(each): each for name, each in parts if name.startswith("CAPTURE")}


@contextmanager
def open_paypal(folder: Path) -> Iterator[PayPalDesk]:
    """An account of which nothing is known yet; the folder gets the root that is to be believed."""
    authority = Authority()
    root = folder / "root.pem"
    root.write_text(authority.pem)
    with served(certificate=authority.pen("127.0.0.1").written(folder)) as fake:
        desk = PayPalDesk(fake, authority.pen(), root)
        fake.certificates[CERTIFICATE] = desk.pen.chain
        fake.books.now = SystemClock()() - EARLIER
        yield desk
