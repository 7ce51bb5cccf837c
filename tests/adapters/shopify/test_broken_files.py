"""Files that can't be read, and rows that can't be taken: each says where and why."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest

from automate_store.adapters.shopify import ShopifyReader
from automate_store.adapters.shopify.rows import CELL_LIMIT, CHUNK
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.errors import BrokenFile
from automate_store.application.ports.catalog_files import (
    ProductListing,
    Refusal,
    RefusedListing,
)
from tests.adapters.shopify.files import HEADER, read

_UTF8 = "Save it as CSV in UTF-8 and try again."
_AGAIN = "Export the products again."
_HEAD = "The first line names the columns, as Shopify's product export does."
_DOUBLE = 'Inside a quoted text, a quotation mark is written twice: "".'
_CUT = "It may have been cut off: export it again, or close the quotation mark."
_MUG = "mug,Mug,Title,Default Title,M1,9.00\n"

BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", f"Line 1: the file is empty. {_AGAIN}"),
    "only blank lines": (
        b"\n\n  \n",
        f"Line 1: the file has no line with names of columns. {_AGAIN}",
    ),
    "a spreadsheet": (
        b"PK\x03\x04\x14\x00",
        f"Line 1: the file is a spreadsheet or an archive, not CSV. {_UTF8}",
    ),
    "utf-16": (
        HEADER.encode("utf-16"),
        f"Line 1: the file is text in UTF-16, not CSV. {_UTF8}",
    ),
    "gzip": (b"\x1f\x8b\x08\x00", f"Line 1: the file is compressed, not CSV. {_UTF8}"),
    "latin-1": (
        f"{HEADER}\n{_MUG}caf\xe9,Caf\xe9,,,,1.00\n".encode("latin-1"),
        f"Line 3: a byte that is no UTF-8 (0xe9). {_UTF8}",
    ),
    "latin-1 far down": (
        f"{HEADER}\n{_MUG * CHUNK}".encode() + b"\xff\n",
        f"Line {CHUNK + 2}: a byte that is no UTF-8 (0xff). {_UTF8}",
    ),
    "cut inside a letter": (
        f"{HEADER}\n{_MUG}tea,Th\xe9".encode()[:-1],
        f"Line 3: a byte that is no UTF-8 (0xc3). {_UTF8}",
    ),
    "a NUL": (
        f"{HEADER}\n{_MUG}t\0a,Tea,,,,1.00\n".encode(),
        f"Line 3: a NUL character: this is no CSV text. {_UTF8}",
    ),
    "no handle column": (
        b"Title,Variant Price\nMug,9.00\n",
        f"Line 1: the column Handle is missing. {_HEAD}",
    ),
    "another export": (
        b"Name,SKU code,Amount\nMug,M1,9.00\n",
        f"Line 1: the columns Handle, Title, Variant Price are missing. {_HEAD}",
    ),
    "semicolons": (
        HEADER.replace(",", ";").encode() + b"\n",
        (
            "Line 1: the columns Handle, Title, Variant Price are missing. "
            "The values seem to be separated by semicolons; save the file with commas."
        ),
    ),
    "tabs": (
        HEADER.replace(",", "\t").encode() + b"\n",
        (
            "Line 1: the columns Handle, Title, Variant Price are missing. "
            "The values seem to be separated by tabs; save the file with commas."
        ),
    ),
    "a column twice": (
        f"{HEADER},Title\n".encode(),
        "Line 1: the column 'Title' stands twice. Keep one of the two, with the values you mean.",
    ),
    "a column in both spellings": (
        f"{HEADER},Price\n".encode(),
        "Line 1: the column 'Price' stands twice. Keep one of the two, with the values you mean.",
    ),
    "a kept column in both spellings": (
        f"{HEADER},Gift Card,gift card\n".encode(),
        (
            "Line 1: the column 'gift card' stands twice. "
            "Keep one of the two, with the values you mean."
        ),
    ),
    "a quote that never ends": (
        f'{HEADER}\n{_MUG}tea,"Tea,,,,1.00\n{_MUG}'.encode(),
        f"Line 3: the file ends inside a quoted text that begins on this line. {_CUT}",
    ),
    "cut inside a quoted text": (
        f'{HEADER}\n{_MUG}tea,"Tea\nand'.encode(),
        f"Line 3: the file ends inside a quoted text that begins on this line. {_CUT}",
    ),
    "a quote inside a quoted text": (
        f'{HEADER}\n{_MUG}pipe,"a 5" pipe",,,,1.00\n'.encode(),
        f"Line 3: a quotation mark is not closed or not doubled. {_DOUBLE}",
    ),
    "an open quote that meets another one": (
        f'{HEADER}\ntea,"Tea,,,,1.00\n{_MUG}pan,"Pan",,,,2.00\n'.encode(),
        f"Line 2: a quotation mark is not closed or not doubled, which shows on line 4. {_DOUBLE}",
    ),
    "cut inside a row": (
        f"{HEADER}\n{_MUG}tea,Tea,Size".encode(),
        (
            "Line 3: the file ends in the middle of a row, after 3 of 6 values. "
            "It seems to have been cut off: export it again."
        ),
    ),
    "one endless line": (
        HEADER.encode() + b"\n" + b"x" * (CELL_LIMIT + CHUNK),
        f"Line 2: a line of more than 1,048,576 characters. {_UTF8}",
    ),
}

REFUSED: dict[str, tuple[str, list[str]]] = {
    "no handle and no title": (
        ",,,,M1,9.00",
        ["2 None: the row has neither a handle nor a title, so it belongs to no product"],
    ),
    "a handle without letters": (
        "★,Star,,,S1,9.00",
        ["2 ★: the handle has no letter and no digit"],
    ),
    "no title": ("mug,,Size,S,M1,9.00", ["2 mug: there is no title"]),
    "a title that is too long": (
        f"mug,{'M' * 256},,,M1,9.00",
        ["2 mug: the title is 256 characters long, at most 255 fit"],
    ),
    "no price at all": ("mug,Mug,,,,", ["2 mug: there is no price"]),
    "a variant without a price": (
        "mug,Mug,Size,S,M1,9.00\nmug,,,L,M2,",
        ["3 mug: there is no price"],
    ),
    "a price that is none": (
        "mug,Mug,Size,S,M1,free\nmug,,,L,M2,$9.00",
        ["2 mug: 'free' is not a price in USD", "3 mug: '$9.00' is not a price in USD"],
    ),
    "a price in another way of writing": (
        'mug,Mug,,,M1,"1.234,00"',
        ["2 mug: '1.234,00' is not a price in USD"],
    ),
    "a price with too many decimals": (
        "mug,Mug,,,M1,9.999",
        ["2 mug: '9.999' is not a price in USD"],
    ),
    "a price that is not a number": ("mug,Mug,,,M1,NaN", ["2 mug: 'NaN' is not a price in USD"]),
    "a price below zero": ("mug,Mug,,,M1,-1.00", ["2 mug: the price -1.00 is below zero"]),
    "a SKU that is too long": (
        f"mug,Mug,,,{'M' * 101},9.00",
        ["2 mug: the SKU is 101 characters long, at most 100 fit"],
    ),
    "a variant without its option": (
        "mug,Mug,Size,S,M1,9.00\nmug,,,,M2,9.00",
        ["3 mug: the variant has no Size"],
    ),
    "two variants alike": (
        "mug,Mug,Size,S,M1,9.00\nmug,,,S,M2,9.00",
        ["3 mug: the variant has the same Size as the one on line 2"],
    ),
    "two variants without options": (
        "mug,Mug,,,M1,9.00\nmug,,,,M2,9.00",
        ["3 mug: the variant has no option unlike the one on line 2"],
    ),
    "too few values": (
        "mug,Mug,Size\ntea,Tea,,,T1,1.00",
        ["2 mug: the row has 3 values where the first line names 6 columns"],
    ),
    "too many values": (
        "mug,Mug,,,M1,9.00,more",
        ["2 mug: the row has 7 values where the first line names 6 columns"],
    ),
    "rows that stand apart": (
        "mug,Mug,Size,S,M1,9.00\ntea,Tea,,,T1,1.00\nmug,,,L,M2,9.00",
        ["4 mug: the rows of 'mug' began on line 2; those of one product stand together"],
    ),
    "handles that make the same slug": (
        "cafe,Cafe,,,C1,9.00\ncafé,Café,,,C2,9.00",
        ["3 café: the rows of 'cafe' began on line 2; those of one product stand together"],
    ),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_where_it_broke_and_what_would_help(
    content: bytes, message: str
) -> None:
    with pytest.raises(BrokenFile) as broken:
        read(content)
    assert str(broken.value) == message


@pytest.mark.parametrize(("rows", "reasons"), REFUSED.values(), ids=REFUSED)
def test_a_product_that_cant_be_mended_is_refused_by_line_and_reason(
    rows: str, reasons: list[str]
) -> None:
    found = read(f"{HEADER}\n{rows}\nlast,Last,,,L1,5.00\n")
    assert [
        f"{refusal.line} {refusal.handle}: {refusal.reason}" for refusal in _refusals(found)
    ] == reasons


@pytest.mark.parametrize(("rows", "_reasons"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_does_not_keep_the_rest_out(rows: str, _reasons: list[str]) -> None:
    found = read(f"{HEADER}\n{rows}\nlast,Last,,,L1,5.00\n")
    assert isinstance(found[-1], ProductListing)
    assert found[-1].slug == "last"


def test_what_stood_before_the_break_was_read_already() -> None:
    content = BytesIO(f'{HEADER}\n{_MUG}tea,"Tea'.encode())
    reader = ShopifyReader(content, currency="USD", texts=WrittenTexts())
    listings = reader.listings()
    with pytest.raises(BrokenFile):
        list(listings)
    assert reader.line == 3


def test_a_description_that_no_index_holds_is_refused() -> None:
    (refused,) = read(f"Handle,Title,Body (HTML),Variant Price\nmug,Mug,{'x' * 100_001},9.00\n")
    assert isinstance(refused, RefusedListing)
    assert [one.reason for one in refused.refusals] == [
        "the description is 100,001 characters long, at most 100,000 fit"
    ]


def test_a_category_below_too_many_others_is_refused() -> None:
    path = " > ".join(f"shelf {step}" for step in range(21))
    (refused,) = read(f"Handle,Title,Product Category,Variant Price\nmug,Mug,{path},9.00\n")
    assert isinstance(refused, RefusedListing)
    assert [one.reason for one in refused.refusals] == [
        "its category stands 21 steps deep, at most 20 fit"
    ]


def test_a_product_of_endless_rows_is_refused_and_not_kept_in_memory() -> None:
    rows = "".join(f"mug,{'Mug' if n == 0 else ''},Size,{n},,9.00\n" for n in range(5_002))
    (refused,) = read(f"{HEADER}\n{rows}")
    assert isinstance(refused, RefusedListing)
    assert [one.reason for one in refused.refusals] == ["the product has more than 5,000 rows"]


def _refusals(found: list[ProductListing | RefusedListing]) -> Iterator[Refusal]:
    for one in found:
        if isinstance(one, RefusedListing):
            yield from one.refusals
