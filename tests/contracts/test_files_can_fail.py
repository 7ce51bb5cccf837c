"""The suites of texts and pictures fail on what breaks one promise."""

from __future__ import annotations

import pytest

from automate_store.adapters.memory import MemoryTexts
from automate_store.application.ports.texts import CleanHtml
from automate_store.entrypoints.properties.contracts import TextsContract
from tests.contracts.running import failures


class ShowsAll(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(html)


class EscapesAgain(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(super().clean(html).html.replace("&", "&amp;"))


class SaysNothing(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(super().clean(html).html)


class KeepsCapitals(MemoryTexts):
    def slug(self, text: str) -> str:
        return text.replace(" ", "-")


class MakesOneUp(MemoryTexts):
    def slug(self, text: str) -> str:
        return super().slug(text) or "nothing"


@pytest.mark.parametrize("texts", [ShowsAll, EscapesAgain, SaysNothing, KeepsCapitals, MakesOneUp])
def test_the_suite_of_texts_fails_on_a_broken_one(texts: type[MemoryTexts]) -> None:
    assert failures(TextsContract, texts=texts)


def test_the_suites_pass_when_nothing_is_changed() -> None:
    assert failures(TextsContract, texts=MemoryTexts) == []
