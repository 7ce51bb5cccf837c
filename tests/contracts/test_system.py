"""The machine's own clock, ids and mail, and money by hand, keep the promises of their ports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import frozen

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.system import FileMailer, SystemClock, SystemIds
from automate_store.application.ports.messages import Mail
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    ClockContract,
    IdsContract,
    MailerContract,
    PaymentGatewayContract,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.mails import received


class TestManualGateway(PaymentGatewayContract, CaptureInPartsContract):
    @pytest.fixture
    def gateway(self) -> ManualGateway:
        return ManualGateway()


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> SystemClock:
        return SystemClock()


class TestSystemIds(IdsContract):
    @pytest.fixture
    def ids(self) -> SystemIds:
        return SystemIds()


@frozen
class Folder:
    path: Path

    @property
    def mailer(self) -> FileMailer:
        return FileMailer(self.path, sender="Shop <shop@example.com>", clock=lambda: NOON)

    async def delivered(self) -> Sequence[Mail]:
        return [_read(path) for path in sorted(self.path.iterdir())]


class TestFileMailer(MailerContract):
    @pytest.fixture
    def post(self, tmp_path: Path) -> Folder:
        return Folder(tmp_path)


def _read(path: Path) -> Mail:
    return received(path.read_bytes())
