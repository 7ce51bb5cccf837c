"""
The store's own command line, which notes down whom it connects to.

``QA_WATCHED=folder python -m benchmarks.rig.watching serve`` serves as always, and adds a line
to the folder's ``asked`` for each name that is looked up and each address that is connected
to. Where ``QA_PAYPAL`` names a host, webhooks of PayPal's sandbox are signed by certificates
from there; whose roots count is said by ``SSL_CERT_FILE``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from attrs import evolve

from automate_store.adapters import paypal
from automate_store.entrypoints.cli import main

WATCHING = (sys.executable, "-m", "benchmarks.rig.watching")
WATCHED, PAYPAL = "QA_WATCHED", "QA_PAYPAL"
ASKED = "asked"
EVENTS = {"socket.getaddrinfo", "socket.connect", "socket.gethostbyname"}


def asked_of(folder: Path) -> set[tuple[str, str]]:
    """Whom the servers of that folder looked up or connected to: hosts and ports."""
    found = set[tuple[str, str]]()
    for line in (folder / ASKED).read_text().splitlines():
        host, _, port = line.rpartition(" ")
        found.add((host, port))
    return found


def _watch(file: Path) -> None:
    def noted(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in EVENTS:
            return
        where = arguments[1] if event == "socket.connect" else arguments
        host, port = where[:2] if isinstance(where, tuple) else (where, "")
        text = host.decode() if isinstance(host, bytes) else str(host)
        with file.open("a") as asked:
            asked.write(f"{text} {port}\n")

    sys.addaudithook(noted)


if __name__ == "__main__":
    _watch(Path(os.environ[WATCHED]) / ASKED)
    if host := os.environ.get(PAYPAL):
        vars(paypal)["SANDBOX"] = evolve(paypal.SANDBOX, hosts=frozenset({host}))
    sys.exit(main())
