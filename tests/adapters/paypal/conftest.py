"""Fakes of PayPal: one a worker whose books are new for each test, and one that speaks TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from automate_store.adapters.paypal import PayPalGateway
from tests.adapters.paypal.scene import Post, gateway_to, post_of
from tests.adapters.paypal.server import PayPalFake, served
from tests.adapters.paypal.signing import Authority, Pen


@pytest.fixture(scope="session")
def running_fake() -> Iterator[PayPalFake]:
    """The worker's fake."""
    with served() as fake:
        yield fake


@pytest.fixture
def fake(running_fake: PayPalFake) -> PayPalFake:
    """A fake that knows nothing yet."""
    running_fake.forget_all()
    return running_fake


@pytest.fixture
async def gateway(fake: PayPalFake) -> AsyncIterator[PayPalGateway]:
    """The gateway to that fake."""
    async with gateway_to(fake) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Who vouches for certificates in these tests."""
    return Authority()


@pytest.fixture(scope="session")
def pen(authority: Authority) -> Pen:
    """What the fake signs webhooks with."""
    return authority.pen()


@pytest.fixture(scope="session")
def doorplate(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The certificate of the fake's own address, and its key."""
    return authority.pen("127.0.0.1").written(tmp_path_factory.mktemp("paypal"))


@pytest.fixture(scope="session")
def running_secure_fake(doorplate: tuple[Path, Path]) -> Iterator[PayPalFake]:
    """The worker's fake that is asked over TLS."""
    with served(certificate=doorplate) as fake:
        yield fake


@pytest.fixture
def secure_fake(running_secure_fake: PayPalFake) -> PayPalFake:
    """A fake over TLS that knows nothing yet."""
    running_secure_fake.forget_all()
    return running_secure_fake


@pytest.fixture(scope="session")
def stranger(authority: Authority) -> Pen:
    """A certificate that is sound, and somebody else's."""
    return authority.pen("shop.example.com")


@pytest.fixture
async def post(secure_fake: PayPalFake, authority: Authority, pen: Pen) -> AsyncIterator[Post]:
    """All that webhooks take."""
    async with post_of(secure_fake, authority, pen) as post:
        yield post
