"""Somebody who owns all that a shop keeps on people, in words that nobody else has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from attrs import evolve, frozen

from benchmarks.rig.accounts import Member, register
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.people import again
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key
from benchmarks.rig.staff import offer, percent_off

CART_OF = "SELECT id FROM carts WHERE user_id = %s AND order_id IS NULL"


@frozen
class Goods:
    """The first variants of three products: the store's, and two of a vendor's."""

    stores: UUID
    vendors: UUID
    spare: UUID
    """What its vendor may change and remove; nobody buys it."""


@frozen(kw_only=True)
class Belongings:
    """
    All of one customer: what they are known by, and every text that is theirs alone.

    A vendor's product that is not on sale stands beside it: that is nobody else's either.
    """

    owner: Member
    revoked: Member
    """The owner, in a session that was ended."""
    ids: Mapping[str, str]
    """By what they are of."""
    sale: str
    """An order in which a vendor's product is; the one in ``ids`` holds none."""
    markers: Mapping[str, str]

    def found_in(self, answer: Answer, *, but: Collection[str] = ()) -> set[str]:
        """Which of the owner's texts and ids the answer tells, but for those that were sent."""
        told = f"{answer.body} {dict(answer.headers)}"
        known = {**self.markers, **{f"{of} id": value for of, value in self.ids.items()}}
        return {what for what, text in known.items() if text in told and text not in but}


async def settle(
    shop: Shop, shoppers: Shoppers, mailbox: Mailbox, goods: Goods, name: str
) -> Belongings:
    """Somebody new with an account, addresses, sessions, a cart, orders and payments."""
    marks = {what: f"mk{what.replace('_', '')}{uuid4().hex[:10]}" for what in _MARKED}
    marks["phone"] = f"+{uuid4().int % 10**14:014}"
    first = await _ordered_as_guest(shoppers, goods.stores, marks)
    owner = await _opened(shoppers, mailbox, marks)
    ids = {"customer": str(owner.id), "address": await _booked(shoppers, owner, marks)}
    code = await offer(shoppers, f"P29-{name}".upper(), percent_off(5))
    ids |= await _paid_order(shoppers, owner, goods.stores, marks, code)
    ids["order of a guest"] = first
    sale = await _ordered(shoppers, owner, goods.vendors, marks, code=None)
    cart = await _filled(shoppers, owner, goods.stores, code)
    ids["item"] = cart["items"][0]["id"]
    ids["cart"] = str(shop.database.value(CART_OF, [owner.id]))
    change = {"email": f"{marks['pending_email']}@example.com"}
    await _done(shoppers, owner, "POST", "/auth/change-email", change)
    revoked = await again(shoppers, owner)
    await _done(shoppers, revoked, "POST", "/auth/logout")
    ids["session"] = await _session(shoppers, owner, marks)
    return Belongings(owner=owner, revoked=revoked, ids=ids, sale=sale["id"], markers=marks)


async def drafted(shoppers: Shoppers, vendor: Member, theirs: Belongings) -> Belongings:
    """The same, with a product besides that a vendor has not put on sale."""
    marks = {what: f"mk{what.replace('_', '')}{uuid4().hex[:10]}" for what in _DRAFTED}
    price = {"amount": "19.00", "currency": "USD"}
    body = {
        "name": marks["draft"],
        "description": marks["description"],
        "price": price,
        "variants": [{"sku": marks["sku"], "barcode": marks["barcode"]}],
    }
    made = await _done(shoppers, vendor, "POST", "/products", body)
    ids = {
        "product": made["id"],
        "product by its name": made["slug"],
        "variant": made["variants"][0]["id"],
    }
    return evolve(theirs, ids={**theirs.ids, **ids}, markers={**theirs.markers, **marks})


async def _ordered_as_guest(shoppers: Shoppers, variant: UUID, marks: Mapping[str, str]) -> str:
    """An order that is the account's once its e-mail is proven."""
    cart = await shoppers.fill([(variant, 1)])
    email, notes = f"{marks['email']}@example.com", marks["notes"]
    placed = await shoppers.order(cart, key=fresh_key(), email=email, notes=notes)
    order: str = (await _checked(placed))["id"]
    return order


