"""
Access tokens that no store may take, made from one that it gave (P32).

Some are signed with the store's own secret, which no attacker has: they ask whether each
check stands on its own, and not only behind the signature. Nothing of the store's own
code is used, so that one mistake can't hide in both.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOUR_S = 3600
YEAR_10000 = 253_402_300_800
STRANGER = "01900000-0000-7000-8000-0000000000ff"
Claims = dict[str, Any]


class Forgery(NamedTuple):
    """A token, and what is wrong with it."""

    name: str
    token: str


class Genuine(NamedTuple):
    """A token that the store gave, taken apart, and the secret that it is signed with."""

    header: Claims
    claims: Claims
    signature: str
    secret: bytes

    @property
    def key_id(self) -> str:
        """The id of the key, as the header tells it."""
        return str(self.header["kid"])

    def signed(self, header: Any = None, claims: Any = None) -> str:
        """A token signed as the store would, with what is given in the place of its own."""
        head = encoded(self.header if header is None else header)
        body = f"{head}.{encoded(self.claims if claims is None else claims)}"
        return f"{body}.{mac(body, self.secret)}"

    def with_header(self, **changes: Any) -> str:
        """Signed, with another header; None takes a field away."""
        return self.signed(header=changed(self.header, changes))

    def with_claims(self, **changes: Any) -> str:
        """Signed, with other claims; None takes one away."""
        return self.signed(claims=changed(self.claims, changes))


def forged(token: str, secret: bytes) -> tuple[Forgery, ...]:
    """
    Every forgery of a token that was given just now, each with a name of its own.

    ``secret`` is what the store signed it with.
    """
    head, body, signature = token.split(".")
    genuine = Genuine(decoded(head), decoded(body), signature, secret)
    assert genuine.signed() == token, "what is signed here is what the store signs"
    made = [
        Forgery(name, made)
        for kind in (_algorithms, _keys, _signatures, _headers, _audiences, _times, _claims, _forms)
        for name, made in kind(genuine)
    ]
    names = {each.name for each in made}
    assert len(names) == len({each.token for each in made}) == len(made), "none comes twice"
    return tuple(made)


def _algorithms(genuine: Genuine) -> Iterator[tuple[str, str]]:
    body = encoded(genuine.claims)
    for none in ("none", "None", "NONE", "nOnE", ""):
        head = encoded({**genuine.header, "alg": none})
        yield f"alg {none!r}, unsigned", f"{head}.{body}."
    head = encoded({**genuine.header, "alg": "none"})
    yield "alg none, with the signature left", f"{head}.{body}.{genuine.signature}"
    for other in ("HS384", "HS512", "hs256", "HS256 ", "RS256", ["HS256"], 256):
        yield f"alg {other!r}, signed with the store's secret", _mac_of(genuine, other)
    yield "without alg", genuine.with_header(alg=None)
    for name, sign in _asymmetric().items():
        unsigned = f"{encoded({**genuine.header, 'alg': name})}.{body}"
        yield f"alg {name}, signed with a stranger's key", f"{unsigned}.{url64(sign(unsigned))}"


def _keys(genuine: Genuine) -> Iterator[tuple[str, str]]:
    unsigned = f"{encoded(genuine.header)}.{encoded(genuine.claims)}"
    for name, guess in {
        "no bytes": b"",
        "the word secret": b"secret",
        "the key's id": genuine.key_id.encode(),
        "ones": b"1" * len(genuine.secret),
        "the secret in base64": b64encode(genuine.secret),
        "a public key in PEM": _public_pem(),
    }.items():
        yield f"signed with {name}", f"{unsigned}.{mac(unsigned, guess)}"
    for kid, secret in {
        "../../../../dev/null": b"",
        "' UNION SELECT 'secret' --": b"secret",
        STRANGER: genuine.secret,
        genuine.key_id.upper() + " ": genuine.secret,
        "": genuine.secret,
    }.items():
        head = f"{encoded({**genuine.header, 'kid': kid})}.{encoded(genuine.claims)}"
        yield f"kid {kid!r}", f"{head}.{mac(head, secret)}"
    for odd in (0, True, [genuine.key_id], {"id": genuine.key_id}):
        yield f"kid that is {type(odd).__name__}", genuine.with_header(kid=odd)
    yield "without kid", genuine.with_header(kid=None)


def _signatures(genuine: Genuine) -> Iterator[tuple[str, str]]:
    head, body = encoded(genuine.header), encoded(genuine.claims)
    right = genuine.signature
    yield "signature left away, with its dot", f"{head}.{body}."
    yield "signature left away", f"{head}.{body}"
    yield "signature cut in half", f"{head}.{body}.{right[:22]}"
    yield "signature of zeros", f"{head}.{body}.{'A' * len(right)}"
    yield "signature in hex", f"{head}.{body}.{urlsafe_b64decode(right + '=').hex()}"
    yield "signature with padding", f"{head}.{body}.{right}="
    yield "signature with unused bits set", f"{head}.{body}.{right[:-1]}{chr(ord(right[-1]) + 1)}"
    yield "signature with a line's end", f"{head}.{body}.{right}\n"
    for name, value in {"role": "admin", "userId": STRANGER, "exp": 2**33}.items():
        other = encoded({**genuine.claims, name: value})
        yield f"{name} changed under the old signature", f"{head}.{other}.{right}"


def _headers(genuine: Genuine) -> Iterator[tuple[str, str]]:
    own = {"kty": "oct", "alg": "HS256", "k": url64(b"secret")}
    for name, value in {
        "jku": "https://evil.example/keys.json",
        "jwk": own,
        "x5u": "https://evil.example/cert.pem",
        "x5c": ["MIIB"],
        "x5t": "evil",
        "crit": ["exp"],
        "cty": "JWT",
        "zip": "DEF",
    }.items():
        yield f"header {name}", genuine.with_header(**{name: value})
    unsigned = f"{encoded({**genuine.header, 'jwk': own})}.{encoded(genuine.claims)}"
    yield "header jwk, signed with it", f"{unsigned}.{mac(unsigned, b'secret')}"
    yield "header b64 false", genuine.with_header(b64=False, crit=["b64"])
    for typ in ("at+jwt", "JWE", "jwt ", 1):
        yield f"typ {typ!r}", genuine.with_header(typ=typ)
    yield "without typ", genuine.with_header(typ=None)
    for whole in (list(genuine.header.items()), list(genuine.header), "HS256", 1, True, []):
        yield f"header {whole!r}", genuine.signed(header=whole)
    told = json.dumps(genuine.header, separators=(",", ":"))
    for name, twice in {"alg": "none", "kid": STRANGER}.items():
        head = url64(f'{{"{name}":"{twice}",{told[1:]}'.encode())
        body = f"{head}.{encoded(genuine.claims)}"
        yield f"{name} told twice", f"{body}.{mac(body, genuine.secret)}"


def _audiences(genuine: Genuine) -> Iterator[tuple[str, str]]:
    ours = genuine.claims["aud"]
    for odd in ("https://other.example", "", ours.upper(), [ours], {ours: 1}, 1):
        yield f"aud {odd!r}", genuine.with_claims(aud=odd)
    for odd in ("refresh", "reset_password", "Access", "", 1, ["access"]):
        yield f"type {odd!r}", genuine.with_claims(type=odd)


def _times(genuine: Genuine) -> Iterator[tuple[str, str]]:
    now = int(genuine.claims["iat"])
    yield "exp over", genuine.with_claims(iat=now - 2 * HOUR_S, exp=now - HOUR_S)
    yield "exp just over", genuine.with_claims(iat=now - HOUR_S, exp=now)
    yield "nbf to come", genuine.with_claims(nbf=now + HOUR_S)
    yield "iat to come", genuine.with_claims(iat=now + HOUR_S, exp=now + 2 * HOUR_S)
    later = now + HOUR_S
    for name in ("exp", "iat", "nbf"):
        for odd in (str(later), later + 0.5, float(now), True, -1, YEAR_10000, 10**30, [later]):
            yield f"{name} {odd!r}", genuine.with_claims(**{name: odd})


def _claims(genuine: Genuine) -> Iterator[tuple[str, str]]:
    for name in ("userId", "email", "role", "iat", "exp", "aud", "jti", "sid", "type"):
        yield f"without {name}", genuine.with_claims(**{name: None})
        empty = encoded({**genuine.claims, name: None})
        body = f"{encoded(genuine.header)}.{empty}"
        yield f"{name} null", f"{body}.{mac(body, genuine.secret)}"
    for name in ("userId", "jti", "sid"):
        for odd in ("1 OR 1=1", "0" * 31, 7):
            yield f"{name} {odd!r}", genuine.with_claims(**{name: odd})
    for name in ("email", "role"):
        for wrong in (7, ["admin"], {"is": "admin"}):
            yield f"{name} {wrong!r}", genuine.with_claims(**{name: wrong})
    for whole in ([genuine.claims], "access", 1):
        yield f"claims that are {type(whole).__name__}", genuine.signed(claims=whole)


def _forms(genuine: Genuine) -> Iterator[tuple[str, str]]:
    token = genuine.signed()
    head, body, signature = token.split(".")
    yield "past 4,096 characters", genuine.with_claims(padding="x" * 4096)
    yield "a scheme in front", f"Bearer {token}"
    yield "a blank in front", f" {token}"
    yield "a blank inside", f"{head}. {body}.{signature}"
    yield "two tokens", f"{token}.{token}"
    yield "two tokens, a comma between", f"{token},{token}"
    yield "five parts, as if encrypted", f"{head}.{signature}.{body}.{body}.{signature}"
    yield "as JSON", json.dumps({"protected": head, "payload": body, "signature": signature})
    yield "claims that are no JSON", _signed_bytes(genuine, b"{'role': 'admin'}")
    yield "claims in UTF-16", _signed_bytes(genuine, json.dumps(genuine.claims).encode("utf-16"))
    yield "claims with more behind them", _signed_bytes(genuine, b"{}" * 2)
    yield "header of brackets", f"{url64(b'[' * 2000)}.{body}.{signature}"


def _mac_of(genuine: Genuine, algorithm: Any) -> str:
    unsigned = f"{encoded({**genuine.header, 'alg': algorithm})}.{encoded(genuine.claims)}"
    how = {"HS384": "sha384", "HS512": "sha512"}.get(str(algorithm), "sha256")
    return f"{unsigned}.{url64(hmac.digest(genuine.secret, unsigned.encode(), how))}"


def _signed_bytes(genuine: Genuine, claims: bytes) -> str:
    unsigned = f"{encoded(genuine.header)}.{url64(claims)}"
    return f"{unsigned}.{mac(unsigned, genuine.secret)}"


@cache
def _stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _public_pem() -> bytes:
    return _stranger().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _asymmetric() -> dict[str, Callable[[str], bytes]]:
    curve, edwards = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()

    def elliptic(unsigned: str) -> bytes:
        r, s = decode_dss_signature(curve.sign(unsigned.encode(), ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def rivest(unsigned: str) -> bytes:
        return _stranger().sign(unsigned.encode(), padding.PKCS1v15(), SHA256())

    return {
        "RS256": rivest,
        "ES256": elliptic,
        "EdDSA": lambda unsigned: edwards.sign(unsigned.encode()),
    }


def changed(fields: Claims, changes: Claims) -> Claims:
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def encoded(value: Any) -> str:
    return url64(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def decoded(segment: str) -> Claims:
    fields: Claims = json.loads(urlsafe_b64decode(segment + "=="))
    return fields


def url64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def mac(unsigned: str, secret: bytes) -> str:
    return url64(hmac.digest(secret, unsigned.encode(), "sha256"))
