"""Names with their slugs, and stock keeping units for variants that have none."""

from __future__ import annotations

from hashlib import sha256

from automate_store.application.ports.catalog_files import Label
from automate_store.application.ports.texts import Texts

NAME_LENGTH = 100
SKU_LENGTH = 100
_DIGEST = 8


def label(name: str, texts: Texts) -> Label:
    """The name with its slug, which is never empty and fits its column."""
    made = texts.slug(name)
    if not made:
        made = _digest(name)
    elif len(made) > NAME_LENGTH:
        made = f"{made[: NAME_LENGTH - _DIGEST - 1].rstrip('-')}-{_digest(name)}"
    return Label(name, made)


def spare_skus(handle: str, values: tuple[str, ...], texts: Texts) -> tuple[str, ...]:
    """
    SKUs for a variant without one: a readable one, and one that nobody else has.

    They depend on the handle and the values of the options alone, so that the same
    file makes the same ones again.
    """
    words = [texts.slug(value) for value in values]
    readable = ".".join([handle, *words])
    unique = f"{readable[: SKU_LENGTH - _DIGEST - 1].rstrip('.-')}-{_digest(handle, *values)}"
    return (readable, unique) if all(words) and len(readable) <= SKU_LENGTH else (unique,)


def _digest(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:_DIGEST]
