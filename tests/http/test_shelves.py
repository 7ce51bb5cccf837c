"""What staff do with categories and brands over HTTP, and what customers see of it."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from tests.http.sound_catalog import made
from tests.http.web import NOBODYS, STAFF, Web


async def ask(web: Web, method: str, path: str, body: object = None) -> Response:
    return await web.ask(method, f"/admin{path}", body, headers=STAFF)


async def put_up(web: Web, path: str, name: str, **changes: Any) -> dict[str, Any]:
    answer = await ask(web, "POST", path, {"name": name, **changes})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def tree(web: Web) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await web.get("/categories")).json()["items"]
    return items


async def test_a_category_shows_where_it_stands_at_once(web: Web) -> None:
    clothes = await put_up(web, "/categories", "Clothes", description="<b>Soft</b><script/>")
    assert await tree(web)
    shirts = await put_up(web, "/categories", "Shirts", parent_id=clothes["id"])
    assert shirts == {
        "id": shirts["id"],
        "name": "Shirts",
        "slug": "shirts",
        "description": None,
        "parent_id": clothes["id"],
        "image_url": None,
        "sort_order": 0,
        "is_active": True,
    }
    (root,) = await tree(web)
    assert (root["name"], root["description"]) == ("Clothes", "<b>Soft</b>")
    assert [each["slug"] for each in root["children"]] == ["shirts"]
    hidden = {"name": "Clothes", "is_active": False}
    assert (await ask(web, "PUT", "/categories/clothes", hidden)).json()["is_active"] is False
    assert await tree(web) == []
    assert (await ask(web, "GET", f"/categories/{clothes['id']}")).json()["is_active"] is False


async def test_a_category_below_itself_is_refused(web: Web) -> None:
    clothes = await put_up(web, "/categories", "Clothes")
    shirts = await put_up(web, "/categories", "Shirts", parent_id=clothes["id"])
    body = {"name": "Clothes", "parent_id": shirts["id"]}
    answer = await ask(web, "PUT", "/categories/clothes", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "category_cycle")


async def test_what_holds_anything_stays_and_what_is_empty_goes(web: Web) -> None:
    shirts = await put_up(web, "/categories", "Shirts")
    acme = await put_up(web, "/brands", "Acme")
    await made(web, "tee", category_id=shirts["id"], brand_id=acme["id"])
    for path, code in (("/categories/shirts", "category_in_use"), ("/brands/acme", "brand_in_use")):
        answer = await ask(web, "DELETE", path)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    await made(web, "cap")
    assert (await ask(web, "DELETE", "/categories/nothing")).status_code == 404
    empty = await put_up(web, "/categories", "Empty")
    assert (await ask(web, "DELETE", "/categories/empty")).json() == empty
    assert (await ask(web, "GET", "/categories/empty")).json()["code"] == "category_not_found"


async def test_a_brand_is_made_changed_and_shown(web: Web) -> None:
    acme = await put_up(web, "/brands", "Acme", website="https://acme.example", logo_url=None)
    same = await ask(web, "POST", "/brands", {"name": "ACME"})
    assert (same.status_code, same.json()["code"]) == (409, "brand_name_taken")
    changed = await ask(web, "PUT", f"/brands/{acme['id']}", {"name": "Bolt", "slug": "bolt"})
    assert (changed.json()["name"], changed.json()["website"]) == ("Bolt", None)
    assert [each["slug"] for each in (await web.get("/brands")).json()["items"]] == ["bolt"]
    assert (await ask(web, "GET", "/brands/acme")).json()["code"] == "brand_not_found"
    assert (await ask(web, "DELETE", "/brands/bolt")).json() == changed.json()
    assert (await web.get("/brands")).json()["items"] == []


@pytest.mark.parametrize("path", ["/categories", "/brands"])
async def test_lists_go_page_by_page_in_the_order_of_slugs(web: Web, path: str) -> None:
    for name in ("C", "A", "B"):
        await put_up(web, path, name)
    first = (await ask(web, "GET", f"{path}?limit=2")).json()
    second = (await ask(web, "GET", f"{path}?limit=2&cursor={first['next_cursor']}")).json()
    slugs = [[each["slug"] for each in page["items"]] for page in (first, second)]
    assert (slugs, second["next_cursor"]) == ([["a", "b"], ["c"]], None)
    assert (await ask(web, "GET", f"{path}?cursor=x")).json()["code"] == "bad_cursor"


@pytest.mark.parametrize("path", ["/categories", "/brands"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": NOBODYS}, "slug"),
        ({"slug": "x" * 101}, "slug"),
        ({"is_active": 1}, "is_active"),
        ({"description": "\x00"}, "description"),
        ({"color": "red"}, "color"),
    ],
)
async def test_what_no_shelf_can_be_is_refused_by_field(
    web: Web, path: str, changes: dict[str, Any], field: str
) -> None:
    answer = await ask(web, "POST", path, {"name": "Shelf", **changes})
    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("name", ["1", "%00", "x" * 300, NOBODYS, "Not A Slug"])
@pytest.mark.parametrize("path", ["/categories", "/brands"])
async def test_what_is_not_there_is_not_found(web: Web, path: str, name: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        body = {"name": "X"} if method == "PUT" else None
        answer = await ask(web, method, f"{path}/{name}", body)
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] in {"category_not_found", "brand_not_found"}
