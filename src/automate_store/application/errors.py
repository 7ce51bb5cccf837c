"""Refusals that the machinery makes, in words that the callers can act on."""

from __future__ import annotations

from attrs import field, frozen

from automate_store.application.ports.limits import Bucket
from automate_store.domain.kernel.errors import (
    Forbidden,
    KeyReused,
    Malformed,
    NotFound,
    PreconditionMissing,
    RuleBroken,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from automate_store.domain.payments import reason_kept


class KeyRefused(Exception):  # noqa: N818 - named for the fact
    """Why a provider is unavailable that does answer: it does not let the store in."""


NO_SUCH_PAYMENT = "it knows of no such payment"


@frozen
class DatabaseUnavailable(Unavailable):
    """The database can't be reached, or did not answer in time."""

    says = "The store is busy or its database is away; try again in {retry_after_s} s."
    retry_after_s: int = 1


@frozen
class Unstorable(Malformed):
    """A value is too long or too large, or holds characters that can't be stored."""

    says = "A value can't be stored: too long, too large, or with forbidden characters."


@frozen
class VersionConflict(Stale):
    """The thing was changed by somebody else since it was read."""

    says = "The {kind} {id} changed meanwhile; read it again."
    kind: str
    id: str


@frozen
class VersionMissing(PreconditionMissing):
    """The change has to say which version of the thing it is based on."""

    says = "Send an If-Match header with the ETag, or the version, that you read."


@frozen
class Contended(Stale):
    """Somebody else got in between; nothing is wrong with the request itself."""

    says = "Somebody else changed the same thing at the same time; try again."


@frozen
class NumberTaken(Stale):
    """The fresh order number was not new after all; another try takes another one."""

    says = "Order number {number} is taken."
    number: str


@frozen
class CartOrdered(RuleBroken):
    """The cart became an order already."""

    says = "The cart became order {number}; start a new cart to buy more."
    number: str


@frozen
class KeyMissing(Malformed):
    """The request moves stock or money and carries no idempotency key."""

    says = (
        "Send an Idempotency-Key header: a fresh random value for each thing that you mean,"
        " and the same again when you repeat it."
    )


@frozen
class BadKey(Malformed):
    """The idempotency key is empty, too long, or holds characters that keys do not have."""

    says = "An Idempotency-Key has 1 to {longest} visible ASCII characters."
    longest: int


@frozen
class KeyInProgress(RuleBroken):
    """A request with the same key is being worked on right now."""

    says = "The same request is still being worked on; ask again with the same key."


@frozen
class OtherInputs(KeyReused):
    """The key came before with other inputs."""

    says = "This Idempotency-Key was used for another request; take a new one."


@frozen
class BadCursor(Malformed):
    """The cursor is none that a page of this list gave."""

    says = "cursor is what the page before gave as next_cursor, with the same sort and filters."


@frozen
class NotAllowed(Forbidden):
    """The caller's role does not include this."""

    says = "{permission} is not among what a {role} may do."
    role: str
    permission: str


@frozen
class SignInNeeded(Unauthenticated):
    """Only somebody who is signed in can do this."""

    says = "Sign in first: send an access token, or the cookies of a session."


@frozen
class GatewayUnavailable(Unavailable):
    """The payment provider can't be reached, or did not answer in time."""

    says = "{gateway} does not answer; no money has moved that you can't ask about again."
    gateway: str
    retry_after_s: int = 2
    others: tuple[str, ...] = ()
    """The gateways that work meanwhile."""


@frozen
class GatewayRefused(RuleBroken):
    """The payment provider will not do it, and nothing has moved."""

    says = "{gateway} refuses: {reason}."
    gateway: str
    reason: str = field(converter=reason_kept)

    @classmethod
    def of_unknown(cls, gateway: str) -> GatewayRefused:
        """The refusal of whatever is asked about a payment that it has not heard of."""
        return cls(gateway, NO_SUCH_PAYMENT)

    @property
    def unknown(self) -> bool:
        """Whether it has not heard of the payment, so that it says nothing about it."""
        return self.reason == NO_SUCH_PAYMENT


@frozen
class WebhookRefused(Malformed):
    """What came in a provider's name is not proven to be from it."""

    says = "This is not signed by {gateway}, or not for this store, or too old: {reason}."
    gateway: str
    reason: str


@frozen
class WebhooksNotHeard(NotFound):
    """No gateway of that name tells this store anything."""

    says = "No gateway {gateway!r} tells this store anything."
    gateway: str


@frozen
class MailUnavailable(Unavailable):
    """The mail can't be handed over now."""

    says = "The mail could not be sent: {reason}."
    reason: str


@frozen
class MailRefused(Malformed):
    """The mail will not be taken, however often it is sent; another address may be."""

    says = "The mail is refused for good: {reason}."
    reason: str


@frozen
class BrokenFile(Malformed):
    """The file can't be read on from that line; nothing of it was taken."""

    says = "Line {line}: {problem}. {remedy}"
    line: int
    problem: str
    remedy: str


@frozen
class RateLimited(TooMany):
    """The caller has asked as often as may be for a while."""

    says = "At most {limit} of these in {window_s} s; try again in {retry_after_s} s."
    bucket: Bucket
    limit: int
    window_s: int
    retry_after_s: int
