"""A small shop in memory behind HTTP, and what a shopper's program sends to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from attrs import evolve, fields, frozen
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from automate_store.adapters.memory import MemoryShop
from automate_store.adapters.notices import TemplateNotices
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.domain.catalog import Product
from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.ids import CategoryId, CouponId, ImageId, ProductId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import Promotion
from automate_store.entrypoints.http import HttpConfig, Readiness, create_app
from automate_store.entrypoints.http.app import _shop
from automate_store.entrypoints.http.config import AskReadiness
from automate_store.entrypoints.http.openapi import discounts, examples
from automate_store.entrypoints.properties.accounts import POLICY as ACCOUNT_POLICY
from automate_store.entrypoints.properties.carts import POLICY as CART_POLICY
from automate_store.entrypoints.properties.returns import POLICY as RETURN_POLICY

STAFF_TOKEN = "a-staff-token-of-32-characters-x"
NOBODYS = "0195510c-0000-7000-8000-ffffffffffff"
"""An id that nothing has."""
STAFF = {"Authorization": f"Bearer {STAFF_TOKEN}"}
PLACE = {"country": "US", "state": "NY", "postal_code": "10001"}
ADDRESS = {
    "first_name": "Ann",
    "last_name": "Lee",
    "address_line_1": "1 Main Street",
    "city": "New York",
    **PLACE,
}
POLICY = StorePolicy(
    store_name="Corner Shop",
    currency="USD",
    cart=CART_POLICY,
    reservation_lifetime=timedelta(minutes=30),
    edit_window=timedelta(minutes=60),
    guest_cart_lifetime=timedelta(days=7),
    key_lifetime=timedelta(days=1),
    low_stock_threshold=5,
    accounts=ACCOUNT_POLICY,
    returns=RETURN_POLICY,
    url="http://shop.example",
)
CONFIG = HttpConfig(
    version="1.2.3",
    store_name="Corner Shop",
    url="http://shop.example",
    staff_token=STAFF_TOKEN,
    max_body_bytes=1_048_576,
    body_timeout_s=30,
    max_image_bytes=10_485_760,
    catalog_lifetime_s=10,
    cart_cookie_lifetime_s=604_800,
    hosts=frozenset({"shop.example", "testserver.local"}),
    trusted_proxies=(),
    cors_origins=("https://shop.example",),
)


async def ready() -> Readiness:
    """Nothing is away."""
    return Readiness()


@frozen
class Web:
    """The shop, and a client of it that keeps no cookies unless it is told to."""

    shop: MemoryShop
    app: Litestar
    client: AsyncTestClient[Litestar]

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """One request under /api/v1; a raw body goes as JSON unless the headers say otherwise."""
        named = dict(headers or {})
        if raw is not None:
            named = {"content-type": "application/json", **named}
        self.client.cookies.clear()
        return await self.client.request(
            method, f"/api/v1{path}", json=body, content=raw, headers=named
        )

    async def get(self, path: str, **headers: str) -> Response:
        """Read; a keyword names a header, its hyphens as underscores."""
        return await self.ask("GET", path, headers=_named(headers))

    async def post(self, path: str, body: object = None, **headers: str) -> Response:
        """Do."""
        return await self.ask("POST", path, body, headers=_named(headers))

    async def put(self, path: str, body: object = None, **headers: str) -> Response:
        """Set."""
        return await self.ask("PUT", path, body, headers=_named(headers))

    async def delete(self, path: str, **headers: str) -> Response:
        """Remove."""
        return await self.ask("DELETE", path, headers=_named(headers))

    async def stock(self, count: int = 3, *, on_hand: int = 100) -> list[Product]:
        """So many shirts on sale, each in two sizes, and the way to ship them."""
        shirts = [_shirt(number) for number in range(count)]
        items = [
            evolve(examples.stock(), variant_id=variant.id, on_hand=on_hand, reserved=0)
            for shirt in shirts
            for variant in shirt.variants
        ]
        async with self.shop.ports.unit_of_work() as work:
            known = await work.products.categories()
            if not known:
                await work.products.add_categories([examples.categories()[0].category])
                await work.products.add_brands(examples.brands())
                await work.rules.put_shipping_methods(examples.rules().shipping_methods)
                await work.rules.put_tax_rates(examples.rules().tax_rates)
            await work.products.add(shirts)
            await work.stock.put(items)
        return shirts

    async def cart(self, product: Product, quantity: int = 2) -> dict[str, Any]:
        """A new cart with so many of the product's first variant."""
        body = {"variant_id": str(product.variants[0].id), "quantity": quantity}
        answer = await self.post("/cart/add", body)
        assert answer.status_code == 200, answer.text
        filled: dict[str, Any] = answer.json()
        return filled

    async def coupon(self, code: str, **terms: Any) -> Coupon:
        """A coupon of that code: 5.00 off, unless the terms say otherwise."""
        own = CouponId(uuid5(NAMESPACE_OID, code))
        given: dict[str, Any] = {"minimum_order_amount": None, **terms}
        coupon = evolve(discounts.coupon(), id=own, code=code, **given)
        async with self.shop.ports.unit_of_work() as work:
            await work.coupons.add([coupon])
        return coupon

    async def promotions(self, *promotions: Promotion) -> None:
        """Let them act."""
        async with self.shop.ports.unit_of_work() as work:
            for promotion in promotions:
                await work.rules.add_promotion(promotion)

    async def coded_cart(self, product: Product, code: str, quantity: int = 2) -> str:
        """The token of a cart with so many of the product, and a new code on it."""
        await self.coupon(code)
        token: str = (await self.cart(product, quantity))["token"]
        answer = await self.post("/cart/coupons", {"code": code}, x_cart_token=token)
        assert answer.status_code == 200, answer.text
        return token

    async def order(self, product: Product, quantity: int = 2) -> dict[str, Any]:
        """An order of so many, not paid."""
        token = (await self.cart(product, quantity))["token"]
        answer = await self.post("/orders", order_body(), x_cart_token=token, idempotency_key=token)
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    async def intend(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """A payment of the order, not carried out."""
        body = {"order_id": order["id"], "gateway": "memory"}
        opening = {"x_order_token": order["token"], "idempotency_key": f"intend-{order['id']}"}
        answer = await self.post("/payments/create-intent", body, **opening)
        assert answer.status_code == 201, answer.text
        intended: dict[str, Any] = answer.json()
        return intended

    async def pay(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """The order, paid."""
        payment = await self.intend(order)
        body = {"order_id": order["id"], "payment_id": payment["id"]}
        opening = {"x_order_token": order["token"], "idempotency_key": f"confirm-{order['id']}"}
        answer = await self.post("/payments/confirm", body, **opening)
        assert answer.status_code == 200, answer.text
        paid: dict[str, Any] = answer.json()
        return paid

    def rows(self) -> str:
        """All that the store keeps, so that two moments can be compared."""
        tables = self.shop.store._committed
        return repr({name: rows.items() for name, rows in tables._all().items()})


def order_body(**changes: object) -> dict[str, object]:
    """What places an order, with fields changed or added."""
    body = {"email": "ann@example.com", "shipping_address": ADDRESS, "shipping_method": "standard"}
    return {**body, **changes}


async def in_pieces(
    app: Litestar, path: str, pieces: list[bytes], *, hang_up: bool = False
) -> tuple[int, bytes]:
    """What a POST is answered whose body comes piece by piece, of unknown length."""
    sent: list[Any] = []
    coming: list[Any] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    coming.append({"type": "http.disconnect"} if hang_up else {"type": "http.request", "body": b""})

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"shop.example"), (b"content-type", b"application/json")],
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@asynccontextmanager
async def open_web(
    config: HttpConfig = CONFIG, readiness: AskReadiness = ready, **ports: Any
) -> AsyncIterator[Web]:
    """The shop, empty, served as it would be; ports may be changed by name."""
    shop = MemoryShop.open(
        POLICY, examples.rules().policy, at=examples.AT, notices=TemplateNotices(None)
    )
    served = evolve(shop.ports, **ports)
    kept = _KEPT.pop((config, readiness), None)
    app = kept or create_app(served, config=config, readiness=readiness)
    if kept:
        _fill_anew(app, served, config)
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield Web(shop, app, client)
    _KEPT[config, readiness] = app


