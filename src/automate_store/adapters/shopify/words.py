"""Slugs, and stock keeping units for variants that have none."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from slugify import slugify

from automate_store.application.ports.catalog_files import Label

NAME_LENGTH = 100
SKU_LENGTH = 100
_DIGEST = 8


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """The text in a-z, 0-9 and single hyphens; empty where nothing of it is left."""
    made: str = slugify(text)
    return made


def label(name: str) -> Label:
    """The name with its slug, which is never empty and fits its column."""
    made = slug(name)
    if not made:
        made = _digest(name)
    elif len(made) > NAME_LENGTH:
        made = f"{made[: NAME_LENGTH - _DIGEST - 1].rstrip('-')}-{_digest(name)}"
    return Label(name, made)


def spare_skus(handle: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """
    SKUs for a variant without one: a readable one, and one that nobody else has.

    They depend on the handle and the values of the options alone, so that the same
    file makes the same ones again.
    """
    words = [slug(value) for value in values]
    readable = ".".join([handle, *words])
    unique = f"{readable[: SKU_LENGTH - _DIGEST - 1].rstrip('.-')}-{_digest(handle, *values)}"
    return (readable, unique) if all(words) and len(readable) <= SKU_LENGTH else (unique,)


def _digest(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:_DIGEST]
