"""
The store over HTTP.

``create_app`` takes the ports that the composition root made; nothing here knows an adapter.
"""

from automate_store.entrypoints.http.app import (
    ROUTES,
    Lifespan,
    begin_draining,
    create_app,
    openapi_document,
)
from automate_store.entrypoints.http.config import AskReadiness, HttpConfig, Readiness

__all__ = [
    "ROUTES",
    "AskReadiness",
    "HttpConfig",
    "Lifespan",
    "Readiness",
    "begin_draining",
    "create_app",
    "openapi_document",
]
