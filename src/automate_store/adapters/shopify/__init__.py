"""Shopify's product CSV, read and written."""

from automate_store.adapters.shopify.reader import ShopifyReader
from automate_store.adapters.shopify.writer import ShopifyWriter

__all__ = ["ShopifyReader", "ShopifyWriter"]
