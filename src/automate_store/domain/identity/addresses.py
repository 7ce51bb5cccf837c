"""
Addresses: how somebody is written to, by mail and by parcel.

Units: country codes are ISO 3166-1 alpha-2; text lengths are those of the stored schema.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from automate_store.domain.identity.accounts import is_deleted_email
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.places import Destination
from automate_store.domain.kernel.words import has_unseen, shows

EMAIL_LENGTH = 255
_SPECIAL = r"@\s\x00-\x1f\x7f-\x9f()<>\[\]:;,\\\""
"""What stands in an address only where RFC 5322 quotes it, and nobody does."""
_PART = rf"[^{_SPECIAL}.]+"
_EMAIL = re.compile(
    # What begins with "=?" is a coded word to whoever reads the mail's header.
    rf"(?!.*=\?)(?=[^@]{{1,64}}@.{{1,253}}$){_PART}(\.{_PART})*@{_PART}(\.{_PART})+",
)
_COUNTRY = re.compile(r"[A-Z]{2}")

WITH_STATE = frozenset("AE AU BR CA CN CO ID IN JP KR MX TW US VE".split())  # noqa: SIM905 - as below
"""Countries where nothing is delivered without the state, province or prefecture."""
WITHOUT_POSTAL_CODE = frozenset(
    """
    AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GQ GY HK IE JM KE
    KI KM KN KP ML MO MR MW NR NU PA QA RW SB SC SL SR ST SY TD TG TK TL TO TT TV UG VU YE ZW
    """.split()  # noqa: SIM905 - as strings, each on a line of its own, they fill a page
)
"""Countries that have no postal codes, or where addresses are commonly written without."""

_LENGTHS = {
    "first_name": 100,
    "last_name": 100,
    "company": 100,
    "address_line_1": 255,
    "address_line_2": 255,
    "city": 100,
    "state": 100,
    "postal_code": 20,
    "phone": 20,
}
_REQUIRED = ("first_name", "last_name", "address_line_1", "city")
NOBODY: Mapping[str, Any] = {
    "first_name": "Deleted",
    "last_name": "Customer",
    "company": None,
    "address_line_1": "deleted",
    "address_line_2": None,
    "city": "deleted",
    "phone": None,
}
"""What stands in an address whose person is gone; the rest is the place that taxes are due to."""


def normalise_email(email: str) -> str:
    """
    The one spelling that stands for an address: NFKC, trimmed, case folded.

    Raises InvalidInput for what can't be a mail address or is past 255 characters, for what
    could look like another one, and for the place of those who were deleted.
    """
    normal = unicodedata.normalize("NFKC", email).strip().casefold()
    if len(normal) > EMAIL_LENGTH or not _EMAIL.fullmatch(normal) or has_unseen(normal):
        raise InvalidInput.of("email", "is not an e-mail address such as ann@example.com")
    if is_deleted_email(normal):
        # Whoever had it could keep somebody else's account from being deleted.
        raise InvalidInput.of("email", "is not an address that mail could reach")
    return normal


def _trimmed(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text).strip() or None if text is not None else None


def _required(text: str) -> str:
    return _trimmed(text) or ""


def _country(text: str) -> str:
    return text.strip().upper()


@frozen(kw_only=True)
class Address:
    """A postal address that could be posted to; one that could not cannot be built."""

    first_name: str = field(converter=_required)
    last_name: str = field(converter=_required)
    company: str | None = field(default=None, converter=_trimmed)
    address_line_1: str = field(converter=_required)
    address_line_2: str | None = field(default=None, converter=_trimmed)
    city: str = field(converter=_required)
    state: str | None = field(default=None, converter=_trimmed)
    postal_code: str | None = field(default=None, converter=_trimmed)
    country: str = field(converter=_country)
    phone: str | None = field(default=None, converter=_trimmed)

    def __attrs_post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise InvalidInput(faults)

    @property
    def destination(self) -> Destination:
        """The part of the address that prices depend on."""
        return Destination(self.country, self.state, self.postal_code)

    def anonymised(self) -> Address:
        """The address without the person: its country, state and postal code are left."""
        return evolve(self, **NOBODY)


def _faults(address: Address) -> list[FieldError]:
    faults = [
        FieldError(name, "is required") for name in _REQUIRED if not shows(getattr(address, name))
    ]
    if not _COUNTRY.fullmatch(address.country):
        faults.append(FieldError("country", "is a two-letter ISO 3166 code such as US"))
    if address.state is None and address.country in WITH_STATE:
        faults.append(FieldError("state", f"is required in {address.country}"))
    if address.postal_code is None and address.country not in WITHOUT_POSTAL_CODE:
        faults.append(FieldError("postal_code", f"is required in {address.country}"))
    for name, length in _LENGTHS.items():
        text = getattr(address, name) or ""
        if len(text) > length:
            faults.append(FieldError(name, f"has {len(text)} characters; {length} is the most"))
        if any(unicodedata.category(letter) == "Cc" for letter in text):
            faults.append(FieldError(name, "has control characters"))
    return faults
