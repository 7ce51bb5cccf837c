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
from automate_store.domain.payments import GatewayUnknown
from automate_store.domain.promotions import BUILT_IN, Kinds


@frozen(kw_only=True)
class Ports:
    """Everything a use case may be handed; made once, by the composition root."""

    unit_of_work: UnitOfWork
    reading: Reading
    clock: Clock
    ids: Ids
    gateways: Mapping[str, PaymentGateway]
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
        """The gateway of that name; raises GatewayUnknown."""
        gateway = self.gateways.get(name)
        if gateway is None:
            raise GatewayUnknown(name, tuple(sorted(self.gateways)))
        return gateway
