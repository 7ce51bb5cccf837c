"""What staff and vendors do with products over HTTP, and what customers see of it."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from automate_store.domain.identity import AccountRole
from tests.http.people import Person, person, staff
from tests.http.sound_catalog import made, shirt, usd, variant
from tests.http.web import NOBODYS, STAFF, Web


async def ask(web: Web, method: str, path: str, body: object = None, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await web.ask(method, path, body, headers={**STAFF, **named})


async def shown(web: Web, slug: str) -> Response:
    """What customers are told."""
    return await web.get(f"/products/{slug}")


def wish(product: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body that changes nothing, but for what is said."""
    names = (
        *("name", "price", "compare_price", "description", "short_description", "category_id"),
        *("brand_id", "tags", "options", "featured", "meta_title", "meta_description", "metadata"),
    )
    return {**{name: product[name] for name in names}, **changes}


async def test_a_new_product_is_told_with_all_that_only_its_staff_may_know(web: Web) -> None:
    answer = await ask(web, "POST", "/products", shirt("tee"))
    product = answer.json()
    assert answer.status_code == 201
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "no-store")
    assert answer.headers["location"] == f"/api/v1/admin/products/{product['id']}"
    small, large = product["variants"]
    assert (product["status"], product["slug"], product["version"]) == ("draft", "tee", 1)
    assert (small["cost_price"], small["minimum_price"]) == (usd("7.00"), usd("9.00"))
    assert [each["stock"]["on_hand"] for each in (small, large)] == [0, 3]
    again = await ask(web, "GET", f"/admin/products/{product['slug']}")
    assert again.json() == product
    assert again.headers["etag"] == '"1"'


async def test_a_draft_is_shown_to_nobody_and_a_published_one_without_its_costs(web: Web) -> None:
    product = await made(web, "tee")
    assert (await shown(web, "tee")).status_code == 404
    body = wish(product, status="active")
    assert (await ask(web, "PUT", f"/products/{product['id']}", body)).status_code == 200
    told = await shown(web, "tee")
    assert told.status_code == 200
    for secret in ("cost_price", "minimum_price", "metadata", "7.00", "vendor_id", "version"):
        assert secret not in told.text


async def test_a_change_shows_at_once_where_it_was_made(web: Web) -> None:
    product = await made(web, "tee", status="active")
    assert (await shown(web, "tee")).json()["name"] == "tee"
    await ask(web, "PUT", f"/products/{product['id']}", wish(product, name="Tee, new"))
    assert (await shown(web, "tee")).json()["name"] == "Tee, new"
    await ask(web, "DELETE", f"/products/{product['id']}")
    assert (await shown(web, "tee")).status_code == 404


async def test_what_is_left_out_of_a_change_goes_or_stays_as_is_told(web: Web) -> None:
    product = await made(web, "tee", status="active", featured=True)
    plain = {"name": "Tee", "price": usd("21.00"), "options": ["Size"]}
    changed = (await ask(web, "PUT", f"/products/{product['id']}", plain)).json()
    kept = ("slug", "status", "vendor_id", "published_at", "created_at", "id")
    assert {name: changed[name] for name in kept} == {name: product[name] for name in kept}
    prices = [(each["price"], each["price_in_force"]) for each in changed["variants"]]
    assert prices == [(usd("18.00"), usd("18.00"))] * 2
    assert (changed["featured"], changed["tags"], changed["description"]) == (False, [], None)


async def test_a_change_based_on_an_old_version_is_refused(web: Web) -> None:
    product = await made(web, "tee")
    path = f"/products/{product['id']}"
    first = await ask(web, "PUT", path, wish(product, name="One"), if_match='"1"')
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    for tag in ('"1"', 'W/"2"', '"x"', "2", '""', '"99999999999999999999"'):
        second = await ask(web, "PUT", path, wish(product, name="Two"), if_match=tag)
        assert (second.status_code, second.json()["code"]) == (412, "version_conflict")
        gone = await ask(web, "DELETE", path, if_match=tag)
        assert gone.status_code == 412
    for tag in ('"2"', '"1", "3"', "*"):
        third = await ask(web, "PUT", path, wish(product, name=f"After {tag}"), if_match=tag)
        assert third.status_code == 200, tag


