"""The audit: silent in a healthy shop, and loud about each fault that it is there to find."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from automate_store.application.ports.audit import AuditReport
from tests.cli.shops import opened, traded
from tests.postgres_fixtures import copied, fresh


@pytest.fixture(scope="module")
def traded_database(postgres_server: str) -> Iterator[str]:
    """The name of a database in which orders of every kind stand."""
    with copied(postgres_server) as url:
        asyncio.run(traded(url))
        yield url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def traded_url(postgres_server: str, traded_database: str) -> Iterator[str]:
    """A copy of it, to be spoilt."""
    with fresh(postgres_server, template=traded_database) as url:
        yield url


async def audited(url: str, *, shown: int = 20) -> AuditReport:
    async with opened(url) as store:
        return await store.auditor().audit(shown=shown)


async def test_an_empty_shop_has_clean_books(postgres_url: str) -> None:
    assert (await audited(postgres_url)).clean


async def test_a_shop_that_has_traded_has_clean_books_and_all_of_it_is_looked_at(
    traded_url: str,
) -> None:
    report = await audited(traded_url)
    assert report.clean, report
    assert {check.check: check.looked_at for check in report.checks} == {
        "on hand": 3,
        "ledger": 6,
        "reserved": 3,
        "holds": 5,
        "sold": 4,
        "totals": 4,
        "paid": 4,
        "refunds": 3,
        "returned": 4,
        "states": 4,
        "bounds": 3,
    }


@pytest.mark.parametrize(
    ("spoil", "found_by"),
    [
        ("UPDATE stock_items SET on_hand = on_hand + 1", {"on hand"}),
        ("DELETE FROM stock_items", {"on hand", "reserved"}),
        (
            (
                "DELETE FROM inventory_movements WHERE entry ="
                " (SELECT min(entry) FROM inventory_movements WHERE movement_type = 'sale')"
            ),
            {"on hand", "ledger", "sold"},
        ),
        (
            (
                "UPDATE inventory_movements SET quantity_after = quantity_after + 1 WHERE entry ="
                " (SELECT max(entry) FROM inventory_movements)"
            ),
            {"ledger"},
        ),
        (
            (
                "UPDATE inventory_movements SET movement_type = 'adjustment'"
                " WHERE movement_type = 'sale'"
            ),
            {"sold"},
        ),
        ("UPDATE stock_items SET reserved = reserved + 1", {"reserved"}),
        (
            "UPDATE reservations SET state = 'released' WHERE state = 'held'",
            {"reserved", "holds"},
        ),
        ("UPDATE reservations SET state = 'held'", {"reserved", "holds"}),
        ("UPDATE order_items SET shipped_quantity = 0", {"holds", "sold"}),
        ("UPDATE orders SET state = 'cancelled' WHERE state = 'placed'", {"holds"}),
        ("UPDATE orders SET total_amount = total_amount - 0.01", {"totals", "paid"}),
        ("UPDATE orders SET tax_amount = tax_amount + 0.01", {"totals"}),
        ("UPDATE order_items SET total_price = total_price + 0.01", {"totals"}),
        ("UPDATE orders SET subtotal = subtotal + 0.01", {"totals"}),
        ("DELETE FROM payments", {"paid"}),
        (
            "UPDATE order_items SET returned_quantity = 1 WHERE shipped_quantity > 0",
            {"returned"},
        ),
        ("UPDATE orders SET payment_state = 'pending'", {"paid", "states"}),
        ("UPDATE orders SET state = 'confirmed'", {"states"}),
        ("UPDATE payments SET captured_amount = captured_amount * 2", {"paid", "bounds"}),
    ],
)
async def test_each_fault_is_found_and_named(
    traded_url: str, spoil: str, found_by: set[str]
) -> None:
    with psycopg.connect(traded_url) as connection:
        # What the database itself would refuse may come from before it did.
        connection.execute("ALTER TABLE payments DROP CONSTRAINT payments_captured_amount_check")
        changed = connection.execute(spoil.encode()).rowcount
    report = await audited(traded_url)
    assert changed
    assert {check.check for check in report.checks if check.differences} == found_by


async def test_a_difference_says_where_what_was_expected_and_what_is_there(
    traded_url: str,
) -> None:
    with psycopg.connect(traded_url) as connection:
        connection.execute(
            "UPDATE stock_items SET on_hand = on_hand + 1 WHERE variant_id ="
            " (SELECT id FROM product_variants WHERE sku = 'TEE-L')"
        )
    on_hand = (await audited(traded_url)).checks[0]
    assert [(one.subject, one.expected, one.found) for one in on_hand.shown] == [
        ("TEE-L", "100", "101")
    ]


async def test_no_more_are_shown_than_were_asked_for_and_all_are_counted(traded_url: str) -> None:
    with psycopg.connect(traded_url) as connection:
        connection.execute("UPDATE stock_items SET on_hand = on_hand + 1")
    on_hand = (await audited(traded_url, shown=1)).checks[0]
    assert (on_hand.differences, len(on_hand.shown)) == (3, 1)
