"""What the use cases need from the world, in the words of the trade."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from automate_store.application.policies import StorePolicy
from automate_store.application.ports.credentials import (
    AccessTokens,
    PasswordHasher,
    PasswordPolicy,
    SecondFactor,
)
from automate_store.application.ports.identity import Gate
from automate_store.application.ports.limits import NO_LIMITS, Limits
from automate_store.application.ports.media import MediaStore, Pictures
from automate_store.application.ports.messages import Mailer
from automate_store.application.ports.notices import Notices
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.shipping import NO_CARRIERS, Carriers
from automate_store.application.ports.sources import Clock, Ids
from automate_store.application.ports.texts import Texts
from automate_store.application.ports.unit_of_work import Reading, UnitOfWork
from automate_store.domain.payments import GatewayUnknown, GatewayUnset
from automate_store.domain.promotions import BUILT_IN, Kinds

NO_SETTINGS: Mapping[str, str] = {}
NOT_KNOWN = "this release has none"


@frozen(kw_only=True)
class Ports:
    """Everything a use case may be handed; made once, by the composition root."""

    unit_of_work: UnitOfWork
    reading: Reading
    clock: Clock
    ids: Ids
    gateways: Mapping[str, PaymentGateway]
    offered: frozenset[str] | None = None
    """The gateways that new payments may take; None is all. Others still refund theirs."""
    settings_of: Mapping[str, str] = NO_SETTINGS
    """What has to be set for each gateway that this release knows, whether it is or not."""
    notices: Notices
    mailer: Mailer
    texts: Texts
    pictures: Pictures
    media: MediaStore
    carriers: Carriers = NO_CARRIERS
    limits: Limits = NO_LIMITS
    kinds: Kinds = BUILT_IN
    """The conditions and actions that promotions may be made of."""
    hasher: PasswordHasher
    passwords: PasswordPolicy
    tokens: AccessTokens
    second_factor: SecondFactor
    gate: Gate
    policy: StorePolicy

    def gateway(self, name: str) -> PaymentGateway:
        """The gateway of that name, by which something was paid; raises GatewayUnset."""
        gateway = self.gateways.get(name)
        if gateway is None:
            raise GatewayUnset(name, self.settings_of.get(name, NOT_KNOWN))
        return gateway

    def offered_gateway(self, name: str) -> PaymentGateway:
        """The gateway of that name, for a new payment; raises GatewayUnknown."""
        if name not in self.ways_to_pay:
            raise GatewayUnknown(name, self.ways_to_pay)
        return self.gateway(name)

    @property
    def ways_to_pay(self) -> tuple[str, ...]:
        """The names of the gateways that new payments may take, in order."""
        names = self.gateways.keys() if self.offered is None else self.offered
        return tuple(sorted(names))
