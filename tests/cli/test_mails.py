"""``mail``: what customers would read, and what is wrong with a template, before they do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automate_store.entrypoints.cli.mails import samples
from tests.cli.commands import command


def test_a_preview_is_the_letter_as_the_shop_would_write_it(tmp_path: Path) -> None:
    (tmp_path / "order_shipped.txt").write_text(
        "Subject: Unterwegs\n\n{{ order.number }} mit {{ parcel.carrier }}, {{ store.name }}"
    )
    settings = {"mail_templates_dir": str(tmp_path), "store_name": "Laden"}
    ended = command("mail", "preview", "order_shipped", settings=settings)
    html = command("mail", "preview", "order_shipped", "--html", settings=settings)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Subject: Unterwegs\n\n7KQ4-M2XD mit Parcel Post, Laden\n"
    assert html.out.startswith("<!doctype html>")
    assert "Laden: order 7KQ4-M2XD is on its way" in html.out


def test_a_broken_template_is_shown_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "order_shipped.txt").write_text("Subject: x\n\n{{ parcel.carier }}")
    settings = {"mail_templates_dir": str(tmp_path)}
    ended = command("mail", "preview", "order_shipped", settings=settings)
    assert ended.code == 1
    assert "order_shipped.txt can't be used" in ended.err
    assert "carier" in ended.err
    assert "is on its way" in ended.out, "what customers get meanwhile"


def test_the_facts_of_a_letter_are_listed() -> None:
    ended = command("mail", "preview", "order_refunded", "--facts")
    facts = json.loads(ended.out)
    assert facts["amount"] == "19.99 USD"
    assert facts["customer"] == {"first_name": "Ann", "last_name": "Lee"}


def test_an_unknown_letter_is_refused_with_the_known_ones() -> None:
    ended = command("mail", "preview", "order_shiped")
    assert ended.code == 2
    assert "order_shipped" in ended.err


def test_every_letter_is_listed_with_whose_words_it_has(tmp_path: Path) -> None:
    (tmp_path / "password_reset.html").write_text("<p>{{ link }}</p>")
    ended = command("mail", "list", settings={"mail_templates_dir": str(tmp_path)})
    lines = {line.split()[0]: line.split()[1:] for line in ended.out.splitlines()[1:]}
    assert lines.keys() == samples().keys()
    assert lines.pop("password_reset") == ["shipped", "yours"]
    assert all(whose == ["shipped", "shipped"] for whose in lines.values())


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_letter_can_be_previewed(name: str) -> None:
    ended = command("mail", "preview", name)
    assert (ended.code, ended.err) == (0, "")
