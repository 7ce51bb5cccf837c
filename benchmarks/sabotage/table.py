"""
The sabotages: small changes, each of which must turn one check red.

The old text must stand in its file exactly once, so that a change of the store that
moves it is noticed here, and the table can't rot in silence.
"""

from __future__ import annotations

from benchmarks.sabotage.access import ACCESS
from benchmarks.sabotage.breaking import SOURCE, Change, Sabotage
from benchmarks.sabotage.carts import CARTS
from benchmarks.sabotage.lists import LISTS
from benchmarks.sabotage.logs import LOGS
from benchmarks.sabotage.payments import PAYMENTS
from benchmarks.sabotage.redis import REDIS
from benchmarks.sabotage.trading import TRADING

__all__ = ["SABOTAGES", "SOURCE", "Change", "Sabotage"]

_COUPONS_READ = "SELECT id FROM coupons WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id"
_COUPONS_LOCKED = f"{_COUPONS_READ} FOR NO KEY UPDATE"

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "P01",
        "the condition is dropped from the stock UPDATE",
        (
            Change(
                "adapters/postgres/inventory.py",
                "AND (want.reserved <= 0 OR",
                "AND (true OR want.reserved <= 0 OR",
            ),
        ),
    ),
    Sabotage(
        "P02",
        "quantities of one article are not added up",
        (
            Change(
                "domain/carts/cart.py",
                "quantity=line.quantity + added.quantity,",
                "quantity=added.quantity,",
            ),
        ),
    ),
    Sabotage(
        "P02",
        "stock rows are not locked in one order",
        (
            Change(
                "adapters/postgres/inventory.py",
                "ORDER BY s.variant_id, s.location_id FOR UPDATE OF s",
                "ORDER BY random() FOR UPDATE OF s",
            ),
        ),
    ),
    Sabotage(
        "P04",
        "a sale writes no movement",
        (
            Change(
                "application/stock.py",
                "    await work.stock.record(_sales(",
                "    _ = (_sales(",
            ),
        ),
    ),
    Sabotage(
        "P04",
        "the audit does not look at the chain of movements",
        (
            Change(
                "adapters/postgres/audit.py",
                "SELECT * FROM chain WHERE quantity_after <> before + quantity_change",
                "SELECT * FROM chain WHERE false",
            ),
        ),
    ),
    Sabotage(
        "P05",
        "the counter is written as an absolute value",
        (
            Change("adapters/postgres/coupons.py", _COUPONS_LOCKED, _COUPONS_READ),
            Change(
                "adapters/postgres/coupons.py",
                "SET used_count = used_count + 1",
                "SET used_count = (SELECT count(*) + 1 FROM coupon_usage WHERE coupon_id = c.id)",
            ),
        ),
    ),
    Sabotage(
        "P05",
        "the condition on the limit is dropped where a use is taken",
        (
            Change(
                "adapters/postgres/coupons.py",
                "AND (c.usage_limit IS NULL OR c.used_count < c.usage_limit)",
                "",
            ),
        ),
    ),
    Sabotage(
        "P06",
        "a customer's uses are counted before the coupon is locked",
        (Change("adapters/postgres/coupons.py", _COUPONS_LOCKED, _COUPONS_READ),),
    ),
    Sabotage(
        "P06",
        "the customer's limit is read before, and not where a use is taken",
        (
            Change(
                "adapters/postgres/coupons.py",
                "OR {_MINE} < c.usage_limit_per_customer)",
                "OR {_MINE} >= 0)",
            ),
        ),
    ),
    Sabotage(
        "P06",
        "a use that was given back is given back again",
        (
            Change(
                "adapters/postgres/coupons.py",
                "WHERE order_id = :order_id AND given_back_at IS NULL\n        RETURNING",
                "WHERE order_id = :order_id\n        RETURNING",
            ),
        ),
    ),
    Sabotage(
        "P06",
        "whoever calls an unpaid order off has used their code",
        (
            Change(
                "application/orders/cancelling.py",
                "        if order.state is OrderState.PLACED:\n            await give_codes_back",
                "        if order.paid:\n            await give_codes_back",
            ),
        ),
    ),
    Sabotage(
        "P07",
        "what is left over when an amount is split is dropped",
        (
            Change(
                "domain/kernel/money.py",
                "    if left_over:\n        lost",
                "    if False:\n        lost",
            ),
            # Else it would never end: it goes on until nothing is left over.
            Change("domain/kernel/money.py", "    while size:\n", "    if size:\n"),
        ),
    ),
    Sabotage(
        "P07",
        "the odd cents of a line lie on none of its units",
        (
            Change(
                "domain/pricing/units.py",
                "return UnitShares(*divmod(minor, quantity))",
                "return UnitShares(minor // quantity, 0)",
            ),
        ),
    ),
    Sabotage(
        "P08",
        "the bound of an order's notes is removed",
        (
            Change(
                "entrypoints/http/wire/inputs.py",
                "Text1000 = Annotated[str, Meta(max_length=1000)]",
                "Text1000 = str",
            ),
        ),
        slow=True,
    ),
    Sabotage(
        "P09",
        "the total that the customer agreed to is not compared",
        (
            Change(
                "application/orders/placing.py",
                "if command.expected_total not in {None, quote.total}:",
                "if False:",
            ),
        ),
    ),
    Sabotage(
        "P09",
        "the total is taken from the client",
        (
            Change(
                "application/orders/placing.py",
                "if command.expected_total not in {None, quote.total}:",
                "if False:",
            ),
            Change(
                "application/orders/placing.py",
                "    _refuse(command, loaded, quote)\n    order_id",
                "    _refuse(command, loaded, quote)\n"
                "    quote = evolve(quote, total=command.expected_total or quote.total)\n"
                "    order_id",
            ),
        ),
    ),
    Sabotage(
        "P09",
        "a process keeps the tax rates that it has read",
        (
            Change(
                "adapters/postgres/pricing.py",
                "if self._rules is None or self._pricing != version:",
                "if self._rules is None:",
            ),
        ),
    ),
    Sabotage(
        "P11",
        "the key is not looked at before the work",
        (
            Change(
                "application/idempotency.py",
                "    stored = await work.keys.claim(request, answer)\n",
                "    stored = None\n",
            ),
        ),
    ),
    Sabotage(
        "P12",
        "keys are not scoped to their caller",
        (
            Change(
                "application/orders/placing.py",
                "keyed(owner.caller, key, command)",
                'keyed("cart", key, command)',
            ),
        ),
    ),
    Sabotage(
        "P13",
        "the cart is not consumed in the order's transaction",
        (
            Change(
                "application/orders/placing.py",
                "        await work.carts.consume(loaded.cart, order.id)\n",
                "",
            ),
        ),
    ),
    Sabotage(
        "P21",
        "synchronous_commit is off",
        (
            Change(
                "adapters/postgres/embedded/__init__.py",
                '"synchronous_commit": "on"',
                '"synchronous_commit": "off"',
            ),
        ),
    ),
    Sabotage(
        "P21",
        "dead connections are used again",
        (
            Change(
                "adapters/postgres/engine.py",
                "if wire.broken or wire.in_transaction or not self._usable(wire):",
                "if self._closed:",
            ),
            Change(
                "adapters/postgres/engine.py",
                "return not wire.broken and not self._closed and",
                "return",
            ),
        ),
    ),
    Sabotage(
        "P22",
        "waiting for a connection has no end",
        (
            Change(
                "adapters/postgres/engine.py",
                "async with asyncio.timeout(self.settings.acquire_timeout_s):",
                "async with asyncio.timeout(None):",
            ),
        ),
    ),
    Sabotage(
        "P26",
        "PostgreSQL ends a hold that has ended already",
        (
            Change(
                "adapters/postgres/inventory.py",
                "WHERE id = ANY(:ids) AND state = 'held'",
                "WHERE id = ANY(:ids)",
            ),
        ),
    ),
    Sabotage(
        "P26",
        "memory lets an import reset what is on hand",
        (
            Change(
                "adapters/memory/inventory.py",
                "evolve(item, on_hand=known.on_hand, reserved=known.reserved) if known else item",
                "item",
            ),
        ),
    ),
    *ACCESS,
    *CARTS,
    *LISTS,
    *LOGS,
    *PAYMENTS,
    *REDIS,
    *TRADING,
)
"""Each of them must turn its promise's check red."""
