"""Routes of accounts: signing up, in and out, and what an account stands on."""

from __future__ import annotations

import structlog

from automate_store.application import identity as use_cases
from automate_store.application.access import Permission
from automate_store.application.identity import SignIn
from automate_store.application.ports.credentials import HashingBusy, SecretUnreadable
from automate_store.application.ports.limits import Bucket
from automate_store.domain.identity import (
    AccountNotFound,
    CodeWrong,
    EmailTaken,
    EmailUnproven,
    LastAdmin,
    LinkInvalid,
    OrdersOpen,
    OwnerUnproven,
    PasswordWrong,
    ProofNeeded,
    SecondFactorNeeded,
    SecondFactorOff,
    SecondFactorOn,
    SessionNotFound,
    SessionOver,
    WrongCredentials,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import SessionId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.errors import CsrfRefused
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.identity import (
    ChangeEmailInput,
    ChangePasswordInput,
    CodeInput,
    DisableInput,
    EnrolmentAnswer,
    ExportAnswer,
    ForgotPasswordInput,
    LoginInput,
    Message,
    ProfileInput,
    ProofInput,
    RecoveryCodesAnswer,
    RefreshInput,
    RegisterInput,
    ResetPasswordInput,
    SessionList,
    SignInAnswer,
    TokenInput,
    UserAnswer,
    enrolment_answer,
    export_answer,
    recovery_codes_answer,
    session_list,
    sign_in_answer,
    user_answer,
)

routes = Routes("Accounts")
_UNRECOGNISED = (WrongCredentials, SecondFactorNeeded, CodeWrong)
_PROVING = (PasswordWrong, ProofNeeded, HashingBusy)
MAIL_ON_ITS_WAY = "If that e-mail can be used, a mail with a link is on its way to it."


@routes.post(
    "/auth/register",
    limit=Bucket.AUTH,
    summary="Open an account",
    status=201,
    other_status=202,
    raises=(EmailTaken, HashingBusy),
    anonymous=True,
)
async def register(call: Call, body: RegisterInput) -> SignInAnswer:
    """
    The new account, signed in; a link that proves its e-mail is mailed.

    Where the shop wants that proof first, the answer is 202 without tokens, whether the
    e-mail is new or not.
    """
    found = await use_cases.register(body.command(), call.device, ports=call.ports)
    if found is None:
        call.status = 202
        return SignInAnswer(message=MAIL_ON_ITS_WAY)
    return _handed(call, found, "Welcome.", cookies=body.cookies)


@routes.post(
    "/auth/login",
    limit=Bucket.AUTH,
    summary="Sign in",
    raises=(*_UNRECOGNISED, EmailUnproven, HashingBusy, SecretUnreadable),
    anonymous=True,
)
async def login(call: Call, body: LoginInput) -> SignInAnswer:
    """A session of the account; an unknown e-mail and a wrong password are answered alike."""
    # Counted for whoever the account is of, wherever the tries come from, and never as an
    # address: what is sent as an e-mail could read like one.
    await call.limit(Bucket.AUTH, f"login:email:{_one_spelling(body.email)}")
    found = await use_cases.login(body.command(), call.device, ports=call.ports)
    return _handed(call, found, "Signed in.", cookies=body.cookies)


@routes.post(
    "/auth/refresh",
    summary="Get fresh tokens",
    raises=(SessionOver, InvalidInput, CsrfRefused),
    body_optional=True,
    anonymous=True,
)
async def refresh(call: Call, body: RefreshInput) -> SignInAnswer:
    """
    The same session under fresh tokens; the refresh token that was sent is spent.

    One that was spent before ends the session: it is in two hands. Browsers send no token
    but the header X-CSRF-Token beside their cookie.
    """
    token, cookies = body.refresh_token, False
    if token is None:
        token, cookies = call.refresh_cookie(), True
    try:
        found = await use_cases.refresh(token, ports=call.ports)
    except SessionOver:
        if cookies:
            call.drop_session_cookies()
        raise
    return _handed(call, found, "Signed in still.", cookies=cookies, event="carried_on")


@routes.post(
    "/auth/forgot-password",
    limit=Bucket.AUTH,
    summary="Ask for a new password",
    status=202,
    anonymous=True,
)
async def forgot_password(call: Call, body: ForgotPasswordInput) -> Message:
    """The same answer for every e-mail; a link is mailed to one that has an account."""
    # Each link voids the one before: who asks for many may not keep the owner from theirs.
    await call.limit(Bucket.AUTH, f"forgot_password:email:{_one_spelling(body.email)}")
    await use_cases.forgot_password(body.email, ports=call.ports)
    return Message(MAIL_ON_ITS_WAY)


@routes.post(
    "/auth/reset-password",
    limit=Bucket.AUTH,
    summary="Set a new password",
    raises=(LinkInvalid, HashingBusy),
    anonymous=True,
)
async def reset_password(call: Call, body: ResetPasswordInput) -> Message:
    """The password is the new one, and every session of the account is over."""
    await use_cases.reset_password(body.token, body.password, ports=call.ports)
    return Message("The password is set; sign in with it.")


@routes.post(
    "/auth/verify-email",
    limit=Bucket.AUTH,
    summary="Prove an e-mail",
    raises=(LinkInvalid, OwnerUnproven, PasswordWrong, HashingBusy, AccountNotFound),
)
async def verify_email(call: Call, body: TokenInput) -> Message:
    """
    The e-mail is proven; orders that were placed with it are the account's.

    Whoever reads the mail has to be signed in to the account, or send its password: it may
    have been somebody else who opened it.
    """
    await _count_guess(call, body.password)
    await use_cases.verify_email(body.token, body.password, actor=call.actor, ports=call.ports)
    return Message("The e-mail is confirmed.")


@routes.post(
    "/auth/confirm-email",
    limit=Bucket.AUTH,
    summary="Confirm a change of e-mail",
    raises=(LinkInvalid, EmailTaken, OwnerUnproven, PasswordWrong, HashingBusy, AccountNotFound),
)
async def confirm_email(call: Call, body: TokenInput) -> Message:
    """
    One end's word; the e-mail changes once the old address and the new one gave theirs.

    The new one's comes with the account's session, or with its password.
    """
    await _count_guess(call, body.password)
    account = await use_cases.confirm_email_change(
        body.token, body.password, actor=call.actor, ports=call.ports
    )
    if account.pending_email is None:
        return Message("The e-mail is changed.")
    return Message("Confirmed; the other address has to confirm as well.")


@routes.post(
    "/auth/resend-verification",
    limit=Bucket.AUTH,
    summary="Mail the link again",
    status=202,
    needs=Permission.HAVE_ACCOUNT,
)
async def resend_verification(call: Call) -> Message:
    """A fresh link that proves the account's e-mail; those before are void."""
    await use_cases.ask_verification(actor=call.actor, ports=call.ports)
    return Message("A mail is on its way, unless the e-mail is confirmed already.")


@routes.get("/auth/me", summary="Show the account", needs=Permission.HAVE_ACCOUNT)
async def show_account(call: Call) -> UserAnswer:
    """Who is signed in."""
    return user_answer(await use_cases.show_account(actor=call.actor, ports=call.ports))


@routes.put("/auth/profile", summary="Change the profile", needs=Permission.HAVE_ACCOUNT)
async def change_profile(call: Call, body: ProfileInput) -> UserAnswer:
    """The account with what its owner says of themselves."""
    changed = await use_cases.change_profile(body.command(), actor=call.actor, ports=call.ports)
    return user_answer(changed)


@routes.post(
    "/auth/change-password",
    limit=Bucket.AUTH,
    summary="Change the password",
    raises=(PasswordWrong, HashingBusy),
    needs=Permission.HAVE_ACCOUNT,
)
async def change_password(call: Call, body: ChangePasswordInput) -> SignInAnswer:
    """A session under the new password; every session before it is over."""
    await _count_guess(call, body.current_password)
    found = await use_cases.change_password(
        body.command(), call.device, actor=call.actor, ports=call.ports
    )
    return _handed(call, found, "The password is changed.", cookies=call.by_cookie)


@routes.post(
    "/auth/change-email",
    limit=Bucket.AUTH,
    summary="Change the e-mail",
    status=202,
    raises=_PROVING,
    needs=Permission.HAVE_ACCOUNT,
)
async def change_email(call: Call, body: ChangeEmailInput) -> Message:
    """
    Links are mailed to today's address and to the new one; both have to be used.

    An address that was never confirmed has no say: then the new one's link does alone.
    """
    await _count_guess(call, body.password)
    await use_cases.change_email(body.email, body.password, actor=call.actor, ports=call.ports)
    return Message("Mails are on their way; confirm in each.")


@routes.post("/auth/logout", summary="Sign out", needs=Permission.HAVE_ACCOUNT)
async def logout(call: Call) -> Message:
    """The session is over; none of its tokens opens anything from now on."""
    await use_cases.logout(actor=call.actor, ports=call.ports)
    call.drop_session_cookies()
    return Message("Signed out.")


@routes.post(
    "/auth/logout-everywhere", summary="Sign out everywhere", needs=Permission.HAVE_ACCOUNT
)
async def logout_everywhere(call: Call) -> Message:
    """Every session of the account is over, this one too."""
    await use_cases.logout_everywhere(actor=call.actor, ports=call.ports)
    call.drop_session_cookies()
    return Message("Signed out everywhere.")


@routes.get("/auth/sessions", summary="List sessions", needs=Permission.HAVE_ACCOUNT)
async def list_sessions(call: Call) -> SessionList:
    """Where the account is signed in, the last used first."""
    found = await use_cases.list_sessions(actor=call.actor, ports=call.ports)
    return session_list(found, call.actor.session_id)


@routes.delete(
    "/auth/sessions/{id}",
    summary="End a session",
    raises=(SessionNotFound,),
    needs=Permission.HAVE_ACCOUNT,
)
async def end_session(call: Call) -> Message:
    """One of the account's own sessions is over."""
    session_id = SessionId(call.path_id("id", SessionNotFound))
    await use_cases.end_session(session_id, actor=call.actor, ports=call.ports)
    return Message("The session is over.")


@routes.post(
    "/auth/second-factor",
    limit=Bucket.AUTH,
    summary="Set up a second factor",
    raises=(*_PROVING, SecondFactorOn),
    body_optional=True,
    needs=Permission.HAVE_ACCOUNT,
)
async def begin_second_factor(call: Call, body: ProofInput) -> EnrolmentAnswer:
    """A secret for an authenticator; it counts once a first code was sent to enable."""
    await _count_guess(call, body.password)
    found = await use_cases.begin_second_factor(body.password, actor=call.actor, ports=call.ports)
    return enrolment_answer(found)


@routes.post(
    "/auth/second-factor/enable",
    limit=Bucket.AUTH,
    summary="Turn the second factor on",
    raises=(SecondFactorOff, SecondFactorOn, CodeWrong, SecretUnreadable),
    needs=Permission.HAVE_ACCOUNT,
)
async def enable_second_factor(call: Call, body: CodeInput) -> RecoveryCodesAnswer:
    """Sign-ins ask for a code from now on; the recovery codes are shown this once."""
    codes = await use_cases.enable_second_factor(body.code, actor=call.actor, ports=call.ports)
    return recovery_codes_answer(codes)


@routes.post(
    "/auth/second-factor/disable",
    limit=Bucket.AUTH,
    summary="Turn the second factor off",
    raises=(*_PROVING, SecondFactorOff, CodeWrong, SecretUnreadable),
    needs=Permission.HAVE_ACCOUNT,
)
async def disable_second_factor(call: Call, body: DisableInput) -> UserAnswer:
    """The account whose password does alone."""
    await _count_guess(call, body.password)
    found = await use_cases.disable_second_factor(
        body.password, body.code, actor=call.actor, ports=call.ports
    )
    return user_answer(found)


@routes.get("/auth/export", summary="Download what is kept on me", needs=Permission.HAVE_ACCOUNT)
async def export_account(call: Call) -> ExportAnswer:
    """All that the store keeps on the account, in one document."""
    kept = await use_cases.export_account(actor=call.actor, ports=call.ports)
    call.headers.append((b"content-disposition", b'attachment; filename="my-data.json"'))
    return export_answer(kept, call.ports.clock())


@routes.delete(
    "/auth/delete-account",
    limit=Bucket.AUTH,
    summary="Delete the account",
    raises=(*_PROVING, OrdersOpen, LastAdmin),
    body_optional=True,
    needs=Permission.HAVE_ACCOUNT,
)
async def delete_account(call: Call, body: ProofInput) -> Message:
    """Orders stay for the books, the person goes from them, and every session is over."""
    await _count_guess(call, body.password)
    await use_cases.delete_account(body.password, actor=call.actor, ports=call.ports)
    call.drop_session_cookies()
    return Message("The account is deleted.")


async def _count_guess(call: Call, password: str | None) -> None:
    """Count a password that is to prove something, wherever it is sent; raises RateLimited."""
    if password is not None:
        # Five places that each allowed five would make 25 guesses for a stolen session.
        await call.limit(Bucket.AUTH, f"prove:{call.limit_key}")


def _handed(
    call: Call, found: SignIn, message: str, *, cookies: bool, event: str = "signed_in"
) -> SignInAnswer:
    structlog.get_logger().info(
        event,
        account=str(found.account.id),
        session=str(found.session.id),
        second_factor=found.account.has_second_factor,
    )
    if cookies:
        call.keep_session_cookies(found)
    return sign_in_answer(found, message, cookies=cookies, at=call.ports.clock())


def _one_spelling(email: str) -> str:
    """The e-mail as accounts are found by it; what is none, as it came."""
    try:
        return normalise_email(email)
    except InvalidInput:
        return email
