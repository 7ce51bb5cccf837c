"""The sabotages of carts and orders that guests have: of their tokens, and of merging."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

_ACCESS = "application/access.py"
_MERGING = "application/carts/merging.py"

CARTS: tuple[Sabotage, ...] = (
    Sabotage(
        "P28",
        "an empty token opens an order",
        (
            Change(
                _ACCESS,
                "if not known and (token is None or not plausible(token)):",
                "if not known and token is None:",
            ),
            Change(
                _ACCESS,
                "    if token is None or order.token_hash is None or not plausible(token):\n"
                "        return False\n",
                "    if token is None or order.token_hash is None:\n"
                "        return False\n"
                "    if not token:\n"
                "        return True\n",
            ),
        ),
    ),
    Sabotage(
        "P28",
        "tokens have 64 random bits, written out at length",
        (
            Change(
                "adapters/system/ids.py",
                "return secrets.token_urlsafe(TOKEN_BYTES)",
                "return secrets.token_urlsafe(8) * 4",
            ),
        ),
    ),
    Sabotage(
        "P28",
        "a guest's cart is taken over whatever became of it",
        (
            Change(
                "adapters/postgres/carts.py",
                "WHERE id = :id AND version = :loaded_version AND order_id IS NULL\n"
                "            AND user_id IS NULL AND merged_into IS NULL",
                "WHERE id = :id AND CAST(:loaded_version AS int) > 0",
            ),
        ),
    ),
    Sabotage(
        "P28",
        "the guest's token goes on after the merge",
        (
            Change(
                "adapters/postgres/carts.py",
                ' == bindparam("token_hash", type_=pg.BYTEA), carts.c.merged_into.is_(None)\n',
                ' == bindparam("token_hash", type_=pg.BYTEA)\n',
            ),
        ),
    ),
    Sabotage(
        "P28",
        "whoever comes late is told of a merge that was another's",
        (
            Change(
                _MERGING,
                "        if await work.carts.taken_over_by(hashed) != account_id:\n",
                "        if await work.carts.taken_over_by(hashed) is None:\n",
            ),
        ),
    ),
)
"""Each of them must turn its promise's check red."""
