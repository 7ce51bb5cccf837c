"""The fake gateway as a process of its own, what its shoppers do there, and its ledger."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from attrs import frozen

from benchmarks.rig.servers import COMMAND, environment, free_port

SECRET = "whsec_of_the_checks"  # noqa: S105 - signs what a temporary shop is told
START_TIMEOUT_S = 180
POLL_S = 0.05
TIMEOUT_S = 30
MOST_TRIES = 50
"""How often somebody at the gateway's desk asks for one thing, while it fails on purpose."""

WEBHOOK = "/api/v1/payments/fake/webhook"


@frozen(kw_only=True)
class Kept:
    """What the gateway has of one payment, in minor units."""

    intent_id: str
    payment_id: str | None
    state: str
    amount: int
    captured: int
    refunded: int
    captures: int
    """How often money was taken."""


class FakeGateway:
    """Entered, it listens; left, it is gone with its books."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "gateway.log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=self.url, timeout=TIMEOUT_S)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> Mapping[str, str]:
        """What a shop is set to that is paid by it."""
        return {"gateways": "manual,fake", "fake_url": self.url, "fake_webhook_secret": SECRET}

    def __enter__(self) -> Self:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [*COMMAND, "fake-gateway", "--port", str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment({"fake_webhook_secret": SECRET}),
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self._client.get("/").raise_for_status()
            except httpx.HTTPError:
                time.sleep(POLL_S)
            else:
                return self
        raise RuntimeError(f"the fake gateway did not start: {self._log.read_text()[-2000:]}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()
        assert self._process is not None, "entered before it is left"
        self._process.terminate()
        self._process.wait()

    def go_wrong(self, **faults: object) -> None:
        """From now on with these faults alone; with none, it does as it is told."""
        self._client.put("/faults", json=faults).raise_for_status()

    def tell(self, base: str | None) -> None:
        """Tell that server of events from now on, or nobody."""
        url = None if base is None else base + WEBHOOK
        self._client.put("/webhook", json={"url": url}).raise_for_status()

    def wait_until_told(self, timeout_s: float) -> bool:
        """Whether everything that was to be told is, in that time."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self._client.get("/webhook").json()["waiting"]:
                return True
            time.sleep(POLL_S)
        return False

    def events(self) -> Sequence[dict[str, Any]]:
        """All that happened, the oldest first, as webhooks tell it."""
        found: list[dict[str, Any]] = []
        more: Mapping[str, Any] = {"more": True}
        while more["more"]:
            after = {"after": found[-1]["id"]} if found else {}
            more = self._client.get("/events", params={"limit": 1000, **after}).json()
            found += more["items"]
        return found

    def tried(self, path: str, **body: object) -> bool:
        """Whether the gateway let somebody do that."""
        return self._insist(path, body).is_success

    def act(self, path: str, **body: object) -> Mapping[str, Any]:
        """What a shopper or a bank does there; it must succeed."""
        answer = self._insist(path, body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        told: Mapping[str, Any] = answer.json()
        return told

    def look(self, path: str) -> Mapping[str, Any]:
        """What it says of something that it has."""
        told: Mapping[str, Any] = self._client.get(path).raise_for_status().json()
        return told

    def kept(self) -> list[Kept]:
        """Its ledger, by intent."""
        ledger = self.look("/ledger")
        takes = Counter(
            each["intent_id"] for each in ledger["entries"] if each["kind"] == "capture"
        )
        return [
            Kept(
                intent_id=each["id"],
                payment_id=each["payment_id"],
                state=each["state"],
                amount=each["amount"],
                captured=each["captured"],
                refunded=each["refunded"],
                captures=takes[each["id"]],
            )
            for each in ledger["intents"]
        ]

    def _insist(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        """The answer, whatever goes wrong there on purpose: under one key it is done once."""
        headers = {"Idempotency-Key": str(uuid4())}
        for _ in range(MOST_TRIES):
            with suppress(httpx.TransportError):
                answer = self._client.post(path, json=body, headers=headers)
                if not answer.is_server_error:
                    return answer
        raise AssertionError(f"{path}: no answer in {MOST_TRIES} tries")