async def test_what_nobody_names_is_deleted_and_what_is_ordered_is_archived(web: Web) -> None:
    product = await made(web, "tee", variants=[variant("T-S", "S")])
    deleted = await ask(web, "DELETE", "/products/tee")
    assert deleted.json() == {
        "id": product["id"],
        "slug": "tee",
        "name": "tee",
        "outcome": "deleted",
    }
    assert (await ask(web, "GET", "/admin/products/tee")).status_code == 404
    (sold,) = await web.stock(1)
    await web.order(sold)
    archived = await ask(web, "DELETE", f"/products/{sold.slug}")
    assert archived.json()["outcome"] == "archived"
    assert (await ask(web, "GET", f"/admin/products/{sold.slug}")).json()["status"] == "archived"
    assert (await shown(web, sold.slug)).status_code == 404


async def test_a_cart_with_a_product_that_went_says_so(web: Web) -> None:
    (sold,) = await web.stock(1)
    token = (await web.cart(sold))["token"]
    assert (await ask(web, "DELETE", f"/products/{sold.slug}")).json()["outcome"] == "archived"
    told = (await web.get("/cart/validate", x_cart_token=token)).json()
    assert [each["kind"] for each in told["problems"]] == ["archived"]


async def test_variants_come_change_and_go(web: Web) -> None:
    product = await made(web, "tee")
    path = f"/products/{product['id']}/variants"
    added = await ask(web, "POST", path, variant("T-M", "M", inventory_quantity=5))
    assert (added.status_code, added.headers["etag"]) == (201, '"2"')
    assert (added.json()["position"], added.json()["stock"]["on_hand"]) == (2, 5)
    one = f"{path}/{added.json()['id']}"
    changed = await ask(
        web, "PUT", one, variant("T-XL", "XL", price=usd("22.00"), compare_price=None)
    )
    assert (changed.json()["sku"], changed.json()["price"]) == ("T-XL", usd("22.00"))
    assert changed.json()["stock"]["on_hand"] == 5
    left = await ask(web, "DELETE", one)
    assert [each["sku"] for each in left.json()["variants"]] == ["tee-S", "tee-L"]
    assert (await ask(web, "DELETE", one)).json()["code"] == "variant_not_found"


async def test_the_last_variant_stays(web: Web) -> None:
    product = await made(web, "tee", variants=[variant("T-S", "S")])
    path = f"/products/{product['id']}/variants/{product['variants'][0]['id']}"
    refused = await ask(web, "DELETE", path)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_variant")


async def test_slugs_and_skus_are_taken_whatever_their_case(web: Web) -> None:
    await made(web, "tee")
    same_slug = await ask(web, "POST", "/products", shirt("other", slug="tee"))
    assert (same_slug.status_code, same_slug.json()["code"]) == (409, "slug_taken")
    wanted = shirt("other", variants=[variant("TEE-s", "S")])
    same_sku = await ask(web, "POST", "/products", wanted)
    assert (same_sku.status_code, same_sku.json()["code"]) == (409, "sku_taken")
    assert same_sku.json()["sku"] == "TEE-s"


async def test_a_product_does_not_pass_for_another_ones_id(web: Web) -> None:
    product = await made(web, "tee", status="active")
    refused = await ask(web, "POST", "/products", shirt("other", slug=product["id"]))
    assert [each["field"] for each in refused.json()["errors"]] == ["slug"]
    assert (await shown(web, product["id"])).json()["name"] == "tee"


