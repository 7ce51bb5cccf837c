"""Staff make, change, try and end promotions; the next quote knows, and nobody else may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, CartOwner
from automate_store.application.carts import view_cart
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.errors import NotAllowed
from automate_store.application.ports import Ports
from automate_store.application.promotions import (
    TEXT_LENGTH,
    PutPromotion,
    change_promotion,
    create_promotion,
    get_promotion,
    list_promotions,
    remove_promotion,
    simulate_promotion,
)
from automate_store.domain.carts import CartNotFound
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import Standing
from automate_store.domain.promotions import (
    AmountOffOrder,
    FreeShipping,
    InCurrency,
    MinimumAmount,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
)
from tests.application.trading import OPENED, STAFF, Trade

DAY = timedelta(days=1)
SPRING = PutPromotion(code="spring", name="Spring sale", actions=(PercentOffOrder(Decimal(10)),))
RICH = PutPromotion(
    code="spring",
    name="  All of it ",
    conditions=(MinimumAmount(Money(1000, "USD")),),
    actions=(PercentOffItems(Decimal(20)), FreeShipping()),
    priority=7,
    exclusive=True,
    group="season",
    period=Period(OPENED, OPENED + DAY),
    maximum_discount=Money(900, "USD"),
    active=False,
    needs_code=True,
    advertised=True,
)


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open()


@pytest.fixture
def ports(trade: Trade) -> Ports:
    return trade.shop.ports


async def create(ports: Ports, command: PutPromotion = SPRING, **changes: Any) -> Promotion:
    return await create_promotion(evolve(command, **changes), actor=STAFF, ports=ports)


async def codes(ports: Ports, *, after: str | None = None, limit: int = 100) -> list[str]:
    found = await list_promotions(after=after, limit=limit, actor=STAFF, ports=ports)
    return [each.code for each in found]


async def tee_cart(trade: Trade, price: int = 2000) -> str:
    token = (await trade.cart(await trade.stocked(9, price=price), 1)).token
    assert token is not None
    return token


async def discount(ports: Ports, token: str) -> Money:
    return (await view_cart(CartOwner.guest(token), ports=ports)).quote.discount


async def test_a_promotion_is_made_as_it_was_wished(ports: Ports) -> None:
    made = await create(ports, RICH)
    assert made == Promotion(
        id=made.id,
        code="spring",
        name="All of it",
        conditions=RICH.conditions,
        actions=RICH.actions,
        priority=7,
        exclusive=True,
        group="season",
        period=RICH.period,
        maximum_discount=Money(900, "USD"),
        active=False,
        needs_code=True,
        advertised=True,
    )
    assert await get_promotion("spring", actor=STAFF, ports=ports) == made


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        (["code"], {"code": ""}),
        (["code"], {"code": "Spring"}),
        (["code"], {"code": "a b"}),
        (["code"], {"code": "a--b"}),
        (["code"], {"code": "x" * (TEXT_LENGTH + 1)}),
        (["name"], {"name": "  "}),
        (["name"], {"name": "x" * (TEXT_LENGTH + 1)}),
        (["group"], {"group": ""}),
        (["group"], {"group": "x" * (TEXT_LENGTH + 1)}),
        (["actions"], {"actions": (AmountOffOrder(Money(1, "EUR")),)}),
        (["actions"], {"actions": (OffShipping(Off(amount=Money(1, "EUR"))),)}),
        (["actions"], {"conditions": (MinimumAmount(Money(1, "EUR")),)}),
        (["actions"], {"maximum_discount": Money(1, "EUR")}),
        (["actions"], {"actions": ()}),
        (["maximum_discount"], {"maximum_discount": Money(0, "USD")}),
        (["name", "group"], {"name": "", "group": ""}),
    ],
)
async def test_what_makes_no_sense_is_refused_by_field_and_changes_nothing(
    ports: Ports, fields: list[str], changes: dict[str, Any]
) -> None:
    kept = await create(ports, code="kept")
    wish = evolve(SPRING, **changes)
    with pytest.raises(InvalidInput) as refused:
        await create_promotion(wish, actor=STAFF, ports=ports)
    assert [each.field for each in refused.value.errors] == fields
    if "code" not in fields:
        changed = evolve(wish, code="kept")
        with pytest.raises(InvalidInput) as refused:
            await change_promotion("kept", changed, actor=STAFF, ports=ports)
        assert [each.field for each in refused.value.errors] == fields
    assert await codes(ports) == ["kept"]
    assert await get_promotion("kept", actor=STAFF, ports=ports) == kept


async def test_another_currency_may_be_asked_for_in_vain(ports: Ports) -> None:
    # No amount is in it, so that nothing is taken in the wrong one.
    made = await create(ports, conditions=(InCurrency("EUR"),))
    assert await get_promotion("spring", actor=STAFF, ports=ports) == made


async def test_a_code_is_taken_once(ports: Ports) -> None:
    kept = await create(ports)
    with pytest.raises(PromotionCodeTaken) as taken:
        await create(ports, RICH)
    assert taken.value.promotion == "spring"
    assert await get_promotion("spring", actor=STAFF, ports=ports) == kept


async def test_a_changed_promotion_keeps_its_id_and_forgets_the_rest(ports: Ports) -> None:
    before = await create(ports, RICH)
    after = await change_promotion("spring", SPRING, actor=STAFF, ports=ports)
    assert after == Promotion(
        id=before.id, code="spring", name="Spring sale", actions=SPRING.actions
    )
    assert await get_promotion("spring", actor=STAFF, ports=ports) == after


async def test_a_promotion_keeps_its_code(ports: Ports) -> None:
    kept, other = await create(ports), evolve(SPRING, code="summer")
    with pytest.raises(InvalidInput) as refused:
        await change_promotion("spring", other, actor=STAFF, ports=ports)
    assert [each.field for each in refused.value.errors] == ["code"]
    assert await get_promotion("spring", actor=STAFF, ports=ports) == kept
    assert await codes(ports) == ["spring"]


async def test_a_removed_promotion_is_gone(ports: Ports) -> None:
    await create(ports)
    await create(ports, code="summer")
    await remove_promotion("spring", actor=STAFF, ports=ports)
    assert await codes(ports) == ["summer"]


async def test_a_promotion_that_coupons_open_is_kept(ports: Ports) -> None:
    await create(ports, needs_code=True)
    terms = CouponTerms(name="Spring", type=CouponType.PROMOTION, promotion="spring")
    await create_coupon("SPRING", terms, actor=STAFF, ports=ports)
    with pytest.raises(PromotionHasCoupons):
        await remove_promotion("spring", actor=STAFF, ports=ports)
    assert await codes(ports) == ["spring"]


async def test_promotions_are_listed_by_code_page_by_page(ports: Ports) -> None:
    for code, active in (("c", True), ("a", False), ("b", True)):
        await create(ports, code=code, active=active)
    assert await codes(ports) == ["a", "b", "c"]
    assert await codes(ports, limit=2) == ["a", "b"]
    assert await codes(ports, after="b") == ["c"]


async def test_the_next_quote_bears_what_staff_did(trade: Trade, ports: Ports) -> None:
    token = await tee_cart(trade)
    assert await discount(ports, token) == Money(0, "USD")
    await create(ports)
    assert await discount(ports, token) == Money(200, "USD")
    twenty = evolve(SPRING, actions=(PercentOffOrder(Decimal(20)),))
    await change_promotion("spring", twenty, actor=STAFF, ports=ports)
    assert await discount(ports, token) == Money(400, "USD")
    off = evolve(twenty, active=False)
    await change_promotion("spring", off, actor=STAFF, ports=ports)
    assert await discount(ports, token) == Money(0, "USD")
    await change_promotion("spring", twenty, actor=STAFF, ports=ports)
    await remove_promotion("spring", actor=STAFF, ports=ports)
    assert await discount(ports, token) == Money(0, "USD")


async def test_one_that_is_not_stored_can_be_tried_and_changes_nothing(
    trade: Trade, ports: Ports
) -> None:
    token = await tee_cart(trade)
    tried = await simulate_promotion(SPRING, token, actor=STAFF, ports=ports)
    assert (tried.before.discount, tried.after.discount) == (Money(0, "USD"), Money(200, "USD"))
    assert tried.verdict.standing is Standing.APPLIED
    assert await codes(ports) == []
    assert await discount(ports, token) == Money(0, "USD")


async def test_one_that_is_switched_off_can_be_tried_by_its_code(
    trade: Trade, ports: Ports
) -> None:
    token = await tee_cart(trade)
    await create(ports, active=False)
    tried = await simulate_promotion("spring", token, actor=STAFF, ports=ports)
    assert tried.after.discount == Money(200, "USD")
    assert await discount(ports, token) == Money(0, "USD")
    assert not (await get_promotion("spring", actor=STAFF, ports=ports)).active


async def test_a_change_can_be_tried_before_it_is_made(trade: Trade, ports: Ports) -> None:
    token = await tee_cart(trade)
    await create(ports)
    dearer = evolve(SPRING, actions=(PercentOffOrder(Decimal(30)),))
    tried = await simulate_promotion(dearer, token, actor=STAFF, ports=ports)
    assert tried.after.discount == Money(600, "USD"), "the stored one does not act beside it"
    assert await discount(ports, token) == Money(200, "USD")


async def test_one_can_be_tried_at_another_time(trade: Trade, ports: Ports) -> None:
    token = await tee_cart(trade)
    later = evolve(SPRING, period=Period(OPENED + DAY, OPENED + 2 * DAY))
    for at, off in ((None, 0), (OPENED + DAY, 200), (OPENED + 2 * DAY, 0)):
        tried = await simulate_promotion(later, token, at=at, actor=STAFF, ports=ports)
        assert tried.after.discount == Money(off, "USD")


async def test_what_can_not_be_is_not_tried(trade: Trade, ports: Ports) -> None:
    token = await tee_cart(trade)
    with pytest.raises(InvalidInput):
        await simulate_promotion(evolve(SPRING, name=""), token, actor=STAFF, ports=ports)
    with pytest.raises(PromotionNotFound):
        await simulate_promotion("none", token, actor=STAFF, ports=ports)
    with pytest.raises(CartNotFound):
        await simulate_promotion(SPRING, "nobody's", actor=STAFF, ports=ports)


@pytest.mark.parametrize(
    ("use_case", "asked"),
    [
        (get_promotion, ("none",)),
        (remove_promotion, ("none",)),
        (change_promotion, ("none", evolve(SPRING, code="none"))),
    ],
)
async def test_a_promotion_that_is_not_there_is_not_found(
    ports: Ports, use_case: Callable[..., Awaitable[object]], asked: tuple[Any, ...]
) -> None:
    kept = await create(ports)
    with pytest.raises(PromotionNotFound) as missing:
        await use_case(*asked, actor=STAFF, ports=ports)
    assert missing.value.promotion == "none"
    assert await get_promotion("spring", actor=STAFF, ports=ports) == kept


@pytest.mark.parametrize(
    ("use_case", "asked"),
    [
        (create_promotion, (evolve(SPRING, code="new"),)),
        (change_promotion, ("spring", RICH)),
        (remove_promotion, ("spring",)),
        (get_promotion, ("spring",)),
        (simulate_promotion, (SPRING, "token")),
    ],
)
async def test_no_customer_does_what_staff_do(
    ports: Ports, use_case: Callable[..., Awaitable[object]], asked: tuple[Any, ...]
) -> None:
    kept = await create(ports)
    with pytest.raises(NotAllowed):
        await use_case(*asked, actor=GUEST, ports=ports)
    assert await codes(ports) == ["spring"]
    assert await get_promotion("spring", actor=STAFF, ports=ports) == kept


async def test_no_customer_lists_promotions(ports: Ports) -> None:
    with pytest.raises(NotAllowed):
        await list_promotions(after=None, limit=1, actor=GUEST, ports=ports)
