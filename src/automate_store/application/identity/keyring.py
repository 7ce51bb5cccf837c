"""
The keys that tokens are signed with: one signs, those before it verify for a while.

A new key signs once it is older than what any process knows of the keys, so that no
process meets a token whose key it has not heard of.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hmac import compare_digest, digest

from attrs import evolve, field, frozen

from automate_store.application.identity.knowing import Known
from automate_store.application.ports.credentials import SigningKey
from automate_store.application.ports.identity import StoredKey
from automate_store.application.ports.sources import Clock, Ids
from automate_store.application.ports.unit_of_work import Reading, UnitOfWork

KEPT_FOR = timedelta(seconds=10)
"""How old what a process knows of the keys may be: a dropped one counts that long at most."""
ASKED_AGAIN_AFTER = timedelta(seconds=1)
"""How often tokens with unknown keys make the store look, at most."""


@frozen
class _Keys:
    signing: SigningKey
    all: Mapping[str, SigningKey] = field(repr=False)


class KeyRing:
    """What one process knows of the keys; made anew from the database every few seconds."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        reading: Reading,
        clock: Clock,
        ids: Ids,
        derive: Callable[[bytes], bytes],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._clock = clock
        self._ids = ids
        self._derive = derive
        self._known = Known(self._read, clock=clock)

    async def signing(self) -> SigningKey:
        """The key that signs."""
        return (await self._known.within(KEPT_FOR)).signing

    async def all(self) -> Mapping[str, SigningKey]:
        """Every key that verifies, by its id."""
        return (await self._known.within(KEPT_FOR)).all

    async def fresh(self) -> Mapping[str, SigningKey]:
        """The same, for whoever met a key that is not among them."""
        return (await self._known.within(ASKED_AGAIN_AFTER)).all

    async def _read(self) -> _Keys:
        now = self._clock()
        async with self._reading() as reads:
            stored = await reads.signing_keys.all()
        if not stored:
            async with self._unit_of_work() as work:
                await work.signing_keys.add(fresh_key(now, self._ids))
            async with self._reading() as reads:
                stored = await reads.signing_keys.all()
        # Known everywhere by now; where none is, the one that was made first.
        old_enough = [each for each in stored if each.created_at <= now - 2 * KEPT_FOR]
        signing = old_enough[0] if old_enough else stored[-1]
        keys = {each.key.id: self._ready(each.key) for each in stored}
        return _Keys(keys[signing.key.id], keys)

    def _ready(self, key: SigningKey) -> SigningKey:
        return evolve(key, secret=self._derive(key.secret))


def fresh_key(at: datetime, ids: Ids) -> StoredKey:
    """A new key, made then; it signs once every process has heard of it."""
    key = SigningKey(id=str(ids.uuid()), secret=ids.token().encode())
    return StoredKey(key=key, created_at=at)


def secret_of(label: str, key: SigningKey) -> str:
    """The label's secret under the key: HMAC-SHA256, as 43 letters that are safe in a URL."""
    return urlsafe_b64encode(digest(key.secret, label.encode(), "sha256")).rstrip(b"=").decode()


def is_secret(label: str, secret: str, keys: Mapping[str, SigningKey]) -> bool:
    """Whether it is the label's secret under one of the keys, in constant time."""
    given = secret.encode("utf-8", "surrogateescape")
    found = [compare_digest(secret_of(label, key).encode(), given) for key in keys.values()]
    return any(found)
