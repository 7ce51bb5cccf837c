"""The catalogue over HTTP: lists, pages, and how long an answer may be kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.domain.catalog import ProductStatus
from automate_store.domain.inventory import StockChange
from tests.http.web import CONFIG, Web, open_web

SENSELESS = [
    *("limit=0", "limit=-1", "limit=101", "limit=1e9", "limit=2.0", "limit=", "limit=x"),
    *("limit=99999999999999999999", "cursor=nonsense", "cursor=", "cursor=%00"),
    *("sort=price;", "sort=rating", "order=up", "in_stock=maybe", "featured=1"),
    *(
        "min_price=9&max_price=1",
        "min_price=NaN",
        "min_price=-1",
        "min_price=1e5",
        "max_price=1.23456",
        "max_price=",
    ),
    *("category=%00", "brand=a%1Fb", "limt=3", "limit=3&limit=4", "brand=%FF", "a" * 5_000),
]


async def test_a_list_shows_what_is_on_sale_with_money_as_text(web: Web) -> None:
    await web.stock(1)
    answer = await web.get("/products")
    (item,) = answer.json()["items"]
    assert (item["slug"], item["price"]) == ("shirt-0", {"amount": "10.00", "currency": "USD"})


async def test_pages_follow_one_another_to_the_end_and_repeat_nothing(web: Web) -> None:
    await web.stock(5)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await web.get(f"/products?limit=2&sort=name&order=asc{cursor}")).json()
        seen += [item["slug"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"shirt-{number}" for number in range(5)]


async def test_lists_hold_twenty_unless_another_number_is_asked_for(web: Web) -> None:
    await web.stock(25)
    assert len((await web.get("/products")).json()["items"]) == 20
    assert len((await web.get("/products?limit=100")).json()["items"]) == 25


async def test_a_query_that_makes_no_sense_is_refused(web: Web) -> None:
    await web.stock(1)
    asked = {query: (await web.get(f"/products?{query}")).status_code for query in SENSELESS}
    assert asked == dict.fromkeys(SENSELESS, 400)


async def test_a_refused_query_names_its_field(web: Web) -> None:
    errors = (await web.get("/products?limit=101")).json()["errors"]
    assert errors == [{"field": "limit", "reason": "is 100 or less"}]


async def test_filters_narrow_the_list(web: Web) -> None:
    await web.stock(5)
    found = (await web.get("/products?category=shirts&min_price=10.03&in_stock=true")).json()
    assert {item["slug"] for item in found["items"]} == {"shirt-3", "shirt-4"}


async def test_a_category_that_is_not_there_is_not_an_empty_list(web: Web) -> None:
    answer = await web.get("/products?category=hats")
    assert (answer.status_code, answer.json()["code"]) == (404, "category_not_found")


@pytest.mark.parametrize("name", ["shirt-0", "0195510c-0000-7000-8000-0000000001f4"])
async def test_a_product_is_found_by_its_slug_and_by_its_id(web: Web, name: str) -> None:
    (shirt,) = await web.stock(1)
    answer = await web.get(f"/products/{name}")
    assert answer.json()["id"] == str(shirt.id)


async def test_what_it_cost_the_merchant_never_leaves(web: Web) -> None:
    await web.stock(1)
    listed, shown = await web.get("/products"), await web.get("/products/shirt-0")
    for secret in ("777.77", "5.55", "cost", "minimum"):
        assert secret not in listed.text + shown.text


async def test_a_product_that_is_not_there_is_not_found(web: Web) -> None:
    for name in ("hat", "%00", "a%1bb", "x" * 300, "%C3%28"):
        answer = await web.get(f"/products/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "product_not_found")


async def test_categories_and_brands_are_listed(web: Web) -> None:
    await web.stock(1)
    categories, brands = await web.get("/categories"), await web.get("/brands")
    assert [item["slug"] for item in categories.json()["items"]] == ["shirts"]
    assert [item["slug"] for item in brands.json()["items"]] == ["plain-goods"]


async def test_whoever_has_the_answer_is_told_so(web: Web) -> None:
    await web.stock(1)
    etag = (await web.get("/products")).headers["etag"]
    answer = await web.get("/products", if_none_match=f'"other", W/{etag}')
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


async def test_an_answer_says_how_long_it_may_be_kept(web: Web) -> None:
    await web.stock(1)
    fresh = await web.get("/products")
    web.shop.clock.advance(timedelta(seconds=4))
    kept = await web.get("/products")
    assert fresh.headers["cache-control"] == kept.headers["cache-control"] == "public, max-age=10"
    assert (fresh.headers["age"], kept.headers["age"]) == ("0", "4")


async def test_stock_that_is_shown_is_never_older_than_promised(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.get("/products/shirt-0")
    async with web.shop.ports.unit_of_work() as work:
        change = StockChange(variant_id=shirt.variants[0].id, on_hand=-60)
        await work.stock.apply([change])
    web.shop.clock.advance(timedelta(seconds=10))
    answer = await web.get("/products/shirt-0")
    assert answer.json()["variants"][0]["available"] == 40


async def test_a_change_of_the_catalogue_shows_within_a_moment(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.get("/products/shirt-0")
    async with web.shop.ports.unit_of_work() as work:
        known = await work.products.get(shirt.id)
        await work.products.save([evolve(known, status=ProductStatus.ARCHIVED)])
    web.shop.clock.advance(timedelta(seconds=0.2))
    assert (await web.get("/products/shirt-0")).status_code == 404


async def test_what_the_process_itself_sells_shows_at_once(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.get("/products/shirt-0")
    await web.order(shirt, 60)
    answer = await web.get("/products/shirt-0")
    assert answer.json()["variants"][0]["available"] == 40


async def test_refusals_are_not_kept(web: Web) -> None:
    assert (await web.get("/products/shirt-0")).headers["cache-control"] == "no-store"
    await web.stock(1)
    assert (await web.get("/products/shirt-0")).status_code == 200


async def test_a_lifetime_of_nothing_keeps_nothing() -> None:
    async with open_web(evolve(CONFIG, catalog_lifetime_s=0)) as web:
        before = await web.get("/products")
        await web.stock(1)
        after = await web.get("/products")
        assert (len(before.json()["items"]), len(after.json()["items"])) == (0, 1)
        assert after.headers["cache-control"] == "public, no-cache"


async def test_what_may_be_read_may_be_asked_for_by_head(web: Web) -> None:
    await web.stock(1)
    answer = await web.ask("HEAD", "/products")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0
