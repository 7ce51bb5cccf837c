"""Places: where a parcel goes, and the zones that rules name."""

from __future__ import annotations

from unicodedata import category, normalize

from attrs import field, frozen


def _folded(text: str | None) -> str | None:
    if text is None:
        return None
    # Wide letters are plain ones, and what can't be seen makes no difference.
    wide = normalize("NFKC", normalize("NFKC", text).upper())
    seen = "".join(each for each in wide if each != "." and category(each) != "Cf")
    return normalize("NFKC", seen).strip() or None


def _postal(text: str | None) -> str | None:
    if text is None:
        return None
    apart = normalize("NFKD", normalize("NFKD", text).upper())
    return "".join(each for each in apart if each.isalnum()) or None


def _country(text: str) -> str:
    return text.strip().upper()


@frozen
class Destination:
    """
    As much of an address as prices depend on; country is ISO 3166-1 alpha-2.

    Case and width make no difference, nor do the dots of a state, nor what stands between the
    letters and digits of a postal code.
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
