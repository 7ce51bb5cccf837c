"""
Access tokens: JWTs (RFC 7519) signed with HMAC-SHA256, and read as their only writer would.

Nothing that a token says of itself decides how it is checked (RFC 8725): the algorithm is
pinned, keys are known by id, and a header with anything beside these is refused.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from jwt import PyJWS
from jwt.exceptions import InvalidTokenError
from msgspec import Meta, Struct, field

from automate_store.application.ports.credentials import AccessClaims, SigningKey, TokenRefused
from automate_store.domain.kernel.ids import UserId

ALGORITHM = "HS256"
LONGEST_TOKEN = 4096
LEEWAY = timedelta(seconds=10)
"""How far ahead the clock of the server may be that gave the token; its end has none."""

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")
_Moment = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""Seconds since 1970, up to the year 9999."""


class _Claims(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: Literal["access"]
    user_id: UUID = field(name="userId")
    email: str
    role: str
    sid: UUID
    jti: UUID
    aud: str
    iat: _Moment
    exp: _Moment
    nbf: _Moment = 0


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Claims)


class JwtTokens:
    """Implements ``ports.credentials.AccessTokens`` for one audience."""

    def __init__(self, *, audience: str) -> None:
        self.audience = audience
        self._jws = PyJWS([ALGORITHM], options={"enforce_minimum_key_length": True})

    def issue(self, claims: AccessClaims, key: SigningKey) -> str:
        """The token with those claims, signed with that key (32 bytes at least)."""
        payload = _ENCODER.encode(_told(claims))
        token = self._jws.encode(payload, key.secret, ALGORITHM, {"kid": key.id})
        assert len(token) <= LONGEST_TOKEN, "texts have the lengths of the schema"
        return token

    def read(self, token: str, keys: Mapping[str, SigningKey], *, at: datetime) -> AccessClaims:
        """The claims of a token that this store gave and that is valid then."""
        if len(token) > LONGEST_TOKEN or not _FORM.fullmatch(token):
            raise TokenRefused("is malformed")
        key = keys.get(_key_id(token))
        if key is None:
            raise TokenRefused("is signed with a key that is not in force")
        return self._checked(self._signed(token, key), at)

    def _signed(self, token: str, key: SigningKey) -> _Claims:
        try:
            payload = self._jws.decode(token, key.secret, [ALGORITHM])
            return _DECODER.decode(payload)
        except InvalidTokenError as wrong:
            raise TokenRefused("is not signed by this store") from wrong
        except msgspec.MsgspecError as wrong:
            raise TokenRefused("lacks a claim, or has a malformed one") from wrong

    def _checked(self, claims: _Claims, at: datetime) -> AccessClaims:
        issued, expires = _moment(claims.iat), _moment(claims.exp)
        if claims.aud != self.audience:
            raise TokenRefused("is for somebody else")
        if not at < expires:
            raise TokenRefused("has expired")
        if at + LEEWAY < max(issued, _moment(claims.nbf)):
            raise TokenRefused("is not valid yet")
        return AccessClaims(
            user_id=UserId(claims.user_id),
            email=claims.email,
            role=claims.role,
            session_id=claims.sid,
            token_id=claims.jti,
            audience=claims.aud,
            issued_at=issued,
            expires_at=expires,
        )


def _told(claims: AccessClaims) -> _Claims:
    return _Claims(
        type="access",
        user_id=claims.user_id,
        email=claims.email,
        role=claims.role,
        sid=claims.session_id,
        jti=claims.token_id,
        aud=claims.audience,
        iat=int(claims.issued_at.timestamp()),
        exp=int(claims.expires_at.timestamp()),
    )


def _key_id(token: str) -> str:
    """The key that the header names; raises TokenRefused where it is no header of ours."""
    header = _pairs(token.partition(".")[0])
    said = dict(header)
    key_id = said.get("kid")
    # As pairs, so that nothing hides behind a name that is told twice.
    if len(header) != 3 or said != {"alg": ALGORITHM, "typ": "JWT", "kid": key_id}:  # noqa: PLR2004 - as many as are compared
        raise TokenRefused("has another header than this store's tokens")
    if not isinstance(key_id, str):
        raise TokenRefused("has another header than this store's tokens")
    return key_id


def _pairs(segment: str) -> tuple[tuple[str, Any], ...]:
    try:
        pairs = json.loads(urlsafe_b64decode(segment + "=="), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as wrong:
        raise TokenRefused("is malformed") from wrong
    # An object comes as a tuple; a list comes as a list, whatever is in it.
    return pairs if isinstance(pairs, tuple) else ()


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
