"""Money that moves by hand: cash on delivery, a bank transfer, or a test."""

from automate_store.adapters.manual.payments import ManualGateway

__all__ = ["ManualGateway"]
