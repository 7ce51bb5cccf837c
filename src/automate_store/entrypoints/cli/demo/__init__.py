"""``demo``: a whole purchase, told step by step."""

from automate_store.entrypoints.cli.demo.shop import tell

__all__ = ["tell"]
