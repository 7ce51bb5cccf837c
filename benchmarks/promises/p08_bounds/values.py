"""What no field may be: nonsense, by what belongs there."""

from __future__ import annotations

from typing import Any

LITERAL = "@literal:"
"""Marks a text that stands in the body as it is, since JSON as Python writes it can't say it."""


def literal(text: str) -> str:
    """The text, marked."""
    return LITERAL + text


NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1.5, 2**31, 2**63, 2**64, 10**9, 10**30, "2", "", "two", None, True, [1], {"n": 1}),
    *map(literal, ("NaN", "Infinity", "-Infinity", "1e400", "0x10", "01", "1e9", "-0.5")),
)
LEGAL_CHANGES = (-1, 10**9, literal("1e9"))
CHANGES: tuple[Any, ...] = tuple(value for value in NUMBERS if value not in LEGAL_CHANGES)
"""An adjustment of stock may be negative, and large."""

IDS: tuple[Any, ...] = (
    *("", "1", "not-an-id", "00000000-0000-0000-0000-00000000000g", 1, 0, True, ["x"], {}),
    *("' OR 1=1 --", "../../etc/passwd", "\x00", "é" * 36),
)
REQUIRED_IDS: tuple[Any, ...] = (*IDS, None)
TEXTS: tuple[Any, ...] = (1, True, [], {}, "\x00", "a\x1bb", "x" * 5_000)
REQUIRED_TEXTS: tuple[Any, ...] = (*TEXTS, None, "", "   ")
EMAILS: tuple[Any, ...] = (
    *(*REQUIRED_TEXTS, "ada", "ada@", "@example.com", "a b@example.com", "ada@example"),
    *("ada@example.com\nBcc: eve@example.com", "ada@exa mple.com", "x" * 300 + "@example.com"),
)
COUNTRIES: tuple[Any, ...] = (*REQUIRED_TEXTS, "U", "USA", "12", "É€")
AMOUNTS: tuple[Any, ...] = (
    *(0, 1.5, "19.99", [], {"amount": "19.99"}, {"currency": "USD"}),
    *(
        {"amount": amount, "currency": "USD"}
        for amount in (19.99, "19.999", "1e3", "NaN", "-", "", "0x1", "9" * 40, None)
    ),
    *({"amount": "1.00", "currency": currency} for currency in ("usd", "US", "XXX1", "", None, 1)),
    {"amount": "0.01", "currency": "USD"},
    {"amount": "1.00", "currency": "USD", "more": 1},
)
"""None is right; the last but one is well formed, and not what the order costs."""
SUMS: tuple[Any, ...] = (
    *(value for value in AMOUNTS if value != "19.99"),
    *("1000000.00", "0.00", "-0.01"),
)
"""What no amount may say that is to be a part of an order's money."""

STRANGERS: tuple[str, ...] = (
    *("price", "unit_price", "total", "subtotal", "discount", "tax", "currency", "role"),
    *("user_id", "status", "payment_status", "id", "token", "__proto__", "created_at"),
)
"""Fields that no client decides; each is put beside what belongs there."""

BODIES: tuple[bytes, ...] = (
    *(b"", b"null", b"[]", b"1", b'"text"', b"{", b"{}x", b"\xff\xfe", b"{'a': 1}", b"\x00"),
    *(b"[" * 5_000, b'{"a":' * 2_000, b'{"":{}}'),
)

PRICES: tuple[Any, ...] = (
    *(None, *AMOUNTS[:-2], AMOUNTS[-1]),
    {"amount": "-0.01", "currency": "USD"},
    {"amount": "1.00", "currency": "EUR"},
)
"""What no price of ours may be; none is told by leaving an optional one out."""
FLAGS: tuple[Any, ...] = (0, 1, "true", None, [], {})
MOMENTS: tuple[Any, ...] = (
    *(1, True, "", "today", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00"),
    "2026-02-30T00:00:00Z",
)
