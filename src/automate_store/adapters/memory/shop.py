"""A whole shop in memory, opened in one line."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.adapters.memory.messages import MemoryMailer
from automate_store.adapters.memory.payments import MemoryGateway
from automate_store.adapters.memory.sources import MemoryClock, MemoryIds
from automate_store.adapters.memory.store import MemoryStore
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.domain.pricing import PricingPolicy


@frozen(kw_only=True)
class MemoryShop:
    """The ports that use cases take, and behind them the parts that a test looks into."""

    ports: Ports
    store: MemoryStore
    clock: MemoryClock
    gateway: MemoryGateway
    mailer: MemoryMailer

    @classmethod
    def open(
        cls, policy: StorePolicy, pricing_policy: PricingPolicy, *, at: datetime, seed: int = 0
    ) -> MemoryShop:
        """An empty shop at that time; the same seed names things alike."""
        clock, ids = MemoryClock(at), MemoryIds(seed)
        gateway, mailer = MemoryGateway(), MemoryMailer()
        store = MemoryStore(
            clock=clock,
            ids=ids,
            guest_cart_lifetime=policy.guest_cart_lifetime,
            pricing_policy=pricing_policy,
        )
        ports = Ports(
            unit_of_work=store.unit_of_work,
            reading=store.reading,
            clock=clock,
            ids=ids,
            gateways={gateway.name: gateway},
            mailer=mailer,
            policy=policy,
        )
        return cls(ports=ports, store=store, clock=clock, gateway=gateway, mailer=mailer)
