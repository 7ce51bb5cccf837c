"""Credits and the sales that they take back: what must hold whatever the file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import Article, Credit, Invoice
from benchmarks.replay.matching import Match, Matching, Unmatched, Why, by_day, match_credits

OPENING = datetime(2010, 12, 1, 8, tzinfo=UTC)
CUP, CUP_REDUCED, HEART = Article("CUP", 250), Article("CUP", 200), Article("HEART", 100)


def sale(number: int, pieces: Mapping[Article, int], customer: str = "17850") -> Invoice:
    """A sale as many minutes after opening as its number says."""
    return Invoice(
        number=f"{number:06}",
        at=OPENING + timedelta(minutes=number),
        customer=customer,
        country="EIRE",
        pieces=pieces,
        lines=len(pieces),
    )


def credit(
    number: int, article: Article, pieces: int, customer: str = "17850", line: int = 1
) -> Credit:
    return Credit(
        invoice=f"C{number:06}",
        line=line,
        at=OPENING + timedelta(minutes=number),
        customer=customer,
        article=article,
        pieces=pieces,
    )


def told(matching: Matching) -> list[tuple[str, str, int]]:
    return [(each.credit.invoice, each.sale, each.pieces) for each in matching.matches]


def reasons(matching: Matching) -> list[tuple[int, Why]]:
    return [(each.pieces, each.why) for each in matching.unmatched]


def test_the_latest_sale_is_taken_back_first_and_the_rest_from_those_before() -> None:
    sales = [sale(1, {CUP: 5}), sale(2, {CUP: 3}), sale(4, {CUP: 9})]
    matching = match_credits(sales, [credit(3, CUP, 4)])
    assert told(matching) == [("C000003", "000002", 3), ("C000003", "000001", 1)]
    assert not matching.unmatched


def test_what_came_back_once_does_not_come_back_again() -> None:
    returned = [credit(2, CUP, 2), credit(3, CUP, 2)]
    matching = match_credits([sale(1, {CUP: 3})], returned)
    assert told(matching) == [("C000002", "000001", 2), ("C000003", "000001", 1)]
    assert reasons(matching) == [(1, Why.MORE_THAN_BOUGHT)]


def test_what_finds_no_sale_says_why() -> None:
    sales = [sale(1, {CUP: 3}), sale(2, {HEART: 1}, customer=""), sale(9, {HEART: 4})]
    returned = [
        credit(3, HEART, 1, customer=""),
        credit(4, HEART, 1),
        credit(5, CUP, 1, customer="12583"),
        credit(6, CUP_REDUCED, 2),
        credit(7, CUP, 5),
    ]
    matching = match_credits(sales, returned)
    assert told(matching) == [("C000007", "000001", 3)]
    assert reasons(matching) == [
        (1, Why.NO_CUSTOMER),
        (1, Why.NO_EARLIER_SALE),
        (1, Why.NO_EARLIER_SALE),
        (2, Why.ANOTHER_PRICE),
        (2, Why.MORE_THAN_BOUGHT),
    ]


def test_within_a_minute_the_numbers_tell_which_was_first() -> None:
    at = OPENING + timedelta(minutes=5)
    bought = Invoice(number="7", at=at, customer="1", country="EIRE", pieces={CUP: 1}, lines=1)
    before, after = (
        Credit(invoice=number, line=1, at=at, customer="1", article=CUP, pieces=1)
        for number in ("C6", "C8")
    )
    matching = match_credits([bought], [after, before])
    assert told(matching) == [("C8", "7", 1)]
    assert reasons(matching) == [(1, Why.NO_EARLIER_SALE)]


def test_a_parcel_is_all_that_one_credit_invoice_takes_back_of_one_sale() -> None:
    sales = [sale(1, {CUP: 2, HEART: 4}), sale(2, {CUP: 1})]
    returned = [credit(3, CUP, 2), credit(3, HEART, 1, line=2), credit(3, HEART, 2, line=3)]
    found = match_credits(sales, returned)
    parcels = [(each.credit, each.sale, each.pieces, each.total) for each in found.parcels]
    assert parcels == [
        ("C000003", "000002", {CUP: 1}, Money(250, "GBP")),
        ("C000003", "000001", {CUP: 1, HEART: 3}, Money(550, "GBP")),
    ]
    assert by_day(found.matches) == {OPENING.date(): Money(800, "GBP")}


@st.composite
def trades(draw: st.DrawFn) -> tuple[list[Invoice], list[Credit]]:
    """Sales and credits of a few articles and customers, close enough to meet."""
    articles, customers = st.sampled_from([CUP, CUP_REDUCED, HEART]), st.sampled_from(["", "1"])
    pieces = st.integers(1, 5)
    sales, returned = [], []
    for number in range(draw(st.integers(1, 12))):
        customer = draw(customers)
        if draw(st.booleans()):
            bought = draw(st.dictionaries(articles, pieces, min_size=1))
            sales.append(sale(number, bought, customer))
        else:
            lines = draw(st.lists(st.tuples(articles, pieces), min_size=1, max_size=3))
            returned += [
                credit(number, article, many, customer, line)
                for line, (article, many) in enumerate(lines, start=1)
            ]
    return sales, returned


@given(trades())
def test_every_piece_has_a_sale_or_a_reason_and_no_sale_gives_back_more_than_it_sold(
    trade: tuple[list[Invoice], list[Credit]],
) -> None:
    sales, returned = trade
    matching = match_credits(sales, returned)
    known = {each.number: each for each in sales}
    accounted: Counter[tuple[str, int]] = Counter()
    taken: Counter[tuple[str, Article]] = Counter()
    parts: list[Match | Unmatched] = [*matching.matches, *matching.unmatched]
    for part in parts:
        assert part.pieces > 0
        accounted[part.credit.invoice, part.credit.line] += part.pieces
    for match in matching.matches:
        of = known[match.sale]
        assert of.customer == match.credit.customer != ""
        assert of.at < match.credit.at
        taken[match.sale, match.credit.article] += match.pieces
    assert accounted == {(each.invoice, each.line): each.pieces for each in returned}
    for (number, article), pieces in taken.items():
        assert pieces <= known[number].pieces[article]


@given(trades())
def test_nothing_is_left_unmatched_that_a_sale_could_have_taken(
    trade: tuple[list[Invoice], list[Credit]],
) -> None:
    sales, returned = trade
    matching = match_credits(sales, returned)
    taken: Counter[tuple[str, Article]] = Counter()
    for match in matching.matches:
        taken[match.sale, match.credit.article] += match.pieces
    for each in matching.unmatched:
        wanted = each.credit
        left = [
            sold.pieces.get(wanted.article, 0) - taken[sold.number, wanted.article]
            for sold in sales
            if wanted.customer and sold.customer == wanted.customer and sold.at < wanted.at
        ]
        assert not any(left)
