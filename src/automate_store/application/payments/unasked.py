"""What can't be asked about: payments through gateways that lost their settings."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from automate_store.application.payments.discrepancies import Discrepancy
from automate_store.application.ports import NOT_KNOWN, Ports
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.payments import RefundState

REMEMBERED = timedelta(days=180)
"""How old what took money may be for a store that starts to miss its gateway."""
PAGE = 100
_log = logging.getLogger(__name__)


async def list_unasked(since: datetime, ports: Ports) -> tuple[Discrepancy, ...]:
    """For each gateway without settings, how many payments and refunds wait to be asked about."""
    async with ports.reading() as reads:
        payments = await reads.payments.elsewhere(ports.gateways.keys(), since=since)
    refunds = await _refunds(ports)
    return tuple(
        Discrepancy(
            gateway=name,
            what="can't be asked about",
            subject=f"{_many(payments.get(name, 0), 'payment')}, {_many(refunds[name], 'refund')}",
            ours="",
            theirs=f"its settings are missing ({ports.settings_of.get(name, NOT_KNOWN)})",
        )
        for name in sorted({*payments, *refunds})
    )


async def warn_of_unasked(*, ports: Ports) -> None:
    """A warning in the log for each gateway that took money, or may, and has no settings."""
    async with ports.reading() as reads:
        since = ports.clock() - REMEMBERED
        payments = await reads.payments.elsewhere(ports.gateways.keys(), since=since)
    for name, many in sorted(payments.items()):
        missing = ports.settings_of.get(name, NOT_KNOWN)
        _log.warning(
            "gateway_unset: %s through %s can't be asked about, its settings are missing (%s)",
            _many(many, "payment"),
            name,
            missing,
        )


async def _refunds(ports: Ports) -> Counter[str]:
    """How many refunds are on their way by each gateway without settings."""
    found: Counter[str] = Counter()
    before: RefundId | None = None
    while True:
        async with ports.reading() as reads:
            page = await reads.refunds.page(state=RefundState.PENDING, before=before, limit=PAGE)
            for refund in page:
                payment = await reads.payments.get(refund.payment_id)
                if payment.gateway not in ports.gateways and not refund.made_there:
                    found[payment.gateway] += 1
        if len(page) < PAGE:
            return found
        before = page[-1].id


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