_KEPT: dict[tuple[HttpConfig, AskReadiness], Litestar] = {}
"""Applications that nobody uses now: to make one takes longer than most tests do."""


def _fill_anew(app: Litestar, ports: Ports, config: HttpConfig) -> None:
    """Put another shop behind the application, as if it had been made for it."""
    fresh = _shop(ports, config, app.state.shop.readiness)
    for each in fields(type(fresh)):
        object.__setattr__(app.state.shop, each.name, getattr(fresh, each.name))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _shirt(number: int) -> Product:
    known = examples.product().product
    variants = tuple(
        evolve(
            variant,
            id=VariantId(examples.example_id(1_000 + 10 * number + place)),
            sku=f"SHIRT-{number}-{variant.name}",
            weight_g=250,
            cost_price=Money(777_77, "USD"),
            minimum_price=Money(5_55, "USD"),
        )
        for place, variant in enumerate(known.variants)
    )
    image = evolve(known.images[0], id=ImageId(examples.example_id(5_000 + number)))
    return evolve(
        known,
        id=ProductId(examples.example_id(500 + number)),
        name=f"Shirt {number}",
        slug=f"shirt-{number}",
        price=Money(1_000 + number, "USD"),
        variants=variants,
        images=(image,),
        category_id=CategoryId(examples.CATEGORY_ID),
    )
