"""The pages for people: all that they need comes from the shop itself."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from attrs import evolve

from automate_store.application.reactions import REACTIONS
from automate_store.entrypoints.http.pages.serving import ASSETS
from tests.http.people import PASSWORD, person
from tests.http.web import CONFIG, Web, open_web

LINKED = ["/account/verify-email", "/account/confirm-email", "/account/reset-password"]
PAGES = ["/", "/docs", "/problems", "/problems/out-of-stock", "/account/forgot-password", *LINKED]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere(web: Web, path: str) -> None:
    page = await web.client.get(path)
    loaded = re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?([^"'>)\s]+)""", page.text)
    assert loaded
    assert [each for each in loaded if not each.startswith(("/", "#"))] == []
    assert "://" not in page.text.replace(CONFIG.url, "")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_allows_its_own_style_and_no_script_in_its_text(web: Web, path: str) -> None:
    page = await web.client.get(path)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert re.findall(r"<script(?![^>]*\bsrc=)|\bon\w+=", page.text) == []
    for style in re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL):
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


async def test_every_link_of_the_start_page_leads_somewhere(web: Web) -> None:
    start = await web.client.get("/")
    for link in set(re.findall(r'href="([^"#]+)', start.text)):
        assert (await web.client.get(link)).status_code == 200, link


async def test_the_start_page_says_what_runs_here_and_how_to_begin(web: Web) -> None:
    text = (await web.client.get("/")).text
    first = f"{CONFIG.url}/api/v1/products"
    for said in (CONFIG.store_name, CONFIG.version, first, "X-Cart-Token"):
        assert said in text


async def test_a_name_with_markup_in_it_stays_a_name() -> None:
    async with open_web(evolve(CONFIG, store_name="<b>Ann & Co</b>")) as web:
        for path in ("/", "/docs"):
            text = (await web.client.get(path)).text
            assert "&lt;b&gt;Ann &amp; Co&lt;/b&gt;" in text
            assert "<b>Ann" not in text


async def test_the_api_page_has_all_its_parts_and_they_are_kept_for_a_year(web: Web) -> None:
    page = await web.client.get("/docs")
    parts = re.findall(r'(?:src|href)="(/docs/[^"]+)"', page.text)
    assert len(parts) == 5
    for part in parts:
        answer = await web.client.get(part)
        assert (answer.status_code, len(answer.content) > 100) == (200, True)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_api_pages_own_script_asks_nobody_else(web: Web) -> None:
    script = (await web.client.get(f"{ASSETS}/docs.js")).text
    assert "validatorUrl: null" in script
    assert "http" not in script


@pytest.mark.parametrize(
    "name", ["serving.py", "..%2fserving.py", "%2e%2e/serving.py", "index.html", "docs.js/x", "%00"]
)
async def test_only_the_parts_of_the_page_are_given_out(web: Web, name: str) -> None:
    assert (await web.client.get(f"{ASSETS}/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
async def test_whoever_has_the_page_is_told_so(web: Web, path: str) -> None:
    etag = (await web.client.get(path)).headers["etag"]
    again = await web.client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing", "out_of_stock", "store-error", "malformed", "%00"])
async def test_a_problem_that_is_none_is_not_explained(web: Web, name: str) -> None:
    assert (await web.client.get(f"/problems/{name}")).status_code == 404


@pytest.mark.parametrize("path", LINKED)
async def test_a_mailed_link_opens_a_page_that_sends_its_secret_to_its_route(
    web: Web, path: str
) -> None:
    page = await web.client.get(path)
    (route,) = re.findall(r'data-path="([^"]+)"', page.text)
    assert route == f"/api/v1/auth/{path.rpartition('/')[2]}"
    typed = {"password": "another 1, longer!"} if "<input" in page.text else {}
    answer = await web.client.post(route, json={"token": "-", **typed})
    assert answer.json()["code"] == "link_invalid"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_what_a_mail_warns_of_leads_to_where_a_new_password_is_asked_for(web: Web) -> None:
    ann = await person(web)
    body = {"current_password": PASSWORD, "new_password": "another 1, longer!"}
    await ann.post("/auth/change-password", body)
    await web.shop.store.react(REACTIONS, web.shop.ports)
    (warning,) = (mail for mail in web.shop.mailer.sent if "was changed" in mail.subject)
    for text in (warning.text, warning.html):
        assert f"{CONFIG.url}/account/forgot-password" in str(text)
    page = await web.client.get("/account/forgot-password")
    (route,) = re.findall(r'data-path="([^"]+)"', page.text)
    (kind,) = re.findall(r'<input type="(\w+)"', page.text)
    assert (await web.client.post(route, json={kind: ann.email})).status_code == 202


async def test_a_password_is_typed_unseen_and_may_be_pasted(web: Web) -> None:
    page = (await web.client.get("/account/reset-password")).text
    assert re.findall("<input([^>]+)>", page) == [
        ' type="password" autocomplete="new-password" required maxlength="128"'
    ]


async def test_the_secret_leaves_the_address_and_texts_are_never_markup(web: Web) -> None:
    script = (await web.client.get(f"{ASSETS}/account.js")).text
    assert "history.replaceState" in script
    assert "textContent" in script
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", script) == []
