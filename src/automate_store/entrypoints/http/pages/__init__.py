"""Pages for people: the start page, the API page, and an explanation of every problem."""

from automate_store.entrypoints.http.pages.serving import page_handlers

__all__ = ["page_handlers"]
