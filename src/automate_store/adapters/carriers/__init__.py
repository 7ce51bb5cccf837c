"""Carriers that tell their prices: the desk that asks them, and one that is asked over HTTP."""

from automate_store.adapters.carriers.desk import Carrier, CarrierDesk, CarrierSilent

__all__ = ["Carrier", "CarrierDesk", "CarrierSilent"]
