"""What is written in the logs, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.entrypoints.logs import (
    DEPTH_LIMIT,
    TEXT_LIMIT,
    current_request_id,
    redact,
    request_logs,
    set_up_logs,
)
from automate_store.entrypoints.settings import LogFormat, LogLevel

MARKER = "hunter2-marker-5f1c"
SECRET_KEYS = [
    "password",
    "new_password",
    "passwordHash",
    "token",
    "refresh_tokens",
    "accessToken",
    "Authorization",
    "set-cookie",
    "client_secret",
    "email",
    "e-mail",
    "customer_email",
    "shipping_address",
    "addresses",
    "address_line_1",
    "remote_address",
    "phone",
    "phoneNumber",
    "X-Api-Key",
    "idempotency_key",
    "postal_code",
    "first_name",
    "card_number",
    "stripe-signature",
]
SECRET_TEXTS = [
    f"no database at postgresql://shop:{MARKER}@db:5432/shop",
    f"no database at postgresql://shop:p@ss{MARKER}@db:5432/shop",
    f"mail for {MARKER}@example.com bounced",
    f"Key (email)=({MARKER}@example.com) already exists.",
    f"Authorization: Bearer {MARKER}",
    f"sent 'basic {MARKER}'",
    f"GET /orders/1?token={MARKER}&page=2",
    f"{{'staff_token': '{MARKER}', 'page': 2}}",
    f'{{"password": "{MARKER} with blanks"}}',
    f"job[7](order_id=1, access_token={MARKER})",
    f"Cookie: cart=1; session={MARKER}",
    f"set-cookie={MARKER}",
    f"eyJhbGciOiJIUzI1NiJ9.{MARKER}.c2ln",
    f"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ${MARKER}",
    f"stored='$2b$12$abcdefghijklmnopqrstuv{MARKER}'",
    f"otpauth://totp/Shop:ann?secret={MARKER}&issuer=Shop",
    f"fernet:gAAAAA{MARKER}==",
]
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(text: str) -> NoReturn:
    unseen = MARKER  # noqa: F841 - a local that a rich traceback would print
    raise ValueError(text)


def test_a_line_is_json_with_its_level_and_utc_time() -> None:
    stream = io.StringIO()
    set_up_logs(stream=stream)
    structlog.get_logger().info("order placed", order_id=7)
    (line,) = written(stream)
    assert line["event"] == "order placed"
    assert line["level"] == "info"
    assert line["order_id"] == 7
    assert line["timestamp"].endswith("Z")


def test_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    set_up_logs(level=LogLevel.WARNING, stream=stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("somebody.else").info("quiet")
    logging.getLogger("somebody.else").warning("loud")
    assert [line["event"] for line in written(stream)] == ["loud"]


def test_setting_up_again_moves_the_lines_and_doubles_none() -> None:
    first, second = io.StringIO(), io.StringIO()
    set_up_logs(stream=first)
    set_up_logs(stream=second)
    structlog.get_logger().info("ours")
    logging.getLogger("uvicorn.error").info("theirs")
    assert first.getvalue() == ""
    assert [line["event"] for line in written(second)] == ["ours", "theirs"]


def test_the_console_format_is_for_reading() -> None:
    stream = io.StringIO()
    set_up_logs(format=LogFormat.CONSOLE, stream=stream)
    structlog.get_logger().info("order placed", order_id=7)
    assert "order placed" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_every_line_of_a_request_carries_its_id_and_no_line_after_it() -> None:
    stream = io.StringIO()
    set_up_logs(stream=stream)
    with request_logs("req-1"):
        assert current_request_id() == "req-1"
        structlog.get_logger().info("ours")
        logging.getLogger("sqlalchemy.pool").warning("theirs")
    structlog.get_logger().info("after")
    assert current_request_id() is None
    assert [line.get("request_id") for line in written(stream)] == ["req-1", "req-1", None]


@pytest.mark.parametrize("format", list(LogFormat))
@pytest.mark.parametrize("key", SECRET_KEYS)
def test_a_secret_key_hides_its_value_at_any_depth(key: str, format: LogFormat) -> None:
    stream = io.StringIO()
    set_up_logs(format=format, stream=stream)
    nested = {"lines": [{"deep": {key: {"value": MARKER}}}], key: [MARKER]}
    structlog.get_logger().info("seen", **{key: MARKER}, body=nested)
    logging.getLogger("procrastinate").error("job %s", 7, extra={"job": nested, key: MARKER})
    assert MARKER not in stream.getvalue()
    assert stream.getvalue().count("\n") == 2


@pytest.mark.parametrize("format", list(LogFormat))
@pytest.mark.parametrize("text", SECRET_TEXTS)
def test_a_secret_inside_a_text_is_hidden_wherever_the_text_comes_from(
    text: str, format: LogFormat
) -> None:
    stream = io.StringIO()
    set_up_logs(format=format, stream=stream)
    structlog.get_logger().info(text, note=text, many=[{"a": (text,)}])
    logging.getLogger("sqlalchemy.engine").warning("said %s", text)
    try:
        fail(text)
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("uvicorn.error").exception("failed")
    assert MARKER not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


@pytest.mark.parametrize("card", ["4242424242424242", "4242 4242 4242 4242", "3782-822463-10005"])
def test_card_numbers_are_hidden(card: str) -> None:
    line = redact(None, "info", {"event": f"paid with {card}.", "note": card})
    assert card not in str(line)


@pytest.mark.parametrize(
    "text",
    [
        "01928374-5555-7123-8123-123456789012",
        "2026-01-01T12:00:00.000001Z",
        "1234567890123456",
        "order 7 placed: 3 lines, total 19.99 USD",
        "GET /api/v1/products?sort=price&page_size=20",
        "postgresql://db:5432/shop",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert redact(None, "info", {"event": text}) == {"event": text}


def test_an_exception_has_its_place_but_no_local_variables() -> None:
    stream = io.StringIO()
    set_up_logs(format=LogFormat.CONSOLE, stream=stream)
    try:
        fail("no stock")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "no stock" in stream.getvalue()
    assert "in fail" in stream.getvalue()
    assert stream.getvalue().count(MARKER) == 0


def test_a_library_that_went_its_own_way_is_brought_back() -> None:
    own, stream = io.StringIO(), io.StringIO()
    library = logging.getLogger("uvicorn")
    library.addHandler(logging.StreamHandler(own))
    library.propagate = False
    set_up_logs(stream=stream)
    library.info("started")
    assert own.getvalue() == ""
    assert [line["event"] for line in written(stream)] == ["started"]


def test_uvicorn_adds_no_second_line_to_a_request() -> None:
    stream = io.StringIO()
    set_up_logs(stream=stream)
    logging.getLogger("uvicorn.access").info("GET /")
    assert stream.getvalue() == ""


def test_a_text_without_end_is_cut_in_its_middle() -> None:
    text = redact(None, "info", {"event": "a" * 10 * TEXT_LIMIT + "the end"})["event"]
    assert len(text) < TEXT_LIMIT + 10
    assert text.endswith("the end")


def test_a_bottomless_value_is_cut() -> None:
    value: dict[str, Any] = {}
    value["again"] = value
    assert str(redact(None, "info", {"event": value})).count("again") == DEPTH_LIMIT


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.just(MARKER),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(WORDS, inner, max_size=4)
            | st.dictionaries(st.sampled_from(SECRET_KEYS), inner, max_size=2)
        ),
        max_leaves=12,
    ),
    key=st.sampled_from(SECRET_KEYS),
)
@example(body=[[[[[[[[[MARKER]]]]]]]]], key="token")
def test_whatever_stands_under_a_secret_key_stays_in(body: object, key: str) -> None:
    line = redact(None, "info", {"event": "seen", "request": [{key: [body, MARKER]}]})
    assert MARKER not in json.dumps(line)
    assert json.loads(json.dumps(line))["event"] == "seen"
