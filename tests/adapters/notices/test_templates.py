"""Letters from templates: the merchant's words where they can be used, and a mail in any case."""

from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve

from automate_store.adapters.notices import TemplateNotices
from automate_store.adapters.notices.templates import LONGEST
from automate_store.domain.kernel.ids import ShipmentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications import (
    Alert,
    Letter,
    Notice,
    account_exists,
    credentials_changed,
    email_change_approval,
    email_verification,
    order_confirmation,
    order_refunded,
    order_shipped,
    password_reset,
    staff_alert,
)
from automate_store.domain.orders import Order, Shipment
from automate_store.entrypoints.cli.mails import samples
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.properties.contracts import NoticesContract

STORE = {"name": "Corner Shop", "url": "http://shop.example"}
LINK = "http://shop.example/account/verify-email#token=abc"
MANUAL = (Path(__file__).parents[3] / "docs" / "mails.md").read_text()
SLY = '<script>alert("x")</script>'


class TestTemplateNotices(NoticesContract):
    @pytest.fixture
    def notices(self) -> TemplateNotices:
        return shipped()


class TestTheMerchantsTemplates(NoticesContract):
    """The same holds with an own layout in its place."""

    @pytest.fixture
    def notices(self, tmp_path: Path) -> TemplateNotices:
        (tmp_path / "layout.html").write_text("<p>{% block content %}{% endblock %}</p>")
        return TemplateNotices(tmp_path)


def shipped() -> TemplateNotices:
    return TemplateNotices(None, faults=no_faults)


def no_faults(file: str, why: str) -> None:
    raise AssertionError(f"{file}: {why}")


def told(letter: Letter) -> Letter:
    return Letter(letter.name, {**letter.facts, "store": STORE})


def written(letter: Letter, folder: Path | None = None) -> Notice:
    return TemplateNotices(folder, faults=no_faults).write(told(letter))


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_letter_is_written_whole(name: str) -> None:
    notice = written(samples()[name])
    assert notice.subject.startswith("Corner Shop: ")
    assert notice.text.endswith("\n\nCorner Shop")
    assert "None" not in notice.text + notice.html
    assert "\n\n\n" not in notice.text


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_manual_names_every_letter_and_its_facts(name: str) -> None:
    (row,) = (line for line in MANUAL.splitlines() if line.startswith(f"| `{name}` |"))
    for fact, _ in facts_of(samples()[name].facts):
        assert f"`{fact}`" in MANUAL
    for fact in samples()[name].facts.keys() - {"order", "customer"}:
        assert f"`{fact}`" in row


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_html_says_what_the_text_says(name: str) -> None:
    notice = written(samples()[name])
    shown = words(Reader.of(notice.html).text)
    missing = words(notice.text) - shown
    assert missing <= {"it", "here", "follow", "the", "x"}


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_html_can_be_read_by_whoever_does_not_see_it(name: str) -> None:
    notice = written(samples()[name])
    page = Reader.of(notice.html)
    assert page.open == []
    assert page.tags["html"] == [{"lang": "en"}]
    assert [notice.subject] == page.titles
    assert len(page.tags["h1"]) == 1
    assert all(heading.get("scope") in {"col", "row"} for heading in page.tags.get("th", []))
    assert "img" not in page.tags, "nothing is fetched when somebody reads"


def test_there_are_templates_for_every_letter_and_no_others() -> None:
    assert set(shipped().names()) == samples().keys()


def test_facts_are_plain_and_can_be_reached_by_their_names() -> None:
    for letter in samples().values():
        for name, fact in facts_of(letter.facts):
            assert isinstance(fact, str | int | bool | None), (letter.name, name)
            assert not hasattr(dict, name), "a template would get the method of that name"


