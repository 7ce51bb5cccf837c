"""Refusals that only make sense over HTTP."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.errors import (
    Forbidden,
    Malformed,
    NotFound,
    StoreError,
    Unauthenticated,
    Unavailable,
)


@frozen
class NoSuchRoute(NotFound):
    """Nothing answers at this address, or nothing that this caller may see."""

    says = "Nothing is found at this address."


@frozen
class CsrfRefused(Forbidden):
    """A cookie says who asks, and nothing shows that a page of the shop sent the request."""

    says = "Send the session's csrf_token in the header X-CSRF-Token."


@frozen
class RefreshFirst(Unauthenticated):
    """The access cookie's time is over, and the browser keeps the session's refresh cookie."""

    says = (
        "The session has to be refreshed: POST /api/v1/auth/refresh with the header X-CSRF-Token,"
        " then send this again."
    )


@frozen
class BadHost(Malformed):
    """The request names no host, several, or one that is not the store's."""

    says = "The store does not answer to that name: send one Host, its own."


@frozen
class MethodNotAllowed(Malformed):
    """Something is at this address, and it does not do that."""

    says = "{method} is nothing that can be done here."
    method: str
    allowed: tuple[str, ...]


@frozen
class BodyTooLarge(Malformed):
    """The body is longer than any request needs."""

    says = "A body has {limit_bytes} bytes at most."
    limit_bytes: int


@frozen
class BodyTooSlow(Malformed):
    """The body was announced, and did not come in time."""

    says = "The whole body did not come in time."


@frozen
class WrongContentType(Malformed):
    """The body is not declared as JSON."""

    says = "Send the body as application/json."


@frozen
class NotAForm(Malformed):
    """The body is not declared as a form."""

    says = "Send the body as multipart/form-data, with the picture as its file."


@frozen
class BadRequest(Malformed):
    """The request itself, before its content, can't be read."""

    says = "The request can't be read: {reason}."
    reason: str


@frozen
class NotReady(Unavailable):
    """Something that the store stands on is away; it is better not sent requests now."""

    says = "The store is not ready; see its reasons."
    reasons: tuple[str, ...]


@frozen
class Broken(StoreError):  # noqa: N818 - named for the fact
    """Something went wrong on our side; the request id finds it for whoever runs the store."""

    says = "Something went wrong on our side; the request id finds it in the logs."
