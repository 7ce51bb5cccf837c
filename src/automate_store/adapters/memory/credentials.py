"""Credentials that are quick and repeat from one run to the next; they protect nothing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any
from uuid import UUID

from automate_store.application.ports.credentials import (
    AccessClaims,
    Enrolment,
    SigningKey,
    TokenRefused,
    Verified,
)
from automate_store.domain.identity.passwords import (
    LONGEST_PASSWORD,
    PasswordRules,
    normal_password,
    password_faults,
)
from automate_store.domain.kernel.ids import UserId

COMMON = frozenset({"password", "12345678", "123456789", "qwerty", "letmein", "dragon"})
RULES = PasswordRules(shortest=8, number=True, special=True)
STEP_S = 30


class MemoryHasher:
    """Salted SHA-256: as good as in plain sight, and right for tests."""

    def __init__(self) -> None:
        self._salts = 0

    async def hash(self, password: str) -> str:
        """What is stored of the password; the salts count."""
        assert len(password) <= LONGEST_PASSWORD, "the policy takes no longer ones"
        self._salts += 1
        return _hashed("salted", password, salt=str(self._salts))

    async def verify(self, password: str, stored: str | None) -> Verified:
        """Whether it is right; ``older`` hashes are upgraded."""
        scheme, _, rest = (stored or "").partition("$")
        salt = rest.partition("$")[0]
        known = scheme in {"salted", "old"} and len(password) <= LONGEST_PASSWORD
        if not known or stored != _hashed(scheme, password, salt=salt):
            return Verified(ok=False, upgraded=None)
        return Verified(ok=True, upgraded=await self.hash(password) if scheme == "old" else None)

    @staticmethod
    def older(password: str) -> str:
        """A hash as an older shop would have left it."""
        return _hashed("old", password, salt="")


def _hashed(scheme: str, password: str, *, salt: str) -> str:
    salted = f"{salt}${normal_password(password)}".encode("utf-8", "surrogatepass")
    return f"{scheme}${salt}${sha256(salted).hexdigest()}"


class MemoryPasswords:
    """The owner's rules, the shop's own words, and a handful of common passwords."""

    def __init__(self, *, words: tuple[str, ...]) -> None:
        self._words = words

    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """What is wrong with it; empty where it is taken."""
        guessable = (*self._words, *names)
        return password_faults(password, RULES, email=email, guessable=guessable, common=COMMON)


class MemoryTokens:
    """Claims as JSON, and an HMAC of them."""

    def __init__(self, *, audience: str) -> None:
        self.audience = audience

    def issue(self, claims: AccessClaims, key: SigningKey) -> str:
        """The token: key, claims, signature."""
        told = {
            "key": key.id,
            "user_id": str(claims.user_id),
            "email": claims.email,
            "role": claims.role,
            "session_id": str(claims.session_id),
            "token_id": str(claims.token_id),
            "audience": claims.audience,
            "issued_at": int(claims.issued_at.timestamp()),
            "expires_at": int(claims.expires_at.timestamp()),
        }
        payload = urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode())
        return f"{payload.decode()}.{digest(key.secret, payload, 'sha256').hex()}"

    def read(self, token: str, keys: Mapping[str, SigningKey], *, at: datetime) -> AccessClaims:
        """The claims, where the signature is right and their time is now."""
        payload, _, signature = token.partition(".")
        told = _told(payload)
        key = keys.get(told.get("key", ""))
        if key is None or not compare_digest(
            digest(key.secret, payload.encode(), "sha256").hex().encode(), signature.encode()
        ):
            raise TokenRefused("is not signed by this store")
        claims = _claims(told)
        if claims.audience != self.audience:
            raise TokenRefused("is for somebody else")
        if not claims.issued_at <= at < claims.expires_at:
            raise TokenRefused("has expired")
        return claims


def _told(payload: str) -> dict[str, Any]:
    try:
        told = json.loads(urlsafe_b64decode(payload))
    except ValueError as wrong:
        raise TokenRefused("is malformed") from wrong
    if not isinstance(told, dict) or not isinstance(told.get("key"), str):
        raise TokenRefused("is malformed")
    return told


def _claims(told: Mapping[str, Any]) -> AccessClaims:
    return AccessClaims(
        user_id=UserId(UUID(told["user_id"])),
        email=told["email"],
        role=told["role"],
        session_id=UUID(told["session_id"]),
        token_id=UUID(told["token_id"]),
        audience=told["audience"],
        issued_at=datetime.fromtimestamp(told["issued_at"], UTC),
        expires_at=datetime.fromtimestamp(told["expires_at"], UTC),
    )


class MemorySecondFactor:
    """Codes that follow from the secret and the time; the secret from how many came before."""

    def __init__(self) -> None:
        self._enrolled = 0

    def enrol(self, *, account: str) -> Enrolment:
        """The next secret, stored as it is."""
        self._enrolled += 1
        secret = f"SECRET{self._enrolled}"
        uri = f"otpauth://totp/Memory:{account}?secret={secret}&issuer=Memory"
        return Enrolment(sealed=secret, secret=secret, uri=uri)

    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        """The step whose code it is, blanks aside, one early or late included."""
        now = int(at.timestamp()) // STEP_S
        given = "".join(code.split())
        return next(
            (step for step in range(now - 1, now + 2) if _code(sealed, step) == given), None
        )

    @staticmethod
    def code(secret: str, *, at: datetime) -> str:
        """What the owner's authenticator shows then."""
        return _code(secret, int(at.timestamp()) // STEP_S)


def _code(secret: str, step: int) -> str:
    return f"{int(sha256(f'{secret}:{step}'.encode()).hexdigest(), 16) % 1_000_000:06}"
