"""``mail list`` and ``mail preview``: what customers would read, of an order nobody placed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from automate_store.adapters.notices import TemplateNotices
from automate_store.domain.kernel.ids import LineId, ShipmentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications import (
    Alert,
    Letter,
    account_exists,
    claim_approved,
    credentials_changed,
    email_change_approval,
    email_change_confirmation,
    email_verification,
    exchange_due,
    order_cancelled,
    order_changed,
    order_confirmation,
    order_delivered,
    order_refunded,
    order_shipped,
    parcel_lost,
    password_reset,
    return_approved,
    return_rejected,
    staff_alert,
)
from automate_store.domain.orders import Order, Shipment
from automate_store.entrypoints.cli.printing import refuse, results, say, table
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.settings import Settings

LINK = "https://shop.example/account/reset-password#token=made-up"
CUSTOMER, REASON = "ann", "changed my mind"


@cache
def samples() -> Mapping[str, Letter]:
    """Every letter by its name, about somebody made up."""
    order, parcel = _shipped()
    one = _one_of_each(order)
    price, reason = examples.PRICE, REASON
    letters = (
        email_verification(LINK),
        account_exists(),
        password_reset(LINK),
        email_change_approval(LINK, "ann@new.example"),
        email_change_confirmation(LINK),
        credentials_changed("password"),
        order_confirmation(order),
        order_shipped(order, parcel),
        order_delivered(order),
        parcel_lost(order, parcel),
        order_cancelled(order, one, reason=reason, refund=str(price)),
        order_changed(order, moved=True, more=price, refund=None),
        order_refunded(order, price, reason=reason),
        return_approved(
            order,
            one,
            comes=(),
            due=Money.zero(price.currency),
            refund=price,
            instructions="Put this mail in the box.",
        ),
        claim_approved(order, one, comes=(), due=Money.zero(price.currency), refund=price),
        return_rejected(order, one, reason="more than 30 days after it arrived", claimed=False),
        exchange_due(order, order.items, amount=price, until=examples.AT, claimed=False),
        staff_alert(
            Alert.REFUND_FAILED,
            number=order.number,
            gateway="stripe",
            amount=price,
            why="the card was closed",
        ),
    )
    return {letter.name: letter for letter in letters}


def print_letters(settings: Settings) -> None:
    """A line for each letter: its name, and whether its two templates are the merchant's."""
    notices = TemplateNotices(settings.mail_templates_dir, faults=_say_fault)
    own = set(notices.own())
    rows = [
        (name, *("yours" if f"{name}.{kind}" in own else "shipped" for kind in ("txt", "html")))
        for name in notices.names()
    ]
    results().print(table(("letter", "text", "HTML"), rows, whole=["letter"]))


def print_letter(name: str, settings: Settings, *, html: bool) -> bool:
    """The letter, as a customer would get it; whether no template was broken."""
    faults: list[str] = []

    def keep(file: str, why: str) -> None:
        faults.append(file)
        _say_fault(file, why)

    notices = TemplateNotices(settings.mail_templates_dir, faults=keep)
    notice = notices.write(_of_the_store(samples()[name], settings))
    say(notice.html if html else f"Subject: {notice.subject}\n\n{notice.text}")
    return not faults


def print_facts(name: str, settings: Settings) -> None:
    """What the letter's templates may use."""
    facts = _of_the_store(samples()[name], settings).facts
    say(json.dumps(facts, indent=2, ensure_ascii=False))


def _of_the_store(letter: Letter, settings: Settings) -> Letter:
    store = {"name": settings.store_name, "url": settings.url}
    return Letter(letter.name, {**letter.facts, "store": store})


def _shipped() -> tuple[Order, Shipment]:
    placed, at = examples.order(), examples.AT
    parcel = Shipment(
        id=ShipmentId(examples.example_id(90)),
        order_id=placed.id,
        items=_one_of_each(placed),
        carrier="Parcel Post",
        tracking_number="1Z 999 AA1",
        tracking_url="https://post.example/1Z999AA1",
        shipped_at=at,
    )
    paid = placed.pay(placed.total, actor=CUSTOMER, at=at)
    return paid.ship(parcel, actor="staff", at=at), parcel


def _one_of_each(order: Order) -> Mapping[LineId, int]:
    return {item.id: 1 for item in order.items}


def _say_fault(file: str, why: str) -> None:
    refuse(f"{file} can't be used, the shipped one is: {why}")
