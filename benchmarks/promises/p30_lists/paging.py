"""Every list that has pages: what it refuses, and that its pages are all of it, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from attrs import frozen

from benchmarks.promises.p30_lists.described import Described
from benchmarks.promises.p30_lists.filling import FEW
from benchmarks.promises.run import Run
from benchmarks.rig.shoppers import Answer, Shoppers

DEFAULT, LONGEST = 20, 100
ODD = 37
"""A size that divides no other: what one walk leaves out between two pages, another shows."""

WRONG_LIMITS = (
    *("limit=0", "limit=-1", "limit=101", "limit=1000000000", "limit=99999999999999999999"),
    *("limit=ten", "limit=1.5", "limit=1e1", "limit=0x10", "limit=NaN", "limit=%2B5", "limit=5%00"),
    *("limit=", "limit", "limit=5&limit=6", "limit=5&limit=5", "limit=null", "limit=5,6"),
)
WRONG_CURSORS = (
    "x",
    "",
    "\0",
    "null",
    "-1",
    "0",
    "[]",
    "e30",
    "' OR 1=1 --",
    "../..",
    "%",
    "A" * 3_000,
)
NOBODYS = "0195510c-0000-7000-8000-ffffffffffff"
_END = 1_000_000
"""No walk is longer."""


@frozen
class Listing:
    """A list with pages, and whom it opens for."""

    name: str
    path: str
    headers: Mapping[str, str]

    async def page(self, shoppers: Shoppers, query: str) -> Answer:
        """What the list answers to that query."""
        return await shoppers.ask("GET", f"{self.path}?{query}", headers=self.headers)

    async def after(self, shoppers: Shoppers, cursor: str, limit: int = LONGEST) -> Answer:
        """The page that begins there."""
        return await self.page(shoppers, f"limit={limit}&cursor={quote(cursor, safe='')}")

    async def walk(self, shoppers: Shoppers, limit: int) -> list[list[Any]]:
        """All pages, from the first to the last."""
        pages: list[list[Any]] = []
        query = f"limit={limit}"
        while len(pages) < _END:
            answer = await self.page(shoppers, query)
            assert answer.ok, f"{self.name}: a page could not be read: {answer}"
            pages.append(answer.body["items"])
            cursor = answer.body["next_cursor"]
            if cursor is None:
                return pages
            query = f"limit={limit}&cursor={quote(cursor, safe='')}"
        raise AssertionError(f"{self.name} does not end")


async def listings(
    run: Run, shoppers: Shoppers, shop_says: Described, callers: Sequence[Mapping[str, str]]
) -> list[Listing]:
    """Every list with pages, asked by the first caller that it opens for."""
    found = []
    for operation in shop_says.operations:
        if not operation.paged:
            continue
        for headers in callers:
            listing = Listing(operation.name, operation.path, headers)
            if (await listing.page(shoppers, "limit=1")).ok:
                found.append(listing)
                break
        else:
            run.require(False, f"{operation.name}: a list that opens for nobody")  # noqa: FBT003 - it must not be there
    return found


async def paged_soundly(run: Run, shoppers: Shoppers, lists: Sequence[Listing]) -> None:
    """Ask each list in every way."""
    cursors = {
        each.name: (await each.page(shoppers, "limit=5")).body["next_cursor"] for each in lists
    }
    for listing in lists:
        await _bounds(run, shoppers, listing)
        await _cursors(run, shoppers, listing, cursors)
        await _walks(run, shoppers, listing)


async def _bounds(run: Run, shoppers: Shoppers, listing: Listing) -> None:
    for query, most in (("", DEFAULT), (f"limit={LONGEST}", LONGEST), ("limit=1", 1)):
        answer = await listing.page(shoppers, query)
        count = len(answer.body.get("items", ())) if answer.ok else answer.label()
        run.equal(f"{listing.name}?{query}: items", count, most)
        run.tries += 1
    for query in WRONG_LIMITS:
        answer = await listing.page(shoppers, query)
        named = [fault["field"] for fault in answer.body.get("errors", ())]
        run.equal(f"{listing.name}?{query}", (answer.status, named), (400, ["limit"]))
        run.tries += 1


async def _cursors(
    run: Run, shoppers: Shoppers, listing: Listing, cursors: Mapping[str, str | None]
) -> None:
    own = cursors[listing.name]
    if own is None:
        run.require(False, f"{listing.name}: five items and no page after them")  # noqa: FBT003 - it must not be
        return
    wrong = {
        f"the cursor of {name}": each for name, each in cursors.items() if name != listing.name
    }
    wrong |= {f"the cursor {each[:20]!r}": each for each in (*WRONG_CURSORS, NOBODYS)}
    cut = {length: own[:length] for length in (1, len(own) // 2, len(own) - 1)}
    wrong |= {f"its cursor cut to {length}": each for length, each in cut.items()}
    wrong |= {"its cursor without its head": own[1:], "its cursor twice": own + own}
    for what, cursor in wrong.items():
        if cursor is None:
            continue
        answer = await listing.after(shoppers, cursor)
        run.equal(f"{listing.name}: {what}", answer.status, 400)
        run.tries += 1
    answer = await listing.page(shoppers, f"cursor={own}&cursor={own}")
    run.equal(f"{listing.name}: two cursors", answer.status, 400)


async def _walks(run: Run, shoppers: Shoppers, listing: Listing) -> None:
    wide, odd = [await listing.walk(shoppers, size) for size in (LONGEST, ODD)]
    for size, pages in ((LONGEST, wide), (ODD, odd)):
        full = all(len(page) == size for page in pages[:-1]) and len(pages[-1]) <= size
        run.require(full, f"{listing.name}: a page of {size} that is not full, or too full")
        run.tries += len(pages)
    rows, others = _rows(wide), _rows(odd)
    run.require(len(rows) >= FEW, f"{listing.name}: {len(rows)} rows; fill it in p30_lists.filling")
    run.equal(f"{listing.name}: rows that came twice", len(rows) - len(set(rows)), 0)
    run.equal(f"{listing.name}: rows that came twice", len(others) - len(set(others)), 0)
    run.require(rows == others, f"{listing.name}: walks of pages of {LONGEST} and {ODD} differ")


def _rows(pages: Sequence[Sequence[Any]]) -> list[str]:
    return [json.dumps(item, sort_keys=True) for page in pages for item in page]
