"""Nobody who forges webhooks keeps PayPal's own from being heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from automate_store.adapters.asking import Answer
from automate_store.adapters.paypal import PayPalSignatures, Trust
from automate_store.adapters.paypal.signatures import KEPT_FOR, MOST_FETCHED
from automate_store.application.errors import GatewayUnavailable
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.scene import CERTIFICATE, WEBHOOK_ID
from tests.adapters.paypal.signing import PAYPAL, Authority, Pen

HOST = "api.paypal.com"
LONG_S, SHORT_S = 10.0, 0.05


class SilentAsker:
    """PayPal's certificate at once, and no word about any other."""

    def __init__(self, chain: bytes) -> None:
        self.chain: bytes | None = chain
        self.waiting = 0

    async def ask(
        self, method: str, url: str, *, longest: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        assert (method, headers, body) == ("GET", {}, b"")
        if url.endswith(CERTIFICATE) and self.chain is not None:
            return Answer(200, {}, self.chain[:longest])
        self.waiting += 1
        try:
            await asyncio.sleep(LONG_S)
        finally:
            self.waiting -= 1
        return Answer(404, {}, b"")


class Scene:
    """Signatures that ask such a PayPal, and what is sent to them."""

    def __init__(self, authority: Authority, pen: Pen, *, patience_s: float) -> None:
        self.asker = SilentAsker(pen.chain)
        trust = Trust(
            hosts=frozenset({HOST}),
            names=(PAYPAL,),
            roots=lambda: [authority.root],
            patience_s=patience_s,
        )
        self._pen = pen
        self.signatures = PayPalSignatures(WEBHOOK_ID, self.asker, trust=trust)

    async def hear(self, certificate: str = CERTIFICATE, *, at: datetime = NOON) -> None:
        url = f"https://{HOST}/v1/notifications/certs/{certificate}"
        headers = self._pen.headers(b"{}", at=at, webhook_id=WEBHOOK_ID, cert_url=url)
        await self.signatures.check(headers, b"{}", at=at)

    @asynccontextmanager
    async def flooded(self, many: int, *, at: datetime = NOON) -> AsyncIterator[None]:
        """So many forged ones wait for certificates that do not come."""
        forged = [asyncio.create_task(self.hear(f"X{each}", at=at)) for each in range(many)]
        try:
            while self.asker.waiting < many:  # noqa: ASYNC110 - it has nothing to wait for
                await asyncio.sleep(0)
            yield
        finally:
            for each in forged:
                each.cancel()
            await asyncio.gather(*forged, return_exceptions=True)


@pytest.fixture
def scene(authority: Authority, pen: Pen) -> Scene:
    return Scene(authority, pen, patience_s=LONG_S)


async def test_a_forged_address_that_does_not_answer_holds_up_no_other(scene: Scene) -> None:
    async with asyncio.timeout(LONG_S / 2), scene.flooded(MOST_FETCHED - 1):
        await scene.hear()


async def test_no_more_unknown_addresses_are_asked_at_once_than_a_few(scene: Scene) -> None:
    async with asyncio.timeout(LONG_S / 2), scene.flooded(MOST_FETCHED):
        with pytest.raises(GatewayUnavailable):
            await scene.hear("one-more")
        assert scene.asker.waiting == MOST_FETCHED
    await scene.hear()


async def test_a_certificate_that_was_believed_before_is_renewed_all_the_same(
    scene: Scene,
) -> None:
    await scene.hear()
    later = NOON + KEPT_FOR
    async with asyncio.timeout(LONG_S / 2), scene.flooded(MOST_FETCHED, at=later):
        await scene.hear(at=later)


async def test_a_certificate_that_comes_too_slowly_can_not_be_had(
    authority: Authority, pen: Pen
) -> None:
    scene = Scene(authority, pen, patience_s=SHORT_S)
    async with asyncio.timeout(LONG_S / 2):
        with pytest.raises(GatewayUnavailable):
            await scene.hear("slow")
