"""The password policy: the domain's rules, with the list of passwords that are tried first."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from automate_store.domain.identity.passwords import PasswordRules, password_faults


class ListedPasswords:
    """
    Implements ``ports.credentials.PasswordPolicy`` with the 30,000 of zxcvbn's list.

    ``words`` are the shop's own: its name, and what else everybody knows it by.
    """

    def __init__(self, rules: PasswordRules, *, words: tuple[str, ...]) -> None:
        self._rules = rules
        self._words = words

    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """What is wrong with it; empty where it is taken."""
        return password_faults(
            password,
            self._rules,
            email=email,
            guessable=(*self._words, *names),
            common=common_passwords(),
        )


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are tried first, in small letters; read when first asked for."""
    # The package's own front door ranks six dictionaries of which we want one list: four
    # times the time, and twice the memory for as long as the process lives.
    package = find_spec("zxcvbn")
    assert package is not None, "the extra `server` brings it"
    assert package.origin is not None, "it is a package of files"
    spec = spec_from_file_location(
        "common_passwords", Path(package.origin).with_name("frequency_lists.py")
    )
    assert spec is not None, "the package has its lists"
    assert spec.loader is not None, "they are a module"
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    return frozenset(lists.FREQUENCY_LISTS["passwords"])