async def test_texts_come_in_normal_and_html_clean(web: Web) -> None:
    told = await made(
        web,
        "Cafe\u0301 <b>",
        slug="cafe",
        description="<p onclick='x()'>Soft</p><script>alert(1)</script>",
        tags=["cafe\u0301", "cafe\u0301"],
        metadata={"cafe\u0301": "cafe\u0301"},
    )
    assert (told["name"], told["description"]) == ("Caf\u00e9 <b>", "<p>Soft</p>")
    assert (told["tags"], told["metadata"]) == (["caf\u00e9"], {"caf\u00e9": "caf\u00e9"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"price": usd("-1.00")}, "price"),
        ({"price": {"amount": "1.00", "currency": "XXX"}}, "price.currency"),
        ({"price": usd("1.001")}, "price.amount"),
        ({"compare_price": usd("20.00")}, "compare_price"),
        ({"category_id": NOBODYS}, "category_id"),
        ({"brand_id": NOBODYS}, "brand_id"),
        ({"vendor_id": NOBODYS}, "vendor_id"),
        ({"tags": ["a\x00"]}, "tags[0]"),
        ({"tags": ["x" * 256]}, "tags[0]"),
        ({"options": ["x" * 256]}, "options[0]"),
        ({"metadata": {"a": "b\x1b"}}, "metadata.a"),
        ({"metadata": {"": "b"}}, "metadata"),
        ({"status": "gone"}, "status"),
        ({"variants": []}, "variants"),
        ({"variants": [variant("A", "S"), variant("B", "S")]}, "variants"),
        ({"variants": [variant("A", "S"), variant("a", "L")]}, "variants"),
        ({"variants": [variant("A", "S", price=usd("19.001"))]}, "variants[0].price.amount"),
        (
            {"variants": [variant("A", "S", minimum_price=usd("18.01"))]},
            "variants[0].minimum_price",
        ),
        (
            {"variants": [variant("A", "S", image_url="javascript:alert(1)")]},
            "variants[0].image_url",
        ),
        ({"variants": [variant("A", "S", image_url="https://a b")]}, "variants[0].image_url"),
        ({"variants": [variant("A", "S", weight_g=-1)]}, "variants[0].weight_g"),
        (
            {"variants": [variant("A", "S", inventory_quantity=-1)]},
            "variants[0].inventory_quantity",
        ),
        ({"variants": [variant("A", "S", attributes={"Colour": "red"})]}, "variants[0].attributes"),
    ],
)
async def test_a_product_that_can_not_be_is_refused_by_field(
    web: Web, changes: dict[str, Any], field: str
) -> None:
    answer = await ask(web, "POST", "/products", {**shirt("tee"), **changes})
    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_an_amount_of_another_currency_is_refused_wherever_it_stands(web: Web) -> None:
    euro = {"amount": "18.00", "currency": "EUR"}
    for body in (
        shirt("tee", price=euro, compare_price=None),
        shirt("tee", compare_price=euro),
        shirt("tee", variants=[variant("A", "S", cost_price=euro)]),
    ):
        answer = await ask(web, "POST", "/products", body)
        assert answer.status_code == 400
        named = [each["field"] for each in answer.json()["errors"]]
        assert any(name.endswith("price") for name in named), named


async def test_a_long_note_in_any_alphabet_is_kept(web: Web) -> None:
    note = "\u00e4" * 5_000
    told = await made(web, "tee", metadata={"note": note})
    assert told["metadata"] == {"note": note}
    body = {**shirt("cap"), "metadata": {"note": note + "x"}}
    assert (await ask(web, "POST", "/products", body)).status_code == 400


