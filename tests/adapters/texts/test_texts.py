"""Texts as the store keeps them: the suite, and cleaning whatever comes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.adapters.texts import WrittenTexts
from automate_store.application.ports.texts import CleanHtml
from automate_store.entrypoints.properties.contracts import TextsContract
from tests.adapters.shopify.listings import cells

TEXTS = WrittenTexts()


class TestWrittenTexts(TextsContract):
    @pytest.fixture
    def texts(self) -> WrittenTexts:
        return TEXTS


@given(html=st.text(st.sampled_from("<>/ab=\"' &;pscript-!\n\r"), max_size=60) | cells(80))
@example(html="<p>a & b <3 <a href='x'>c</a> &amp;amp; <b><i>d</b></i>")
@example(html="<table><tr><td>a<script>b</script><svg><p>c</svg>")
def test_cleaning_what_is_clean_changes_nothing_and_misses_nothing(html: str) -> None:
    once = TEXTS.clean(html).html
    assert TEXTS.clean(once) == CleanHtml(once)


def test_links_and_pictures_stay_and_styles_and_classes_go_unmentioned() -> None:
    html = (
        '<p class="a">See <a href="https://a.example">it</a><img src="https://a.example/b.png"></p>'
    )
    cleaned = TEXTS.clean(html)
    assert "https://a.example/b.png" in cleaned.html
    assert 'rel="noopener noreferrer"' in cleaned.html
    assert "class" not in cleaned.html
    assert cleaned.missed == ()
