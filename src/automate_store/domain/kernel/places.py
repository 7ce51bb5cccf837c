"""Places: where a parcel goes, and the zones that rules name."""

from __future__ import annotations

from attrs import field, frozen


def _folded(text: str | None) -> str | None:
    return text.strip().upper() or None if text is not None else None


@frozen
class Destination:
    """As much of an address as prices depend on; country is ISO 3166-1 alpha-2."""

    country: str = field(converter=lambda country: country.strip().upper())
    state: str | None = field(default=None, converter=_folded)
    postal_code: str | None = field(default=None, converter=_folded)


@frozen
class Zone:
    """A country, one of its states, or the postal codes that begin alike; None is any."""

    country: str | None = field(default=None, converter=_folded)
    state: str | None = field(default=None, converter=_folded)
    postal_prefix: str | None = field(default=None, converter=_folded)

    def __contains__(self, place: Destination) -> bool:
        return (
            (self.country is None or self.country == place.country)
            and (self.state is None or self.state == place.state)
            and (
                self.postal_prefix is None
                or (place.postal_code or "").startswith(self.postal_prefix)
            )
        )
