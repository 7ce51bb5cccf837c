"""Places: where a parcel goes, and the zones that rules name."""

from __future__ import annotations

from attrs import field, frozen

_APART = str.maketrans("", "", " -\t\n\u00a0")


def _folded(text: str | None) -> str | None:
    return (text.strip().upper() or None) if text is not None else None


def _postal(text: str | None) -> str | None:
    return _folded(text.translate(_APART)) if text is not None else None


def _country(text: str) -> str:
    return text.strip().upper()


@frozen
class Destination:
    """
    As much of an address as prices depend on; country is ISO 3166-1 alpha-2.

    Case, and the spaces and hyphens of a postal code, make no difference.
    """

    country: str = field(converter=_country)
    state: str | None = field(default=None, converter=_folded)
    postal_code: str | None = field(default=None, converter=_postal)


@frozen
class Zone:
    """
    A country, one of its states, or the postal codes that begin alike; None is any.

    A state or a prefix means nothing without its country.
    """

    country: str | None = field(default=None, converter=_folded)
    state: str | None = field(default=None, converter=_folded)
    postal_prefix: str | None = field(default=None, converter=_postal)

    def __attrs_post_init__(self) -> None:
        if self.country is None and (self.state is not None or self.postal_prefix is not None):
            raise ValueError("a zone with a state or a postal prefix names its country")

    def __contains__(self, place: Destination) -> bool:
        return (
            (self.country is None or self.country == place.country)
            and (self.state is None or self.state == place.state)
            and (
                self.postal_prefix is None
                or (place.postal_code or "").startswith(self.postal_prefix)
            )
        )
