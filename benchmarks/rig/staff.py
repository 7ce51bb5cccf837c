"""Staff: the codes that they offer, and what they change about prices while customers buy."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from attrs import field, frozen

from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers

PERCENT = 10


def percent_off(
    percent: int = PERCENT, *, in_all: int | None = None, each: int | None = None
) -> dict[str, object]:
    """A coupon that takes a percentage off the order, so often in all and for each customer."""
    return {
        "name": f"{percent} % off",
        "type": "percentage",
        "value": str(percent),
        "usage_limit": in_all,
        "usage_limit_per_customer": each,
    }


async def offer(shoppers: Shoppers, code: str, terms: Mapping[str, object]) -> str:
    """The code, which opens something from now on."""
    made = await _done(shoppers, "POST", "coupons", {**terms, "code": code})
    assert made, f"a coupon could not be made: {code}"
    return code


@frozen
class Prices:
    """
    A tax and a coupon of a check's own, and prices, all of which change.

    Each change differs from the last by more than rounding hides, and says whether it
    was made.
    """

    database: TemporaryDatabase
    shoppers: Shoppers
    name: str
    zone: Mapping[str, str]
    """Where the tax is collected."""
    _turns: dict[str, int] = field(factory=dict, init=False)

    async def open(self) -> None:
        """Collect the tax, and offer the coupon."""
        tax = {**self._tax(), "code": self.name.lower()}
        added = await _done(self.shoppers, "POST", "taxes", tax)
        assert added, "a tax could not be collected"
        await offer(self.shoppers, self.name, self._coupon())

    async def close(self) -> None:
        """Collect and offer no more: other prices are to hang on them no longer."""
        await _done(self.shoppers, "DELETE", f"taxes/{self.name.lower()}")
        await _done(self.shoppers, "DELETE", f"coupons/{self.name}")

    async def change_price(self, variant: UUID) -> bool:
        """Another price, in the database itself: nothing but an import changes one yet."""
        connection = await self.database.connect_async()
        query = b"UPDATE product_variants SET price = %s WHERE id = %s"
        await connection.execute(query, [10 + self._turn("price", 40), variant])
        await connection.close()
        return True

    async def change_tax(self, _: UUID) -> bool:
        """Another rate."""
        return await _done(self.shoppers, "PUT", f"taxes/{self.name.lower()}", self._tax())

    async def change_coupon(self, _: UUID) -> bool:
        """Another percentage off."""
        return await _done(self.shoppers, "PUT", f"coupons/{self.name}", self._coupon())

    def _tax(self) -> dict[str, object]:
        rate = 3 + 2 * self._turn("tax", 9)
        return {
            "name": "A tax that changes",
            "rate": f"0.{rate:02}",
            "zone": dict(self.zone),
            "applies_to_shipping": True,
        }

    def _coupon(self) -> dict[str, object]:
        return percent_off(5 + 5 * self._turn("coupon", 7))

    def _turn(self, what: str, length: int) -> int:
        """The next of so many values, never the same twice in a row."""
        self._turns[what] = turn = (self._turns.get(what, 0) + 1) % length
        return turn


async def _done(
    shoppers: Shoppers, method: str, path: str, body: Mapping[str, object] | None = None
) -> bool:
    answer = await shoppers.ask(method, f"{API}/admin/{path}", body, headers=STAFF)
    return answer.ok
