"""
Where a request comes from: the peer's address, or what a trusted proxy says of it.

``X-Forwarded-For`` is read from its right end, where the nearest proxy wrote, and only as
far as trusted proxies have written; what a client sent itself stands left of that and
is never reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from automate_store.entrypoints.http.sending import Header

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
HOPS = 16
"""Proxies between a client and us, at most; whoever is further away counts as the last."""
HOME_BITS = 64
"""What one home or machine is given of IPv6: it has every address in it, and counts as one."""
NOWHERE = "-"
"""A peer without an address: who connects through a socket file."""


def client_key(scope: Any, trusted: tuple[Network, ...]) -> str:
    """The network that the client is counted by: its IPv4 address, or its /64 of IPv6."""
    peer = scope.get("client")
    if not peer:
        return NOWHERE
    if not trusted:
        return _key_of(peer[0])
    address = client_address(peer[0], forwarded(scope["headers"]), trusted)
    return NOWHERE if address is None else _network(address)


def address_key(scope: Any, trusted: tuple[Network, ...]) -> str:
    """What limits count the client as, where they know of no account."""
    return f"address:{client_key(scope, trusted)}"


def client_address(peer: str, hops: Iterable[str], trusted: Iterable[Network]) -> Address | None:
    """
    The nearest address that no trusted proxy has; None for a peer without an address.

    ``hops`` are what the proxies wrote, the nearest first. Where one of them is no address,
    it goes no further than whoever wrote it.
    """
    address = parsed(peer)
    if address is None:
        return None
    for hop, _ in zip(hops, range(HOPS), strict=False):
        if not _within(address, trusted):
            break
        further = parsed(hop)
        if further is None:
            break
        address = further
    return address


def forwarded(headers: Iterable[Header]) -> list[str]:
    """The addresses in X-Forwarded-For, the nearest first; several headers are one list."""
    lists = [value for name, value in headers if name == b"x-forwarded-for"]
    text = b",".join(lists).decode("latin-1")
    return [hop.strip() for hop in reversed(text.rsplit(",", HOPS))] if lists else []


def parsed(text: str) -> Address | None:
    """The address, with a port or without; an IPv4 address in IPv6's clothes is IPv4."""
    host, colon, _ = text.rpartition(":")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif colon and host.count(".") == 3 and ":" not in host:  # noqa: PLR2004 - dots of IPv4
        text = host
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    # Without the name of the interface that it came in by, which is nothing of the client's.
    return address.ipv4_mapped or IPv6Address(int(address))


@lru_cache(maxsize=4096)
def _key_of(peer: str) -> str:
    address = parsed(peer)
    return NOWHERE if address is None else _network(address)


def _network(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), HOME_BITS), strict=False))


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
