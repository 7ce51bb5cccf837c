"""The audit: whether what the store wrote down agrees with itself."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen


@frozen(kw_only=True)
class Difference:
    """One thing that is not as the rest says it must be; amounts and counts as text."""

    subject: str
    """The SKU, order number or payment id that it was found at."""
    expected: str
    found: str


@frozen(kw_only=True)
class CheckReport:
    """What one check looked at, and what it found; at most the asked-for number is shown."""

    check: str
    rule: str
    """What must hold, in a sentence."""
    looked_at: int
    differences: int
    shown: tuple[Difference, ...]


@frozen(kw_only=True)
class AuditReport:
    """Every check, made at one and the same moment."""

    checks: tuple[CheckReport, ...]

    @property
    def differences(self) -> int:
        """How many things are not as they must be."""
        return sum(check.differences for check in self.checks)

    @property
    def clean(self) -> bool:
        """Whether everything agrees."""
        return self.differences == 0


class Auditor(Protocol):
    """Reads the books, changes nothing, and may be asked while the shop sells."""

    async def audit(self, *, shown: int) -> AuditReport:
        """
        What stock, ledger, reservations, orders and payments say of each other.

        All of it is seen as of one moment. At most ``shown`` differences of each check
        are named. Raises DatabaseUnavailable.
        """
