"""What gateways promise; each suite is for those that can do what it asks."""

from automate_store.entrypoints.properties.contracts.gateways.events import GatewayEventsContract
from automate_store.entrypoints.properties.contracts.gateways.paying import (
    CaptureInPartsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
)
from automate_store.entrypoints.properties.contracts.gateways.saving import SavingGatewayContract
from automate_store.entrypoints.properties.contracts.gateways.telling import (
    Teller,
    Told,
    ToldGatewayContract,
)

__all__ = [
    "CaptureInPartsContract",
    "GatewayEventsContract",
    "KeepingGatewayContract",
    "PaymentGatewayContract",
    "SavingGatewayContract",
    "Teller",
    "Told",
    "ToldGatewayContract",
]
