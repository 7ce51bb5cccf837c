"""The fake gateway's books: who owes what, every movement, and every event."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from attrs import asdict, evolve

from automate_store.application.ports.sources import Clock, Ids
from automate_store.entrypoints.fake_gateway.words import (
    Customer,
    Dispute,
    Entry,
    Happened,
    Intent,
    Method,
    Refused,
    Returned,
    Setup,
)

LONGEST_LIST = 1_000_000
"""Rows of a kind, entries and events that are kept, at most; older ones are dropped then."""

_Each = TypeVar("_Each")
_Row = TypeVar("_Row", Intent, Returned, Dispute, Customer, Method, Setup)


class Latest(OrderedDict[str, _Each]):
    """So many by their names: whatever comes beyond drops the one that came first, ended or not."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self._longest = longest

    def __setitem__(self, name: str, each: _Each) -> None:
        """Put it in the place of the one of that name, or last."""
        super().__setitem__(name, each)
        if len(self) > self._longest:
            self.popitem(last=False)


class Books:
    """Everything that the gateway knows; it is gone when the process is."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids
        self.tell: Callable[[Happened], None] = lambda _: None
        self.forgets: Callable[[str], bool] = lambda _: False
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.intents = Latest[Intent](LONGEST_LIST)
        self.refunds = Latest[Returned](LONGEST_LIST)
        self.disputes = Latest[Dispute](LONGEST_LIST)
        self.customers = Latest[Customer](LONGEST_LIST)
        self.methods = Latest[Method](LONGEST_LIST)
        self.setups = Latest[Setup](LONGEST_LIST)
        self.entries: deque[Entry] = deque(maxlen=LONGEST_LIST)
        self.events: deque[Happened] = deque(maxlen=LONGEST_LIST)

    def fresh(self, kind: str) -> str:
        """A new id, such as ``in_0192...``."""
        return f"{kind}_{self._ids.uuid().hex}"

    def secret(self) -> str:
        """What nobody guesses."""
        return self._ids.token()

    def find(self, rows: Mapping[str, _Row], id: str) -> _Row:
        """The row; raises Refused."""
        if id not in rows:
            raise Refused(404, "not_found", f"there is no {id!r} here")
        return rows[id]

    def moved(self, intent: Intent, kind: str, amount: int, subject: str | None = None) -> None:
        """Write a line into the ledger."""
        number = self.entries[-1].number + 1 if self.entries else 1
        entry = Entry(
            number=number,
            at=self._clock(),
            kind=kind,
            intent_id=intent.id,
            payment_id=intent.payment_id,
            amount=amount,
            currency=intent.currency,
            subject=subject or intent.id,
        )
        self.entries.append(entry)

    def happened(self, type: str, about: Intent | None, /, **data: Any) -> None:
        """Write down what happened, and tell whoever wants to know, but for what it forgets."""
        if self.forgets(type):
            return
        event = Happened(
            id=self.fresh("evt"),
            type=type,
            at=self._clock(),
            intent_id=about.id if about else None,
            payment_id=about.payment_id if about else None,
            data={name: _shown(each) for name, each in data.items()},
        )
        self.events.append(event)
        self.tell(event)

    def keep(self, intent: Intent) -> Intent:
        """The intent, stored, and told of where its state or money is another."""
        before = self.intents.get(intent.id)
        self.intents[intent.id] = intent
        if before is not None and (before.state, before.captured) != (
            intent.state,
            intent.captured,
        ):
            kind = "captured" if intent.captured > before.captured else intent.state
            self.happened(f"intent.{kind}", intent, intent=intent)
        return intent


def without_secret(rows: Iterable[Intent]) -> list[Intent]:
    """The intents as lists show them."""
    return [evolve(each, client_secret=None) for each in rows]


def _shown(row: Any) -> dict[str, Any]:
    shown: dict[str, Any] = asdict(row)
    shown.pop("client_secret", None)
    return shown