async def test_products_of_any_status_are_listed_newest_first_page_by_page(web: Web) -> None:
    for number, status in enumerate(("draft", "active", "draft")):
        await made(web, f"p{number}", status=status)

    async def listed(query: str) -> dict[str, Any]:
        answer = await ask(web, "GET", f"/admin/products?{query}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    first = await listed("limit=2")
    second = await listed(f"limit=2&cursor={first['next_cursor']}")
    slugs = [[each["slug"] for each in page["items"]] for page in (first, second)]
    assert (slugs, second["next_cursor"]) == ([["p2", "p1"], ["p0"]], None)
    drafts = await listed("status=draft")
    assert [each["slug"] for each in drafts["items"]] == ["p2", "p0"]
    assert drafts["items"][0]["price"] == usd("18.00")
    for query in ("limit=101", "limit=0", "status=gone", "cursor=x", f"cursor={NOBODYS}"):
        assert (await ask(web, "GET", f"/admin/products?{query}")).status_code == 400


async def vendor(web: Web, name: str) -> Person:
    return await staff(web, AccountRole.VENDOR, f"{name}@example.com")


async def test_a_vendor_sells_its_own_and_reaches_nothing_else(web: Web) -> None:
    ann, bob = await vendor(web, "ann"), await vendor(web, "bob")
    created = await ann.post("/products", {**shirt("tee"), "vendor_id": ann.id})
    assert (created.status_code, created.json()["vendor_id"]) == (201, ann.id)
    path = f"/products/{created.json()['id']}"
    renamed = await ann.ask("PUT", path, wish(created.json(), name="Mine"))
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Mine")
    assert [each["slug"] for each in (await ann.get("/admin/products")).json()["items"]] == ["tee"]
    assert (await bob.get("/admin/products")).json()["items"] == []
    one = f"{path}/variants/{created.json()['variants'][0]['id']}"
    missing = f"/products/{NOBODYS}"
    for method, foreign, body in (
        ("GET", f"/admin{path}", None),
        ("PUT", path, wish(created.json())),
        ("DELETE", path, None),
        ("POST", f"{path}/variants", variant("X", "M")),
        ("PUT", one, variant("X", "M")),
        ("DELETE", one, None),
        ("PUT", f"{path}/images", {"images": []}),
        ("DELETE", f"{path}/images/{NOBODYS}", None),
    ):
        refused = await bob.ask(method, foreign, body)
        nothing = await bob.ask(method, foreign.replace(path, missing), body)
        assert refused.status_code == nothing.status_code == 404
        assert refused.json()["code"] == nothing.json()["code"] == "product_not_found"
    assert (await ann.get(f"/admin{path}")).json() == renamed.json()


async def test_a_vendor_makes_nobody_elses_and_no_shelves(web: Web) -> None:
    ann = await vendor(web, "ann")
    for owner in (None, NOBODYS):
        refused = await ann.post("/products", {**shirt("tee"), "vendor_id": owner})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    for path in ("/admin/categories", "/admin/brands"):
        assert (await ann.get(path)).status_code == 403
        assert (await ann.post(path, {"name": "Mine"})).status_code == 403


async def test_guests_are_asked_to_sign_in_and_customers_told_no(web: Web) -> None:
    product = await made(web, "tee")
    customer = await person(web)
    support = await staff(web, AccountRole.SUPPORT, "sue@example.com")
    path = f"/products/{product['id']}"
    for method, where, body in (
        ("POST", "/products", shirt("x")),
        ("PUT", path, shirt("x")),
        ("DELETE", path, None),
        ("POST", f"{path}/variants", variant("X", "M")),
        ("PUT", f"{path}/images", {"images": []}),
    ):
        assert (await web.ask(method, where, body)).status_code == 401
        for someone in (customer, support):
            refused = await someone.ask(method, where, body)
            assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await web.get("/admin/products")).status_code == 404
    assert (await customer.get("/admin/products")).status_code == 404
    assert (await support.get("/admin/products")).status_code == 403


async def test_every_change_can_be_read_in_the_trail(web: Web) -> None:
    product = await made(web, "tee", variants=[variant("T-S", "S")])
    path = f"/products/{product['id']}"
    body = wish(product, price=usd("30.00"), compare_price=None)
    await ask(web, "PUT", path, body)
    await ask(web, "PUT", path, body)
    await ask(web, "DELETE", path)
    trail = (await ask(web, "GET", f"/admin/audit?subject=product:{product['id']}")).json()
    told = [(each["action"], each["actor"]) for each in trail["items"]]
    assert told == [
        ("remove_product", "staff"),
        ("change_product", "staff"),
        ("create_product", "staff"),
    ]
    changed = trail["items"][1]
    assert (changed["before"]["price"], changed["after"]["price"]) == (usd("20.00"), usd("30.00"))
