"""What proves who somebody is keeps the promises of its ports, in memory and for real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import bcrypt
import pyotp
import pytest
from attrs import frozen

from automate_store.adapters.credentials import (
    Argon2Passwords,
    JwtTokens,
    ListedPasswords,
    TotpSecondFactor,
)
from automate_store.adapters.memory import (
    MemoryHasher,
    MemoryPasswords,
    MemorySecondFactor,
    MemoryTokens,
)
from automate_store.application.ports.credentials import SecondFactor
from automate_store.domain.identity import PasswordRules
from automate_store.entrypoints.properties.contracts import (
    AccessTokensContract,
    PasswordHasherContract,
    PasswordPolicyContract,
    SecondFactorContract,
)

RULES = PasswordRules(shortest=8, number=True, special=True)


@frozen
class MemorySafe:
    hasher: MemoryHasher

    def older(self, password: str) -> str:
        return self.hasher.older(password)


@frozen
class Argon2Safe:
    hasher: Argon2Passwords

    def older(self, password: str) -> str:
        return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


class TestMemoryHasher(PasswordHasherContract):
    @pytest.fixture
    def safe(self) -> MemorySafe:
        return MemorySafe(MemoryHasher())


class TestArgon2Passwords(PasswordHasherContract):
    @pytest.fixture
    def safe(self) -> Iterator[Argon2Safe]:
        hasher = Argon2Passwords(memory_kib=64, time_cost=1, parallelism=1, at_once=1, waiting=1)
        yield Argon2Safe(hasher)
        hasher.close()


class TestMemoryPasswords(PasswordPolicyContract):
    @pytest.fixture
    def passwords(self) -> MemoryPasswords:
        return MemoryPasswords(words=("Contracts",))


class TestListedPasswords(PasswordPolicyContract):
    @pytest.fixture
    def passwords(self) -> ListedPasswords:
        return ListedPasswords(RULES, words=("Contracts",))


class TestMemoryTokens(AccessTokensContract):
    @pytest.fixture
    def tokens(self) -> MemoryTokens:
        return MemoryTokens(audience="contracts")


class TestJwtTokens(AccessTokensContract):
    @pytest.fixture
    def tokens(self) -> JwtTokens:
        return JwtTokens(audience="contracts")


@frozen
class MemoryOwner:
    second_factor: MemorySecondFactor

    def code(self, secret: str, at: datetime) -> str:
        return self.second_factor.code(secret, at=at)


@frozen
class TotpOwner:
    second_factor: SecondFactor

    def code(self, secret: str, at: datetime) -> str:
        return pyotp.TOTP(secret).at(at)


class TestMemorySecondFactor(SecondFactorContract):
    @pytest.fixture
    def owner(self) -> MemoryOwner:
        return MemoryOwner(MemorySecondFactor())


class TestTotpSecondFactor(SecondFactorContract):
    @pytest.fixture(params=[None, "k" * 32], ids=["unsealed", "sealed"])
    def owner(self, request: pytest.FixtureRequest) -> TotpOwner:
        return TotpOwner(TotpSecondFactor(issuer="Contracts", secret_key=request.param))
