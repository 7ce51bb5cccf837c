"""The client of the fake gateway, which moves no money: ``automate-store fake-gateway``."""

from automate_store.adapters.fake.gateway import NAME, FakeGateway

__all__ = ["NAME", "FakeGateway"]
