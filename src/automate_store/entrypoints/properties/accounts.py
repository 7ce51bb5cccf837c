"""How accounts are kept where a test does not care."""

from __future__ import annotations

from datetime import timedelta

from automate_store.domain.identity import AccountPolicy, Registration

POLICY = AccountPolicy(
    registration=Registration.OPEN,
    access_lifetime=timedelta(minutes=15),
    session_lifetime=timedelta(days=30),
    session_idle=timedelta(days=1),
    proof_lifetime=timedelta(minutes=10),
    verify_lifetime=timedelta(days=1),
    reset_lifetime=timedelta(hours=1),
    staff_second_factor=False,
)
