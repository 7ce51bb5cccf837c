"""A catalogue file in memory: what is written to it can be read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automate_store.application.ports.catalog_files import ProductListing, RefusedListing


class MemoryCatalogFile:
    """Implements ``CatalogReader`` and ``CatalogWriter`` of ``ports.catalog_files``."""

    def __init__(self, *listings: ProductListing | RefusedListing) -> None:
        self._listings = list(listings)
        self._read = 0

    @property
    def line(self) -> int:
        """The line that was read last; each listing takes one, below the head."""
        return self._read + 1

    @property
    def share_read(self) -> float | None:
        """How much has been read, from 0 to 1."""
        return self._read / len(self._listings) if self._listings else 1.0

    def listings(self) -> Iterator[ProductListing | RefusedListing]:
        """Each product in the order it was written."""
        for listing in self._listings:
            self._read += 1
            yield listing

    def begin(self, metadata_columns: Iterable[str], *, options: int) -> None:
        """Empty the file; anything fits in it, however many columns and options there are."""
        assert options >= 0, "options are counted"
        assert all(metadata_columns), "columns have names"
        self._listings.clear()

    def write(self, listing: ProductListing) -> None:
        """Add the product."""
        self._listings.append(listing)