VERIFICATION = f"""\
Please confirm that this address is yours:

{LINK}

Whoever signs in to the account then sees what was ordered with this address. If you did not open \
an account, do nothing: without this link it stays unconfirmed.

Corner Shop"""
EXISTS = """\
Somebody, probably you, tried to open an account with this e-mail; there is one already.

If you forgot its password, ask for a new one. If it was not you, do nothing.

http://shop.example/account/forgot-password

Corner Shop"""
CONFIRMATION = """\
Thank you for your order 7KQ4-M2XD.

2 x Blue cotton shirt (M): 39.98 USD

Subtotal: 39.98 USD
Shipping: 5.00 USD
Tax: 3.55 USD
Total: 48.53 USD

It goes to:
Ann Lee
1 Main Street
10001 New York NY US

Corner Shop"""


@pytest.mark.parametrize(
    ("letter", "text"),
    [
        (email_verification(LINK), VERIFICATION),
        (account_exists(), EXISTS),
        (order_confirmation(examples.order()), CONFIRMATION),
    ],
    ids=["verification", "exists", "confirmation"],
)
def test_the_text_reads_so(letter: Letter, text: str) -> None:
    assert written(letter).text == text


def test_what_customers_are_called_is_never_markup() -> None:
    placed = examples.order()
    to = evolve(placed.shipping_address, first_name=SLY, address_line_1=SLY)
    items = tuple(evolve(item, name=SLY, attributes={"Size": SLY}) for item in placed.items)
    order = evolve(placed, shipping_address=to, items=items)
    for letter in (
        order_confirmation(order),
        order_refunded(order, order.total, reason=SLY),
        credentials_changed(SLY),
    ):
        notice = written(letter)
        assert SLY in notice.text
        assert "<script" not in notice.html
        assert "script" not in Reader.of(notice.html).tags


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    order = examples.order()
    notice = written(order_shipped(order, parcel(order, "javascript:alert(1)")))
    assert "javascript" not in notice.text + notice.html


def test_a_link_leads_where_it_says() -> None:
    order, url = examples.order(), 'https://post.example/?a=1&b="2"'
    notice = written(order_shipped(order, parcel(order, url)))
    assert url in notice.text
    assert url in {link["href"] for link in Reader.of(notice.html).tags["a"]}


def test_a_merchants_text_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "password_reset.txt").write_text(
        "Subject: Neues\r\n  Passwort\r\n \r\nHier: {{ link }}\r\n\r\nGrüße, {{ store.name }}"
    )
    own, usual = written(password_reset(LINK), tmp_path), written(password_reset(LINK))
    assert own.subject == "Neues Passwort"
    assert own.text == f"Hier: {LINK}\n\nGrüße, Corner Shop"
    assert own.html == usual.html, "file by file"


def test_a_merchants_layout_frames_every_letter(tmp_path: Path) -> None:
    (tmp_path / "layout.html").write_text(
        '{% extends "shipped/layout.html" %}{% block language %}de{% endblock %}'
    )
    for letter in samples().values():
        assert '<html lang="de">' in written(letter, tmp_path).html


def test_a_template_may_build_on_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "order_refunded.html").write_text(
        '{% extends "shipped/order_refunded.html" %}'
        "{% block content %}<p>Dear {{ customer.first_name }},</p>{{ super() }}{% endblock %}"
    )
    html = written(samples()["order_refunded"], tmp_path).html
    assert "<p>Dear Ann,</p>" in html
    assert "19.99 USD" in html


def test_a_change_is_seen_at_once(tmp_path: Path) -> None:
    notices = TemplateNotices(tmp_path, faults=no_faults)
    letter = told(password_reset(LINK))
    usual = notices.write(letter)
    (tmp_path / "password_reset.txt").write_text("Subject: One\n\nOne")
    first = notices.write(letter)
    (tmp_path / "password_reset.txt").write_text("Subject: Another\n\nTwo, and longer")
    assert (usual.subject, first.text) == ("Corner Shop: set a new password", "One")
    assert notices.write(letter).text == "Two, and longer"


