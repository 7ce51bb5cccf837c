"""What is written is read back as it was; what is read, whatever it is, is read safely."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.application.errors import BrokenFile
from automate_store.application.ports.catalog_files import ProductListing
from tests.adapters.shopify.files import HEADER, REAL_NAMES, products, read, real_file, written
from tests.adapters.shopify.listings import catalogues, cells

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])


@given(currency=CURRENCIES, data=st.data())
def test_what_is_written_is_read_back_as_it_was_and_needs_no_mending(
    currency: str, data: st.DataObject
) -> None:
    catalogue = data.draw(catalogues(currency))
    found = products(written(catalogue), currency)
    assert found == catalogue
    # Where a text begins with an apostrophe it is written with one more.
    reasons = {one.reason for product in found for one in product.repairs}
    assert reasons <= {"the apostrophe before it was taken off"}


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_merchants_file_is_taken_whole_and_written_back_the_same(name: str) -> None:
    catalogue = products(real_file(name))
    once = written(catalogue)
    again = products(once)
    assert again == catalogue
    assert written(again) == once


@pytest.mark.parametrize(
    ("name", "counts"),
    [("apparel", (25, 96, 55)), ("jewelry", (19, 24, 25)), ("snowdevil", (278, 622, 412))],
)
def test_a_merchants_file_has_as_much_in_it_as_one_counts_by_hand(
    name: str, counts: tuple[int, int, int]
) -> None:
    catalogue = products(real_file(name))
    variants = sum(len(one.variants) for one in catalogue)
    assert (len(catalogue), variants, sum(len(one.images) for one in catalogue)) == counts


def test_a_merchants_repairs_are_these() -> None:
    notes = {one.reason: one.line for each in _snowdevil() for one in each.repairs}
    assert set(notes) == {
        "the apostrophe before it was taken off",
        "does not exceed the price 249.00: dropped",
        "is below zero: taken as 0",
    }


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(content=b'a"b')
def test_any_bytes_are_read_or_refused_as_a_broken_file(content: bytes) -> None:
    with suppress(BrokenFile):
        read(content)


@given(rows=st.lists(st.lists(cells(12) | st.just(""), min_size=6, max_size=6), max_size=6))
@example(rows=[["a", "A", "Title", "Default Title", "", "1"], ["a", "", "", "x", "", "1"]])
@example(rows=[["a", "A", "", "x" * 300, "", "1"]])
def test_any_cells_make_listings_that_can_be_written_and_read_again(rows: list[list[str]]) -> None:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    found = read("\r\n".join([HEADER, *quoted, ""]))
    kept = [one for one in found if isinstance(one, ProductListing)]
    assert products(written(kept)) == kept


def _snowdevil() -> Sequence[ProductListing]:
    return products(real_file("snowdevil"))
