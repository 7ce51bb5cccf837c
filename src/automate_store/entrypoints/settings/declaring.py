"""How a setting is declared, named, and refused."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from automate_store.domain.kernel.errors import FieldError, Malformed
from automate_store.entrypoints.settings.kinds import Kind

PREFIX = "AUTOMATE_STORE_"
"""Every variable is this and the field's name in capitals."""


@frozen
class SettingsRefused(Malformed):
    """Variables of the environment that can't be accepted, each with its reason."""

    errors: tuple[FieldError, ...]

    def __str__(self) -> str:
        lines = (f"  {error.field} {error.reason}" for error in self.errors)
        return "\n".join(["The settings can't be accepted:", *lines])


@frozen
class Setting:
    """One variable as the manual shows it."""

    variable: str
    type: str
    default: str
    meaning: str


def user_data_dir(environ: Mapping[str, str]) -> Path:
    """
    The store's folder among the user's data, where the platform keeps such things.

    Raises SettingsRefused for a user without a home folder.
    """
    home = _home(environ)
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base.absolute() / "automate_store"


def _home(environ: Mapping[str, str]) -> Path:
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError:
        needed = FieldError(f"{PREFIX}DATA_DIR", "is needed, for this user has no home folder")
        raise SettingsRefused((needed,)) from None


def setting(kind: Kind, default: Any, meaning: str, *, shown: str | None = None) -> Any:
    """A field that is read by the kind, with what the manual says of it."""
    facts = {"kind": kind, "meaning": meaning, "shown": shown or _shown(default)}
    return field(default=default, metadata=facts, repr=not kind.secret)


def _shown(default: Any) -> str:
    if isinstance(default, Enum):
        return f"`{default.name.lower()}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def variable(attribute: attrs.Attribute[Any]) -> str:
    """The name of its variable."""
    return PREFIX + attribute.name.upper()


def unknown(name: str, known: Mapping[str, Any]) -> FieldError:
    """The fault of a variable that is none of ours, with the nearest that is."""
    close = get_close_matches(name.upper(), known, n=1)
    advice = f"; did you mean {close[0]}?" if close else ""
    return FieldError(name, f"is not a setting of this store{advice}")
