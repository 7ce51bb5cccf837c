"""A small shop in memory, and the steps of a purchase, for the tests of the use cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryShop
from automate_store.adapters.notices import TemplateNotices
from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, CartView, add_to_cart
from automate_store.application.orders import OrderView, PlaceOrder, place_order
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
)
from automate_store.application.policies import StorePolicy
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.catalog import Product, ProductStatus, Variant
from automate_store.domain.identity import Address
from automate_store.domain.inventory import DEFAULT_LOCATION, StockItem
from automate_store.domain.kernel.ids import ProductId, ShippingMethodId, VariantId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.pricing import PricingPolicy
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.domain.taxes import TaxMode, TaxRounding
from automate_store.entrypoints.properties.accounts import POLICY as ACCOUNT_POLICY
from automate_store.entrypoints.properties.carts import POLICY as CART_POLICY
from automate_store.entrypoints.properties.returns import POLICY as RETURN_POLICY

OPENED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
STAFF = Actor(Role.ADMIN, "sam")
HOME = Address(
    first_name="Ann",
    last_name="Lee",
    address_line_1="1 Main Street",
    city="Albany",
    state="NY",
    postal_code="12207",
    country="US",
)
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
PRICING = PricingPolicy(
    tax_mode=TaxMode.EXCLUSIVE,
    tax_rounding_level=TaxRounding.LINE,
    price_rounding=Rounding.HALF_UP,
    tax_rounding=Rounding.HALF_UP,
)


@frozen
class Trade:
    """The shop and what a shopper does in it; one product a call of ``stocked``."""

    shop: MemoryShop
    gateway: str

    @classmethod
    async def open(cls, gateway: PaymentGateway | None = None) -> Trade:
        """A shop that sends anything anywhere for 5.00, paid through one gateway."""
        shop = MemoryShop.open(POLICY, PRICING, at=OPENED, notices=TemplateNotices(None))
        paid_by = gateway or shop.gateway
        ports = evolve(shop.ports, gateways={paid_by.name: paid_by})
        trade = cls(evolve(shop, ports=ports), paid_by.name)
        standard = ShippingMethod(
            id=ShippingMethodId(trade.shop.ports.ids.uuid()),
            code="standard",
            name="Standard",
            zones=(),
            rate=FlatRate(Money(500, "USD")),
            tax_class="standard",
            active=True,
            position=0,
        )
        async with trade.shop.ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([standard])
        return trade

    async def stocked(self, on_hand: int, *, price: int = 1999, digital: bool = False) -> Product:
        """A product on sale, with so many on hand; the price in cents."""
        ids = self.shop.ports.ids
        name = f"tee-{ids.uuid().hex[:12]}"
        variant = Variant(
            id=VariantId(ids.uuid()),
            sku=name.upper(),
            name="Default",
            requires_shipping=not digital,
            is_digital=digital,
        )
        product = Product(
            id=ProductId(ids.uuid()),
            name="Tee",
            slug=name,
            price=Money(price, "USD"),
            variants=(variant,),
            status=ProductStatus.ACTIVE,
            created_at=OPENED,
            updated_at=OPENED,
        )
        stock = StockItem(
            variant_id=variant.id,
            location_id=DEFAULT_LOCATION,
            on_hand=on_hand,
            reserved=0,
            tracked=True,
            allow_backorder=False,
            backorder_limit=None,
            low_stock_threshold=5,
        )
        async with self.shop.ports.unit_of_work() as work:
            await work.products.add([product])
            await work.stock.put([stock])
        return product

    async def reprice(self, product: Product, price: int) -> None:
        """Another price for the product, in cents."""
        async with self.shop.ports.unit_of_work() as work:
            known = await work.products.get(product.id)
            await work.products.save([evolve(known, price=Money(price, "USD"))])

    async def cart(self, product: Product, quantity: int) -> CartView:
        """A new cart with so many of the product."""
        item = AddItem(product_id=product.id, variant_id=None, quantity=quantity)
        return await add_to_cart(CartOwner.guest(None), (item,), ports=self.shop.ports)

    async def place(
        self, token: str, *, key: str = "place", expected_total: Money | None = None
    ) -> OrderView:
        """The order of the cart, sent home by the standard method."""
        command = PlaceOrder(
            email="ann@example.com",
            shipping_address=HOME,
            shipping_method="standard",
            expected_total=expected_total,
        )
        ports = self.shop.ports
        return await place_order(command, owner=CartOwner.guest(token), key=key, ports=ports)

    async def buy(self, product: Product, quantity: int) -> OrderView:
        """An order of so many of the product, placed and not paid."""
        view = await self.cart(product, quantity)
        assert view.token is not None
        return await self.place(view.token)

    async def intend(
        self, bought: OrderView, *, key: str = "intend", amount: Money | None = None
    ) -> PaymentView:
        """A payment of the order through the shop's one gateway; of a part, where that is said."""
        command = CreateIntent(order_id=bought.order.id, gateway=self.gateway, amount=amount)
        ports = self.shop.ports
        return await create_intent(command, token=bought.token, key=key, actor=GUEST, ports=ports)

    async def confirm(
        self, bought: OrderView, intended: PaymentView, *, key: str = "confirm"
    ) -> PaymentView:
        """The payment, carried out."""
        command = ConfirmPayment(order_id=bought.order.id, payment_id=intended.payment.id)
        ports = self.shop.ports
        return await confirm_payment(command, token=bought.token, key=key, actor=GUEST, ports=ports)

    async def pay(self, bought: OrderView) -> PaymentView:
        """The order, paid."""
        return await self.confirm(bought, await self.intend(bought))

    async def stock(self, product: Product) -> StockItem:
        """The stock of the product's one variant."""
        variant_id = product.variants[0].id
        async with self.shop.ports.reading() as reads:
            return (await reads.stock.of([variant_id]))[variant_id]
