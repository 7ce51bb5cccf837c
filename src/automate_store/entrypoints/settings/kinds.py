"""
The kinds of setting: what a text must be, in words, and how it is read.

A refusal says what is wrong and never quotes the text, since a value in the wrong
variable may be somebody's password.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

from automate_store.domain.identity import normalise_email
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import UnknownCurrency, exponent

TOKEN_LENGTH = 16
"""The least characters of a secret that is compared with what a caller sends."""
PASSWORD_LENGTH = 255
"""The most characters of a password that another service gave the shop."""
SECRET_KEY_LENGTH = 32
"""The least characters of a secret that others are derived from."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_HOST = re.compile(r"[\w.:-]{1,255}", re.ASCII)
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_TRUTHS |= {"yes": True, "no": False, "on": True, "off": False}
_Number = TypeVar("_Number", int, float)


class LogFormat(StrEnum):
    """How a line of the log looks: for machines, or for a person at a terminal."""

    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The least important line that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        """The level as the standard library counts it."""
        return logging.getLevelNamesMapping()[self.upper()]


@frozen
class Kind:
    """What a text must be, in words; ``read`` raises ValueError with what is wrong with it."""

    words: str
    read: Callable[[str], Any]
    secret: bool = False


def text(most: int) -> Kind:
    """Anything a person would write in a line."""

    def read(given: str) -> str:
        if len(given) > most or not given.isprintable():
            raise ValueError("is too long, or holds what can't be printed")
        return given

    return Kind(f"text, at most {most} characters", read)


def whole(least: int, most: int) -> Kind:
    """A whole number, both ends in."""

    def read(given: str) -> int:
        if not _WHOLE.fullmatch(given):
            raise ValueError("is not a whole number")
        return _within(int(given), least, most)

    return Kind(f"whole number, {least} to {most}", read)


def seconds(least: float, most: float) -> Kind:
    """A length of time, both ends in."""

    def read(given: str) -> float:
        if not _DECIMAL.fullmatch(given):
            raise ValueError("is not a number")
        return _within(float(given), least, most)

    return Kind(f"seconds, {least:g} to {most:g}", read)


def secret(least: int) -> Kind:
    """A secret of so many characters, all of which can stand in a header."""

    def read(given: str) -> str:
        if len(given) < least:
            raise ValueError(f"has fewer than {least} characters")
        if not (given.isascii() and given.isprintable()) or " " in given:
            raise ValueError("holds a character that can't stand in a header")
        return given

    return Kind(f"secret, at least {least} characters", read, secret=True)


def one_of(choices: type[Enum]) -> Kind:
    """A member by its name, capitals or not."""
    by_name = {member.name.lower(): member for member in choices}

    def read(given: str) -> Enum:
        if given.lower() not in by_name:
            raise ValueError("is none of its values")
        return by_name[given.lower()]

    return Kind("one of " + ", ".join(f"`{name}`" for name in by_name), read)


def _read_password(given: str) -> str:
    if len(given) > PASSWORD_LENGTH or not given.isprintable():
        raise ValueError("is too long, or holds what can't be printed")
    return given


def _read_flag(given: str) -> bool:
    if given.lower() not in _TRUTHS:
        raise ValueError("is neither yes nor no")
    return _TRUTHS[given.lower()]


def _read_folder(given: str) -> Path:
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError:
        raise ValueError("names a home folder that does not exist") from None


def _read_host(given: str) -> str:
    if not _HOST.fullmatch(given):
        raise ValueError("is not an address or a host's name")
    return given


def _read_currency(given: str) -> str:
    try:
        exponent(given.upper())
    except UnknownCurrency:
        raise ValueError("is not a currency of ISO 4217") from None
    return given.upper()


def _read_email(given: str) -> str:
    try:
        return normalise_email(given)
    except InvalidInput:
        raise ValueError("is not an e-mail address") from None


def _read_database_url(given: str) -> str:
    parts = _split(given)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("does not begin with postgresql:// or postgres://")
    return "postgresql" + given[len(parts.scheme) :]


def _read_redis_url(given: str) -> str:
    parts = _split(given)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("does not begin with redis://, rediss:// or unix://")
    if parts.scheme == "unix" and not parts.path:
        raise ValueError("names no socket")
    if parts.scheme != "unix" and not parts.hostname:
        raise ValueError("names no host")
    return given


def _read_public_url(given: str) -> str:
    parts = _split(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("does not begin with http:// or https:// and a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("holds more than a host and a path")
    return given.rstrip("/")


def _split(url: str) -> SplitResult:
    """The URL's parts; the parser's own complaint is dropped, for it quotes the URL."""
    try:
        parts = urlsplit(url)
        assert parts.port is None or parts.port >= 0, "reading the port checks it"
    except ValueError:
        raise ValueError("is not a URL, or its port is not a number") from None
    if "://" not in url or not url.isprintable() or " " in url:
        raise ValueError("is not a URL")
    return parts


def _within(number: _Number, least: float, most: float) -> _Number:
    if number < least:
        raise ValueError(f"is below {least:g}")
    if number > most:
        raise ValueError(f"is above {most:g}")
    return number


FLAG = Kind("`true` or `false`", _read_flag)
FOLDER = Kind("folder", _read_folder)
HOST = Kind("address or host", _read_host)
CURRENCY = Kind("ISO 4217 code", _read_currency)
EMAIL = Kind("e-mail address", _read_email)
TOKEN = secret(TOKEN_LENGTH)
PASSWORD = Kind(f"password, at most {PASSWORD_LENGTH} characters", _read_password, secret=True)
SECRET_KEY = secret(SECRET_KEY_LENGTH)
DATABASE_URL = Kind(
    "`postgresql://user:password@host:port/database`", _read_database_url, secret=True
)
REDIS_URL = Kind(
    "`redis://`, `rediss://` (TLS) or `unix://` address, with its password",
    _read_redis_url,
    secret=True,
)
PUBLIC_URL = Kind("`http://` or `https://` address", _read_public_url)
