"""Signing in and out: passwords and codes in, sessions out; each session ends as a whole."""

from __future__ import annotations

from attrs import field, frozen

from automate_store.application.access import Actor
from automate_store.application.identity.opening import (
    Device,
    Opened,
    SignIn,
    carried_on,
    end_sessions,
    handed_over,
    open_session,
)
from automate_store.application.identity.registering import claim_orders
from automate_store.application.ports import Ports
from automate_store.application.ports.credentials import Verified
from automate_store.application.ports.identity import SessionChange
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.identity import (
    Account,
    EmailUnproven,
    Registration,
    SecondFactorNeeded,
    Session,
    SessionNotFound,
    SessionOver,
    WrongCredentials,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import SessionId

LOOKS = 2
"""How often a sign-in looks at a password: another one may just have made its hash anew."""


@frozen(kw_only=True)
class Login:
    """Somebody's claim to be who has that e-mail."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    """Of the authenticator, or a recovery code."""


async def login(command: Login, device: Device, *, ports: Ports) -> SignIn:
    """
    The account, signed in.

    Raises WrongCredentials for an unknown e-mail and a wrong password alike, in about the
    same time; SecondFactorNeeded, CodeWrong, EmailUnproven.
    """
    for _ in range(LOOKS):
        account, verified = await _recognised(command, ports)
        if not verified.ok or account is None or account.deleted_at is not None:
            raise WrongCredentials
        if account.has_second_factor and command.code is None:
            raise SecondFactorNeeded
        await _proven(account, ports)
        opened = await _opened(command, account, verified, device, ports)
        if opened is not None:
            return await handed_over(opened, ports=ports)
    raise WrongCredentials


async def refresh(refresh_token: str, *, ports: Ports) -> SignIn:
    """
    The session under fresh tokens, the given one spent.

    Raises SessionOver. A token that was spent before is in two hands: the session ends.
    """
    if not plausible(refresh_token):
        raise SessionOver
    async with ports.unit_of_work() as work:
        outcome = await _spend(token_hash(refresh_token), work, ports)
    if isinstance(outcome, SessionChange):
        await ports.gate.forget(outcome)
        raise SessionOver
    return await handed_over(outcome, ports=ports)


async def logout(*, actor: Actor, ports: Ports) -> None:
    """The session is over, all its tokens with it."""
    session_id = SessionId(actor.session_id) if actor.session_id else None
    await _end(actor, ports, only=session_id)


async def logout_everywhere(*, actor: Actor, ports: Ports) -> None:
    """All sessions of the account are over, this one too."""
    await _end(actor, ports)


async def list_sessions(*, actor: Actor, ports: Ports) -> tuple[Session, ...]:
    """The account's open sessions, the last used first."""
    account_id = actor.account()
    async with ports.reading() as reads:
        return await reads.sessions.of_account(account_id, at=ports.clock())


async def end_session(session_id: SessionId, *, actor: Actor, ports: Ports) -> None:
    """One of the account's own sessions is over; raises SessionNotFound."""
    ended = await _end(actor, ports, only=session_id)
    if not ended:
        raise SessionNotFound(str(session_id))


def use_code(account: Account, code: str, *, ports: Ports) -> Account:
    """The account after the code, of either kind; raises CodeWrong."""
    state = account.second_factor
    assert state is not None, "only an account with a second factor is asked for a code"
    step = ports.second_factor.step(state.sealed, code, at=ports.clock())
    return account.use_code(step, recovery_hash(code))


def recovery_hash(code: str) -> bytes:
    """What is stored of a recovery code, however it is typed."""
    return token_hash("".join(code.upper().replace("-", " ").split()))


async def _spend(given: bytes, work: Work, ports: Ports) -> Opened | SessionChange:
    """The session carried on or, where the token was spent before, its end."""
    at = ports.clock()
    found = await work.sessions.by_refresh(given)
    if found is None or not found.session.open_at(at):
        raise SessionOver
    session = found.session
    account = await work.accounts.get(session.account_id)
    if found.used_at is not None:
        return await end_sessions(account, work=work, ports=ports, at=at, only=session.id)
    if at >= session.last_used_at + ports.policy.accounts.session_idle:
        raise SessionOver
    return await carried_on(account, session, given, work=work, ports=ports, at=at)


async def _recognised(command: Login, ports: Ports) -> tuple[Account | None, Verified]:
    """Who it could be, and whether the password is theirs; takes as long for nobody."""
    try:
        email = normalise_email(command.email)
    except InvalidInput:
        email = ""
    async with ports.reading() as reads:
        account = await reads.accounts.by_email(email)
    stored = account.password_hash if account else None
    return account, await ports.hasher.verify(command.password, stored)


async def _opened(
    command: Login, account: Account, verified: Verified, device: Device, ports: Ports
) -> Opened | None:
    """The account's new session; None where what was verified is not its password any more."""
    at = ports.clock()
    async with ports.unit_of_work() as work:
        locked = await work.accounts.get(account.id, lock=True)
        if locked.password_hash != account.password_hash:
            return None
        if locked.has_second_factor:
            locked = use_code(locked, command.code or "", ports=ports)
        locked = locked.signed_in(upgraded=verified.upgraded, at=at)
        await work.accounts.save(locked)
        await claim_orders(locked, work)
        return await open_session(locked.saved(), device, work=work, ports=ports, at=at)


async def _proven(account: Account, ports: Ports) -> None:
    """Nothing, where the e-mail is proven or needs no proof; raises EmailUnproven."""
    if account.email_verified or ports.policy.accounts.registration is Registration.OPEN:
        return
    async with ports.unit_of_work() as work:
        locked = await work.accounts.get(account.id, lock=True)
        await work.accounts.save(locked.ask_verification(at=ports.clock()))
    raise EmailUnproven


async def _end(
    actor: Actor, ports: Ports, *, only: SessionId | None = None
) -> tuple[SessionId, ...]:
    account_id = actor.account()
    async with ports.unit_of_work() as work:
        # Locked: whatever a session began ends before it, or finds it over.
        account = await work.accounts.get(account_id, lock=True)
        change = await end_sessions(account, work=work, ports=ports, at=ports.clock(), only=only)
    await ports.gate.forget(change)
    return change.session_ids
