"""The demo's own shop: in order, and with something of everything in it."""

from __future__ import annotations

from importlib.resources import files

from automate_store.application.ports.catalog_files import ProductListing
from tests.adapters.shopify.files import products, written

DEMO = files("automate_store.entrypoints.cli.demo") / "catalogue.csv"


def test_the_demo_needs_no_mending() -> None:
    assert [one.repairs for one in _demo() if one.repairs] == []


def test_the_demo_is_a_shop_of_some_size_with_something_of_everything() -> None:
    demo = _demo()
    variants = [variant for one in demo for variant in one.variants]
    assert len(demo) >= 25
    assert len(variants) >= 50
    assert len({variant.sku for variant in variants}) == len(variants)
    assert any(len(one.options) > 1 for one in demo)
    assert any(len(one.category) > 1 for one in demo)
    assert any(variant.compare_price for variant in variants)
    assert any(not variant.requires_shipping for variant in variants)
    assert any(not variant.tracked for variant in variants)
    assert any(variant.allow_backorder for variant in variants)
    assert any(variant.tracked and variant.quantity == 0 for variant in variants)


def test_the_demo_is_written_back_as_it_was_read() -> None:
    assert products(written(_demo())) == _demo()


def _demo() -> list[ProductListing]:
    return products(DEMO.read_bytes())
