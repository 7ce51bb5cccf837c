"""Notices from templates: those that are shipped, and the merchant's own in their place."""

from automate_store.adapters.notices.templates import Faults, TemplateNotices, log_fault

__all__ = ["Faults", "TemplateNotices", "log_fault"]
