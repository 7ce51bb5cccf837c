"""
Stripe's scheme of signatures, by vectors that OpenSSL made of it.

``printf '%s' '1772366400.{"id":"evt_1","object":"event"}' | openssl dgst -sha256 -hmac SECRET``
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from stripe import WebhookSignature

from automate_store.adapters.stripe.signing import check_signature
from automate_store.application.errors import WebhookRefused
from automate_store.entrypoints.properties.moments import NOON

BODY = b'{"id":"evt_1","object":"event"}'
NOW, BEFORE, STRANGER = "whsec_now", "whsec_before", "whsec_strangers"
VECTORS = {
    NOW: "94c568d8e4da2509a5ca9809e433bf3a54d7df27ac595a5fe7e4e22d5b8e426f",
    BEFORE: "0d15103e7133d910aa81b67012688ee8360bb5918a0b5dc9edb9b442767fadda",
    STRANGER: "3e91bfd4e2222472ea3e6eec82f46c31c965f059e186f7aef97179b4d09c90a8",
}
TIME = "t=1772366400"
"""NOON, in seconds."""


def check(
    header: str, *secrets: str, body: bytes = BODY, at: datetime = NOON
) -> WebhookRefused | None:
    try:
        check_signature(header, body, secrets, at=at)
    except WebhookRefused as refused:
        return refused
    return None


@pytest.mark.parametrize("secret", [NOW, BEFORE])
def test_what_openssl_signs_counts(secret: str) -> None:
    assert check(f"{TIME},v1={VECTORS[secret]}", secret) is None


def test_what_stripes_own_library_signs_counts() -> None:
    header = WebhookSignature.generate_signature_header(BODY.decode(), NOW, 1772366400)
    assert check(header, NOW) is None


def test_while_a_secret_is_rolled_either_counts_whoever_knows_both() -> None:
    both_sign = f"{TIME},v1={VECTORS[BEFORE]},v1={VECTORS[NOW]}"
    assert check(both_sign, NOW) is None
    assert check(both_sign, BEFORE) is None
    for secret in (NOW, BEFORE):
        assert check(f"{TIME},v1={VECTORS[secret]}", NOW, BEFORE) is None


@pytest.mark.parametrize(
    "header",
    [
        f"{TIME},v1={VECTORS[STRANGER]}",
        f"{TIME},v0={VECTORS[NOW]}",
        f"{TIME}",
        f"{TIME},v1=",
        f"{TIME},v1={VECTORS[NOW][:-1]}",
        f"{TIME},v1={VECTORS[NOW].upper()}",
        f"t=1772366401,v1={VECTORS[NOW]}",
        f"t=01772366400,v1={VECTORS[NOW]}",
        f"v1={VECTORS[NOW]}",
        f"{TIME},t=1772366401,v1={VECTORS[NOW]}",
        f"t=,v1={VECTORS[NOW]}",
        f"t=-1,v1={VECTORS[NOW]}",
        f"t={'9' * 400},v1={VECTORS[NOW]}",
        f"t=١٧٧٢٣٦٦٤٠٠,v1={VECTORS[NOW]}",
        f"{TIME}{',v1=00' * 30},v1={VECTORS[NOW]}",
        "v1=\udcff",
        "",
    ],
)
def test_nothing_else_counts(header: str) -> None:
    assert check(header, NOW) is not None


def test_nobody_without_a_secret_is_believed() -> None:
    assert check(f"{TIME},v1={VECTORS[NOW]}") is not None


def test_the_body_counts_to_the_byte() -> None:
    header = f"{TIME},v1={VECTORS[NOW]}"
    for other in (BODY + b"\n", BODY.replace(b"evt_1", b"evt_2"), b""):
        assert check(header, NOW, body=other) is not None


def test_it_counts_for_300_seconds_by_our_clock_either_way() -> None:
    header = f"{TIME},v1={VECTORS[NOW]}"
    for off in (-300, -299, 0, 300):
        assert check(header, NOW, at=NOON + timedelta(seconds=off)) is None
    for off in (-301, 301, 86_400):
        refused = check(header, NOW, at=NOON + timedelta(seconds=off))
        assert refused is not None
        assert "300 s" in refused.reason


def test_who_forges_hears_nothing_of_the_time() -> None:
    refused = check(f"{TIME},v1={VECTORS[STRANGER]}", NOW, at=NOON + timedelta(days=1))
    assert refused is not None
    assert refused.reason == "no signature fits"