BROKEN = {
    "no sense": (b"Subject: x\n\n{% if %}", "TemplateSyntaxError"),
    "a fact that is none": (b"Subject: x\n\n{{ store.naem }}", "naem"),
    "no subject": (b"Here: {{ link }}", "NoSubjectError"),
    "an empty subject": (b"Subject:\n\n{{ link }}", "NoSubjectError"),
    "a subject alone": (b"Subject: x", "NoSubjectError"),
    "itself": (b'{% extends "password_reset.txt" %}', "RecursionError"),
    "a template that is none": (b'{% extends "layuot.html" %}', "layuot.html"),
    "no text at all": (b"\xff\xfe\x00", "UnicodeDecodeError"),
    "without end": (
        b"Subject: x\n\n{% for each in range(9999) %}{{ 'x' * 9999 }}{% endfor %}",
        str(LONGEST),
    ),
    "a way out": (b"Subject: x\n\n{{ link.__class__.__mro__ }}", "SecurityError"),
    "a fault": (b"Subject: x\n\n{{ 1 / 0 }}", "ZeroDivisionError"),
    "a customer's words in a fault": (b"Subject: x\n\n{{ link ** 2 }}", "TypeError"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_template_is_logged_and_the_mail_goes_out(
    broken: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content, why = BROKEN[broken]
    (tmp_path / "password_reset.txt").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        notice = TemplateNotices(tmp_path).write(told(password_reset(LINK)))
    assert notice == written(password_reset(LINK))
    (record,) = caplog.records
    assert "password_reset.txt" in record.getMessage()
    assert why in record.getMessage()
    assert LINK not in caplog.text, "the secrets of mails stay out of the log"


def test_a_broken_layout_leaves_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "layout.html").write_text("{{ nothing }}")
    faults: list[str] = []
    notices = TemplateNotices(tmp_path, faults=lambda file, _: faults.append(file))
    assert notices.write(told(account_exists())) == written(account_exists())
    assert faults == ["account_exists.html"]


def test_a_folder_that_is_not_there_is_told_once_and_nothing_is_lost(tmp_path: Path) -> None:
    faults: list[str] = []
    notices = TemplateNotices(tmp_path / "gone", faults=lambda file, _: faults.append(file))
    assert notices.write(told(account_exists())) == written(account_exists())
    assert faults == [str(tmp_path / "gone")]


def test_a_templates_changes_reach_no_other_letter(tmp_path: Path) -> None:
    (tmp_path / "email_change_approval.txt").write_text(
        "Subject: x\n\n{{ store.update({'name': 'Eve'}) }}"
    )
    notices = TemplateNotices(tmp_path, faults=lambda *_: None)
    letter = told(email_change_approval(LINK, "ann@example.com"))
    assert notices.write(letter) == shipped().write(letter)
    assert STORE["name"] == "Corner Shop"


class Reader(HTMLParser):
    """What somebody who hears the page gets of it."""

    VOID = frozenset({"meta", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: dict[str, list[dict[str, str | None]]] = {}
        self.titles: list[str] = []
        self.text = ""

    @classmethod
    def of(cls, html: str) -> Reader:
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.setdefault(tag, []).append(dict(attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["title"]:
            self.titles.append(data)
        self.text += f"{data} "


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def facts_of(facts: object, name: str = "") -> list[tuple[str, object]]:
    if isinstance(facts, dict):
        return [each for key, value in facts.items() for each in facts_of(value, key)]
    if isinstance(facts, list | tuple):
        return [each for value in facts for each in facts_of(value, name)]
    return [(name, facts)]


def parcel(order: Order, url: str) -> Shipment:
    return Shipment(
        id=ShipmentId(examples.example_id(90)),
        order_id=order.id,
        items={item.id: 1 for item in order.items},
        tracking_url=url,
        shipped_at=examples.AT,
    )


@pytest.mark.parametrize("alert", Alert)
def test_staff_are_told_what_it_is_about(alert: Alert) -> None:
    number = None if alert is Alert.MONEY_UNKNOWN else "ABC-123"
    letter = staff_alert(
        alert, number=number, gateway="stripe", amount=Money(1999, "USD"), why="it said so"
    )
    notice = TemplateNotices(None).write(Letter(letter.name, {**letter.facts, "store": STORE}))
    for said in (notice.text, notice.html or ""):
        assert "19.99 USD" in said
        assert "it said so" in said
    assert (number or "no order") in notice.subject
