"""A product CSV keeps the promises of catalogue files."""

from __future__ import annotations

from io import BytesIO

import pytest
from attrs import define, field

from automate_store.adapters.shopify import ShopifyReader, ShopifyWriter
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.ports.catalog_files import CatalogReader, CatalogWriter
from automate_store.entrypoints.properties.contracts import CatalogFilesContract


@define
class ProductCsv:
    content: BytesIO = field(factory=BytesIO)

    def writer(self) -> CatalogWriter:
        self.content = BytesIO()
        return ShopifyWriter(self.content)

    def reader(self) -> CatalogReader:
        return ShopifyReader(BytesIO(self.content.getvalue()), currency="USD", texts=WrittenTexts())


class TestShopifyFiles(CatalogFilesContract):
    @pytest.fixture
    def file(self) -> ProductCsv:
        return ProductCsv()
