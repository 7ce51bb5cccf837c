"""
Whether a webhook is PayPal's, by its published scheme.

It signs ``transmission id | transmission time | webhook id | CRC-32 of the body`` with RSA and
SHA-256, and names the address of the certificate. Whoever forges one chooses that address,
so nothing is fetched that is not PayPal's own, and no certificate counts that a trusted root
does not vouch for under PayPal's own name.
"""

from __future__ import annotations

import asyncio
import binascii
import re
import warnings
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

from attrs import field, frozen
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from automate_store.adapters.asking import Asker, NoAnswer, TooLong, trust
from automate_store.adapters.paypal.amounts import NAME
from automate_store.application.errors import GatewayUnavailable, WebhookRefused

TOLERANCE = timedelta(seconds=300)
ALGORITHM = "SHA256withRSA"
LONGEST_CERTIFICATE = 65_536
"""Bytes that are read of a certificate with its chain."""
MOST_KEPT = 8
"""Certificates that are remembered; the oldest goes first."""
MOST_RESTING = 256
"""Addresses that are left alone; the oldest goes first."""
MOST_FETCHED = 4
"""Addresses that were never believed, and are asked at once: anybody can name some."""
PATIENCE_S = 5.0
"""How long a certificate may take in all."""
KEPT_FOR = timedelta(hours=12)
REST = timedelta(seconds=10)
"""How long an address is left alone whose certificate could not be had, or does not count."""
LONGEST_HEADER = 1024
_PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,200}")
_HEADERS = ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
Roots = Callable[[], Sequence[x509.Certificate]]
_Value = TypeVar("_Value")


@frozen(kw_only=True)
class Trust:
    """
    Which certificates are PayPal's.

    ``hosts`` are where they are fetched, over https; a port is part of the host, and none
    stands for 443. ``names`` are whom they are made out to; ``patience_s`` is how long one may
    take in all.
    """

    hosts: frozenset[str]
    names: tuple[str, ...]
    roots: Roots = field(repr=False)
    patience_s: float


def trusted_roots() -> Sequence[x509.Certificate]:
    """The roots of everything that is asked over HTTP."""
    found = []
    with warnings.catch_warnings():
        # Among them are some that are older than today's rules for serial numbers.
        warnings.simplefilter("ignore")
        for der in trust().get_ca_certs(binary_form=True):
            try:
                found.append(x509.load_der_x509_certificate(der))
            except ValueError:
                continue
    return found


