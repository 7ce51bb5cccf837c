"""A copy of the database signs nothing that the store takes, where it has a secret key."""

from __future__ import annotations

import pytest

from automate_store.application.tokens import signing_secret

STORED = b"s" * 43


def test_without_a_secret_key_what_is_stored_signs() -> None:
    assert signing_secret(STORED, None) == STORED


def test_with_one_what_signs_follows_from_both() -> None:
    secret = signing_secret(STORED, "k" * 32)
    assert secret == signing_secret(STORED, "k" * 32)
    # From openssl dgst -sha256 -hmac, so that no release signs otherwise by mistake.
    assert secret.hex() == "ad8af21cf99f69a70423404da17ba0bd578f20a67f9c601c0df575df17bbd22b"


@pytest.mark.parametrize(("stored", "key"), [(b"t" * 43, "k" * 32), (STORED, "l" * 32)])
def test_another_key_or_another_secret_signs_differently(stored: bytes, key: str) -> None:
    assert signing_secret(stored, key) != signing_secret(STORED, "k" * 32)
