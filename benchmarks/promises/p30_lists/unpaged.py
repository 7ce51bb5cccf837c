"""Lists without pages: each must be known to end, and why."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.promises.p30_lists.described import Described
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import ADDRESS, API, Shoppers

MANY = 130
BOUNDED: Mapping[str, str] = {
    "show_cart": "100 lines of a cart (max_lines_per_cart)",
    "show_order": "the lines of the cart that it was",
    "show_sale": "the vendor's lines of one order",
    "list_shipments": "the parcels of one order",
    "list_returns": "the units of one order that were delivered",
    "show_timeline": "the moves of one order",
    "list_gateways": "the gateways of this installation",
    "list_cart_gateways": "the gateways of this installation",
    "list_payments": "what was begun while one order could be paid, 10 an hour for each address",
    "list_methods": "50 saved ways to pay of an account",
    "list_addresses": "50 addresses of an account",
    "list_sessions": "100 sessions, the last used",
}
"""What ends them, said once for each; a list that is in no table is a fault."""

OPEN: Mapping[str, str] = {
    "list_categories": "a tree: as many as staff made",
    "list_brands": "as many as staff made",
    "list_shipping_options": "as many methods as staff offer",
}
"""Lists that only the staff's own restraint ends: told with each result, and not promised."""

_SESSIONS = """
    INSERT INTO sessions (id, user_id, expires_at)
    SELECT uuidv7(), %s, now() + interval '1 day' FROM generate_series(1, %s) RETURNING 1
"""


async def unpaged_lists_are_bounded(
    run: Run, shop: Shop, shoppers: Shoppers, shop_says: Described, member: Member
) -> None:
    """Hold the tables against the description, and the two bounds that an account can press on."""
    found = {each.name for each in shop_says.operations if each.lists and not each.paged}
    for name in sorted(found - BOUNDED.keys() - OPEN.keys()):
        run.require(False, f"{name}: a list without pages, and nothing is known to end it")  # noqa: FBT003 - it must not be there
    run.measured["not_bounded"] = sorted(found & OPEN.keys())
    run.tries += len(found)
    for _ in range(MANY):
        body = {**ADDRESS, "type": "shipping"}
        path = f"{API}/auth/addresses"
        answer = await shoppers.ask("POST", path, body, headers=member.headers)
        if not answer.ok:
            break
    await _at_most(run, shoppers, member, "addresses", 50)
    shop.database.rows(_SESSIONS, [member.id, MANY])
    await _at_most(run, shoppers, member, "sessions", 100)


async def _at_most(run: Run, shoppers: Shoppers, member: Member, what: str, most: int) -> None:
    answer = await shoppers.ask("GET", f"{API}/auth/{what}", headers=member.headers)
    run.equal(f"{what} of one account", len(answer.body.get("items", ())), most)
    run.tries += 1
