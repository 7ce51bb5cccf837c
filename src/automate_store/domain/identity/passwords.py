"""
Passwords: what a new one must be, and when it is too easy to guess.

Lengths are in characters as they were typed. Nothing is shortened and capitals count;
only where a password is compared with what anyone would guess are they let go.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator

from attrs import frozen

LONGEST_PASSWORD = 128
SHORTEST_WORD = 4
"""A shorter word says nothing: ``ann`` is in ``planning`` as well."""
MOST_AROUND = 5
"""Figures and signs that a common password may be dressed up with: a year and a sign."""
FEWEST_CHARACTERS = 5
"""Different ones in a password; with fewer it is ``aaaaaaa1!``."""
_DISGUISES = str.maketrans("@4310$5!7", "aaeiossit")
"""Signs and figures that are read as letters: ``p@$$w0rd``."""


@frozen(kw_only=True)
class PasswordRules:
    """What the merchant asks of a password beside not being easy to guess."""

    shortest: int
    number: bool
    special: bool


def normal_password(password: str) -> str:
    """
    The password as it is kept: in one spelling (NFC) of the same characters.

    One keyboard writes ``é`` as one character and another as two, which nobody can see
    (NIST SP 800-63B-4, 3.1.1.2). NFKC would make one password of several.
    """
    return unicodedata.normalize("NFC", password)


def password_faults(
    password: str,
    rules: PasswordRules,
    *,
    email: str,
    guessable: tuple[str, ...],
    common: Container[str],
) -> tuple[str, ...]:
    """
    Everything that is wrong with it, each in words that follow the field's name.

    ``guessable`` are words that it must not contain, ``common`` the passwords that are
    tried first, in small letters.
    """
    if len(password) > LONGEST_PASSWORD:
        return (f"has {len(password)} characters; {LONGEST_PASSWORD} is the most",)
    normal = normal_password(password)
    return (
        *_missing(normal, rules),
        *_contained(normal, email, guessable),
        *(["is among those that are tried first"] if _is_common(normal, common) else []),
    )


def _missing(password: str, rules: PasswordRules) -> Iterator[str]:
    if len(password) < rules.shortest:
        yield f"has {len(password)} characters; {rules.shortest} is the least"
    if rules.number and not any(letter.isdecimal() for letter in password):
        yield "has no number"
    if rules.special and all(letter.isalnum() for letter in password):
        yield "has no special character such as ! or -"


def _contained(password: str, email: str, guessable: tuple[str, ...]) -> Iterator[str]:
    bare = _bare(password)
    if any(_is_in(word, bare) for word in (email, email.partition("@")[0])):
        yield "contains the e-mail address or its first part"
    for word in guessable:
        if _is_in(word, bare):
            yield f"contains {word.strip()!r}, which anyone would try"


def _is_in(word: str, bare: str) -> bool:
    sought = _bare(word)
    return len(sought) >= SHORTEST_WORD and sought in bare


def _is_common(password: str, common: Container[str]) -> bool:
    whole = _folded(password)
    if len(set(whole)) < FEWEST_CHARACTERS:
        return True
    forms = (whole, _bare(password), *_undressed(whole))
    return any(form in common or form.translate(_DISGUISES) in common for form in forms)


def _undressed(password: str) -> Iterator[str]:
    """The password without a few figures or signs at its ends, in each way there is."""
    for front in range(MOST_AROUND + 1):
        for back in range(MOST_AROUND + 1 - front):
            core = password[front : len(password) - back]
            around = password[:front] + password[len(password) - back :]
            if len(core) >= SHORTEST_WORD and not any(letter.isalpha() for letter in around):
                yield core


def _bare(text: str) -> str:
    """Letters and figures alone, small."""
    return "".join(letter for letter in _folded(text) if letter.isalnum())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