LIVE = Trust(
    hosts=frozenset({"api.paypal.com", "api-m.paypal.com"}),
    names=("messageverificationcerts.paypal.com",),
    roots=trusted_roots,
    patience_s=PATIENCE_S,
)
SANDBOX = Trust(
    hosts=frozenset({"api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}),
    names=(
        "messageverificationcerts.sandbox.paypal.com",
        "messageverificationcerts.paypal.com",
    ),
    roots=trusted_roots,
    patience_s=PATIENCE_S,
)


@frozen
class _Key:
    """A certificate's key, until when it counts without another look."""

    public: RSAPublicKey
    since: datetime
    until: datetime

    def counts(self, at: datetime) -> bool:
        return self.since <= at < self.until


@frozen
class _Signed:
    """What a webhook's headers say."""

    transmission_id: str
    time: str
    signature: bytes
    cert_url: str


class PayPalSignatures:
    """Tells PayPal's webhooks from others'."""

    def __init__(self, webhook_id: str, asker: Asker, *, trust: Trust) -> None:
        self._webhook_id = webhook_id
        self._asker = asker
        self._trust = trust
        self._keys: dict[str, _Key] = {}
        self._resting: dict[str, tuple[datetime, str]] = {}
        self._roots: Store | None = None
        self._fetching: dict[str, asyncio.Lock] = {}

    async def check(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> None:
        """
        Nothing, for what PayPal signed within 300 s of ``at``; raises WebhookRefused else.

        Raises GatewayUnavailable where its certificate can't be had now.
        """
        signed = _signed(headers)
        if abs(at - _moment(signed.time)) > TOLERANCE:
            raise WebhookRefused(NAME, "it was sent too long ago, or is not sent yet")
        if not self._is_paypals(signed.cert_url):
            raise WebhookRefused(NAME, "its certificate is not to be had from PayPal")
        key = await self._key(signed.cert_url, at)
        message = f"{signed.transmission_id}|{signed.time}|{self._webhook_id}|{zlib.crc32(body)}"
        try:
            key.verify(signed.signature, message.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            raise WebhookRefused(NAME, "its signature is not PayPal's, or for another") from None

    def _is_paypals(self, url: str) -> bool:
        """Whether it is that of a certificate on one of the hosts, to the letter."""
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        known = scheme == "https" and host in self._trust.hosts
        return known and _PATH.fullmatch(slash + path) is not None

    async def _key(self, url: str, at: datetime) -> RSAPublicKey:
        known = self._keys.get(url)
        if known is not None and known.counts(at):
            return known.public
        turn = self._turn(url, at)
        async with turn:
            try:
                known = self._keys.get(url)
                if known is None or not known.counts(at):
                    known = await self._fetched(url, at)
                return known.public
            finally:
                if self._fetching.get(url) is turn:
                    del self._fetching[url]

    def _turn(self, url: str, at: datetime) -> asyncio.Lock:
        """What lets one at a time ask that address; raises where it is not to be asked now."""
        self._check_rest(url, at)
        if url not in self._fetching:
            if url not in self._keys and len(self._fetching) >= MOST_FETCHED:
                raise GatewayUnavailable(NAME)
            self._fetching[url] = asyncio.Lock()
        return self._fetching[url]

    def _check_rest(self, url: str, at: datetime) -> None:
        """Raises what came of it, where the address is left alone."""
        until, why = self._resting.get(url, (at, ""))
        if at < until:
            raise WebhookRefused(NAME, why) if why else GatewayUnavailable(NAME)

    async def _fetched(self, url: str, at: datetime) -> _Key:
        self._check_rest(url, at)
        try:
            key = self._believed(await self._download(url), at)
        except GatewayUnavailable:
            _remember(self._resting, url, (at + REST, ""), most=MOST_RESTING)
            raise
        except WebhookRefused as refused:
            _remember(self._resting, url, (at + REST, refused.reason), most=MOST_RESTING)
            raise
        _remember(self._keys, url, key, most=MOST_KEPT)
        return key

    async def _download(self, url: str) -> bytes:
        """What stands there; no other place is looked at, whatever it says."""
        try:
            async with asyncio.timeout(self._trust.patience_s):
                answer = await self._asker.ask(
                    "GET", url, longest=LONGEST_CERTIFICATE, headers={}, body=b""
                )
        except TooLong:
            raise WebhookRefused(NAME, "its certificate is too long") from None
        except (NoAnswer, TimeoutError) as wrong:
            raise GatewayUnavailable(NAME) from wrong
        if answer.status == HTTPStatus.NOT_FOUND or answer.elsewhere:
            raise WebhookRefused(NAME, "PayPal has no such certificate")
        if answer.status != HTTPStatus.OK:
            raise GatewayUnavailable(NAME)
        return answer.body

    def _believed(self, pem: bytes, at: datetime) -> _Key:
        """The key of a certificate that a root vouches for; raises WebhookRefused."""
        if self._roots is None:
            self._roots = Store(list(self._trust.roots()))
        try:
            leaf, *between = x509.load_pem_x509_certificates(pem)
        except ValueError:
            raise WebhookRefused(NAME, "its certificate is none") from None
        if not any(_vouched(leaf, between, self._roots, name, at) for name in self._trust.names):
            raise WebhookRefused(NAME, "nobody vouches for its certificate as PayPal's")
        public = leaf.public_key()
        if not isinstance(public, RSAPublicKey):
            raise WebhookRefused(NAME, "its certificate is not for RSA")
        until = min(leaf.not_valid_after_utc, at + KEPT_FOR)
        return _Key(public, leaf.not_valid_before_utc, until)


def _vouched(
    leaf: x509.Certificate,
    between: Sequence[x509.Certificate],
    roots: Store,
    name: str,
    at: datetime,
) -> bool:
    builder = PolicyBuilder().store(roots).time(at)
    try:
        builder.build_server_verifier(x509.DNSName(name)).verify(leaf, list(between))
    except VerificationError:
        return False
    return True


def _signed(headers: Mapping[str, str]) -> _Signed:
    found = {name: headers.get(f"paypal-{name}", "") for name in _HEADERS}
    if not all(0 < len(value) <= LONGEST_HEADER and value.isascii() for value in found.values()):
        raise WebhookRefused(NAME, "it has not all that PayPal signs by")
    if found["auth-algo"] != ALGORITHM:
        raise WebhookRefused(NAME, f"it is not signed by {ALGORITHM}")
    try:
        signature = b64decode(found["transmission-sig"], validate=True)
    except binascii.Error:
        raise WebhookRefused(NAME, "its signature is not written in base 64") from None
    return _Signed(
        found["transmission-id"], found["transmission-time"], signature, found["cert-url"]
    )


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise WebhookRefused(NAME, "it does not say when it was sent") from None
    if moment.tzinfo is None:
        raise WebhookRefused(NAME, "it does not say in which zone it was sent")
    return moment


def _remember(kept: dict[str, _Value], url: str, value: _Value, *, most: int) -> None:
    kept.pop(url, None)
    kept[url] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
