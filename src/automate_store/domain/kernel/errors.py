"""
The families of refusal, each named for what the caller can do about it.

A leaf is a frozen attrs class whose fields say what happened; its ``says`` is
the sentence a person reads, and its class name, in snake case, is the code a
program matches on.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from automate_store.domain.kernel.words import snake


class StoreError(Exception):
    """Anything the store refuses or cannot do; the fields of a leaf say why."""

    says: ClassVar[str] = "The request could not be met."
    """One sentence for a person, with the leaf's fields in braces."""

    def __str__(self) -> str:
        return self.says.format_map({name: _told(each) for name, each in self.fields().items()})

    def fields(self) -> dict[str, object]:
        """The leaf's fields by name, in the order they were declared."""
        declared = getattr(type(self), "__attrs_attrs__", ())
        return {field.name: getattr(self, field.name) for field in declared}

    @classmethod
    def code(cls) -> str:
        """The stable name a program matches on: ``OutOfStock`` is ``out_of_stock``."""
        return snake(cls.__name__)


def _told(value: object) -> object:
    """The value as a sentence has it: several words are one text."""
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value) or "nothing"
    return value


class Malformed(StoreError):  # noqa: N818 - named for the fact
    """The request can't be understood; send another one."""


class Unauthenticated(StoreError):  # noqa: N818 - named for the fact
    """Nobody is signed in; sign in and try again."""


class Forbidden(StoreError):  # noqa: N818 - named for the fact
    """The caller is known and may not do this."""


class NotFound(StoreError):  # noqa: N818 - named for the fact
    """There is no such thing, or none that the caller may see."""


class RuleBroken(StoreError):  # noqa: N818 - named for the fact
    """A business rule said no; the fields say which, and what would satisfy it."""


class Stale(StoreError):  # noqa: N818 - named for the fact
    """It changed while the caller looked; read again, then try again."""


class PreconditionMissing(Malformed):
    """The change must name the version that it is based on."""


class KeyReused(StoreError):  # noqa: N818 - named for the fact
    """The idempotency key came before with another request; take a new key."""


class TooMany(StoreError):  # noqa: N818 - named for the fact
    """The caller asks too often; wait and try again."""


class Unavailable(StoreError):  # noqa: N818 - named for the fact
    """Something the store needs is away; the same request may succeed later."""


@attrs.frozen
class FieldError:
    """One field of a request that can't be accepted, and why."""

    field: str
    reason: str


@attrs.frozen
class InvalidInput(Malformed):
    """One or more fields of the request are not acceptable."""

    says = "The request has fields that can't be accepted."
    errors: tuple[FieldError, ...]

    @classmethod
    def of(cls, field: str, reason: str) -> InvalidInput:
        """The refusal of one field."""
        return cls((FieldError(field, reason),))
