"""Versions of what staff change: told as an ETag, asked for by If-Match."""

from __future__ import annotations

import re

from automate_store.application.errors import VersionMissing
from automate_store.application.versions import Versions
from automate_store.entrypoints.http.calls import Call

_TAG = re.compile(r'"([0-9]{1,9})"')


def wanted_versions(call: Call) -> Versions | None:
    """
    The versions that the change may be based on; None where any will do.

    A tag that is none of ours, or a weak one, names no version (RFC 9110, 13.1.1).
    """
    given = call.header(b"if-match")
    if given is None or given.strip() == "*":
        return None
    tags = (_TAG.fullmatch(tag.strip()) for tag in given.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)


def needed_versions(call: Call) -> Versions | None:
    """The same, of a change that has to say so; raises VersionMissing."""
    if call.header(b"if-match") is None:
        raise VersionMissing
    return wanted_versions(call)


def tell_version(call: Call, version: int) -> None:
    """Let the answer say which version it is of."""
    call.headers.append((b"etag", b'"%d"' % version))
