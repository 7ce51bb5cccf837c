"""Problem documents: one shape for every refusal, whoever makes it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from attrs import evolve

import automate_store.application
import automate_store.domain
from automate_store.application.errors import DatabaseUnavailable
from automate_store.domain.kernel.errors import (
    Forbidden,
    KeyReused,
    Malformed,
    NotFound,
    PreconditionMissing,
    RuleBroken,
    Stale,
    StoreError,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from automate_store.entrypoints.http.openapi.refusals import example_error, example_problem
from automate_store.entrypoints.http.problems import (
    STATUSES,
    Problem,
    leaves,
    own_fields,
    problem_type,
    status_of,
    type_of,
)
from automate_store.entrypoints.settings import ANY
from tests.http.web import CONFIG, Web, in_pieces, open_web

MANUAL = (Path(__file__).parents[2] / "docs" / "http.md").read_text()
MEMBERS = set(Problem.__struct_fields__)


def modules() -> Iterator[str]:
    for package in (automate_store.domain, automate_store.application):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield found.name


for name in modules():
    importlib.import_module(name)
OURS = ("domain", "application", "entrypoints.http")
LEAVES = [
    leaf
    for leaf in leaves()
    if leaf.__module__.startswith(tuple(f"automate_store.{part}." for part in OURS))
]


@pytest.mark.parametrize(
    ("family", "status"),
    [
        (Malformed, 400),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (RuleBroken, 409),
        (Stale, 412),
        (KeyReused, 422),
        (PreconditionMissing, 428),
        (TooMany, 429),
        (Unavailable, 503),
        (StoreError, 500),
    ],
)
def test_each_family_has_its_status(family: type[StoreError], status: int) -> None:
    assert status_of(family) == status


def test_the_manual_says_what_to_do_about_each_status() -> None:
    table = MANUAL.partition("| status | what to do |")[2].partition("\n\n")[0]
    told = re.findall(r"\b[45]\d\d\b", "".join(re.findall(r"^\|[^|]*\|", table, re.MULTILINE)))
    assert sorted(map(int, told)) == sorted(set(STATUSES.values()))


def test_no_two_errors_share_a_code() -> None:
    assert len({leaf.code() for leaf in LEAVES}) == len(LEAVES) > 40


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code())
def test_an_errors_fields_leave_the_members_of_every_problem_alone(leaf: type[StoreError]) -> None:
    assert set(own_fields(leaf)) & MEMBERS == set()


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code())
def test_every_error_of_the_store_can_be_told_and_read_back(leaf: type[StoreError]) -> None:
    told = msgspec.json.encode(example_problem(leaf, instance="/x"))
    read = msgspec.json.decode(told, type=problem_type(leaf))
    assert msgspec.json.encode(read) == told


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code())
def test_a_problem_tells_what_the_error_says_and_its_fields(leaf: type[StoreError]) -> None:
    error = example_error(leaf)
    told = msgspec.to_builtins(example_problem(leaf, instance="/x"))
    assert (told["detail"], told["code"]) == (str(error), leaf.code())
    assert set(told) == MEMBERS | set(error.fields())
    assert "{" not in told["detail"]


async def test_every_kind_of_problem_is_explained_where_it_says(web: Web) -> None:
    for leaf in LEAVES:
        page = await web.client.get(type_of(leaf))
        assert (page.status_code, leaf.code() in page.text) == (200, True), leaf.code()


def told(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert answer.json()["status"] == answer.status_code
    assert "Traceback" not in answer.text
    return answer.status_code, answer.json()["code"]


async def test_an_address_where_nothing_is(web: Web) -> None:
    answer = await web.get("/hats")
    assert told(answer) == (404, "no_such_route")
    assert answer.json()["instance"] == "/api/v1/hats"


async def test_the_instance_is_the_path_as_a_uri_without_its_query(web: Web) -> None:
    answer = await web.get("/products/a%20%C3%A9%00?brand=secret")
    assert answer.json()["instance"] == "/api/v1/products/a%20%C3%A9%00"


async def test_a_method_that_an_address_does_not_have(web: Web) -> None:
    answer = await web.delete("/categories")
    assert told(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"]
)
async def test_a_body_that_is_not_declared_as_json(web: Web, content_type: str) -> None:
    answer = await web.ask("POST", "/cart/add", raw=b"{}", headers={"content-type": content_type})
    assert told(answer) == (415, "wrong_content_type")


async def test_json_may_be_declared_with_its_charset(web: Web) -> None:
    (shirt,) = await web.stock(1)
    raw = msgspec.json.encode({"variant_id": shirt.variants[0].id})
    content_type = {"content-type": "Application/JSON; charset=utf-8"}
    answer = await web.ask("POST", "/cart/add", raw=raw, headers=content_type)
    assert answer.status_code == 200


async def test_a_body_that_is_too_long_by_its_own_account(web: Web) -> None:
    answer = await web.ask("POST", "/cart/add", raw=b" " * (CONFIG.max_body_bytes + 1))
    assert told(answer) == (413, "body_too_large")
    assert answer.json()["limit_bytes"] == CONFIG.max_body_bytes


async def test_a_body_that_is_too_long_in_pieces_of_which_nobody_said_how_many(web: Web) -> None:
    piece = b" " * 65_536
    status, body = await in_pieces(web.app, "/api/v1/cart/add", [piece] * 17)
    assert (status, msgspec.json.decode(body)["code"]) == (413, "body_too_large")


async def test_whoever_hangs_up_in_the_middle_of_a_body_breaks_nothing(web: Web) -> None:
    status, _ = await in_pieces(web.app, "/api/v1/cart/add", [b"{"], hang_up=True)
    assert status == 499


@pytest.mark.parametrize("path", ["/cart/clear", "/cart/accept-prices"])
async def test_a_body_that_nobody_asked_for_may_not_be_too_long_either(web: Web, path: str) -> None:
    answer = await web.ask("POST", path, raw=b" " * (CONFIG.max_body_bytes + 1))
    assert told(answer) == (413, "body_too_large")


async def test_a_request_that_can_not_be_read() -> None:
    async with open_web(evolve(CONFIG, hosts=frozenset({ANY}))) as web:
        answer = await web.get("/products", host='shop.example"><script>')
    assert told(answer) == (400, "bad_request")


async def test_what_breaks_is_told_without_a_word_about_how_and_logged_under_its_id() -> None:
    def broken() -> Any:
        raise RuntimeError("the secret of the house")

    with structlog.testing.capture_logs() as lines:
        async with open_web(ids=Breaking(broken)) as web:
            (shirt,) = await web.stock(1)
            body = {"variant_id": str(shirt.variants[0].id)}
            answer = await web.post("/cart/add", body, x_request_id="mine")
    assert told(answer) == (500, "broken")
    assert "secret" not in answer.text
    assert [str(line["exc_info"]) for line in lines if line["event"] == "request_broke"] == [
        "the secret of the house"
    ]


async def test_a_database_that_is_away_is_told_with_when_to_try_again() -> None:
    def away() -> Any:
        raise DatabaseUnavailable(retry_after_s=3)

    async with open_web(reading=away) as web:
        for path in ("/products", "/cart", "/categories"):
            answer = await web.get(path)
            assert told(answer) == (503, "database_unavailable")
            assert answer.headers["retry-after"] == "3"


class Breaking:
    """Ids that can name requests and nothing else."""

    def __init__(self, token: Any) -> None:
        self.token = token

    def uuid(self) -> str:
        return "some-id"


def test_the_config_keeps_the_staff_token_out_of_sight() -> None:
    assert str(CONFIG.staff_token) not in repr(evolve(CONFIG, version="2"))
