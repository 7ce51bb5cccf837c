"""
Saved ways to pay: a gateway keeps them, the store its token and what people know it by.

No number of a card is ever here, nor anything else that pays without the gateway.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments.reports import MethodReport

MOST_METHODS = 50
"""Of one account."""


@frozen
class MethodNotFound(NotFound):
    """There is no such saved way to pay, or it is somebody else's."""

    says = "There is no saved way to pay {method!r}."
    method: str


@frozen
class MethodElsewhere(RuleBroken):
    """The saved way to pay is kept by another gateway than the one that is to be paid through."""

    says = "That way to pay is kept at {kept_at}; {gateway} can't charge it. Pay through {kept_at}."
    gateway: str
    kept_at: str


@frozen
class MethodExpired(RuleBroken):
    """The saved card is past its last day."""

    says = "The {brand} that ends in {last_four} expired after {expired}; take another one."
    brand: str
    last_four: str
    expired: str


@frozen
class MethodsNotKept(RuleBroken):
    """The gateway keeps no ways to pay for the next time."""

    says = "{gateway} keeps no ways to pay; those that do: {offered}."
    gateway: str
    offered: tuple[str, ...]


@frozen
class TooManyMethods(RuleBroken):
    """The account has as many saved ways to pay as one may have."""

    says = "An account keeps {limit} ways to pay at most; remove one first."
    limit: int


@frozen
class SetupRefused(RuleBroken):
    """What the browser handed over can't be saved."""

    says = "{gateway} did not save it: {reason}."
    gateway: str
    reason: str


@frozen(kw_only=True)
class MethodRemoved(Event):
    """A saved way to pay is gone here, and its gateway has to forget it too."""

    method_id: MethodId


@frozen(kw_only=True)
class CustomerLeft(Event):
    """Somebody deleted their account, and a gateway has to forget whom it knows by that name."""

    gateway: str
    customer: str


@frozen(kw_only=True)
class MethodsToKeep(Event):
    """A payment went through that was to save what it is paid by."""

    gateway: str
    customer: str


@frozen(kw_only=True)
class SavedMethod:
    """A way to pay that a gateway keeps for an account; ``token`` is the gateway's."""

    id: MethodId
    user_id: UserId
    gateway: str
    token: str
    brand: str
    last_four: str | None
    expires_month: int | None
    expires_year: int | None
    created_at: datetime

    @classmethod
    def of(
        cls, report: MethodReport, *, id: MethodId, user_id: UserId, gateway: str, at: datetime
    ) -> SavedMethod:
        """What the gateway says that it keeps for the account."""
        return cls(
            id=id,
            user_id=user_id,
            gateway=gateway,
            token=report.method_id,
            brand=report.brand,
            last_four=report.last_four,
            expires_month=report.expires_month,
            expires_year=report.expires_year,
            created_at=at,
        )

    @property
    def expires(self) -> str | None:
        """The last month that it pays in, as a card shows it."""
        if self.expires_month is None or self.expires_year is None:
            return None
        return f"{self.expires_month:02}/{self.expires_year}"

    def expired(self, at: datetime) -> bool:
        """Whether its last month is over."""
        if self.expires_month is None or self.expires_year is None:
            return False
        return (at.year, at.month) > (self.expires_year, self.expires_month)

    def usable(self, at: datetime) -> SavedMethod:
        """The method itself, where it pays now; raises MethodExpired."""
        if self.expired(at):
            raise MethodExpired(self.brand, self.last_four or "-", self.expires or "-")
        return self
