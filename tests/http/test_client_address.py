"""Whose request it is: nobody becomes somebody else by a header."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.entrypoints.http.clients import HOPS, client_key, parsed

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("192.0.2.1/32"))
FORGED = st.lists(
    st.one_of(
        st.ip_addresses().map(str),
        st.sampled_from(
            ["10.1.1.1", "unknown", "", " ", "1.2.3.4:80", "[::1]:8", "é", "1.2.3", "_x"]
        ),
    ),
    max_size=HOPS * 2,
).map(",".join)
OUTSIDE = st.ip_addresses().filter(lambda address: not any(address in each for each in PROXIES))


def scope(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", each.encode("latin-1", "replace")) for each in forwarded]
    return {"client": None if peer is None else (peer, 1234), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "key"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.7", "10.9.9.9"], "198.51.100.7"),
        ("10.0.0.1", ["10.2.2.2,10.3.3.3"], "10.2.2.2"),
        ("10.0.0.1", ["198.51.100.7, nobody, 10.3.3.3"], "10.3.3.3"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("192.0.2.1", ["198.51.100.7"], "198.51.100.7"),
        ("192.0.2.2", ["198.51.100.7"], "192.0.2.2"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[2001:db8::5]:443"], "2001:db8::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("fd00::1", ["2001:db8::5%eth0"], "2001:db8::/64"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        (None, ["198.51.100.7"], "-"),
        ("", ["198.51.100.7"], "-"),
        ("/run/shop.sock", ["198.51.100.7"], "-"),
    ],
)
def test_who_asks(peer: str | None, forwarded: list[str], key: str) -> None:
    assert client_key(scope(peer, *forwarded), PROXIES) == key


@given(st.ip_addresses(), FORGED)
def test_without_trusted_proxies_no_header_changes_who_asks(peer: Any, forged: str) -> None:
    assert client_key(scope(str(peer), forged), ()) == client_key(scope(str(peer)), ())


@given(OUTSIDE, FORGED)
def test_a_peer_that_is_no_proxy_is_itself_whatever_it_sends(peer: Any, forged: str) -> None:
    told = client_key(scope(str(peer), forged), PROXIES)
    assert told == client_key(scope(str(peer)), ())


@given(OUTSIDE, FORGED, st.lists(st.just("10.4.4.4"), max_size=3))
def test_what_a_client_sends_through_proxies_gains_nothing(
    client: Any, forged: str, proxies: list[str]
) -> None:
    written = ", ".join([forged, str(client), *proxies])
    told = client_key(scope("10.0.0.1", written), PROXIES)
    assert told == client_key(scope(str(client)), ())


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_all_of_one_home_is_one_and_the_next_home_is_another(
    home: int, one: int, other: int
) -> None:
    base = 0x2001 << 112 | (home & 0xFFFF_FFFF) << 64
    here, there = (str(ip_address(base | place)) for place in (one, other))
    next_door = str(ip_address((base ^ 1 << 64) | one))
    keys = [client_key(scope(each), ()) for each in (here, there, next_door)]
    assert keys[0] == keys[1] != keys[2]


def test_a_chain_without_an_end_is_read_so_far_and_no_further() -> None:
    endless = ", ".join(["198.51.100.7", *["10.4.4.4"] * 5_000])
    assert client_key(scope("10.0.0.1", endless), PROXIES) == "10.4.4.4"


def test_an_address_is_told_without_the_interface_that_it_came_in_by() -> None:
    assert str(parsed("fe80::1%eth0")) == "fe80::1"


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = parsed(text)
    assert found is None or parsed(str(found)) == found
