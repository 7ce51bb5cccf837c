"""Opening sessions: what every way of signing in ends with, and what ends sessions."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.identity import IssuedToken, SessionChange, SignedIn
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.tokens import token_hash
from automate_store.domain.identity import Account, Session
from automate_store.domain.kernel.ids import SessionId


@frozen(kw_only=True)
class Device:
    """Where a sign-in comes from, as its owner sees it in the list of sessions."""

    user_agent: str | None
    address: str | None


@frozen(kw_only=True)
class SignIn:
    """A session as its owner is handed it: an access token, and what carries it on."""

    account: Account
    session: Session
    access: IssuedToken
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    csrf_token: str = field(repr=False)
    """What requests with cookies send beside them, to show that our own page sent them."""


@frozen(kw_only=True)
class Opened:
    """A session as it is stored, with the secret that carries it on."""

    account: Account
    session: Session
    refresh_token: str = field(repr=False)


async def open_session(
    account: Account, device: Device, *, work: Work, ports: Ports, at: datetime
) -> Opened:
    """A new session of the account, stored with the work."""
    session = Session(
        id=SessionId(ports.ids.uuid()),
        account_id=account.id,
        user_agent=device.user_agent,
        address=device.address,
        created_at=at,
        last_used_at=at,
        expires_at=at + ports.policy.accounts.session_lifetime,
    )
    refresh_token = ports.ids.token()
    await work.sessions.add(session, token_hash(refresh_token))
    return Opened(account=account, session=session, refresh_token=refresh_token)


async def handed_over(opened: Opened, *, ports: Ports) -> SignIn:
    """The stored session with its tokens; call it behind the work's commit."""
    session = opened.session
    issued = await ports.gate.issue(signed_in(opened.account, session))
    idle = session.last_used_at + ports.policy.accounts.session_idle
    return SignIn(
        account=opened.account,
        session=session,
        access=issued,
        refresh_token=opened.refresh_token,
        refresh_expires_at=min(idle, session.expires_at),
        csrf_token=await ports.gate.secret(csrf_label(session.id)),
    )


async def carried_on(
    account: Account, session: Session, spent_hash: bytes, *, work: Work, ports: Ports, at: datetime
) -> Opened:
    """The session under its next refresh token."""
    refresh_token = ports.ids.token()
    await work.sessions.rotate(session, spent_hash, token_hash(refresh_token), at=at)
    used = evolve(session, last_used_at=at)
    return Opened(account=account, session=used, refresh_token=refresh_token)


def signed_in(account: Account, session: Session) -> SignedIn:
    """What requests need of the two."""
    return SignedIn(
        session_id=session.id,
        account_id=account.id,
        email=account.email,
        role=account.role,
        groups=account.groups,
        tax_exempt=account.tax_exempt,
        second_factor=account.has_second_factor,
        signed_in_at=session.created_at,
        expires_at=session.expires_at,
    )


def csrf_label(session_id: SessionId) -> str:
    """What the session's secret against forged requests is called."""
    return f"csrf:{session_id}"


async def end_sessions(
    account: Account,
    *,
    work: Work,
    ports: Ports,
    at: datetime,
    only: SessionId | None = None,
) -> SessionChange:
    """End the account's sessions, or some; hand the change to the gate behind the commit."""
    ended = await work.sessions.end(account.id, at=at, only=only)
    return await distrust(ended, work=work, ports=ports)


async def distrust_all(account: Account, *, work: Work, ports: Ports) -> SessionChange:
    """The change of the account's sessions, each of which knows another thing of it now."""
    sessions = await work.sessions.of_account(account.id, at=ports.clock())
    return await distrust(tuple(one.id for one in sessions), work=work, ports=ports)


async def distrust(
    session_ids: tuple[SessionId, ...], *, work: Work, ports: Ports
) -> SessionChange:
    """The change of these sessions, distrusted with the work."""
    change = SessionChange(mark=ports.ids.uuid(), session_ids=session_ids)
    if session_ids:
        await work.sessions.distrust(change)
    return change
