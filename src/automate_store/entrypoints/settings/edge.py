"""The kinds of setting that say whom the store answers, by which name, how often, how paid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import entry_points
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from automate_store.application.ports.limits import Limit
from automate_store.entrypoints.settings.kinds import Kind, one_of

ANY = "*"
"""In place of a list: whoever it may be."""
ENTRIES = 100
"""Entries of a list, at most."""
LONGEST_WINDOW_S = 86_400


class OfferedGateway(StrEnum):
    """The gateways that new payments may be offered."""

    MANUAL = "manual"
    FAKE = "fake"
    STRIPE = "stripe"
    PAYPAL = "paypal"


GATEWAY_PARTS = "automate_store.gateways"
"""The entry points by which installed packages bring gateways of their own."""
_LIMIT = re.compile(r"([0-9]{1,9})/([0-9]{1,5})([smhd])")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def several(one: Kind, words: Mapping[str, tuple[Any, ...]]) -> Kind:
    """A list with commas between, or one of the words for a certain one."""

    def read(given: str) -> tuple[Any, ...]:
        if given.lower() in words:
            return words[given.lower()]
        parts = given.split(",")
        if len(parts) > ENTRIES:
            raise ValueError(f"has more than {ENTRIES} entries")
        return tuple(dict.fromkeys(one.read(part.strip()) for part in parts))

    others = "".join(f", or `{word}`" for word in words)
    return Kind(f"{one.words}, several with commas between{others}", read)


def host_name(text: str) -> str | None:
    """The host in a ``Host`` header: lower-case, without its port; None for what is none."""
    text = text.lower()
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, ""
    if port and not (port.isascii() and port.isdecimal()):
        return None
    host = host.removesuffix(".")
    return host if _is_host(host) else None


def in_ascii(host: str) -> str:
    """The name as browsers write it in a request, where it has letters of other scripts."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _is_host(host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        return _is_address(host[1:-1])
    return _NAME.fullmatch(host) is not None


def _is_address(text: str) -> bool:
    try:
        return ip_address(text).version == 6  # noqa: PLR2004 - IPv6, which stands in brackets
    except ValueError:
        return False


def _read_limit(given: str) -> Limit | None:
    if given.lower() in {"0", "off"}:
        return None
    found = _LIMIT.fullmatch(given.lower())
    if found is None:
        raise ValueError("is no limit")
    count, window_s = int(found[1]), int(found[2]) * _UNITS_S[found[3]]
    if not count or not 1 <= window_s <= LONGEST_WINDOW_S:
        raise ValueError("allows nothing, or in no time, or in more than a day")
    return Limit(count, window_s)


def _read_network(given: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(given)
    except ValueError:
        raise ValueError("is no address, and no network") from None


def _read_name(given: str) -> str:
    given = in_ascii(given)
    host = host_name(given if ":" not in given or given.startswith("[") else f"[{given}]")
    if host is None or given.endswith(":"):
        raise ValueError("is not a host's name or address")
    return host


def _read_origin(given: str) -> str:
    try:
        parts = urlsplit(given.lower())
        port = parts.port
    except ValueError:
        raise ValueError("is not an origin") from None
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in _DEFAULT_PORTS or host_name(parts.netloc) is None:
        raise ValueError("does not begin with http:// or https:// and a host")
    if given.lower() != bare:
        raise ValueError("holds more than a host and a port")
    # Browsers leave out the port that goes without saying.
    return bare.removesuffix(f":{port}") if port == _DEFAULT_PORTS[parts.scheme] else bare


def _read_gateway(given: str) -> str:
    """One of ours, or one that an installed package brings."""
    if given.lower() in {each.name for each in entry_points(group=GATEWAY_PARTS)}:
        return given.lower()
    return str(_OURS.read(given))


_OURS = one_of(OfferedGateway)
_GATEWAY = Kind(f"{_OURS.words}, or of an installed package's", _read_gateway)
GATEWAYS = several(_GATEWAY, {"none": ()})
LIMIT = Kind("`100/15m`: so many in so many `s`, `m`, `h` or `d`; or `off`", _read_limit)
NETWORKS = several(Kind("address or network", _read_network), {"none": ()})
HOSTS = several(Kind("host's name or address", _read_name), {ANY: (ANY,)})
ORIGINS = several(
    Kind("`https://host` or `https://host:port`", _read_origin), {"none": (), ANY: (ANY,)}
)
