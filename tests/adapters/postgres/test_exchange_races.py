"""Exchanges of one order at once, on real connections: goods, stock and money move once."""

from __future__ import annotations

from attrs import evolve

from automate_store.application.access import GUEST
from automate_store.application.expiry import expire_order
from automate_store.application.orders import OrderView
from automate_store.application.returns import (
    ReceiveReturn,
    ReplaceReturn,
    RequestReturn,
    ReturnView,
    approve_return,
    receive_return,
    refund_return,
    replace_return,
    request_return,
)
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.returns import Condition, Receipt, ReturnItem, ReturnKind, ReturnState
from automate_store.entrypoints.properties.contracts.scene import (
    new_product,
    outcomes,
    put_product,
    put_stocked,
    stock_now,
)
from tests.adapters.postgres.shops import STAFF, Shop

TRIES = 6
WEEK = 7 * 24 * 60


async def ask(
    shop: Shop,
    bought: OrderView,
    variant_id: VariantId,
    *,
    quantity: int = 1,
    kind: ReturnKind = ReturnKind.RETURN,
) -> ReturnView:
    item = bought.order.items[0].id
    wish = RequestReturn(
        order_id=bought.order.id,
        kind=kind,
        items=(ReturnItem(item_id=item, quantity=quantity, reason="damaged"),),
        replacements={item: variant_id},
    )
    key = f"ask-{bought.order.id}"
    return await request_return(wish, token=bought.token, key=key, actor=GUEST, ports=shop.ports)


async def approve(shop: Shop, view: ReturnView) -> ReturnView:
    key = f"yes-{view.returned.id}"
    return await approve_return(view.returned.id, key=key, actor=STAFF, ports=shop.ports)


async def receive(shop: Shop, view: ReturnView, key: str) -> ReturnView:
    look = Receipt(accepted=view.returned.items[0].quantity, condition=Condition.NEW)
    wish = ReceiveReturn(return_id=view.returned.id, items={view.returned.items[0].item_id: look})
    return await receive_return(wish, key=key, actor=STAFF, ports=shop.ports)


async def dearer(shop: Shop) -> VariantId:
    product = evolve(new_product(shop.ports, "urn"), price=Money(99_00, "USD"))
    return (await put_product(shop.ports, product, on_hand=50)).variant_id


async def the_return(shop: Shop, view: ReturnView) -> ReturnState:
    async with shop.ports.reading() as reads:
        return (await reads.returns.get(view.returned.id)).state


async def test_what_many_receive_at_once_comes_once(shop: Shop) -> None:
    bought = await shop.deliver(await shop.buy())
    view = await approve(shop, await ask(shop, bought, shop.mug.variant_id, quantity=2))
    assert await shop.wrong() == []
    told = await outcomes(*(receive(shop, view, f"k{turn}") for turn in range(TRIES)))
    names = sorted(type(each).__name__ for each in told)
    assert names == ["IllegalReturnMove"] * (TRIES - 1) + ["ReturnView"]
    order = await shop.now(bought)
    assert [item.quantity for item in order.items] == [2, 2]
    assert (order.worth, order.credited) == (bought.order.worth, order.total - bought.order.worth)
    assert await shop.wrong() == []


async def test_a_claim_is_replaced_or_paid_back_and_never_both(shop: Shop) -> None:
    bought = await shop.deliver(await shop.buy())
    wish = await ask(shop, bought, shop.mug.variant_id, kind=ReturnKind.CLAIM)
    view = await approve(shop, wish)
    again = ReplaceReturn(return_id=view.returned.id)
    moves = [
        replace_return(again, key=f"k{turn}", actor=STAFF, ports=shop.ports)
        if turn % 2
        else refund_return(view.returned.id, key=f"k{turn}", actor=STAFF, ports=shop.ports)
        for turn in range(TRIES)
    ]
    names = sorted(type(each).__name__ for each in await outcomes(*moves))
    assert names == ["IllegalReturnMove"] * (TRIES - 1) + ["ReturnView"]
    assert await shop.wrong() == []


async def test_the_last_piece_comes_to_one_of_those_that_are_approved(shop: Shop) -> None:
    last = await put_stocked(shop.ports, "last", on_hand=1)
    wishes = [
        await ask(shop, await shop.deliver(await shop.buy()), last.variant_id) for _ in range(3)
    ]
    names = sorted(
        type(each).__name__ for each in await outcomes(*(approve(shop, w) for w in wishes))
    )
    assert names == ["OutOfStock", "OutOfStock", "ReturnView"]
    assert (await stock_now(shop.ports, last)).reserved == 1
    assert await shop.wrong() == []


async def test_an_exchange_is_paid_or_over_and_never_both(shop: Shop) -> None:
    urn = await dearer(shop)
    for _ in range(3):
        bought = await shop.deliver(await shop.buy())
        view = await approve(shop, await ask(shop, bought, urn))
        await receive(shop, view, f"look-{view.returned.id}")
        waiting = await shop.now(bought)
        assert waiting.staged is not None
        assert await shop.wrong() == []
        intended = await shop.intend(bought, f"i-{view.returned.id}")
        late = shop.at(WEEK)
        await outcomes(
            shop.confirm(bought, intended, f"c-{view.returned.id}"),
            *(expire_order(bought.order.id, ports=late) for _ in range(TRIES)),
        )
        order, state = await shop.now(bought), await the_return(shop, view)
        assert order.staged is None
        assert (state, order.worth) in {
            (ReturnState.EXCHANGED, bought.order.worth + waiting.staged.difference),
            (ReturnState.REFUNDED, paid_back(bought.order, waiting)),
        }
        assert await shop.wrong() == []


def paid_back(bought: Order, waiting: Order) -> Money:
    """What the order is worth without the unit that went back."""
    assert waiting.staged is not None
    assert waiting.staged.credit is not None
    return bought.worth - waiting.staged.credit
