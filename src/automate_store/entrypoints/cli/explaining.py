"""``explain order``: where the money went, cent by cent, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from rich.console import Console, RenderableType
from rich.markup import escape

from automate_store.application.orders import Chapter, OrderStory, Part
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import RefundState
from automate_store.domain.returns import RefundLine, RefundPart, Return, ReturnState
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.cli.printing import table

_WORDS = {
    RefundPart.SHIPPING: "the shipping of the order",
    RefundPart.RETURN_SHIPPING: "sending it back",
    RefundPart.RESTOCKING: "restocking",
    RefundPart.CLAWBACK: "discounts not earned by what stays",
    RefundPart.GIVEN_BEFORE: "given back before",
}
_DISPUTED = {
    "order_disputed": "the bank holds it meanwhile",
    "order_dispute_ended": "the bank keeps books of its own, and what it takes is not in these",
}


def print_story(story: OrderStory, console: Console) -> None:
    """The order as it was placed, each change of it, what came back, and where the money is."""
    for block in _blocks(story):
        console.print(block)


def _blocks(story: OrderStory) -> Iterator[RenderableType]:
    order = story.order
    yield f"[bold]Order {escape(order.number)}[/bold]: {order.status}, {order.payment_status}"
    yield ""
    for number, chapter in enumerate(story.chapters):
        yield _titled(f"{_when(chapter.at)}  {_what(chapter)}")
        yield _chapter(story, chapter, first=number == 0)
        yield ""
    for each in story.returns:
        if each.refund is not None:
            yield _titled(f"{_when(each.updated_at)}  {each.kind} {each.number}: {each.state}")
            yield _return(story, each)
            yield ""
    yield _titled("The money")
    yield _money(story)
    yield ""
    disputes = list(_disputes(story))
    yield from disputes
    if disputes:
        yield ""
    yield _end(story)


def _chapter(story: OrderStory, chapter: Chapter, *, first: bool) -> RenderableType:
    tax = "tax in it" if story.order.quote.tax_mode is TaxMode.INCLUSIVE else "tax"
    columns = ("", "units", "goods", "discount", tax, "paid")
    rows = [_part(story, part, first=first) for part in chapter.parts]
    rows.append(("total", "", "", "", "", _plain(chapter.total)))
    return table(columns, rows, numbers=columns[1:])


def _part(story: OrderStory, part: Part, *, first: bool) -> tuple[str, ...]:
    name = "shipping" if part.item_id is None else story.names.get(part.item_id, "an item")
    told = _plain if first else _signed
    units = f"{part.units:+d}" if part.units and not first else str(part.units or "")
    return (name, units, told(part.goods), told(part.discount), told(part.tax), told(part.paid))


def _what(chapter: Chapter) -> str:
    """What the timeline says of it, with who and why."""
    told = chapter.told
    if told is None:
        return "changed"
    words = told.kind.removeprefix("order_").replace("_", " ")
    why = f': "{told.reason}"' if told.reason else ""
    return f"{words} by {told.actor}{why}"


def _return(story: OrderStory, returned: Return) -> RenderableType:
    assert returned.refund is not None, "a return with its money"
    rows = [_refund_line(story, returned, line) for line in returned.refund.lines]
    rows.append(("goes back", "", "", f"{returned.refund.total.decimal():f}"))
    if returned.refund.due:
        due = "was paid" if returned.state is ReturnState.EXCHANGED else "is to be paid"
        rows.append((due, "", "", _plain(returned.refund.due)))
    columns = ("", "units", "why", "amount")
    return table(columns, rows, numbers=("units", "amount"))


def _refund_line(story: OrderStory, returned: Return, line: RefundLine) -> tuple[str, ...]:
    if line.item_id is None:
        return (_WORDS[line.part], "", "", _signed(line.amount))
    name, why = story.names.get(line.item_id, "an item"), returned.reasons[line.item_id]
    if line.part is RefundPart.REPLACEMENT:
        coming = {item.item_id: item.replacement for item in returned.items}[line.item_id]
        name, why = (coming.item.name if coming else "an item"), f"comes for {name}"
    return (name, str(line.quantity), why, _signed(line.amount))


def _money(story: OrderStory) -> RenderableType:
    moved = sorted(_moved(story), key=lambda each: each[0])
    kept = Money.zero(story.order.quote.currency)
    rows = []
    for at, what, amount in moved:
        kept += amount
        rows.append((_when(at), what, _signed(amount), _plain(kept)))
    columns = ("", "what", "amount", "kept")
    return table(columns, rows, numbers=("amount", "kept"))


def _moved(story: OrderStory) -> Iterator[tuple[datetime, str, Money]]:
    for payment in story.payments:
        if payment.captured:
            yield payment.created_at, f"captured through {payment.gateway}", payment.captured
    for refund in story.refunds:
        waits = "" if refund.state is RefundState.SUCCEEDED else f" ({refund.state})"
        what = f"{refund.reason}{waits}"
        yield refund.created_at, what, -refund.amount


def _disputes(story: OrderStory) -> Iterator[str]:
    """What banks were asked to give back; they keep books of their own."""
    for entry in story.timeline:
        if entry.kind in _DISPUTED:
            ended = entry.data.get("outcome", "opened")
            what = f"dispute {ended}: {entry.data['amount']}, {entry.reason}"
            yield f"{_when(entry.at)}  {escape(what)}; {_DISPUTED[entry.kind]}"


def _end(story: OrderStory) -> str:
    order, kept = story.order, story.kept
    if order.state is OrderState.PLACED and kept < order.total:
        return f"The order waits: {kept} of {order.total} were paid so far."
    agrees = "[green]They agree.[/green]" if kept == order.worth else "[red]They do not![/red]"
    return (
        f"In the order are {order.total}, of which {order.credited} were {_credited(story)}: "
        f"{order.worth} is what the shop may keep. It keeps {kept}. {agrees}"
    )


def _credited(story: OrderStory) -> str:
    """How what was credited went back: as money, or as goods that came for others."""
    nothing = Money.zero(story.order.quote.currency)
    over = [
        each.refund
        for each in story.returns
        if each.refund is not None and each.state is ReturnState.EXCHANGED
    ]
    in_goods = Money.total((each.back - each.total for each in over), nothing.currency)
    return f"given back, {in_goods} as goods that came for others" if in_goods else "given back"


def _titled(text: str) -> str:
    return f"[bold]{escape(text)}[/bold]"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _plain(amount: Money) -> str:
    return f"{amount.decimal():f}" if amount else ""


def _signed(amount: Money) -> str:
    return f"{amount.decimal():+f}" if amount else ""


def story_text(story: OrderStory, *, width: int) -> list[str]:
    """The same as lines of plain text, for a page."""
    out = StringIO()
    print_story(story, Console(file=out, width=width, color_system=None))
    return [line.rstrip() for line in out.getvalue().splitlines()]
