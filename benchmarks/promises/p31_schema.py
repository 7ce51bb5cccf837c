"""
P31: whatever is sent, the answer is what the API's description says, and never a fault of ours.

Schemathesis makes the requests from the description that the running shop serves: by its
examples, by every boundary of every field and, in a full run, at random. Each round asks as
somebody else: the staff's program, a customer, nobody; a quick run has the first alone.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import register
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import Shoppers

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
FULL, QUICK = ("examples", "coverage", "fuzzing"), ("examples", "fuzzing")
ENDING = "logout|logout_everywhere|change_password|end_session|delete_account|reset_password"
"""Operations after which the customer would be nobody."""
_GENERATED = re.compile(r"^\s*(\d+) generated", re.MULTILINE)
_FAULT = re.compile(r"^- (.+)$", re.MULTILINE)
_OPERATION = re.compile(r"^_+ ([A-Z]+ \S+) _+$", re.MULTILINE)


async def check(shop: Shop, run: Run) -> None:
    """One round for each caller."""
    async with Shoppers(shop.bases) as shoppers:
        customer = await register(shoppers, "schema@example.com")
    callers: Mapping[str, Mapping[str, str]] = {
        "staff": STAFF,
        "customer": customer.headers,
        "nobody": {},
    }
    for number, (name, headers) in enumerate(islice(callers.items(), run.size(3, 1))):
        told = await _round(shop, run, headers, number)
        found = _GENERATED.search(told)
        run.require(found is not None, f"{name}: {told[-300:]}")
        run.tries += int(found[1]) if found else 0
        _faults(run, name, told)
    run.require(_traces(shop) == [], "a fault of ours stands in the log")


async def _round(shop: Shop, run: Run, headers: Mapping[str, str], number: int) -> str:
    """What the tool printed."""
    base = shop.bases[number % len(shop.bases)]
    options = {
        "--phases": ",".join(QUICK if run.quick else FULL),
        "--checks": ",".join(CHECKS),
        "--max-examples": str(run.size(20, 2)),
        "--seed": str(run.seed),
        "--warnings": "off",
        "--exclude-operation-id-regex": f"^({ENDING})$",
        "--generation-database": "none",
        "--output-truncate": "true",
    }
    sent = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{base}/openapi.json",
        *(part for option in options.items() for part in option),
        *sent,
        "--continue-on-failure",
        "--no-shrink",
        "--no-color",
        cwd=shop.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return printed.decode(errors="replace")


def _faults(run: Run, caller: str, told: str) -> None:
    """Count what the tool complains of, by the operation."""
    places = [(found.start(), found[1]) for found in _OPERATION.finditer(told)]
    for fault in _FAULT.finditer(told.partition("= SUMMARY =")[0]):
        at = [operation for start, operation in places if start < fault.start()]
        where = at[-1] if at else "somewhere"
        run.require(False, f"{caller}: {where}: {fault[1]}")  # noqa: FBT003 - what is required is that there is none


def _traces(shop: Shop) -> list[Any]:
    lines = (line for server in shop.servers for line in server.tail(10_000_000).splitlines())
    told = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in told if line.get("event") == "request_broke"]
