"""The OpenAPI document, made from the routes that serve."""

from automate_store.entrypoints.http.openapi.document import document

__all__ = ["document"]
