"""
Routes: one table that serves, documents, and is tested.

A handler's annotations say what it takes (``body``, ``query``) and what it answers; the
decorator says the rest. The endpoint, the OpenAPI document and the tables of bad input
are all made from these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar, get_type_hints

from attrs import field, frozen
from msgspec import Struct

from automate_store.application.access import FOR_STAFF, Permission
from automate_store.application.errors import (
    BadKey,
    Contended,
    DatabaseUnavailable,
    KeyInProgress,
    KeyMissing,
    NotAllowed,
    OtherInputs,
    RateLimited,
    SignInNeeded,
    Unstorable,
    VersionConflict,
)
from automate_store.application.ports.credentials import TokenRefused
from automate_store.application.ports.limits import Bucket
from automate_store.domain.identity import SecondFactorMissing, SessionOver
from automate_store.domain.kernel.errors import InvalidInput, StoreError
from automate_store.entrypoints.http.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Broken,
    CsrfRefused,
    NoSuchRoute,
    NotAForm,
    RefreshFirst,
    WrongContentType,
)

PREFIX = "/api/v1"
STAFF_PREFIX = f"{PREFIX}/admin"
"""What is below is not there for anybody but staff."""
Method = Literal["GET", "POST", "PUT", "DELETE"]
Opens = Literal["cart", "order"]
Handler = Callable[..., Awaitable[Struct]]
H = TypeVar("H", bound=Handler)

_ALWAYS: tuple[type[StoreError], ...] = (DatabaseUnavailable, Broken)
_BODY: tuple[type[StoreError], ...] = (InvalidInput, WrongContentType, BodyTooSlow)
_FORM: tuple[type[StoreError], ...] = (InvalidInput, NotAForm, BodyTooSlow)
_WRITING: tuple[type[StoreError], ...] = (BodyTooLarge, Contended, VersionConflict, Unstorable)
_ASKING: tuple[type[StoreError], ...] = (TokenRefused, SessionOver, RefreshFirst)
_KEYED: tuple[type[StoreError], ...] = (KeyMissing, BadKey, KeyInProgress, OtherInputs)


@frozen(kw_only=True)
class Route:
    """One operation: where it is, what it takes and gives, and every way it can refuse."""

    method: Method
    path: str
    handler: Handler
    tag: str
    summary: str
    status: int
    own_raises: tuple[type[StoreError], ...]
    keyed: bool = False
    """Whether it needs an Idempotency-Key."""
    limit: Bucket | None
    """What it is counted with; None is not counted."""
    needs: Permission | None = None
    """What its caller must be allowed to do; anybody may come where it is None."""
    opens: Opens | None = None
    """Whose token it takes."""
    anonymous: bool = False
    """Whether it does not matter who asks, so that nobody looks."""
    other_status: int | None = None
    """What it may answer in the place of ``status``, in the same form."""
    cached: bool = False
    """Whether its answers may be kept and are the same for everybody."""
    versioned: bool = False
    """Whether its answer tells a version, and a change of it may name the one it is based on."""
    version_needed: bool = False
    """Whether a change of it has to."""
    changes_catalog: bool = False
    """Whether what customers browse is another one afterwards."""
    form: bool = False
    """Whether its body is a form with a file, and not JSON."""
    body: type[Struct] | None = None
    body_optional: bool = False
    query: type[Struct] | None = None
    answer: type[Struct] = field()

    @property
    def operation_id(self) -> str:
        """The handler's name, which is the trade's name of what it does."""
        return self.handler.__name__

    @property
    def description(self) -> str:
        """The handler's sentences."""
        return " ".join((self.handler.__doc__ or "").split())

    @property
    def raises(self) -> tuple[type[StoreError], ...]:
        """Every error it may answer with, each once."""
        found = [*self.own_raises]
        found += _BODY if self.body and not self.form else ()
        found += _FORM if self.form else ()
        found += (InvalidInput,) if self.query else ()
        found += _WRITING if self.writes else ()
        found += _KEYED if self.keyed else ()
        found += self._turning_away
        found += _ASKING if self.asks_who else ()
        found += (CsrfRefused,) if self.asks_who and self.writes else ()
        found += (RateLimited,) if self.limit else ()
        return tuple(dict.fromkeys([*found, *_ALWAYS]))

    @property
    def asks_who(self) -> bool:
        """Whether it matters who asks."""
        return not (self.anonymous or self.cached) and self.path.startswith(PREFIX)

    @property
    def _turning_away(self) -> tuple[type[StoreError], ...]:
        if self.needs is None:
            return ()
        found = (NoSuchRoute if self.hidden else SignInNeeded, NotAllowed)
        return (*found, SecondFactorMissing) if self.staff else found

    @property
    def staff(self) -> bool:
        """Whether it is for staff."""
        return self.needs in FOR_STAFF

    @property
    def hidden(self) -> bool:
        """Whether it is not there for anybody else than staff."""
        return self.path.startswith(f"{STAFF_PREFIX}/")

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in braces."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


class Routes:
    """
    The routes of one part of the store, in the order they are declared.

    They are counted with ``limit``, and what writes with ``write_limit``, where a route
    does not say otherwise.
    """

    def __init__(
        self,
        tag: str,
        *,
        prefix: str = PREFIX,
        limit: Bucket | None = Bucket.GENERAL,
        write_limit: Bucket | None = Bucket.GENERAL,
    ) -> None:
        self.tag = tag
        self._limit = limit
        self._write_limit = write_limit
        self.all: list[Route] = []
        self._prefix = prefix

    def get(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare what reads."""
        return self._declare("GET", path, facts)

    def post(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare what makes or does."""
        return self._declare("POST", path, facts)

    def put(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare what sets."""
        return self._declare("PUT", path, facts)

    def delete(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Declare what removes."""
        return self._declare("DELETE", path, facts)

    def _declare(self, method: Method, path: str, facts: Mapping[str, Any]) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            limit = self._limit if method == "GET" else self._write_limit
            known = {"tag": self.tag, "limit": limit, **facts}
            self.all.append(_route(method, self._prefix + path, handler, known))
            return handler

        return declare


def _route(method: Method, path: str, handler: Handler, facts: Mapping[str, Any]) -> Route:
    hints = get_type_hints(handler)
    rest = {name: fact for name, fact in facts.items() if name not in {"raises", "status"}}
    return Route(
        method=method,
        path=path,
        handler=handler,
        status=facts.get("status", 200),
        own_raises=facts.get("raises", ()),
        body=hints.get("body"),
        query=hints.get("query"),
        answer=hints["return"],
        **rest,
    )
