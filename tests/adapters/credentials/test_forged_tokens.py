"""
Tokens that the store never gave are refused, each for its own reason (P32).

OWASP ASVS 5.0: 9.1.1 signatures, 9.1.2 pinned algorithms and none of ``none``, 9.1.3 keys
from the store alone (no jku, x5u, jwk), 9.2.1 time span, 9.2.2 type, 9.2.3 audience.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from automate_store.adapters.credentials import JwtTokens
from automate_store.application.ports.credentials import AccessClaims, SigningKey, TokenRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.moments import NOON
from benchmarks.rig.forgeries import Forgery, forged

LEAST = 40
TOKENS = JwtTokens(audience="automate_store")
KEY = SigningKey(id="01900000-0000-7000-8000-00000000000a", secret=b"s" * 43)
OLD_KEY = SigningKey(id="01900000-0000-7000-8000-00000000000b", secret=b"o" * 43)
KEYS = {KEY.id: KEY, OLD_KEY.id: OLD_KEY}
CLAIMS = AccessClaims(
    user_id=UserId(UUID("01900000-0000-7000-8000-000000000001")),
    email="ann@example.com",
    role="customer",
    session_id=UUID("01900000-0000-7000-8000-000000000002"),
    token_id=UUID("01900000-0000-7000-8000-000000000003"),
    audience="automate_store",
    issued_at=NOON,
    expires_at=NOON + timedelta(minutes=15),
)
GENUINE = TOKENS.issue(CLAIMS, KEY)
FORGERIES = forged(GENUINE, KEY.secret)


def test_the_token_that_they_are_made_from_is_taken() -> None:
    assert TOKENS.read(GENUINE, KEYS, at=NOON) == CLAIMS


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: ascii(forgery.name))
def test_a_forgery_is_refused(forgery: Forgery) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(forgery.token, KEYS, at=NOON)


def test_they_are_refused_for_every_reason_that_there_is() -> None:
    assert len(FORGERIES) >= LEAST
    assert Counter(_reason(forgery) for forgery in FORGERIES).keys() == {
        "is malformed",
        "has another header than this store's tokens",
        "is signed with a key that is not in force",
        "is not signed by this store",
        "lacks a claim, or has a malformed one",
        "is for somebody else",
        "has expired",
        "is not valid yet",
    }


def test_a_clock_a_little_ahead_does_no_harm() -> None:
    assert TOKENS.read(GENUINE, KEYS, at=NOON - timedelta(seconds=10)) == CLAIMS
    with pytest.raises(TokenRefused):
        TOKENS.read(GENUINE, KEYS, at=NOON - timedelta(seconds=10, microseconds=1))


def test_a_refusal_quotes_nothing_of_the_token() -> None:
    for forgery in FORGERIES:
        with pytest.raises(TokenRefused) as refused:
            TOKENS.read(forgery.token, KEYS, at=NOON)
        assert not any(part in str(refused.value) for part in forgery.token.split(".") if part)


def _reason(forgery: Forgery) -> str:
    with pytest.raises(TokenRefused) as refused:
        TOKENS.read(forgery.token, KEYS, at=NOON)
    return refused.value.reason
