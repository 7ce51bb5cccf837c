"""The OpenAPI document, made from the routes that serve."""

from automate_store.entrypoints.http.openapi.document import document
from automate_store.entrypoints.http.openapi.older import older

__all__ = ["document", "older"]
