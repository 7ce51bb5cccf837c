"""Events: facts that an aggregate reports, past tense, kept until it is saved."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.words import snake


@frozen(kw_only=True)
class Event:
    """Something that happened, at an aware UTC time; its id is given when it is saved."""

    at: datetime

    @classmethod
    def code(cls) -> str:
        """The stable name a program knows it by: ``OrderPlaced`` is ``order_placed``."""
        return snake(cls.__name__)
