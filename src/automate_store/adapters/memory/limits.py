"""Limits counted in this process: all there is for a shop of one, and a fallback for others."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict

from automate_store.application.ports.limits import Allowance, Bucket, Limit, LimitPolicy
from automate_store.application.ports.sources import Clock

KEYS = 100_000
"""Whoever is counted in one bucket, at most; who asked longest ago is forgotten first."""
_TIDIED = 2
"""Keys looked at a hit: more than the one that a hit may add, so that old ones run out."""

_Hits = OrderedDict[str, list[float]]
"""The moments of each key's hits, oldest first; the keys in the order of their last hit."""


class MemoryLimits:
    """Implements ``Limits`` for one process; several of them count apart."""

    def __init__(self, policy: LimitPolicy, *, clock: Clock, keys: int = KEYS) -> None:
        self._policy = policy
        self._clock = clock
        self._keys = keys
        self._hits: dict[Bucket, _Hits] = {bucket: OrderedDict() for bucket in policy}

    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        """Count one, where it is allowed; None where the policy has no such bucket."""
        limit = self._policy.get(bucket)
        return None if limit is None else self._counted(limit, self._hits[bucket], key)

    def _counted(self, limit: Limit, kept: _Hits, key: str) -> Allowance:
        now = self._clock().timestamp()
        began = now - limit.window_s
        hits = kept.setdefault(key, [])
        del hits[: bisect_right(hits, began)]
        allowed = len(hits) < limit.count
        if allowed:
            hits.append(now)
        kept.move_to_end(key)
        self._tidy(kept, began)
        reset_after_s = max(1, math.ceil(hits[0] - began))
        return Allowance(limit, limit.count - len(hits), reset_after_s, allowed)

    def _tidy(self, kept: _Hits, began: float) -> None:
        for _ in range(_TIDIED):
            first = next(iter(kept))
            if kept[first][-1] > began and len(kept) <= self._keys:
                return
            del kept[first]
