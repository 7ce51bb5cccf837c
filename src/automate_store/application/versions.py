"""Versions: what a change may be based on, where whoever asks for it says so."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from automate_store.application.errors import VersionConflict

Versions = Collection[int]
"""The versions that a change may be based on; None is any."""


def based_on(versions: Versions | None, version: int, *, kind: str, id: UUID) -> None:
    """Nothing, where a change may be based on that version; raises VersionConflict."""
    if versions is not None and version not in versions:
        raise VersionConflict(kind, str(id))
