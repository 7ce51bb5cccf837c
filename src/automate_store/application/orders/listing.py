"""Lists of orders: customers page through their own, staff through all."""

from __future__ import annotations

from attrs import evolve

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.application.ports.order_lists import OrderFilter, OrderPlace, OrderRecord
from automate_store.domain.identity import normalise_email
from automate_store.domain.orders import OrderStatus


async def list_own_orders(
    *,
    status: OrderStatus | None,
    before: OrderPlace | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[OrderRecord, ...]:
    """
    The account's own orders of that status, or of any, the last placed first.

    Those that a guest placed with its proven e-mail are its own from the first page on.
    """
    wanted = OrderFilter(user_id=actor.account(), status=status)
    if before is None:
        async with ports.unit_of_work() as work:
            account = await work.accounts.get(actor.account())
            if account.email_verified:
                await work.accounts.claim_orders(account)
    async with ports.reading() as reads:
        return await reads.order_lists.page(wanted, before=before, limit=limit)


async def list_orders(
    wanted: OrderFilter, *, before: OrderPlace | None, limit: int, actor: Actor, ports: Ports
) -> tuple[OrderRecord, ...]:
    """
    Everybody's orders that fit, the last placed first.

    An e-mail is compared as it is kept, a number without regard to capitals and its dash. Raises
    InvalidInput for an e-mail that can be none.
    """
    actor.may(Permission.READ_ORDERS)
    if wanted.email is not None:
        wanted = evolve(wanted, email=normalise_email(wanted.email))
    if wanted.number is not None:
        wanted = evolve(wanted, number=_as_kept(wanted.number))
    async with ports.reading() as reads:
        return await reads.order_lists.page(wanted, before=before, limit=limit)


def _as_kept(number: str) -> str:
    """The number as orders bear it: people read it out without the dash in its middle."""
    letters = number.upper().replace("-", "").replace(" ", "")
    half = len(letters) // 2
    return f"{letters[:half]}-{letters[half:]}"
