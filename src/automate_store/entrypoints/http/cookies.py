"""
Cookies: what a browser keeps of a session, out of reach of scripts.

Where the shop is served over https their names begin with ``__Host-``: a browser then
takes them from this very host alone, over https, for every path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automate_store.entrypoints.http.sending import Header

ACCESS = "automate_store_access"
REFRESH = "automate_store_refresh"
CSRF_HEADER = b"x-csrf-token"
_HOST = "__Host-"


def cookie(headers: Iterable[Header], name: str) -> str | None:
    """The value of the first cookie of that name; None where it is missing or empty."""
    for key, sent in headers:
        if key != b"cookie":
            continue
        for pair in sent.decode("latin-1").split(";"):
            given, _, value = pair.strip().partition("=")
            if given == name:
                return value.strip('"') or None
    return None


def session_cookie_name(name: str, *, secure: bool) -> str:
    """What the cookie is called, by how the shop is served."""
    return f"{_HOST}{name}" if secure else name


def session_cookies(
    *, access: str, access_s: int, refresh: str, refresh_s: int, secure: bool
) -> Iterator[Header]:
    """Both cookies of a session; with empty values and no time left, they are taken back."""
    yield _cookie(ACCESS, access, access_s, same_site="Lax", secure=secure)
    yield _cookie(REFRESH, refresh, refresh_s, same_site="Strict", secure=secure)


def _cookie(name: str, value: str, lifetime_s: int, *, same_site: str, secure: bool) -> Header:
    named = session_cookie_name(name, secure=secure)
    text = f"{named}={value}; Path=/; Max-Age={lifetime_s}; HttpOnly; SameSite={same_site}"
    return b"set-cookie", (text + "; Secure" if secure else text).encode()
