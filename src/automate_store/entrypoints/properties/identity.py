"""People for property tests: addresses that could be posted to, and e-mail addresses."""

from __future__ import annotations

from string import ascii_lowercase, digits

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.identity import WITH_STATE, WITHOUT_POSTAL_CODE, Address

COUNTRIES = ("US", "DE", "CA", "JP", "IE", "HK", "GB", "AU")
"""With and without states, with and without postal codes."""


_LETTERS = st.characters(exclude_categories=["C", "Z"])
_NAMES = ("Ann", "Bjørn Ås", "Łukasz", "李雷", "O'Neil-Smith", "Ζωή", "נועה", "São João", "a" * 30)


def words(max_size: int = 30) -> SearchStrategy[str]:
    """Text that a person could type in one line: any script, never blank, nothing invisible."""
    return st.text(_LETTERS, min_size=1, max_size=max_size)


def names() -> SearchStrategy[str]:
    """Names of people and places in several scripts; quick to draw, easy to read."""
    return st.sampled_from(_NAMES)


def emails() -> SearchStrategy[str]:
    """E-mail addresses in their normal spelling."""
    label = st.text(ascii_lowercase + digits, min_size=1, max_size=12)
    return st.builds("{}@{}.example".format, label, label)


@st.composite
def addresses(draw: st.DrawFn, country: str | None = None) -> Address:
    """Postal addresses, in one country or in several."""
    where = country if country is not None else draw(st.sampled_from(COUNTRIES))
    needs_state = where in WITH_STATE
    needs_postal_code = where not in WITHOUT_POSTAL_CODE
    postal_codes = st.text(digits, min_size=4, max_size=9)
    return Address(
        first_name=draw(names()),
        last_name=draw(names()),
        company=draw(st.none() | names()),
        address_line_1=draw(names()),
        address_line_2=draw(st.none() | names()),
        city=draw(names()),
        state=draw(names() if needs_state else st.none() | names()),
        postal_code=draw(postal_codes if needs_postal_code else st.none() | postal_codes),
        country=where,
        phone=draw(st.none() | st.text(digits, min_size=5, max_size=15)),
    )
