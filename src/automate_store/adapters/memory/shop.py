"""A whole shop in memory, opened in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from attrs import frozen

from automate_store.adapters.memory.credentials import (
    MemoryHasher,
    MemoryPasswords,
    MemorySecondFactor,
    MemoryTokens,
)
from automate_store.adapters.memory.media import MemoryMedia, MemoryPictures
from automate_store.adapters.memory.messages import MemoryMailer
from automate_store.adapters.memory.notices import MemoryNotices
from automate_store.adapters.memory.session import Session
from automate_store.adapters.memory.shipping import MemoryCarriers
from automate_store.adapters.memory.sources import MemoryClock, MemoryIds
from automate_store.adapters.memory.store import MemoryStore, MemoryWork
from automate_store.adapters.memory.telling import TellingGateway
from automate_store.adapters.memory.texts import MemoryTexts
from automate_store.application.identity import StoreGate
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.application.ports.notices import Notices
from automate_store.domain.pricing import PricingPolicy


@frozen
class MemoryShop:
    """The ports that use cases take, and behind them the parts that a test looks into."""

    ports: Ports
    store: MemoryStore
    clock: MemoryClock
    gateway: TellingGateway
    mailer: MemoryMailer
    carriers: MemoryCarriers

    @classmethod
    def open(
        cls,
        policy: StorePolicy,
        pricing_policy: PricingPolicy,
        *,
        at: datetime,
        seed: int = 0,
        store: type[MemoryStore] = MemoryStore,
        repositories: Callable[[Session], MemoryWork] = MemoryWork,
        notices: Notices | None = None,
    ) -> MemoryShop:
        """
        An empty shop at that time; the same seed names things alike.

        ``store`` and ``repositories`` replace the store, or its works: to count calls, or to see
        a test fail. ``notices`` writes mails in a shop's words; without, they are bare facts.
        """
        clock, ids = MemoryClock(at), MemoryIds(seed)
        opened = store(
            clock=clock,
            ids=ids,
            guest_cart_lifetime=policy.guest_cart_lifetime,
            pricing_policy=pricing_policy,
            repositories=repositories,
        )
        gateway, mailer, carriers = TellingGateway(), MemoryMailer(), MemoryCarriers()
        ports = Ports(
            unit_of_work=opened.unit_of_work,
            reading=opened.reading,
            clock=clock,
            ids=ids,
            gateways={gateway.name: gateway},
            notices=notices or MemoryNotices(),
            mailer=mailer,
            carriers=carriers,
            policy=policy,
            **_identity(opened, clock, ids, policy),
            **_pictures(clock),
        )
        return cls(ports, opened, clock, gateway, mailer, carriers)


def _identity(
    store: MemoryStore, clock: MemoryClock, ids: MemoryIds, policy: StorePolicy
) -> dict[str, Any]:
    """What accounts are proven by."""
    tokens = MemoryTokens(audience=policy.store_name)
    gate = StoreGate(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=clock,
        ids=ids,
        tokens=tokens,
        cache=None,
        derive=lambda stored: stored,
        policy=policy.accounts,
    )
    return {
        "gate": gate,
        "tokens": tokens,
        "hasher": MemoryHasher(),
        "passwords": MemoryPasswords(words=(policy.store_name,)),
        "second_factor": MemorySecondFactor(),
    }


def _pictures(clock: MemoryClock) -> dict[str, Any]:
    """What texts and pictures are made clean by, and kept in."""
    return {"texts": MemoryTexts(), "pictures": MemoryPictures(), "media": MemoryMedia(clock)}
