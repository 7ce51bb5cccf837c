"""Events: facts that an aggregate reports, past tense, kept until it is saved."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class Event:
    """Something that happened, at an aware UTC time; its id is given when it is saved."""

    at: datetime
