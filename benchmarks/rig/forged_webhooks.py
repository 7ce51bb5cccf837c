"""Webhooks that nobody signed who may: each wrong in one way, for each scheme of signing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from attrs import field, frozen

from tests.adapters.paypal.signing import Pen

Headers = Mapping[str, str]
SQUARES = "\N{SUPERSCRIPT TWO}" * 10
"""Digits, as far as some are concerned."""

LATE_S, EARLY_S = 301, 361
"""One second past what is believed; and as much to come, once it has been on its way a minute."""


@frozen
class Forgery:
    """What is sent, and what is wrong with it."""

    what: str
    headers: Headers
    body: bytes


@frozen
class SignedBySecret:
    """The scheme of Stripe, which the fake gateway's is like."""

    header: str
    secret: str = field(repr=False)

    def genuine(self, body: bytes) -> Headers:
        """Its headers now."""
        return {self.header: self._value(body, _now())}

    def forged(self, body: bytes, chance: Random) -> Iterator[Forgery]:
        """Every way in which it can be wrong, once."""
        now = _now()
        right = self._value(body, now)
        code = right.partition("v1=")[2]
        for what, other in _bodies(body, chance):
            yield Forgery(what, {self.header: right}, other)
        for what, secret in self._secrets(chance):
            yield Forgery(what, {self.header: self._value(body, now, secret)}, body)
        for what, stamp in _times(now, chance):
            yield Forgery(what, {self.header: self._value(body, stamp)}, body)
        for what, value in self._values(body, now, code):
            yield Forgery(what, {self.header: value}, body)
        for what, headers in self._headers(right):
            yield Forgery(what, headers, body)

    def _value(self, body: bytes, stamp: int, secret: str | None = None) -> str:
        key = self.secret if secret is None else secret
        return f"t={stamp},v1={_mac(key.encode(), f'{stamp}.'.encode() + body)}"

    def _secrets(self, chance: Random) -> Iterator[tuple[str, str]]:
        own = self.secret
        yield "an empty secret", ""
        yield "a secret cut short", own[:-1]
        yield "a secret without its prefix", own.partition("_")[2]
        yield "a secret with a line's end", own + "\n"
        yield "a secret in capitals", own.upper()
        yield "a secret in base 64", base64.b64encode(own.encode()).decode()
        yield "a guessed secret", f"whsec_{chance.getrandbits(128):x}"
        yield "the header's name as secret", self.header

    def _values(self, body: bytes, now: int, code: str) -> Iterator[tuple[str, str]]:
        signed, key = f"{now}.".encode() + body, self.secret.encode()
        for name in ("md5", "sha1", "sha224", "sha384", "sha512", "sha3_256"):
            yield f"signed by {name}", f"t={now},v1={hmac.new(key, signed, name).hexdigest()}"
            cut = hmac.new(key, signed, name).hexdigest().ljust(64, "0")[:64]
            yield f"signed by {name}, as long as it should be", f"t={now},v1={cut}"
        yield "hashed without a key", f"t={now},v1={hashlib.sha256(signed).hexdigest()}"
        behind = hashlib.sha256(key + signed).hexdigest()
        yield "hashed behind the key", f"t={now},v1={behind}"
        for scheme in ("v0", "v2", "V1", "v1 ", ""):
            yield f"the scheme {scheme!r}", f"t={now},{scheme}={code}"
        yield "the body alone signed", f"t={now},v1={_mac(key, body)}"
        yield "the time alone signed", f"t={now},v1={_mac(key, f'{now}.'.encode())}"
        yield "another separator signed", f"t={now},v1={_mac(key, f'{now}:'.encode() + body)}"
        yield "a time put in later", f"t={now + 1},v1={code}"
        yield "an older time put in", f"t={now - 30},v1={code}"
        yield "no time", f"v1={code}"
        yield "two times", f"t={now},t={now + 1},v1={code}"
        yield "a time that is none", f"t=now,v1={code}"
        yield "a negative time", f"t=-{now},v1={code}"
        yield "a time in other digits", f"t={SQUARES},v1={code}"
        yield "no code", f"t={now},v1="
        yield "zeros for a code", f"t={now},v1={'0' * 64}"
        yield "a code cut short", f"t={now},v1={code[:-1]}"
        yield "a code with a letter more", f"t={now},v1={code}0"
        yield "a code in capitals", f"t={now},v1={code.swapcase()}"
        yield "a code in base 64", f"t={now},v1={base64.b64encode(bytes.fromhex(code)).decode()}"
        yield "another letter in the code", f"t={now},v1={'0' if code[0] != '0' else '1'}{code[1:]}"
        yield "long", f"t={now}," + ",".join(["v1=0"] * 500)

    def _headers(self, right: str) -> Iterator[tuple[str, Headers]]:
        yield "no header", {}
        yield "an empty header", {self.header: ""}
        yield "another header", {f"x-{self.header}": right}
        yield "a header as a token", {"authorization": f"Bearer {right}"}


