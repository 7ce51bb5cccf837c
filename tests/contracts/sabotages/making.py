"""What a sabotage is, and the ways to break any method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from automate_store.adapters.memory import (
    MemoryWork,
    Session,
)

Broken = Callable[..., Any]


async def does_nothing(_repository: Any, _original: Any, *_: Any, **__: Any) -> None:
    pass


def answers(value: object) -> Broken:
    async def broken(_repository: Any, _original: Any, *_: Any, **__: Any) -> object:
        return value

    broken.__qualname__ = f"answers {value}"
    return broken


async def backwards(_repository: Any, original: Any, *args: Any, **kwargs: Any) -> Any:
    return tuple(reversed(await original(*args, **kwargs)))


@frozen
class Sabotage:
    suite: type
    port: type
    """The protocol whose method is broken."""
    of: str
    """What the work calls the repository."""
    method: str
    broken: Broken

    def __str__(self) -> str:
        how = getattr(self.broken, "__qualname__", "").split(".")[0]
        return f"{self.port.__name__}.{self.method} {how}"

    def work(self, session: Session) -> MemoryWork:
        """A work whose repository has the one method changed."""
        work = MemoryWork(session)
        repository = type(getattr(work, self.of))
        original, broken = getattr(repository, self.method), self.broken

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return broken(self, partial(original, self), *args, **kwargs)

        changed = type(f"Broken{repository.__name__}", (repository,), {self.method: method})
        setattr(work, self.of, changed(session))
        return work


def sabotages(
    suite: type, port: type, of: str, methods: Mapping[str, list[Broken]]
) -> list[Sabotage]:
    return [
        Sabotage(suite, port, of, method, broken)
        for method, ways in methods.items()
        for broken in ways
    ]
