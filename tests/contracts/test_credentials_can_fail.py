"""The suites of credentials fail on adapters with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import (
    MemoryHasher,
    MemoryPasswords,
    MemorySecondFactor,
    MemoryTokens,
)
from automate_store.application.ports.credentials import (
    AccessClaims,
    AccessTokens,
    Enrolment,
    PasswordHasher,
    PasswordPolicy,
    SecondFactor,
    SigningKey,
    TokenRefused,
    Verified,
)
from automate_store.entrypoints.properties.contracts import (
    AccessTokensContract,
    PasswordHasherContract,
    PasswordPolicyContract,
    SecondFactorContract,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.running import failures


class Shortens(MemoryHasher):
    async def hash(self, password: str) -> str:
        return await super().hash(password[:72])

    async def verify(self, password: str, stored: str | None) -> Verified:
        return await super().verify(password[:72], stored)


class FoldsCapitals(MemoryHasher):
    async def hash(self, password: str) -> str:
        return await super().hash(password.lower())

    async def verify(self, password: str, stored: str | None) -> Verified:
        return await super().verify(password.lower(), stored)


class NeverSalts(MemoryHasher):
    async def hash(self, password: str) -> str:
        self._salts = 0
        return await super().hash(password)


class TakesAnythingForNothing(MemoryHasher):
    async def verify(self, password: str, stored: str | None) -> Verified:
        verified = await super().verify(password, stored)
        return verified if stored else Verified(ok=True, upgraded=None)


class UpgradesWhatIsWrong(MemoryHasher):
    async def verify(self, password: str, stored: str | None) -> Verified:
        verified = await super().verify(password, stored)
        return verified if verified.ok else Verified(ok=False, upgraded=await self.hash(password))


class NeverUpgrades(MemoryHasher):
    async def verify(self, password: str, stored: str | None) -> Verified:
        return evolve(await super().verify(password, stored), upgraded=None)


class AlwaysUpgrades(MemoryHasher):
    async def verify(self, password: str, stored: str | None) -> Verified:
        verified = await super().verify(password, stored)
        return evolve(verified, upgraded=await self.hash(password) if verified.ok else None)


@frozen
class Safe:
    hasher: MemoryHasher

    def older(self, password: str) -> str:
        return self.hasher.older(password)


HASHERS = [
    Shortens,
    FoldsCapitals,
    NeverSalts,
    TakesAnythingForNothing,
    UpgradesWhatIsWrong,
    NeverUpgrades,
    AlwaysUpgrades,
]


@pytest.mark.parametrize("hasher", HASHERS)
def test_the_suite_of_hashers_fails_on_a_broken_one(hasher: type[MemoryHasher]) -> None:
    assert failures(PasswordHasherContract, safe=lambda: Safe(hasher()))


class TakesAll(MemoryPasswords):
    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return super().faults(password, email=email, names=names) if "Zebra" in password else ()


class RefusesAll(MemoryPasswords):
    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return (*super().faults(password, email=email, names=names), "is not liked")


class IgnoresNames(MemoryPasswords):
    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return super().faults(password, email=email, names=names[:0])


class IgnoresTheEmail(MemoryPasswords):
    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return super().faults(password, email=email[:0], names=names[:0])


class TellsCodes(MemoryPasswords):
    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            fault.replace(" ", "_") for fault in super().faults(password, email=email, names=names)
        )


@pytest.mark.parametrize(
    "policy", [TakesAll, RefusesAll, IgnoresNames, IgnoresTheEmail, TellsCodes]
)
def test_the_suite_of_policies_fails_on_a_broken_one(policy: type[MemoryPasswords]) -> None:
    assert failures(PasswordPolicyContract, passwords=lambda: policy(words=()))


Keys = Mapping[str, SigningKey]


class IgnoresTheEnd(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        return super().read(token, keys, at=min(at, NOON))


class CountsASecondLonger(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        try:
            return super().read(token, keys, at=at)
        except TokenRefused:
            return super().read(token, keys, at=at - timedelta(seconds=1))


class IgnoresTheAudience(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        try:
            return super().read(token, keys, at=at)
        except TokenRefused:
            return MemoryTokens(audience="elsewhere").read(token, keys, at=at)


class RemembersKeys(MemoryTokens):
    def __init__(self, *, audience: str) -> None:
        super().__init__(audience=audience)
        self._seen: dict[str, SigningKey] = {}

    def issue(self, claims: AccessClaims, key: SigningKey) -> str:
        self._seen[key.id] = key
        return super().issue(claims, key)

    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        return super().read(token, {**self._seen, **keys}, at=at)


class ReadsHalf(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        return super().read(token.strip(), keys, at=at)


class ForgetsTheRole(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        return evolve(super().read(token, keys, at=at), role="customer")


class RaisesItsOwn(MemoryTokens):
    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        if not token.isascii():
            raise ValueError(token)
        return super().read(token, keys, at=at)


class IssuesNovels(MemoryTokens):
    def issue(self, claims: AccessClaims, key: SigningKey) -> str:
        return super().issue(claims, key) + " " * 4096

    def read(self, token: str, keys: Keys, *, at: datetime) -> AccessClaims:
        return super().read(token.removesuffix(" " * 4096), keys, at=at)


TOKENS = [
    IgnoresTheEnd,
    CountsASecondLonger,
    IgnoresTheAudience,
    RemembersKeys,
    ReadsHalf,
    ForgetsTheRole,
    RaisesItsOwn,
    IssuesNovels,
]


@pytest.mark.parametrize("tokens", TOKENS)
def test_the_suite_of_tokens_fails_on_a_broken_one(tokens: type[MemoryTokens]) -> None:
    assert failures(AccessTokensContract, tokens=lambda: tokens(audience="contracts"))


class RepeatsSecrets(MemorySecondFactor):
    def enrol(self, *, account: str) -> Enrolment:
        self._enrolled = 0
        return super().enrol(account=account)


class NamesNobody(MemorySecondFactor):
    def enrol(self, *, account: str) -> Enrolment:
        return super().enrol(account=account[:0])


class KnowsNowOnly(MemorySecondFactor):
    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        step = super().step(sealed, code, at=at)
        return step if step == int(at.timestamp()) // 30 else None


class TakesLateCodes(MemorySecondFactor):
    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        step = super().step(sealed, code, at=at)
        return step or super().step(sealed, code, at=at - timedelta(seconds=30))


class TakesAnyCode(MemorySecondFactor):
    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        return super().step(sealed, code, at=at) or int(at.timestamp()) // 30


class ReadsWideDigits(MemorySecondFactor):
    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        digits = "".join(str(int(digit)) if digit.isdecimal() else digit for digit in code)
        return super().step(sealed, digits, at=at)


class MindsBlanks(MemorySecondFactor):
    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        return super().step(sealed, code, at=at) if code == code.strip() else None


@frozen
class Owner:
    second_factor: MemorySecondFactor

    def code(self, secret: str, at: datetime) -> str:
        return self.second_factor.code(secret, at=at)


FACTORS = [
    RepeatsSecrets,
    NamesNobody,
    KnowsNowOnly,
    TakesLateCodes,
    TakesAnyCode,
    ReadsWideDigits,
    MindsBlanks,
]


@pytest.mark.parametrize("factor", FACTORS)
def test_the_suite_of_second_factors_fails_on_a_broken_one(
    factor: type[MemorySecondFactor],
) -> None:
    assert failures(SecondFactorContract, owner=lambda: Owner(factor()))


def test_the_suites_pass_when_nothing_is_changed() -> None:
    fixtures: dict[type, dict[str, Callable[[], object]]] = {
        PasswordHasherContract: {"safe": lambda: Safe(MemoryHasher())},
        PasswordPolicyContract: {"passwords": lambda: MemoryPasswords(words=())},
        AccessTokensContract: {"tokens": lambda: MemoryTokens(audience="contracts")},
        SecondFactorContract: {"owner": lambda: Owner(MemorySecondFactor())},
    }
    failed = {suite: _failed(suite, makers) for suite, makers in fixtures.items()}
    assert failed == {suite: [] for suite in fixtures}


@pytest.mark.parametrize(
    ("port", "broken"),
    [
        (PasswordHasher, HASHERS),
        (PasswordPolicy, [TakesAll]),
        (AccessTokens, TOKENS),
        (SecondFactor, FACTORS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_method_of_a_port_has_its_sabotage(port: type, broken: list[type]) -> None:
    promised = {name for name in vars(port) if not name.startswith("_")}
    changed = {name for each in broken for name in vars(each) if not name.startswith("_")}
    assert promised <= changed


def _failed(suite: Any, makers: Mapping[str, Callable[[], object]]) -> list[str]:
    return failures(suite, **makers)
