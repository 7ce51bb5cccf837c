"""Staff make codes, one or many, and see what became of them; nobody else does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryIds, MemoryShop, MemoryWork, Session
from automate_store.adapters.memory.coupons import MemoryCoupons
from automate_store.application.access import GUEST
from automate_store.application.coupons import (
    ADDED_AT_ONCE,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    PREFIX_LENGTH,
    CouponTerms,
    change_coupon,
    create_coupon,
    deactivate_coupon,
    generate_coupons,
    get_coupon,
    list_batches,
    list_coupons,
)
from automate_store.application.errors import NotAllowed
from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponFigures
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.domain.coupons import (
    ALPHABET,
    BATCH_LIMIT,
    CODE_LENGTH,
    RANDOM_LENGTH,
    Coupon,
    CouponCodeTaken,
    CouponNotFound,
    CouponType,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import FreeShipping, PromotionNotFound
from tests.application.trading import OPENED, POLICY, PRICING, STAFF

TEN_PERCENT = CouponTerms(name="Ten per cent", type=CouponType.PERCENTAGE, value=Decimal(10))
RICH = CouponTerms(
    name="  Five off ",
    description="For regulars.",
    type=CouponType.FIXED_AMOUNT,
    value=Decimal("5.00"),
    minimum_order_amount=Money(2000, "USD"),
    maximum_discount_amount=Money(500, "USD"),
    usage_limit=100,
    usage_limit_per_customer=None,
    period=Period(OPENED, OPENED + timedelta(days=7)),
    active=False,
    stackable=True,
    sign_in_needed=True,
)
OPENS = PutPromotion(code="opens", name="Opens", actions=(FreeShipping(),), needs_code=True)


@pytest.fixture
def ports() -> Ports:
    return MemoryShop.open(POLICY, PRICING, at=OPENED).ports


async def create(
    ports: Ports, code: str = "SPRING", terms: CouponTerms = TEN_PERCENT
) -> CouponFigures:
    return await create_coupon(code, terms, actor=STAFF, ports=ports)


async def listed(ports: Ports, **asked: Any) -> list[str]:
    page = await list_coupons(**{"limit": 100, **asked}, actor=STAFF, ports=ports)
    return [each.coupon.code for each in page]


async def test_a_coupon_has_its_terms_and_no_uses(ports: Ports) -> None:
    made = await create(ports, "  Spring-1 ", RICH)
    assert made.coupon == Coupon(
        id=made.coupon.id,
        code="Spring-1",
        name="Five off",
        description="For regulars.",
        type=CouponType.FIXED_AMOUNT,
        value=Decimal(5),
        currency="USD",
        minimum_order_amount=Money(2000, "USD"),
        maximum_discount_amount=Money(500, "USD"),
        usage_limit=100,
        usage_limit_per_customer=None,
        period=RICH.period,
        active=False,
        stackable=True,
        sign_in_needed=True,
    )
    assert (made.uses, made.discount, made.last_used_at) == (0, Money(0, "USD"), None)
    assert await get_coupon(" sPRING-1", actor=STAFF, ports=ports) == made


async def test_left_to_itself_a_coupon_is_for_one_use_of_each_customer(ports: Ports) -> None:
    coupon = (await create(ports)).coupon
    assert (coupon.usage_limit, coupon.usage_limit_per_customer) == (None, 1)
    assert (coupon.active, coupon.stackable, coupon.sign_in_needed) == (True, False, False)


async def test_a_coupon_opens_the_promotion_of_that_code(ports: Ports) -> None:
    promotion = await create_promotion(OPENS, actor=STAFF, ports=ports)
    terms = CouponTerms(name="Opens", type=CouponType.PROMOTION, promotion="opens")
    assert (await create(ports, terms=terms)).coupon.promotion_id == promotion.id


async def test_a_coupon_opens_no_promotion_that_is_not_there(ports: Ports) -> None:
    terms = CouponTerms(name="Opens", type=CouponType.PROMOTION, promotion="opens")
    with pytest.raises(PromotionNotFound):
        await create(ports, terms=terms)
    assert await listed(ports) == []


async def test_a_coupon_opens_no_promotion_that_acts_by_itself(ports: Ports) -> None:
    await create_promotion(evolve(OPENS, needs_code=False), actor=STAFF, ports=ports)
    terms = CouponTerms(name="Opens", type=CouponType.PROMOTION, promotion="opens")
    with pytest.raises(InvalidInput) as refused:
        await create(ports, terms=terms)
    assert [each.field for each in refused.value.errors] == ["promotion"]


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        (["name"], {"name": " "}),
        (["name"], {"name": "x" * (NAME_LENGTH + 1)}),
        (["description"], {"description": "x" * (DESCRIPTION_LENGTH + 1)}),
        (["name", "description"], {"name": "", "description": "x" * (DESCRIPTION_LENGTH + 1)}),
        (["promotion"], {"promotion": "opens"}),
        (["promotion"], {"type": CouponType.PROMOTION, "value": Decimal(0)}),
        (["value"], {"value": Decimal(0)}),
        (["value"], {"value": Decimal("100.0001")}),
        (["value"], {"value": Decimal("1.00001")}),
        (["value"], {"type": CouponType.FIXED_AMOUNT, "value": Decimal(0)}),
        (["value"], {"type": CouponType.FIXED_AMOUNT, "value": Decimal(-1)}),
        (["value"], {"type": CouponType.FREE_SHIPPING}),
        (["usage_limit"], {"usage_limit": 0}),
        (["usage_limit_per_customer"], {"usage_limit_per_customer": -1}),
        (["minimum_order_amount"], {"minimum_order_amount": Money(0, "USD")}),
        (["minimum_order_amount"], {"minimum_order_amount": Money(1, "EUR")}),
        (["maximum_discount_amount"], {"maximum_discount_amount": Money(1, "EUR")}),
        (["value", "usage_limit"], {"value": Decimal(101), "usage_limit": -5}),
    ],
)
async def test_terms_that_make_no_sense_are_refused_by_field_and_change_nothing(
    ports: Ports, fields: list[str], changes: dict[str, Any]
) -> None:
    kept = await create(ports, "KEPT")
    terms = evolve(TEN_PERCENT, **changes)
    for attempt in (
        create_coupon("NEW", terms, actor=STAFF, ports=ports),
        change_coupon("KEPT", terms, actor=STAFF, ports=ports),
        generate_coupons("MANY", 2, terms, actor=STAFF, ports=ports),
    ):
        with pytest.raises(InvalidInput) as refused:
            await attempt
        assert [each.field for each in refused.value.errors] == fields
    assert await listed(ports) == ["KEPT"]
    assert await get_coupon("KEPT", actor=STAFF, ports=ports) == kept
    assert await list_batches(limit=9, actor=STAFF, ports=ports) == ()


@pytest.mark.parametrize(
    "code", ["", " ", "-A", "A-", "A B", "Ä", "A/B", "A\n B", "x" * (CODE_LENGTH + 1)]
)
async def test_what_is_no_code_is_refused(ports: Ports, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await create(ports, code)
    assert [each.field for each in refused.value.errors] == ["code"]
    assert await listed(ports) == []


async def test_a_code_is_taken_in_whatever_case(ports: Ports) -> None:
    kept = await create(ports, "Spring")
    with pytest.raises(CouponCodeTaken) as taken:
        await create(ports, " SPRING ", RICH)
    assert taken.value.coupon == "SPRING"
    assert await get_coupon("spring", actor=STAFF, ports=ports) == kept


async def test_changed_terms_keep_code_and_id_and_forget_the_rest(ports: Ports) -> None:
    before = (await create(ports, "Spring", RICH)).coupon
    after = (await change_coupon(" SPRING", TEN_PERCENT, actor=STAFF, ports=ports)).coupon
    assert (after.id, after.code, after.batch_id) == (before.id, "Spring", None)
    assert (after.description, after.usage_limit, after.stackable) == (None, None, False)
    assert (await get_coupon("spring", actor=STAFF, ports=ports)).coupon == after


async def test_a_changed_coupon_of_a_batch_stays_in_it(ports: Ports) -> None:
    batch = await generate_coupons("MANY", 2, TEN_PERCENT, actor=STAFF, ports=ports)
    codes = await listed(ports, batch_id=batch.id)
    await change_coupon(codes[0], RICH, actor=STAFF, ports=ports)
    assert await listed(ports, batch_id=batch.id) == codes


async def test_an_ended_coupon_keeps_all_else(ports: Ports) -> None:
    made = await create(ports)
    ended = await deactivate_coupon(" spring ", actor=STAFF, ports=ports)
    assert ended == evolve(made, coupon=evolve(made.coupon, active=False))
    assert await get_coupon("SPRING", actor=STAFF, ports=ports) == ended
    assert await deactivate_coupon("SPRING", actor=STAFF, ports=ports) == ended


async def test_coupons_are_listed_by_code_page_by_page(ports: Ports) -> None:
    for code in ("b2", "A1", "B1", "a2", "C"):
        await create(ports, code)
    assert await listed(ports) == ["A1", "a2", "B1", "b2", "C"]
    assert await listed(ports, limit=2) == ["A1", "a2"]
    assert await listed(ports, after="A2", limit=2) == ["B1", "b2"]
    assert await listed(ports, prefix=" b") == ["B1", "b2"]
    assert await listed(ports, prefix="B", after="B1") == ["b2"]


async def test_a_batch_is_of_codes_that_share_all_but_their_letters(ports: Ports) -> None:
    batch = await generate_coupons("SPRING", 3, RICH, actor=STAFF, ports=ports)
    assert (batch.name, batch.prefix, batch.amount) == ("Five off", "SPRING", 3)
    assert batch.created_at == ports.clock()
    page = await list_coupons(batch_id=batch.id, limit=9, actor=STAFF, ports=ports)
    coupons = [each.coupon for each in page]
    assert len({each.id for each in coupons}) == len({each.code for each in coupons}) == 3
    (terms,) = {evolve(each, id=coupons[0].id, code="SAME") for each in coupons}
    assert (terms.usage_limit, terms.batch_id) == (100, batch.id)


class Letters(MemoryIds):
    """Gives the letters of an alphabet in turn, and keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, int]] = []

    def letters(self, alphabet: str, count: int) -> str:
        self.asked.append((alphabet, count))
        return "".join(alphabet[number % len(alphabet)] for number in range(count))


