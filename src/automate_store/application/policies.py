"""The numbers that a merchant may set; each has its default in the settings."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from automate_store.domain.carts import CartPolicy
from automate_store.domain.identity import AccountPolicy
from automate_store.domain.payments import CaptureMode
from automate_store.domain.returns import ReturnPolicy


@frozen(kw_only=True)
class StorePolicy:
    """How this store does what the rules leave open."""

    store_name: str
    currency: str
    cart: CartPolicy
    reservation_lifetime: timedelta
    edit_window: timedelta
    """How long after placing an order its customer may change it."""
    guest_cart_lifetime: timedelta
    key_lifetime: timedelta
    low_stock_threshold: int
    accounts: AccountPolicy
    returns: ReturnPolicy
    url: str
    """The shop's address as customers see it; mailed links begin with it."""
    capture: CaptureMode = CaptureMode.AUTOMATIC
    """Whether what shoppers pay is taken at once, or by a word of the staff."""
    staff_email: str | None = None
    """Where staff are told of money that has to be looked at; else the log tells of it."""
    told_lifetime: timedelta = timedelta(days=90)
    """How long what gateways told is kept once it has had its effect."""
