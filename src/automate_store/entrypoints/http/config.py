"""What the HTTP side is told at its start: numbers, names, and how to ask for readiness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import field, frozen

from automate_store.entrypoints.http.clients import Network
from automate_store.entrypoints.settings import Settings


@frozen(kw_only=True)
class HttpConfig:
    """Everything about serving that a merchant may set."""

    version: str
    store_name: str
    url: str
    """The shop's address as customers see it; cookies are Secure where it is https."""
    staff_token: str | None = field(repr=False)
    """What staff routes ask for; without one they answer 404."""
    max_body_bytes: int
    body_timeout_s: float
    """How long a whole body may take to come."""
    max_image_bytes: int
    catalog_lifetime_s: int
    """How long answers about the catalogue may be kept, by us and by others; 0 is not at all."""
    cart_cookie_lifetime_s: int
    hosts: frozenset[str]
    """The names by which the store may be asked for; ``*`` among them is any."""
    trusted_proxies: tuple[Network, ...]
    """Whose ``X-Forwarded-For`` is believed."""
    cors_origins: tuple[str, ...]
    """Sites whose scripts may use the API; ``*`` alone is any, without cookies."""

    @property
    def secure(self) -> bool:
        """Whether customers reach the shop over https."""
        return self.url.startswith("https://")

    @classmethod
    def of(cls, settings: Settings, *, version: str) -> HttpConfig:
        """The part of the settings that serving needs."""
        return cls(
            version=version,
            store_name=settings.store_name,
            url=settings.url,
            staff_token=settings.staff_token,
            max_body_bytes=settings.max_body_bytes,
            body_timeout_s=settings.body_timeout_s,
            max_image_bytes=settings.max_image_bytes,
            catalog_lifetime_s=settings.product_list_cache_s,
            cart_cookie_lifetime_s=settings.guest_cart_lifetime_s,
            hosts=settings.hosts,
            trusted_proxies=settings.trusted_proxies,
            cors_origins=settings.cors_origins,
        )


@frozen
class Readiness:
    """Whether requests can be served now; each reason names what is away, in words."""

    reasons: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


AskReadiness = Callable[[], Awaitable[Readiness]]
"""Asks what the store stands on; answers within a second or two, whatever is away."""
