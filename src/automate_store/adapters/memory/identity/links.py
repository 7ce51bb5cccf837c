"""Mailed secrets in memory."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from automate_store.adapters.memory.rows import StoredLink
from automate_store.adapters.memory.session import Session
from automate_store.domain.identity import Link, LinkInvalid, LinkPurpose
from automate_store.domain.kernel.ids import UserId


class MemoryLinks:
    """Implements ``ports.identity.Links``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def add(self, link: Link) -> None:
        """Store a new link; older ones of its account and purpose are void."""
        await self._session.turn()
        await self._session.take("account", link.account_id)
        known = self._tables.links.values()
        if any(stored.link.id == link.id for stored in known):
            return
        for stored in known:
            mine = stored.link.account_id == link.account_id
            if mine and stored.link.purpose is link.purpose and stored.used_at is None:
                void = evolve(stored, used_at=link.created_at)
                self._tables.links.put(stored.link.token_hash, void)
        self._tables.links.put(link.token_hash, StoredLink(link=link))

    async def find(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """The link as it could be used then; raises LinkInvalid."""
        await self._session.turn()
        return self._usable(token_hash, purpose, at)

    async def use(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """The link, used now; raises LinkInvalid."""
        await self._session.turn()
        await self._session.take("link", token_hash)
        link = self._usable(token_hash, purpose, at)
        self._tables.links.put(token_hash, StoredLink(link=link, used_at=at))
        return link

    def _usable(self, token_hash: bytes, purpose: LinkPurpose, at: datetime) -> Link:
        stored = self._tables.links.get(token_hash)
        if stored is None or stored.used_at is not None:
            raise LinkInvalid
        if stored.link.purpose is not purpose or stored.link.expires_at <= at:
            raise LinkInvalid
        return stored.link

    async def void(self, account_id: UserId) -> None:
        """All links of the account are good for nothing."""
        await self._session.turn()
        for token_hash, stored in self._tables.links.items():
            if stored.link.account_id == account_id and stored.used_at is None:
                await self._session.take("link", token_hash)
                void = evolve(stored, used_at=self._session.clock())
                self._tables.links.put(token_hash, void)

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete links that ran out before then; how many."""
        await self._session.turn()
        old = [
            token_hash
            for token_hash, stored in self._tables.links.items()
            if stored.link.expires_at < before
        ]
        for token_hash in old[:limit]:
            await self._session.take("link", token_hash)
            self._tables.links.drop(token_hash)
        return len(old[:limit])