async def _opened(shoppers: Shoppers, mailbox: Mailbox, marks: Mapping[str, str]) -> Member:
    """The account, its e-mail proven, in a group of its own."""
    names = {part: marks[part] for part in ("first_name", "last_name", "phone")}
    owner = await register(shoppers, f"{marks['email']}@example.com", **names)
    secret = (await mailbox.link(owner.email, "verify-email")).secret
    await _done(shoppers, owner, "POST", "/auth/verify-email", {"token": secret})
    standing = {"role": "customer", "groups": [marks["group"]]}
    path = f"{API}/admin/customers/{owner.id}/standing"
    await _checked(await shoppers.ask("PUT", path, standing, headers=STAFF))
    return owner


async def _booked(shoppers: Shoppers, owner: Member, marks: Mapping[str, str]) -> str:
    body = {**ADDRESS, "address_line_1": marks["street"], "company": marks["company"]}
    added = await _done(shoppers, owner, "POST", "/auth/addresses", body)
    made: str = added["id"]
    return made


async def _paid_order(
    shoppers: Shoppers, owner: Member, variant: UUID, marks: Mapping[str, str], code: str
) -> dict[str, str]:
    """The ids of an order that was paid and shipped, and of what came of it."""
    order = await _ordered(shoppers, owner, variant, marks, code=code)
    body = {"order_id": order["id"], "gateway": "manual"}
    payment = await _done(shoppers, owner, "POST", "/payments/create-intent", body)
    body = {"order_id": order["id"], "payment_id": payment["id"]}
    await _done(shoppers, owner, "POST", "/payments/confirm", body)
    shipped = await _shipped(shoppers, order, marks)
    events = await _done(shoppers, owner, "GET", f"/orders/{order['id']}/timeline")
    return {
        "order": order["id"],
        "payment": payment["id"],
        "item of an order": order["items"][0]["id"],
        "shipment": shipped["shipments"][0]["id"],
        "event": events["items"][0]["id"],
    }


async def _ordered(
    shoppers: Shoppers, owner: Member, variant: UUID, marks: Mapping[str, str], *, code: str | None
) -> dict[str, Any]:
    await _filled(shoppers, owner, variant, code)
    home = {**ADDRESS, "address_line_1": marks["ordered_street"], "city": marks["city"]}
    body = {
        "email": owner.email,
        "shipping_address": home,
        "shipping_method": "standard",
        "notes": marks["notes"],
    }
    placed: dict[str, Any] = await _done(shoppers, owner, "POST", "/orders", body)
    return placed


async def _filled(
    shoppers: Shoppers, owner: Member, variant: UUID, code: str | None
) -> dict[str, Any]:
    items = {"items": [{"variant_id": str(variant), "quantity": 1}]}
    cart: dict[str, Any] = await _done(shoppers, owner, "POST", "/cart/add", items)
    if code is not None:
        cart = await _done(shoppers, owner, "POST", "/cart/coupons", {"code": code})
    return cart


async def _shipped(
    shoppers: Shoppers, order: Mapping[str, Any], marks: Mapping[str, str]
) -> dict[str, Any]:
    path = f"{API}/admin/orders/{order['id']}/shipments"
    body = {"carrier": "Post", "tracking_number": marks["tracking"]}
    headers = {**STAFF, "Idempotency-Key": fresh_key()}
    shipped: dict[str, Any] = await _checked(
        await shoppers.ask("POST", path, body, headers=headers)
    )
    return shipped


async def _session(shoppers: Shoppers, owner: Member, marks: Mapping[str, str]) -> str:
    """A session that tells where it was opened."""
    elsewhere = await again(shoppers, owner, headers={"User-Agent": marks["browser"]})
    listed = await _done(shoppers, elsewhere, "GET", "/auth/sessions")
    current: str = next(each["id"] for each in listed["items"] if each["current"])
    return current


async def _done(
    shoppers: Shoppers, owner: Member, method: str, path: str, body: object = None
) -> Any:
    headers = {**owner.headers, "Idempotency-Key": fresh_key()}
    return await _checked(await shoppers.ask(method, API + path, body, headers=headers))


async def _checked(answer: Answer) -> Any:
    assert answer.ok, f"what somebody owns could not be made: {answer}"
    return answer.body


_MARKED: Sequence[str] = (
    *("email", "pending_email", "first_name", "last_name", "group", "street", "company"),
    *("ordered_street", "city", "notes", "tracking", "browser"),
)
_DRAFTED: Sequence[str] = ("draft", "description", "sku", "barcode")
