"""The replay of real trading: what it reads, what it leaves aside, and that it would notice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import psycopg
import pytest
from attrs import frozen

from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import Books, NotABook, read_books
from benchmarks.replay.judging import days, differences
from benchmarks.replay.matching import Matching, match_credits
from benchmarks.replay.replaying import replay

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "online-retail"
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
FIVE = HEAD + (
    # Equal lines, one code at two prices, capitals that differ: 6 x 2.55 + 3 x 2.10 + 5 x 3.39.
    "1,85123A,HANGING HEART,4,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
    "1,85123a,HANGING HEART,2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
    "1,85123A,HANGING HEART,3,2010-12-01 08:26:00,2.1,17850.0,United Kingdom\n"
    "1,71053,WHITE LANTERN,5,2010-12-01 08:26:00,3.39,17850.0,United Kingdom\n"
    # Nobody's, free of charge.
    '2,71053,"LANTERN, FOUND",7,2010-12-01 09:00:00,0.0,,EIRE\n'
    # A cancellation, a breakage, and thousands of pieces on the next day.
    "C3,71053,WHITE LANTERN,-1,2010-12-01 10:00:00,3.39,17850.0,United Kingdom\n"
    "4,71053,,-38,2010-12-02 11:00:00,0.0,,United Kingdom\n"
    "5,22466,FAIRY TALE COTTAGE,2880,2010-12-02 12:00:00,0.42,12583.0,France\n"
)
CREDITS = FIVE + (
    # All of 6 and, of what is left since C3, three of 1: the second line at a price of nobody's.
    "6,71053,WHITE LANTERN,2,2010-12-02 12:05:00,3.39,17850.0,United Kingdom\n"
    "C7,71053,WHITE LANTERN,-4,2010-12-03 09:00:00,3.39,17850.0,United Kingdom\n"
    "C7,71053,WHITE LANTERN,-1,2010-12-03 09:00:00,3.00,17850.0,United Kingdom\n"
    "C7,71053,WHITE LANTERN,-1,2010-12-03 09:00:00,3.39,17850.0,United Kingdom\n"
    "C7,85123A,HANGING HEART,-2,2010-12-03 09:00:00,2.1,17850.0,United Kingdom\n"
    # More than was bought, never bought, and nobody's.
    "C8,22466,FAIRY TALE COTTAGE,-2881,2010-12-03 10:00:00,0.42,12583.0,France\n"
    "C9,D,Discount,-1,2010-12-03 11:00:00,27.5,12583.0,France\n"
    "C10,71053,WHITE LANTERN,-1,2010-12-04 11:00:00,3.39,,France\n"
)


@frozen
class After:
    books: Books
    matching: Matching
    url: str


def _books(folder: Path, content: str = FIVE) -> Books:
    file = folder / "books.csv"
    file.write_text(content)
    return read_books([file])


@pytest.fixture
def five(tmp_path: Path) -> Books:
    return _books(tmp_path)


def test_equal_lines_add_up_and_prices_keep_apart(five: Books) -> None:
    first = five.invoices[0]
    assert {article.sku: count for article, count in first.pieces.items()} == {
        "85123A@2.55": 6,
        "85123A@2.10": 3,
        "71053@3.39": 5,
    }
    assert (first.lines, first.total) == (4, Money(3855, "GBP"))


def test_breakages_are_written_off_and_credit_invoices_are_no_sales(five: Books) -> None:
    assert [(lost.article.sku, lost.pieces) for lost in five.write_offs] == [("71053@0.00", 38)]
    assert [(back.invoice, back.article.sku, back.pieces) for back in five.credits] == [
        ("C3", "71053@3.39", 1)
    ]
    assert not five.aside
    assert [invoice.number for invoice in five.invoices] == ["1", "2", "5"]


def test_what_is_no_sale_is_left_aside_with_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(
        HEAD
        + "6,B,Adjust bad debt,1,2010-12-01 08:26:00,-11062.06,,United Kingdom\n"
        + "7,PADS,PADS,1,2010-12-01 08:26:00,0.001,,United Kingdom\n"
        + "C8,22960,JAM MAKING SET,1,2010-12-01 08:26:00,4.25,17897.0,United Kingdom\n"
    )
    books = read_books([file])
    assert [(aside.number, aside.reason) for aside in books.aside] == [
        ("6", "-11062.06 is no price of a sale"),
        ("7", "0.001 is no price in whole pence"),
        ("C8", "a credit invoice that sells"),
    ]
    assert not books.invoices
    assert not books.credits


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("a,b\n1,2\n", "lacks the columns"), (HEAD + "1,85123A,HEART,4\n", "cut off")],
)
def test_what_is_no_book_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text(content)
    with pytest.raises(NotABook, match=complaint):
        read_books([file])


@pytest.mark.parametrize("clients", [1, 3])
async def test_five_invoices_come_to_the_penny(
    five: Books, postgres_url: str, clients: int
) -> None:
    replayed = await replay(five, postgres_url, clients=clients, spent=process_time)
    assert replayed.true_to_the_file, replayed.result()["faults"]
    assert [(str(day.day), day.orders, str(day.taken), str(day.net)) for day in replayed.days] == [
        ("2010-12-01", 2, "38.55 GBP", "35.16 GBP"),
        ("2010-12-02", 1, "1209.60 GBP", "1209.60 GBP"),
    ]
    assert (replayed.trading.lines, replayed.trading.written_off) == (6, 38)


@pytest.mark.parametrize("clients", [1, 4])
async def test_credits_come_back_to_the_penny_and_the_rest_is_listed(
    tmp_path: Path, postgres_url: str, clients: int
) -> None:
    replayed = await replay(
        _books(tmp_path, CREDITS), postgres_url, clients=clients, spent=process_time
    )
    told = replayed.result()
    assert replayed.true_to_the_file, told["faults"]
    # 5 x 3.39 + 2 x 2.10 + 2880 x 0.42, of which the lanterns are of two orders.
    assert [
        (day["day"], day["returned"], day["net"], day["unmatched"]) for day in told["days"]
    ] == [
        ("2010-12-01", "3.39 GBP", "35.16 GBP", "0.00 GBP"),
        ("2010-12-02", "0.00 GBP", "1216.38 GBP", "0.00 GBP"),
        ("2010-12-03", "1230.75 GBP", "-1230.75 GBP", "30.92 GBP"),
        ("2010-12-04", "0.00 GBP", "0.00 GBP", "3.39 GBP"),
    ]
    assert [
        (each["invoice"], each["pieces"], each["reason"]) for each in told["unmatched_lines"]
    ] == [
        ("C7", 1, "another price"),
        ("C8", 1, "more than was bought"),
        ("C9", 1, "no earlier sale"),
        ("C10", 1, "no customer"),
    ]
    assert told["credit_lines"] == {"matched": 4, "matched_in_part": 1, "unmatched": 3}
    assert (told["returns"], told["pieces_back"], told["audit_differences"]) == (4, 2888, 0)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, module_postgres_url: str) -> After:
    """The five invoices, replayed; tests look at it and leave it as it was."""
    books = _books(tmp_path_factory.mktemp("books"))
    replayed = asyncio.run(replay(books, module_postgres_url, clients=1, spent=process_time))
    return After(books, replayed.matching, module_postgres_url)


def test_every_order_stands_at_its_invoices_time(after: After) -> None:
    with psycopg.connect(after.url) as connection:
        placed = connection.execute("SELECT notes, placed_at FROM orders ORDER BY placed_at")
        assert placed.fetchall() == [
            ("1", datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
            ("2", datetime(2010, 12, 1, 9, 0, tzinfo=UTC)),
            ("5", datetime(2010, 12, 2, 12, 0, tzinfo=UTC)),
        ]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        ("UPDATE orders SET total_amount = total_amount + 0.01 WHERE notes = '1'", "invoice 1"),
        ("UPDATE payments SET captured_amount = 9999, authorised_amount = 9999", "captured"),
        ("UPDATE orders SET notes = '9' WHERE notes = '5'", "invoice 9"),
        ("UPDATE stock_items SET on_hand = on_hand + 1", "left over"),
        ("UPDATE stock_items SET on_hand = 0", "none left over"),
        ("UPDATE orders SET fulfilment_state = 'unfulfilled'", "unfulfilled"),
        ("UPDATE payments SET refunded_amount = refunded_amount / 2", "refunded"),
        ("UPDATE orders SET payment_state = 'paid'", "invoice 1: paid"),
        ("UPDATE returns SET refund_amount = refund_amount + 0.01", "credit C3: a return"),
        ("UPDATE returns SET requested_at = now()", "credit C3: a return"),
        ("UPDATE returns SET status = 'received'", "credit C3: a return"),
        ("UPDATE returns SET comments = 'C9'", "credit C3: no return of 3.39"),
        (
            "UPDATE inventory_movements SET quantity_change = 2 WHERE movement_type = 'return'",
            "2 of 71053@3.39 came back",
        ),
        (
            "UPDATE inventory_movements SET movement_type = 'adjustment'",
            "0 of 71053@3.39 came back of invoice 1, not 1",
        ),
    ],
)
def test_a_database_that_differs_is_noticed(after: After, spoil: str, complaint: str) -> None:
    with psycopg.connect(after.url) as connection:
        connection.execute(spoil.encode())
        found = list(differences(after.books, after.matching, connection))
        connection.rollback()
    assert any(complaint in each for each in found)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE orders SET total_amount = total_amount + 0.01 WHERE notes = '1'",
        "UPDATE refunds SET amount = amount + 0.01",
        "UPDATE refunds SET state = 'pending'",
    ],
)
def test_a_penny_more_on_a_day_is_noticed(after: After, spoil: str) -> None:
    with psycopg.connect(after.url) as connection:
        connection.execute(spoil.encode())
        found = days(after.books, after.matching, connection)
        connection.rollback()
    assert [day.agrees for day in found] == [False, True]


@pytest.mark.skipif(not REAL.is_dir(), reason="the retailer's files are not here")
async def test_the_first_invoices_of_the_real_file_come_to_the_penny(postgres_url: str) -> None:
    books = read_books([REAL / "2010-12-01.csv"]).first(25)
    replayed = await replay(books, postgres_url, clients=2, spent=process_time)
    assert replayed.true_to_the_file, replayed.result()["faults"]
    assert replayed.trading.orders == 25


@pytest.mark.skipif(not REAL.is_dir(), reason="the retailer's files are not here")
async def test_a_real_credit_comes_back_to_the_penny(postgres_url: str) -> None:
    books = read_books([REAL])
    matching = match_credits(books.invoices, books.credits)
    sales = {match.sale for match in matching.matches}
    books.invoices = [each for each in books.invoices if each.number in sales]
    books.write_offs = []
    replayed = await replay(books, postgres_url, clients=2, spent=process_time)
    assert replayed.true_to_the_file, replayed.result()["faults"]
    assert replayed.trading.returns == len(matching.parcels) > 0
    assert sum(match.pieces for match in matching.matches) == replayed.trading.pieces_back


@pytest.mark.skipif(not REAL.is_dir(), reason="the retailer's files are not here")
def test_every_credit_line_of_the_real_files_is_matched_or_listed() -> None:
    books = read_books([REAL])
    matching = match_credits(books.invoices, books.credits)
    matched = sum(match.pieces for match in matching.matches)
    left = sum(each.pieces for each in matching.unmatched)
    assert matched + left == sum(each.pieces for each in books.credits) > 0
    assert not books.aside
