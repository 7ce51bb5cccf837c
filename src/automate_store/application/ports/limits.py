"""Limits: how often somebody may ask, counted where it can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from attrs import frozen


class Bucket(StrEnum):
    """What requests are counted together."""

    GENERAL = "general"
    AUTH = "auth"
    """Whatever tries a secret or sends a mail: signing in, registering, resetting."""
    CART = "cart"
    CHECKOUT = "checkout"


@frozen
class Limit:
    """So many at most within any ``window_s`` seconds, wherever they begin."""

    count: int
    window_s: int


LimitPolicy = Mapping[Bucket, Limit]
"""What is limited, and how; a bucket that is not in it is not."""


@frozen
class Allowance:
    """What became of one hit, and what is left."""

    limit: Limit
    remaining: int
    reset_after_s: int
    """From 1 to the window's length: after so many seconds at least one more is allowed."""
    allowed: bool


class Limits(Protocol):
    """
    Counters by bucket and key, moving windows all of them.

    A refused hit is not counted, so that whoever keeps asking is let in when the window
    has moved on. Nothing is raised for a counter that is away: what is not counted is
    allowed.
    """

    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        """Count one, where it is allowed; None where nothing of this bucket is counted."""


class NoLimits:
    """Everybody may ask as often as they like."""

    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:  # noqa: ARG002
        """Not counted."""
        return None


NO_LIMITS = NoLimits()
