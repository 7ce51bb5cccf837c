"""The cards that can be typed in: what becomes of a payment is written on them."""

from __future__ import annotations

from attrs import frozen

from automate_store.entrypoints.fake_gateway.words import Refused


@frozen(kw_only=True)
class Card:
    """A card by its token; ``leads_to`` is the state of what is paid with it, before capture."""

    brand: str
    last_four: str
    leads_to: str
    failure: str | None = None
    expires_month: int = 12
    expires_year: int = 2099


CARDS = {
    "card_ok": Card(brand="visa", last_four="4242", leads_to="authorised"),
    "card_3ds": Card(brand="visa", last_four="3155", leads_to="requires_action"),
    "card_slow": Card(brand="mastercard", last_four="0077", leads_to="processing"),
    "card_declined": Card(
        brand="visa", last_four="0002", leads_to="failed", failure="card declined"
    ),
    "card_expired": Card(
        brand="visa",
        last_four="0069",
        leads_to="failed",
        failure="card expired",
        expires_month=1,
        expires_year=2020,
    ),
}


def card(token: str) -> Card:
    """The card; raises Refused for one that does not exist."""
    if token not in CARDS:
        known = ", ".join(CARDS)
        raise Refused(400, "card_unknown", f"{token!r} is no card; these are: {known}")
    return CARDS[token]
