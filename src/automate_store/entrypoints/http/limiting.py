"""
What an answer tells of its limit, so that a program can slow down before it is refused.

The headers are those of draft-ietf-httpapi-ratelimit-headers-06: whole numbers each, and
the policy as ``100;w=900``, so many within so many seconds. ``RateLimit-Reset`` is when
at least one more request is allowed, for our windows move.
"""

from __future__ import annotations

from functools import lru_cache

from automate_store.application.errors import RateLimited
from automate_store.application.ports.limits import Allowance, Bucket, Limit
from automate_store.entrypoints.http.sending import Header


def limit_headers(told: Allowance) -> tuple[Header, ...]:
    """What is allowed, what is left of it, and when there is more."""
    return (
        *_standing(told.limit),
        (b"ratelimit-remaining", b"%d" % told.remaining),
        (b"ratelimit-reset", b"%d" % told.reset_after_s),
    )


def rate_limited(bucket: Bucket, told: Allowance) -> RateLimited:
    """What whoever has asked too often is told."""
    limit = told.limit
    return RateLimited(bucket, limit.count, limit.window_s, told.reset_after_s)


def tighter(one: Allowance | None, other: Allowance) -> Allowance:
    """Whichever of a request's allowances stops its caller first."""
    if one is None or other.remaining < one.remaining:
        return other
    if other.remaining > one.remaining or other.reset_after_s <= one.reset_after_s:
        return one
    return other


@lru_cache(maxsize=64)
def _standing(limit: Limit) -> tuple[Header, ...]:
    policy = b"%d;w=%d" % (limit.count, limit.window_s)
    return (b"ratelimit-limit", b"%d" % limit.count), (b"ratelimit-policy", policy)
