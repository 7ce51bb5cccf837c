"""What was taken out of an order may be wanted again."""

from __future__ import annotations

from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.orders import ModifyItems, edit_order
from automate_store.domain.orders import Order
from tests.application.trading import Trade


async def test_an_item_that_was_taken_out_of_an_order_can_be_put_back(trade: Trade) -> None:
    tee, mug = await trade.stocked(3), await trade.stocked(3, price=999)
    items = tuple(AddItem(product_id=each.id, variant_id=None, quantity=1) for each in (tee, mug))
    cart = await add_to_cart(CartOwner.guest(None), items, ports=trade.shop.ports)
    assert cart.token is not None
    bought = await trade.place(cart.token)
    ports, (first, second) = trade.shop.ports, bought.order.items

    async def want(quantity: int, key: str) -> Order:
        wish = ModifyItems(order_id=bought.order.id, items={second.id: quantity})
        view = await edit_order(
            wish, token=bought.token, versions=None, key=key, actor=GUEST, ports=ports
        )
        return view.order

    without = await want(0, "out")
    again = await want(1, "in")

    assert without.wanted == {first.variant_id: 1}
    assert again.wanted == bought.order.wanted
    assert again.total == bought.order.total
