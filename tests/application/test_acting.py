"""Whoever was let in, and is signed out or made less before their work begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from attrs import evolve

from automate_store.application.access import Actor, Role
from automate_store.application.errors import NotAllowed
from automate_store.application.identity import (
    ChangeProfile,
    ChangeStanding,
    PutAddress,
    add_address,
    ask_verification,
    begin_second_factor,
    change_address,
    change_email,
    change_profile,
    change_standing,
    delete_account,
    end_sessions_of,
    logout,
    remove_address,
)
from automate_store.application.ports import Ports
from automate_store.domain.identity import AccountRole, AddressType, SessionOver
from automate_store.domain.kernel.ids import AddressId
from automate_store.entrypoints.properties.contracts.scene import HOME
from tests.application.gates import Customer, Process, open_processes, sign_in

STAFF = Actor(Role.ADMIN, "staff")
ADMIN = ChangeStanding(role=AccountRole.ADMIN, groups=frozenset(), tax_exempt=False)
CUSTOMER = evolve(ADMIN, role=AccountRole.CUSTOMER)
PROFILE = ChangeProfile(first_name="Eve", last_name="Thief", phone=None, date_of_birth=None)
ENTRY = PutAddress(type=AddressType.SHIPPING, address=HOME, is_default=True)
Act = Callable[[Actor, AddressId, Ports], Awaitable[object]]
ACTS: dict[str, Act] = {
    "profile": lambda actor, _, ports: change_profile(PROFILE, actor=actor, ports=ports),
    "e-mail": lambda actor, _, ports: change_email("eve@a.b", None, actor=actor, ports=ports),
    "second factor": lambda actor, _, ports: begin_second_factor(None, actor=actor, ports=ports),
    "verification": lambda actor, _, ports: ask_verification(actor=actor, ports=ports),
    "deletion": lambda actor, _, ports: delete_account(None, actor=actor, ports=ports),
    "new address": lambda actor, _, ports: add_address(ENTRY, actor=actor, ports=ports),
    "address": lambda actor, known, ports: change_address(known, ENTRY, actor=actor, ports=ports),
    "no address": lambda actor, known, ports: remove_address(known, actor=actor, ports=ports),
}


def signed_in_now(customer: Customer, process: Process, role: Role = Role.CUSTOMER) -> Actor:
    """The customer as an actor that proved a moment ago who they are."""
    return evolve(customer.actor, role=role, signed_in_at=process.ports.clock())


@pytest.mark.parametrize("act", ACTS)
async def test_who_was_signed_out_meanwhile_changes_nothing_of_the_account(act: str) -> None:
    shop, (process,) = open_processes(1)
    ann = await sign_in(process)
    actor = signed_in_now(ann, process)
    known = await add_address(ENTRY, actor=actor, ports=process.ports)
    await logout(actor=actor, ports=process.ports)
    kept = repr([rows.items() for rows in shop.store._committed._all().values()])
    with pytest.raises(SessionOver):
        await ACTS[act](actor, known.id, process.ports)
    assert repr([rows.items() for rows in shop.store._committed._all().values()]) == kept


async def test_who_is_no_admin_any_more_makes_nobody_one() -> None:
    _, (process,) = open_processes(1)
    eve = await sign_in(process, "eve")
    await change_standing(eve.account_id, ADMIN, actor=STAFF, ports=process.ports)
    stale = signed_in_now(eve, process, Role.ADMIN)
    other = await sign_in(process, "root")
    await change_standing(other.account_id, ADMIN, actor=STAFF, ports=process.ports)
    await change_standing(eve.account_id, CUSTOMER, actor=STAFF, ports=process.ports)
    with pytest.raises(NotAllowed):
        await change_standing(eve.account_id, ADMIN, actor=stale, ports=process.ports)
    with pytest.raises(NotAllowed):
        await end_sessions_of(other.account_id, actor=stale, ports=process.ports)
    assert await process.role(eve.token) is AccountRole.CUSTOMER
    assert await process.lets_in(other.token)


async def test_an_admin_who_was_signed_out_makes_nobody_anything() -> None:
    _, (process,) = open_processes(1)
    eve, bob = await sign_in(process, "eve"), await sign_in(process, "bob")
    await change_standing(eve.account_id, ADMIN, actor=STAFF, ports=process.ports)
    stale = signed_in_now(eve, process, Role.ADMIN)
    await end_sessions_of(eve.account_id, actor=STAFF, ports=process.ports)
    with pytest.raises(SessionOver):
        await change_standing(bob.account_id, ADMIN, actor=stale, ports=process.ports)
    assert await process.role(bob.token) is AccountRole.CUSTOMER