async def test_every_letter_of_a_code_comes_from_the_source_of_secrets(ports: Ports) -> None:
    ids = Letters()
    drawn = evolve(ports, ids=ids)
    batch = await generate_coupons("", 2, TEN_PERCENT, actor=STAFF, ports=drawn)
    assert ids.asked == [(ALPHABET, 2 * RANDOM_LENGTH)]
    expected = ["3467-9ACD-EFHJ-KMNP", "QRTV-WXY3-4679-ACDE"]
    assert await listed(drawn, batch_id=batch.id) == expected


class CountedCoupons(MemoryCoupons):
    added: list[int] = []  # noqa: RUF012 - for one test, which empties it

    async def add(self, coupons: Any) -> None:
        self.added.append(len(coupons))
        await super().add(coupons)


class CountedWork(MemoryWork):
    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.coupons = CountedCoupons(session)


async def test_the_codes_of_a_batch_are_unique_and_stored_in_bounded_statements() -> None:
    CountedCoupons.added.clear()
    ports = MemoryShop.open(POLICY, PRICING, at=OPENED, repositories=CountedWork).ports
    prefix = "P" * PREFIX_LENGTH
    amount = 2 * ADDED_AT_ONCE + 1
    batch = await generate_coupons(prefix, amount, TEN_PERCENT, actor=STAFF, ports=ports)
    codes = await listed(ports, batch_id=batch.id, limit=amount + 1)
    assert len(set(codes)) == amount
    assert {len(code) for code in codes} == {CODE_LENGTH}
    letters = {code.removeprefix(f"{prefix}-").replace("-", "") for code in codes}
    assert {len(each) for each in letters} == {RANDOM_LENGTH}
    assert set("".join(letters)) == set(ALPHABET)
    assert CountedCoupons.added == [ADDED_AT_ONCE, ADDED_AT_ONCE, 1]


