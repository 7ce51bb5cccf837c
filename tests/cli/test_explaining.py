"""``explain order``: the page on where the money went is what the program says."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from attrs import evolve

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryClock
from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import AddItem, add_code, add_to_cart
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.orders import (
    Addition,
    CancelOrder,
    DeliverOrder,
    ModifyItems,
    OrderStory,
    OrderView,
    ShipOrder,
    cancel_order,
    deliver_order,
    edit_order,
    explain_order,
    ship_order,
)
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    approve_return,
    receive_return,
    request_return,
)
from automate_store.domain.catalog import Product
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.ids import LineId, TaxRateId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.returns import Condition, Receipt, ReturnItem, ReturnKind
from automate_store.domain.taxes import TaxRate
from automate_store.entrypoints.cli.explaining import story_text
from tests.application.trading import OPENED, STAFF, Trade

PAGE = Path(__file__).parents[2] / "docs" / "where-the-money-went.md"
WIDTH = 100
TEN_OFF = CouponTerms(name="Ten off", type=CouponType.FIXED_AMOUNT, value=Decimal(10))


async def named(trade: Trade, name: str, price: int) -> Product:
    """A product of that name, in cents."""
    product = await trade.stocked(20, price=price)
    async with trade.shop.ports.unit_of_work() as work:
        known = await work.products.get(product.id)
        await work.products.save([evolve(known, name=name)])
    return product


async def bought(trade: Trade) -> tuple[OrderView, Product]:
    """Three shirts, two mugs and a cap with 10.00 off, taxed and paid; and a bag on the shelf."""
    ports = trade.shop.ports
    tax = TaxRate(
        id=TaxRateId(ports.ids.uuid()),
        code="us-ny",
        name="NY sales tax",
        rate=Decimal("0.08875"),
        zone=Zone(country="US", state="NY"),
        tax_class="standard",
        applies_to_shipping=False,
        compound=False,
        position=0,
        period=Period(),
    )
    async with ports.unit_of_work() as work:
        await work.rules.put_tax_rates([tax])
    await create_coupon("TENOFF", TEN_OFF, actor=STAFF, ports=ports)
    shirt, mug, cap = (
        await named(trade, "Shirt", 1999),
        await named(trade, "Mug", 950),
        await named(trade, "Cap", 1499),
    )
    items = tuple(
        AddItem(product_id=each.id, variant_id=None, quantity=many)
        for each, many in ((shirt, 3), (mug, 2), (cap, 1))
    )
    cart = await add_to_cart(CartOwner.guest(None), items, ports=ports)
    assert cart.token is not None
    await add_code(CartOwner.guest(cart.token), "TENOFF", ports=ports)
    order = await trade.place(cart.token)
    await trade.pay(order)
    return order, await named(trade, "Bag", 1200)


class Ticking:
    """A clock that goes on, a little, each time it is read."""

    def __init__(self, clock: MemoryClock) -> None:
        self.clock = clock

    def __call__(self) -> datetime:
        return self.clock.advance(timedelta(milliseconds=1))


async def story(*, ticking: bool = False) -> OrderStory:
    """An order with an edit, a partial cancellation and two returns."""
    trade = await Trade.open(ManualGateway())
    if ticking:
        ports = evolve(trade.shop.ports, clock=Ticking(trade.shop.clock))
        trade = evolve(trade, shop=evolve(trade.shop, ports=ports))
    ports, clock = trade.shop.ports, trade.shop.clock
    order, bag = await bought(trade)
    shirt, mug, cap = (item.id for item in order.order.items)
    clock.advance(timedelta(minutes=10))
    wish = ModifyItems(
        order_id=order.order.id,
        items={cap: 0},
        added=(Addition(product_id=bag.id, quantity=1),),
        reason="a bag in the place of the cap",
    )
    await edit_order(wish, token=order.token, versions=None, key="edit", actor=GUEST, ports=ports)
    clock.advance(timedelta(minutes=10))
    less = CancelOrder(order_id=order.order.id, items={mug: 1}, reason="one mug is enough")
    await cancel_order(
        less, token=order.token, versions=None, key="cancel", actor=GUEST, ports=ports
    )
    await _arrived(trade, order)
    await _returned(trade, order, shirt, "changed_mind", Condition.NEW)
    await _returned(trade, order, shirt, "damaged", Condition.DAMAGED)
    return await explain_order(order.order.number, actor=STAFF, ports=ports)


async def _arrived(trade: Trade, order: OrderView) -> None:
    ports, clock = trade.shop.ports, trade.shop.clock
    clock.advance(timedelta(days=1))
    parcel = ShipOrder(order_id=order.order.id)
    await ship_order(parcel, versions=None, key="ship", actor=STAFF, ports=ports)
    clock.advance(timedelta(days=2))
    here = DeliverOrder(order_id=order.order.id)
    await deliver_order(here, versions=None, key="deliver", actor=STAFF, ports=ports)


async def _returned(
    trade: Trade, order: OrderView, item: LineId, reason: str, condition: Condition
) -> None:
    ports, clock = trade.shop.ports, trade.shop.clock
    clock.advance(timedelta(days=3))
    wish = RequestReturn(
        order_id=order.order.id,
        kind=ReturnKind.RETURN,
        items=(ReturnItem(item_id=item, quantity=1, reason=reason),),
    )
    asked = await request_return(
        wish, token=order.token, key=f"ask-{reason}", actor=GUEST, ports=ports
    )
    return_id = asked.returned.id
    await approve_return(return_id, key=f"approve-{reason}", actor=STAFF, ports=ports)
    clock.advance(timedelta(days=1))
    looked_at = ReceiveReturn(
        return_id=return_id, items={item: Receipt(accepted=1, condition=condition)}
    )
    await receive_return(looked_at, key=f"receive-{reason}", actor=STAFF, ports=ports)


async def test_the_parts_of_each_chapter_come_to_its_total() -> None:
    told = await story()
    total = Money.zero("USD")
    for chapter in told.chapters:
        total += Money.total((part.paid for part in chapter.parts), "USD")
        assert total == chapter.total
    assert total == told.order.total
    assert told.kept == told.order.worth
    assert told.chapters[0].at == OPENED


async def test_each_chapter_says_who_changed_it_and_why_though_time_goes_on() -> None:
    said = "\n".join(story_text(await story(ticking=True), width=WIDTH))
    assert "  placed by guest\n" in said
    assert '  edited by guest: "a bag in the place of the cap"\n' in said
    assert '  items cancelled by guest: "one mug is enough"\n' in said


async def test_the_page_is_what_the_program_says() -> None:
    said = "\n".join(story_text(await story(), width=WIDTH)).strip()
    shown = PAGE.read_text(encoding="utf-8").split("```text\n")[1].split("\n```")[0]
    assert shown.strip() == said
