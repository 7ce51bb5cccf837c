"""The story of one purchase: each step asks the shop, and says what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

from attrs import define, field
from rich.console import Console
from rich.markup import escape

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.entrypoints.cli.demo.client import Client
from automate_store.entrypoints.cli.errors import ShopRefused
from automate_store.entrypoints.cli.printing import table

WANTED = 2
SHELF = 5
PLACE: Mapping[str, str] = {"country": "US", "state": "NY", "postal_code": "10001"}
EMAIL = "ada@example.com"
ADDRESS: Mapping[str, str] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address_line_1": "12 Analytical Row",
    "city": "New York",
    **PLACE,
}
MANUAL = "manual"


class NothingToBuy(RuleBroken):
    """The shelf is empty, so there is no story."""

    says = "Nothing is in stock here; fill the shop first: automate-store import catalog FILE."


@define
class Story:
    """One purchase under way; every step may look at what the ones before it brought."""

    client: Client
    console: Console
    new_id: Callable[[], UUID]
    variant: Mapping[str, Any] = field(factory=dict, init=False)
    quantity: int = field(default=WANTED, init=False)
    cart: str = field(default="", init=False)
    order: Mapping[str, Any] = field(factory=dict, init=False)
    stock: list[tuple[str, str]] = field(factory=list, init=False)
    _steps: int = field(default=0, init=False)

    def browse(self) -> None:
        """Look at the shelf, and take the first thing that is there."""
        self._begin("Browse", "GET /products")
        found = self.client.get(f"/products?in_stock=true&limit={SHELF}")["items"]
        if not found:
            raise NothingToBuy
        rows = [(each["name"], _money(each["price"]), each["slug"]) for each in found]
        self._show(("product", "from", "slug"), rows, numbers=["from"])
        product = self.client.get(f"/products/{found[0]['slug']}")
        self.variant = next(each for each in product["variants"] if each["in_stock"])
        available = self.variant["available"]
        self.quantity = WANTED if available is None else min(WANTED, available)
        self._say(f"We take {self.quantity} of {product['name']}, SKU {self.variant['sku']}.")

    def fill_cart(self) -> None:
        """Put it into a fresh cart."""
        self._begin("Fill a cart", "POST /cart/add")
        wish = {"variant_id": self.variant["id"], "quantity": self.quantity}
        cart = self.client.post("/cart/add", wish)
        self.cart = cart["token"]
        self._count("before", cart)
        self._say(f"Subtotal {_money(cart['quote']['subtotal'])}; the cart's token opens it again.")

    def choose_shipping(self) -> None:
        """Ask how it can travel, and take the cheapest way."""
        self._begin("Choose shipping", "GET /cart/shipping-options, PUT /cart/shipping")
        asked = "&".join(f"{name}={value}" for name, value in PLACE.items())
        token = self._cart_header()
        options = self.client.get(f"/cart/shipping-options?{asked}", **token)["items"]
        rows = [(each["name"], _money(each["amount"]), each["method"]) for each in options]
        self._show(("way", "price", "method"), rows, numbers=["price"])
        method = options[0]["method"] if options else None
        wish = {"destination": dict(PLACE), "shipping_method": method}
        cart = self.client.put("/cart/shipping", wish, **token)
        self._say("What it costs, and why:")
        self._trail(cart["quote"])

    def place_order(self) -> None:
        """Turn the cart into an order at exactly the total that was shown."""
        self._begin("Place the order", "POST /orders")
        quote = self.client.get("/cart", **self._cart_header())["quote"]
        wish = {"email": EMAIL, "shipping_address": ADDRESS, "expected_total": quote["total"]}
        self.order = self.client.post("/orders", wish, **self._cart_header(), **self._key())
        self._count_anew("ordered")
        self._say(
            f"Order {self.order['number']} over {_money(self.order['quote']['total'])} is"
            f" {self.order['status']}; its stock is kept until {self.order['expires_at']}."
        )

    def pay(self) -> None:
        """Pay by the manual gateway."""
        self._begin("Pay", "POST /payments/create-intent, POST /payments/confirm")
        wish = {"order_id": self.order["id"], "gateway": MANUAL}
        token = self._order_header()
        intent = self.client.post("/payments/create-intent", wish, **token, **self._key())
        self._say(f"Payment {intent['intent_id']} is {intent['status']}.")
        wish = {"order_id": self.order["id"], "payment_id": intent["id"]}
        paid = self.client.post("/payments/confirm", wish, **token, **self._key())
        self._say(
            f"It is {paid['status']}; the order is {paid['order']['status']},"
            f" {paid['order']['payment_status']}."
        )

    def ship(self, staff_token: str) -> None:
        """Send the parcel, as staff."""
        self._begin("Ship it", "POST /admin/orders/{id}/shipments")
        path = f"/admin/orders/{self.order['id']}/shipments"
        wish = {"carrier": "Demo Post", "tracking_number": "DP-1"}
        staff = {"Authorization": f"Bearer {staff_token}"}
        shipped = self.client.post(path, wish, **staff, **self._key())
        self._count_anew("shipped")
        self._say(f"The order is {shipped['status']}, {shipped['fulfilment_status']}.")

    def show_mail(self, mail: Path | None) -> None:
        """The confirmation that the worker wrote, or where it will be."""
        self._begin("The mail", "written by the worker, from a job of the paying transaction")
        if mail is None:
            self._say("The shop's worker sends it: to its console, or to AUTOMATE_STORE_MAIL_DIR.")
            return
        message = message_from_bytes(mail.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None, "every mail has a text"
        head = [f"{name}: {message[name]}" for name in ("From", "To", "Subject")]
        lines = (*head, "", *body.get_content().splitlines())
        self.console.print(escape("\n".join(f"  {line}" for line in lines)))

    def sum_up(self) -> None:
        """What happened to the stock and to the order."""
        self._begin("Afterwards", "GET /orders/{id}/timeline")
        self._show(("stock of the variant", "available"), self.stock, numbers=["available"])
        path = f"/orders/{self.order['id']}/timeline"
        entries = self.client.get(path, **self._order_header())["items"]
        rows = [(each["at"], each["kind"], each["actor"]) for each in entries]
        self._show(("when", "what", "by"), rows)

    def _count(self, when: str, cart: Mapping[str, Any]) -> None:
        available = cart["items"][0]["available"]
        self.stock.append((when, "without limit" if available is None else str(available)))

    def _count_anew(self, when: str) -> None:
        """Look through a fresh cart: the catalogue's own answers may be some seconds old."""
        wish = {"items": [{"variant_id": self.variant["id"], "quantity": 1}]}
        try:
            self._count(when, self.client.post("/cart/add", wish))
        except ShopRefused:
            self.stock.append((when, "0"))

    def _cart_header(self) -> dict[str, str]:
        return {"X_Cart_Token": self.cart}

    def _order_header(self) -> dict[str, str]:
        return {"X_Order_Token": self.order["token"]}

    def _key(self) -> dict[str, str]:
        return {"Idempotency_Key": str(self.new_id())}

    def _begin(self, step: str, how: str) -> None:
        self._steps += 1
        self.console.print(f"\n[bold]{self._steps}. {step}[/bold]  [dim]{escape(how)}[/dim]")

    def _say(self, text: str) -> None:
        self.console.print(escape(text))

    def _show(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[str] = ()
    ) -> None:
        self.console.print(table(columns, rows, numbers=numbers))

    def _trail(self, quote: Mapping[str, Any]) -> None:
        rows = [
            (reason["step"], reason["rule"], reason["detail"], _money(reason["amount"]))
            for reason in quote["trace"]
        ]
        self._show(("step", "rule", "why", "amount"), rows, numbers=["amount"])


def _money(amount: Mapping[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"
