"""What everything that cleans texts promises."""

from __future__ import annotations

import re

import pytest

from automate_store.application.ports.texts import Texts
from automate_store.domain.catalog import SLUG

HARMFUL = (
    "<script>alert(1)</script>",
    "<SCRIPT src=https://evil.example/x.js></SCRIPT>",
    "<p onclick='alert(1)'>a</p>",
    '<img src="x" onerror="alert(1)">',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="  java&#10;script:alert(1)">a</a>',
    '<iframe src="https://evil.example"></iframe>',
    "<style>p { background: url(https://evil.example) }</style>",
    '<p style="position:fixed">a</p>',
    "<svg><script>alert(1)</script></svg>",
    "<form action='https://evil.example'><input name=q></form>",
    "<<script>script>alert(1)</script>",
    "<p><![CDATA[<script>alert(1)</script>]]></p>",
    "<!-- <script>alert(1)</script> --><b>a",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
)
_HARM = re.compile(
    r"<\s*/?\s*(script|style|iframe|svg|math|form|input|object|embed|link|meta|base)\b"
    r"|<[^>]*\son[a-z]+\s*=|<[^>]*\sstyle\s*=|<[^>]*script:",
    re.IGNORECASE,
)


@pytest.mark.asyncio
class TextsContract:
    """Slugs fit addresses, and clean HTML does no harm; ``texts`` gives one."""

    async def test_a_slug_is_words_between_single_hyphens(self, texts: Texts) -> None:
        for text in ("Blue Shirt", "  Café -- crème!", "3/4 sleeve", "ÜBER_große Söcken"):
            assert SLUG.fullmatch(texts.slug(text)), text
        assert texts.slug("Blue Shirt") == "blue-shirt"

    async def test_what_is_a_slug_stays_one(self, texts: Texts) -> None:
        assert texts.slug("blue-shirt-2") == "blue-shirt-2"

    async def test_of_signs_alone_no_slug_is_left(self, texts: Texts) -> None:
        assert texts.slug(" !? -- ") == ""

    async def test_what_could_do_harm_is_taken_out(self, texts: Texts) -> None:
        for html in HARMFUL:
            assert not _HARM.search(texts.clean(html).html), html

    async def test_what_somebody_may_miss_is_told(self, texts: Texts) -> None:
        missed = texts.clean("<p onclick='a()'>Soft</p><script>b()</script>").missed
        assert set(missed) == {"onclick", "<script>"}

    async def test_paragraphs_emphasis_and_lists_stay(self, texts: Texts) -> None:
        html = "<p>Soft &amp; <b>warm</b>, <em>always</em>.</p><ul><li>red</li></ul>"
        cleaned = texts.clean(html)
        assert (cleaned.html, cleaned.missed) == (html, ())

    async def test_plain_text_stays_as_it_is(self, texts: Texts) -> None:
        assert texts.clean("Soft, warm; 100% wool").html == "Soft, warm; 100% wool"

    async def test_cleaning_what_is_clean_changes_nothing(self, texts: Texts) -> None:
        for html in (*HARMFUL, "a < b & c > d", "<p>a<b>b<p>c</b>"):
            once = texts.clean(html).html
            assert texts.clean(once).html == once, html
