"""
Codes of RFC 6238, and the secrets that they are made of at rest.

OWASP ASVS 5.0: 6.5.3 (secrets from a secure source of chance), 6.5.5 (30 seconds a code);
6.5.1 (a code once) is kept by the use case that remembers the step.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from datetime import UTC, datetime

import pytest

from automate_store.adapters.credentials import TotpSecondFactor
from automate_store.adapters.credentials.sealing import Seal
from automate_store.application.ports.credentials import SecretUnreadable
from automate_store.entrypoints.properties.moments import NOON

KEY, OTHER_KEY = "k" * 32, "o" * 32
RFC_SECRET = b32encode(b"12345678901234567890").decode()


def factor(secret_key: str | None = KEY) -> TotpSecondFactor:
    return TotpSecondFactor(issuer="Harbour Lights", secret_key=secret_key)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert factor().step(f"open:{RFC_SECRET}", code, at=at) == seconds // 30


def test_a_secret_has_160_bits_and_an_authenticator_can_take_it() -> None:
    enrolment = factor().enrol(account="ann@example.com")
    assert len(b32decode(enrolment.secret)) == 20
    assert enrolment.uri == (
        "otpauth://totp/Harbour%20Lights:ann%40example.com"
        f"?secret={enrolment.secret}&issuer=Harbour%20Lights"
    )


def test_what_is_stored_tells_nothing_without_the_key() -> None:
    first, second = (factor().enrol(account="ann") for _ in range(2))
    assert first.sealed.startswith("fernet:")
    assert first.secret not in first.sealed
    assert first.sealed != second.sealed
    for key in (OTHER_KEY, None):
        with pytest.raises(SecretUnreadable):
            factor(key).step(first.sealed, "000000", at=NOON)


def test_what_is_stored_is_read_by_whoever_has_the_key() -> None:
    enrolment = factor().enrol(account="ann")
    assert Seal(KEY, purpose="second factor").open(enrolment.sealed) == enrolment.secret


def test_what_was_stored_before_there_was_a_key_is_read_on() -> None:
    enrolment = factor(None).enrol(account="ann")
    assert enrolment.sealed == f"open:{enrolment.secret}"
    assert Seal(KEY, purpose="second factor").open(enrolment.sealed) == enrolment.secret


def test_a_seal_is_for_one_purpose() -> None:
    closed = Seal(KEY, purpose="second factor").close("secret")
    with pytest.raises(SecretUnreadable):
        Seal(KEY, purpose="another").open(closed)


@pytest.mark.parametrize("stored", ["", "secret", "fernet:", "fernet:é", "fernet:" + "A" * 100])
def test_what_was_tampered_with_is_not_read(stored: str) -> None:
    with pytest.raises(SecretUnreadable):
        factor().step(stored, "000000", at=NOON)


def test_a_changed_character_breaks_the_seal() -> None:
    sealed = factor().enrol(account="ann").sealed
    with pytest.raises(SecretUnreadable):
        factor().step(sealed.removeprefix("fernet:"), "000000", at=NOON)
    for at in range(len("fernet:"), len(sealed), 7):
        other = "A" if sealed[at] != "A" else "B"
        with pytest.raises(SecretUnreadable):
            factor().step(sealed[:at] + other + sealed[at + 1 :], "000000", at=NOON)