@frozen
class SignedByCertificate:
    """The scheme of PayPal: the certificate is had from where the webhook says."""

    webhook_id: str
    cert_url: str
    pen: Pen = field(repr=False)
    stranger: Pen = field(repr=False)
    """Vouched for by the same authority, and not PayPal."""
    strangers_url: str
    elsewhere: str
    """A host that listens, and must never be asked."""

    def genuine(self, body: bytes) -> Headers:
        """Its headers now."""
        return self._signed(body, datetime.now(UTC))

    def forged(self, body: bytes, chance: Random) -> Iterator[Forgery]:
        """Every way in which it can be wrong, once."""
        now = datetime.now(UTC)
        right = self._signed(body, now)
        for what, other in _bodies(body, chance):
            yield Forgery(what, right, other)
        for what, stamp in _times(int(now.timestamp()), chance):
            if stamp < _YEAR_9999:
                yield Forgery(what, self._signed(body, datetime.fromtimestamp(stamp, UTC)), body)
        for what, url in self._urls():
            yield Forgery(what, {**right, "paypal-cert-url": url}, body)
        for what, changed in self._changed(body, right, chance):
            yield Forgery(what, {**right, **changed}, body)
        for missing in right:
            yield Forgery(f"without {missing}", _without(right, missing), body)
        by_other = self.stranger.headers(
            body, at=now, webhook_id=self.webhook_id, cert_url=self.cert_url
        )
        yield Forgery("a stranger's key, under PayPal's certificate", by_other, body)
        honest = {**by_other, "paypal-cert-url": self.strangers_url}
        yield Forgery("a stranger's key, under their certificate", honest, body)

    def _signed(self, body: bytes, at: datetime) -> dict[str, str]:
        return self.pen.headers(body, at=at, webhook_id=self.webhook_id, cert_url=self.cert_url)

    def _changed(
        self, body: bytes, right: Headers, chance: Random
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        for algorithm in ("none", "", "SHA1withRSA", "sha256withrsa", "SHA256withECDSA", "HS256"):
            yield f"the algorithm {algorithm!r}", {"paypal-auth-algo": algorithm}
        for what, webhook in {
            "another shop's webhook": f"{chance.getrandbits(64):X}",
            "no webhook": "",
            "a webhook in small letters": self.webhook_id.lower(),
        }.items():
            headers = self.pen.headers(
                body, at=datetime.now(UTC), webhook_id=webhook, cert_url=self.cert_url
            )
            yield what, headers
        code = right["paypal-transmission-sig"]
        for what, value in {
            "no signature in the header": "",
            "a signature that is not base 64": "!" + code[1:],
            "zeros for a signature": base64.b64encode(bytes(256)).decode(),
            "a signature cut short": code[:-4],
            "a code by the webhook's id": _mac(self.webhook_id.encode(), body),
            "a checksum for a signature": base64.b64encode(zlib.crc32(body).to_bytes(4)).decode(),
        }.items():
            yield what, {"paypal-transmission-sig": value}
        yield "another transmission", {"paypal-transmission-id": f"{chance.getrandbits(128):x}"}
        for what, when in {
            "a time of no zone": right["paypal-transmission-time"].rstrip("Z"),
            "a time that is none": "now",
            "a time put in later": (datetime.now(UTC) + timedelta(seconds=9)).isoformat(),
        }.items():
            yield what, {"paypal-transmission-time": when}

    def _urls(self) -> Iterator[tuple[str, str]]:
        _, _, rest = self.cert_url.partition("://")
        host, _, path = rest.partition("/")
        name, _, port = host.partition(":")
        for what, url in {
            "a listening host": f"https://{self.elsewhere}/{path}",
            "a listening host, open": f"http://{self.elsewhere}/{path}",
            "a host of that name in front": f"https://{host}.evil.example/{path}",
            "a host of that name behind": f"https://evil.example/{host}/{path}",
            "PayPal's name as a user": f"https://{host}@{self.elsewhere}/{path}",
            "PayPal's name as a user and word": f"https://a:{host}@{self.elsewhere}/{path}",
            "a user at PayPal": f"https://evil@{host}/{path}",
            "PayPal's host, open": f"http://{host}/{path}",
            "PayPal's host by another scheme": f"ftp://{host}/{path}",
            "a file": f"file:///{path}",
            "data": "data:application/x-pem-file,none",
            "another port": f"https://{name}:{int(port) + 1}/{path}",
            "no port": f"https://{name}/{path}",
            "a dot behind": f"https://{name}.:{port}/{path}",
            "the address in other digits": f"https://2130706433:{port}/{path}",
            "the address in eights": f"https://0177.0.0.1:{port}/{path}",
            "the address as IPv6": f"https://[::ffff:127.0.0.1]:{port}/{path}",
            "localhost": f"https://localhost:{port}/{path}",
            "capitals": f"HTTPS://{host}/{path}",
            "a path out of it": f"https://{host}/{path}/../../evil",
            "a path in percents": f"https://{host}/{path.replace('/', '%2f')}",
            "a question": f"https://{host}/{path}?a=https://{self.elsewhere}",
            "a fragment": f"https://{host}/{path}#@{self.elsewhere}",
            "a backslash": f"https://{host}\\@{self.elsewhere}/{path}",
            "a tab": f"https://{host}\t/{path}",
            "two slashes": f"https:///{host}/{path}",
            "no scheme": f"//{self.elsewhere}/{path}",
            "a blank in front": f" https://{self.elsewhere}/{path}",
            "the machine's own cloud": "http://169.254.169.254/latest/meta-data",
            "a certificate that is not there": f"{self.cert_url}-0",
            "PayPal's live host": f"https://api.paypal.com/{path}",
            "PayPal's pages": f"https://www.paypal.com/{path}",
        }.items():
            yield f"certificate from {what}", url


Scheme = SignedBySecret | SignedByCertificate
Forging = Callable[[bytes, Random], Iterator[Forgery]]
_YEAR_9999 = 253_370_764_800


def _bodies(body: bytes, chance: Random) -> Sequence[tuple[str, bytes]]:
    at = chance.randrange(len(body))
    turned = bytes([body[at] ^ 1 << chance.randrange(7)])
    return (
        ("a bit of the body", body[:at] + turned + body[at + 1 :]),
        ("a blank behind the body", body + b" "),
        ("a line's end behind the body", body + b"\n"),
        ("a blank in front of the body", b" " + body),
        ("a body cut short", body[:-1]),
        ("no body", b""),
        ("the body twice", body * 2),
        ("another body", b'{"id": "evt_%x", "type": "x"}' % chance.getrandbits(64)),
    )


def _times(now: int, chance: Random) -> Sequence[tuple[str, int]]:
    return (
        ("a second too late", now - LATE_S),
        ("a minute too early", now + EARLY_S),
        ("late", now - LATE_S - chance.randrange(10**6)),
        ("early", now + EARLY_S + chance.randrange(10**6)),
        ("the beginning of time", 0),
        ("the end of time", 10**12 - 1),
    )


def _mac(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


def _without(headers: Headers, name: str) -> Headers:
    return {each: value for each, value in headers.items() if each != name}


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
