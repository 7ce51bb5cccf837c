"""Edits of orders, for the tests of the use cases: wishes, and what became of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from attrs import evolve

from automate_store.application.access import GUEST, SYSTEM, Actor
from automate_store.application.orders import (
    Addition,
    ChangeAddress,
    EditView,
    ModifyItems,
    OrderView,
    edit_order,
    preview_edit,
)
from automate_store.application.payments import (
    PaymentView,
    settle_payment,
)
from automate_store.domain.catalog import Product
from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import LineId, PromotionId, TaxRateId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.orders import (
    Order,
)
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.domain.promotions import PercentOffItems, Promotion
from automate_store.domain.taxes import TaxRate
from tests.application.trading import HOME, Trade

HALF_AN_HOUR, AN_HOUR = timedelta(minutes=30), timedelta(minutes=60)


AWAY = evolve(HOME, address_line_1="2 Sunset", city="Los Angeles", state="CA", postal_code="90001")


async def modify(
    trade: Trade,
    bought: OrderView,
    items: dict[LineId, int] | None = None,
    *added: tuple[Product, int],
    key: str = "edit",
    actor: Actor = GUEST,
    versions: set[int] | None = None,
    rerun: bool = False,
) -> EditView:
    """The order with these quantities and so many of other products, as its customer asks."""
    return await edit_order(
        _wish(bought, items, added, rerun=rerun),
        token=bought.token if actor is GUEST else None,
        versions=versions,
        key=key,
        actor=actor,
        ports=trade.shop.ports,
    )


async def preview(
    trade: Trade, bought: OrderView, items: dict[LineId, int] | None, *added: tuple[Product, int]
) -> EditView:
    """What that would come to."""
    wish = _wish(bought, items, added, rerun=False)
    ports = trade.shop.ports
    return await preview_edit(wish, token=bought.token, versions=None, actor=GUEST, ports=ports)


def _wish(
    bought: OrderView,
    items: dict[LineId, int] | None,
    added: tuple[tuple[Product, int], ...],
    *,
    rerun: bool,
) -> ModifyItems:
    more = tuple(Addition(product_id=product.id, quantity=many) for product, many in added)
    order_id = bought.order.id
    return ModifyItems(order_id=order_id, items=items or {}, added=more, rerun_promotions=rerun)


async def move(
    trade: Trade, bought: OrderView, to: Address, *, key: str = "move", actor: Actor = GUEST
) -> EditView:
    """The order, sent somewhere else."""
    return await edit_order(
        ChangeAddress(order_id=bought.order.id, shipping_address=to),
        token=bought.token if actor is GUEST else None,
        versions=None,
        key=key,
        actor=actor,
        ports=trade.shop.ports,
    )


async def now(trade: Trade, bought: OrderView) -> Order:
    """The order as it is stored."""
    async with trade.shop.ports.reading() as reads:
        return await reads.orders.get(bought.order.id)


async def told(trade: Trade, bought: OrderView) -> list[str]:
    """The kinds of what happened to the order."""
    async with trade.shop.ports.reading() as reads:
        return [each.kind for each in await reads.orders.timeline(bought.order.id)]


async def lands(trade: Trade, view: PaymentView) -> Order:
    """The order, after its gateway says that a payment was captured."""
    payment = view.payment
    report = GatewayReport(
        intent_id=payment.intent_id or "late", state=PaymentState.CAPTURED, amount=payment.amount
    )
    async with trade.shop.ports.unit_of_work() as work:
        settled = await settle_payment(
            payment, report, work=work, actor=SYSTEM, ports=trade.shop.ports
        )
    return settled.order


async def reserved(trade: Trade, *products: Product) -> list[int]:
    """How many of each are promised."""
    return [(await trade.stock(each)).reserved for each in products]


async def paid_for(trade: Trade, product: Product, quantity: int) -> OrderView:
    """An order of so many, paid."""
    bought = await trade.buy(product, quantity)
    await trade.pay(bought)
    return bought


async def tax(trade: Trade, state: str, rate: str) -> None:
    """A sales tax of that state, on goods and shipping."""
    async with trade.shop.ports.unit_of_work() as work:
        await work.rules.add_tax_rate(
            TaxRate(
                id=TaxRateId(trade.shop.ports.ids.uuid()),
                code=f"us-{state.lower()}",
                name=state,
                rate=Decimal(rate),
                tax_class="standard",
                zone=Zone("US", state),
                applies_to_shipping=True,
                period=Period(),
            )
        )


async def promote(trade: Trade, percent: int) -> None:
    """So much off everything, from now on."""
    ten = Promotion(
        id=PromotionId(trade.shop.ports.ids.uuid()),
        code=f"off-{percent}",
        name="Off",
        actions=(PercentOffItems(Decimal(percent)),),
    )
    async with trade.shop.ports.unit_of_work() as work:
        await work.rules.add_promotion(ten)
