"""Idempotency keys as they are stored: whose, for what, and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from attrs import frozen

from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order

KEY_LENGTH = 255
T = TypeVar("T")


@frozen
class Keyed:
    """A request that must have its effect once: the caller, the key, a hash of the inputs."""

    caller: str
    key: str
    fingerprint: bytes


@frozen
class Begun:
    """The request was begun before and has no answer yet; ``subject`` is what it made."""

    subject: UUID


class Keys(Protocol):
    """Keys last at least the lifetime set; restarts do not forget them."""

    async def claim(self, keyed: Keyed, answer: type[T]) -> T | Begun | None:
        """
        The stored answer, what was begun, or None where the key is new to the caller.

        Raises KeyReused where it came with other inputs, KeyInProgress while another
        request with it is being worked on.
        """

    async def begin(self, keyed: Keyed, subject: UUID, at: datetime) -> None:
        """Keep the key without an answer; raises KeyInProgress where it is kept already."""

    async def keep(self, keyed: Keyed, answer: object, at: datetime) -> None:
        """Keep the answer; raises KeyInProgress where another one was kept meanwhile."""

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget keys kept before then; how many, at most ``limit``."""


def order_in(answer: object) -> OrderId | None:
    """The order that the answer shows: who was forgotten must not be in it any more."""
    shown = getattr(answer, "order", answer)
    return shown.id if isinstance(shown, Order) else None
