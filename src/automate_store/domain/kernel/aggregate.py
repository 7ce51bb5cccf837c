"""Aggregates: frozen, versioned, and carrying the events of their last commands."""

from __future__ import annotations

from typing import Any, Self

from attrs import evolve, frozen

from automate_store.domain.kernel.events import Event


@frozen(kw_only=True)
class Aggregate:
    """
    A thing with a life of its own, changed by commands that return the next one.

    ``version`` is that of the stored row it was loaded from; 0 has never been saved.
    """

    version: int = 0
    events: tuple[Event, ...] = ()

    def after(self, *events: Event, **changes: Any) -> Self:
        """The next aggregate: the changes made, the events added."""
        return evolve(self, events=(*self.events, *events), **changes)

    def saved(self) -> Self:
        """As the store has it once it is saved: one version on, its events handed over."""
        return evolve(self, version=self.version + 1, events=())
