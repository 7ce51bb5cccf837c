"""
Auditing: who of the staff changed what, with what it was before and after.

An entry is written in the work of its change, so that neither is kept without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.words import snake

TEXT_KEPT = 2_000
"""Characters of a text that an entry keeps; one that is cut says how long it was."""
ITEMS_KEPT = 200
"""Items of a list that an entry keeps; one that is cut says how many more there were."""
SECRETS = frozenset(
    {
        *("hash", "hashes", "password", "passwords", "recovery", "salt", "sealed"),
        *("secret", "secrets", "token", "tokens"),
    }
)
"""A name that has one of these words is a secret's, and no entry has it."""
_MACHINERY = frozenset({"version", "events"})
"""What each aggregate has for its storing; it says nothing about the thing."""
_WORDS = re.compile(r"[^a-z0-9]+")


async def note(
    work: Work,
    actor: Actor,
    action: str,
    subject: str,
    *,
    before: object,
    after: object,
    ports: Ports,
) -> None:
    """
    An entry in the trail, kept if and only if the work is; none where both ends are equal.

    ``action`` is the use case's name and ``subject`` what it changed, as ``coupon:WELCOME``.
    Both ends are attrs values or mappings; None is nothing: before it was made, after it
    was removed. See ``as_json`` for what is kept of them.
    """
    # As they are, and not as they are written: a change of what is kept secret is one too.
    if before == after:
        return
    entry = TrailEntry(
        id=ports.ids.uuid(),
        at=ports.clock(),
        actor=actor.name,
        account_id=actor.account_id,
        action=action,
        subject=subject,
        before=_end(before),
        after=_end(after),
    )
    await work.trail.add(entry)


async def read_audit(
    *,
    subject: str | None = None,
    account_id: UserId | None = None,
    before: UUID | None = None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[TrailEntry, ...]:
    """Changes by staff, newest first: all, those of a subject, those by an account."""
    actor.may(Permission.READ_AUDIT)
    async with ports.reading() as reads:
        return await reads.trail.page(
            before=before, limit=limit, subject=subject, account_id=account_id
        )


def as_json(value: object) -> Any:
    """
    The value in what JSON has: money as amount and currency, decimals and times as text.

    An attrs value is its fields and the ``kind`` it is of. Left out are secrets (fields
    that no repr shows, names with a word of SECRETS, bytes) and what is derived. Texts and
    lists are cut to TEXT_KEPT and ITEMS_KEPT. What is of no kind known here is its text.
    """
    if isinstance(value, Enum):
        return as_json(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Money):
        return {"amount": f"{value.decimal():f}", "currency": value.currency}
    if isinstance(value, Mapping):
        return _object(value)
    if attrs.has(type(value)):
        return {"kind": _kind(type(value)), **_object(_fields(value))}
    if isinstance(value, list | tuple):
        return _list(value)
    if isinstance(value, set | frozenset):
        return _list(sorted(value, key=str))
    return _cut(_text(value))


def _end(value: object) -> dict[str, Any] | None:
    written = as_json(value)
    assert written is None or isinstance(written, dict), "an entry tells of things with names"
    return written


def _fields(value: Any) -> dict[str, object]:
    """What the value was made of, by name: not what it made of that, nor what it hides."""
    names = [each.name for each in attrs.fields(type(value)) if each.init and each.repr]
    return {name: getattr(value, name) for name in names if name not in _MACHINERY}


def _kind(of: type) -> str:
    kind = getattr(of, "kind", None)
    return kind if isinstance(kind, str) else snake(of.__name__)


def _object(items: Mapping[Any, object]) -> dict[str, Any]:
    named = ((_text(as_json(key)), each) for key, each in items.items())
    return {
        name: as_json(each)
        for name, each in named
        if not _secret(name) and not isinstance(each, bytes)
    }


def _list(items: Iterable[object]) -> list[Any]:
    every = [as_json(each) for each in items if not isinstance(each, bytes)]
    more = len(every) - ITEMS_KEPT
    return every if more <= 0 else [*every[:ITEMS_KEPT], f"... and {more} more"]


def _secret(name: str) -> bool:
    return not SECRETS.isdisjoint(_WORDS.split(snake(name)))


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        # A rate is the same however many noughts the database writes behind it.
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_KEPT else f"{text[:TEXT_KEPT]}... ({len(text)} characters)"
