"""An entry of the audit trail, as the trail itself would write it."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from automate_store.application.auditing import as_json
from automate_store.application.ports.identity import TrailEntry
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.http.openapi import examples


def entry() -> TrailEntry:
    """A tax that was raised."""
    rate = examples.rules().tax_rates[0]
    return TrailEntry(
        id=examples.example_id(60),
        at=examples.AT,
        actor=f"admin:{examples.example_id(61)}",
        account_id=UserId(examples.example_id(61)),
        action="change_tax_rate",
        subject=f"tax_rate:{rate.code}",
        before=as_json(rate),
        after=as_json(evolve(rate, rate=Decimal("0.09125"))),
    )
