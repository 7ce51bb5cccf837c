"""
A payment provider for tests: real HTTP, its own books, cards that do what is written on them.

Nothing of a test framework is in it: ``automate-store fake-gateway`` serves it, and
``docs/testing-with-the-fake-gateway.md`` shows what can be asked of it.
"""

from automate_store.entrypoints.fake_gateway.app import create_fake_gateway
from automate_store.entrypoints.fake_gateway.cards import CARDS

__all__ = ["CARDS", "create_fake_gateway"]
