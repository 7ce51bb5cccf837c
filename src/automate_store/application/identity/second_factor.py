"""A second factor: a code from an authenticator (TOTP), or one of ten recovery codes."""

from __future__ import annotations

from attrs import field, frozen

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account, still_proven
from automate_store.application.identity.changing import prove
from automate_store.application.identity.opening import distrust_all
from automate_store.application.identity.signing_in import recovery_hash, use_code
from automate_store.application.ports import Ports
from automate_store.application.ports.credentials import Enrolment
from automate_store.domain.identity import Account, SecondFactorOff

RECOVERY_CODES = 10
RECOVERY_LETTERS = 24
"""Of 32 letters each: 120 bits, so that a plain hash of one gives nothing away."""
RECOVERY_GROUP = 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter is taken for another."""


@frozen
class RecoveryCodes:
    """Codes that do once each where the authenticator is lost; shown once, stored hashed."""

    codes: tuple[str, ...] = field(repr=False)


async def begin_second_factor(password: str | None, *, actor: Actor, ports: Ports) -> Enrolment:
    """
    A secret for an authenticator; it counts once a first code was sent back.

    Raises SecondFactorOn, PasswordWrong, ProofNeeded.
    """
    proven = await prove(password, actor=actor, ports=ports)
    enrolment = ports.second_factor.enrol(account=proven.email)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        locked = await still_proven(proven, actor=actor, work=work, at=at)
        begun = locked.begin_second_factor(enrolment.sealed, at=at)
        await work.accounts.save(begun)
    return enrolment


async def enable_second_factor(code: str, *, actor: Actor, ports: Ports) -> RecoveryCodes:
    """
    The account asks for codes from now on; its recovery codes, told this once.

    Raises SecondFactorOff where none was begun, SecondFactorOn, CodeWrong.
    """
    at = ports.clock()
    codes = tuple(_recovery_code(ports) for _ in range(RECOVERY_CODES))
    async with ports.unit_of_work() as work:
        locked = await own_account(actor, work, at=at)
        if locked.second_factor is None:
            raise SecondFactorOff
        step = ports.second_factor.step(locked.second_factor.sealed, code, at=at)
        enabled = locked.enable_second_factor(step, tuple(map(recovery_hash, codes)), at=at)
        await work.accounts.save(enabled)
        change = await distrust_all(enabled, work=work, ports=ports)
    await ports.gate.forget(change)
    return RecoveryCodes(codes)


async def disable_second_factor(
    password: str | None, code: str, *, actor: Actor, ports: Ports
) -> Account:
    """The account whose password does alone; raises SecondFactorOff, CodeWrong, PasswordWrong."""
    proven = await prove(password, actor=actor, ports=ports)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        locked = await still_proven(proven, actor=actor, work=work, at=at)
        if not locked.has_second_factor:
            raise SecondFactorOff
        off = use_code(locked, code, ports=ports).disable_second_factor(at=at)
        await work.accounts.save(off)
        change = await distrust_all(off, work=work, ports=ports)
    await ports.gate.forget(change)
    return off.saved()


def _recovery_code(ports: Ports) -> str:
    letters = ports.ids.letters(_ALPHABET, RECOVERY_LETTERS)
    groups = range(0, RECOVERY_LETTERS, RECOVERY_GROUP)
    return "-".join(letters[start : start + RECOVERY_GROUP] for start in groups)