@pytest.mark.parametrize(
    ("fields", "prefix", "amount"),
    [
        (["amount"], "OK", 0),
        (["amount"], "OK", -1),
        (["amount"], "OK", BATCH_LIMIT + 1),
        (["prefix"], "-", 1),
        (["prefix"], "A B", 1),
        (["prefix"], "P" * (PREFIX_LENGTH + 1), 1),
        (["prefix", "amount"], "Ä", 0),
    ],
)
async def test_a_batch_that_makes_no_sense_is_refused_by_field(
    ports: Ports, fields: list[str], prefix: str, amount: int
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await generate_coupons(prefix, amount, TEN_PERCENT, actor=STAFF, ports=ports)
    assert [each.field for each in refused.value.errors] == fields
    assert await list_batches(limit=9, actor=STAFF, ports=ports) == ()


async def test_batches_are_listed_newest_first_page_by_page(ports: Ports) -> None:
    one, two, three = [
        await generate_coupons(prefix, 1, TEN_PERCENT, actor=STAFF, ports=ports)
        for prefix in ("ONE", "TWO", "THREE")
    ]
    assert await list_batches(limit=2, actor=STAFF, ports=ports) == (three, two)
    assert await list_batches(before=two.id, limit=2, actor=STAFF, ports=ports) == (one,)


@pytest.mark.parametrize("use_case", [get_coupon, deactivate_coupon])
async def test_a_coupon_that_is_not_there_is_not_found(
    ports: Ports, use_case: Callable[..., Awaitable[object]]
) -> None:
    with pytest.raises(CouponNotFound) as missing:
        await use_case("none", actor=STAFF, ports=ports)
    assert missing.value.coupon == "none"


async def test_what_is_not_there_is_not_changed(ports: Ports) -> None:
    with pytest.raises(CouponNotFound):
        await change_coupon("none", TEN_PERCENT, actor=STAFF, ports=ports)
    assert await listed(ports) == []


@pytest.mark.parametrize(
    ("use_case", "asked"),
    [
        (create_coupon, ("NEW", TEN_PERCENT)),
        (change_coupon, ("KEPT", RICH)),
        (deactivate_coupon, ("KEPT",)),
        (get_coupon, ("KEPT",)),
        (generate_coupons, ("NEW", 2, TEN_PERCENT)),
    ],
)
async def test_no_customer_does_what_staff_do(
    ports: Ports, use_case: Callable[..., Awaitable[object]], asked: tuple[Any, ...]
) -> None:
    kept = await create(ports, "KEPT")
    with pytest.raises(NotAllowed):
        await use_case(*asked, actor=GUEST, ports=ports)
    assert await listed(ports) == ["KEPT"]
    assert await get_coupon("KEPT", actor=STAFF, ports=ports) == kept


@pytest.mark.parametrize("use_case", [list_coupons, list_batches])
async def test_no_customer_sees_the_codes_of_others(
    ports: Ports, use_case: Callable[..., Awaitable[object]]
) -> None:
    with pytest.raises(NotAllowed):
        await use_case(limit=1, actor=GUEST, ports=ports)
