"""The sabotages of how long lists, pages and bodies may be."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

_PAGING = "entrypoints/http/wire/paging.py"
_CALLS = "entrypoints/http/calls.py"

LISTS: tuple[Sabotage, ...] = (
    Sabotage(
        "P30",
        "a page may be as long as somebody likes",
        (Change(_PAGING, "Meta(ge=1, le=PAGE_LIMIT, description", "Meta(ge=1, description"),),
    ),
    Sabotage(
        "P30",
        "who does not say how much gets more",
        (Change("application/catalog/queries.py", "PAGE_SIZE = 20", "PAGE_SIZE = 25"),),
    ),
    Sabotage(
        "P30",
        "a page begins with what the last one ended with",
        (
            Change(
                "adapters/postgres/identity/trail.py",
                '_LATEST = "id < coalesce(',
                '_LATEST = "id <= coalesce(',
            ),
        ),
    ),
    Sabotage(
        "P30",
        "a cursor of any list does for all",
        (
            Change(
                _PAGING,
                "if listing != _listing(query) or query.cursor != _cursor(query, key):",
                "if not listing:",
            ),
        ),
    ),
    Sabotage(
        "P30",
        "each entry of a list is asked for alone",
        (
            Change(
                "adapters/postgres/identity/accounts.py",
                "        return tuple(from_row(row) for row in rows)\n\n    async def admins",
                "        found = [await self.get(row.id) for row in rows]\n"
                "        return tuple(found)\n\n    async def admins",
            ),
        ),
    ),
    Sabotage(
        "P30",
        "the length that a body announces is not looked at",
        (
            Change(
                _CALLS,
                "if announced is not None and announced.isdecimal() and int(announced) > limit:",
                "if announced == str(limit):",
            ),
        ),
    ),
    Sabotage(
        "P30",
        "a cart takes any number of items at once",
        (
            Change(
                "entrypoints/http/wire/carts.py",
                "list[ItemToAdd], Meta(min_length=1, max_length=BULK_LIMIT)",
                "list[ItemToAdd], Meta(min_length=1)",
            ),
        ),
    ),
)
