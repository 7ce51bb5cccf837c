"""The ways to break what is kept of sessions and mailed links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.rows import StoredLink, StoredToken
from automate_store.application.ports.identity import (
    Links,
    RefreshToken,
    Sessions,
)
from automate_store.domain.identity import AccountRole
from automate_store.entrypoints.properties.contracts import (
    LinksContract,
    SessionsContract,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.sabotages.making import answers, backwards, does_nothing, sabotages

DAY = timedelta(days=1)


async def lets_in_who_was_ended(sessions: Any, original: Any, session_id: Any, **asked: Any) -> Any:
    session = sessions._tables.sessions.get(session_id)
    if session is not None:
        sessions._tables.sessions._own[session_id] = evolve(session, ended_at=None)
    told = await original(session_id, **asked)
    sessions._tables.sessions._own.clear()
    return told


async def is_a_moment_early(_sessions: Any, original: Any, session_id: Any, *, at: Any) -> Any:
    return await original(session_id, at=at - timedelta(microseconds=1))


async def tells_what_a_token_said(sessions: Any, original: Any, session_id: Any, **_: Any) -> Any:
    told = await original(session_id, at=NOON)
    if told is None:
        return None
    account = sessions._tables.accounts.get(told.account_id)
    return evolve(told, role=AccountRole.CUSTOMER, email=f"{account.first_name}@example.com")


async def refreshes_without_a_lock(sessions: Any, _original: Any, refresh_hash: Any) -> Any:
    await sessions._session.turn()
    token = sessions._tables.refresh_tokens.get(refresh_hash)
    if token is None:
        return None
    session = sessions._tables.sessions.get(token.session_id)
    return RefreshToken(session=session, used_at=token.used_at)


async def spends_a_token_twice(
    sessions: Any, original: Any, session: Any, spent: bytes, fresh: bytes, **asked: Any
) -> None:
    sessions._tables.refresh_tokens.put(spent, StoredToken(session_id=session.id))
    await original(session, spent, fresh, **asked)


async def forgets_what_was_spent(
    sessions: Any, original: Any, session: Any, spent: bytes, fresh: bytes, **asked: Any
) -> None:
    await original(session, spent, fresh, **asked)
    sessions._tables.refresh_tokens.drop(spent)


async def confirms_every_session(sessions: Any, original: Any, _session_id: Any, *, at: Any) -> Any:
    for session in sessions._tables.sessions.values():
        await original(session.id, at=at)


async def ends_them_all(_sessions: Any, original: Any, account_id: Any, **asked: Any) -> Any:
    return await original(account_id, at=asked["at"])


async def ends_anybodys(sessions: Any, original: Any, _account_id: Any, **asked: Any) -> Any:
    every = {each.account_id for each in sessions._tables.sessions.values()}
    return sum([await original(each, **asked) for each in sorted(every)], ())


async def ends_again(sessions: Any, original: Any, account_id: Any, **asked: Any) -> Any:
    for session in sessions._tables.sessions.values():
        sessions._tables.sessions.put(session.id, evolve(session, ended_at=None))
    return await original(account_id, **asked)


async def lists_what_is_over(sessions: Any, original: Any, account_id: Any, *, at: Any) -> Any:
    open_ones = await original(account_id, at=at)
    mine = [each for each in sessions._tables.sessions.values() if each.account_id == account_id]
    return (*open_ones, *(each for each in mine if each not in open_ones))


async def purges_what_is_open(_repository: Any, original: Any, **kwargs: Any) -> Any:
    return await original(before=NOON + DAY, limit=kwargs["limit"])


async def purges_more(_repository: Any, original: Any, **kwargs: Any) -> Any:
    return await original(**{**kwargs, "limit": 1_000})


async def trusts_everything(sessions: Any, original: Any, _marks: Any) -> None:
    await original([mark for mark, _ in sessions._tables.distrusted.items()])


async def trusts_what_is_new(_repository: Any, original: Any, **kwargs: Any) -> Any:
    return await original(before=NOON + DAY, limit=kwargs["limit"])


async def tells_a_part(_repository: Any, original: Any, **kwargs: Any) -> Any:
    return [evolve(each, session_ids=each.session_ids[:1]) for each in await original(**kwargs)]


async def leaves_older_links(links: Any, _original: Any, link: Any) -> None:
    await links._session.turn()
    if link.token_hash not in links._tables.links:
        links._tables.links.put(link.token_hash, StoredLink(link=link))


async def revives_a_link(links: Any, original: Any, link: Any) -> None:
    links._tables.links.drop(link.token_hash)
    await original(link)


async def uses_it_again(links: Any, original: Any, token_hash: Any, *asked: Any, at: Any) -> Any:
    stored = links._tables.links.get(token_hash)
    if stored is not None:
        links._tables.links.put(token_hash, evolve(stored, used_at=None))
    return await original(token_hash, *asked, at=at)


async def uses_it_for_anything(
    links: Any, original: Any, token_hash: Any, _: Any, **at: Any
) -> Any:
    stored = links._tables.links.get(token_hash)
    purpose = stored.link.purpose if stored is not None else _
    return await original(token_hash, purpose, **at)


async def uses_it_late(_links: Any, original: Any, *asked: Any, at: Any) -> Any:
    return await original(*asked, at=at - timedelta(microseconds=1))


async def voids_everybodys(links: Any, original: Any, _account_id: Any) -> None:
    for stored in links._tables.links.values():
        await original(stored.link.account_id)


async def forgets_what_was_void(links: Any, _original: Any, account_id: Any) -> None:
    for token_hash, stored in links._tables.links.items():
        if stored.link.account_id == account_id:
            links._tables.links.drop(token_hash)


OF_SESSIONS = sabotages(
    SessionsContract,
    Sessions,
    "sessions",
    {
        "add": [does_nothing],
        "signed_in": [
            lets_in_who_was_ended,
            is_a_moment_early,
            tells_what_a_token_said,
            answers(None),
        ],
        "by_refresh": [refreshes_without_a_lock, answers(None)],
        "rotate": [spends_a_token_twice, forgets_what_was_spent, does_nothing],
        "confirm": [confirms_every_session, does_nothing],
        "end": [ends_them_all, ends_anybodys, ends_again, answers(())],
        "of_account": [backwards, lists_what_is_over],
        "purge": [purges_what_is_open, purges_more, answers(0)],
        "distrust": [does_nothing],
        "distrusted": [tells_a_part, purges_more, answers(())],
        "trust": [trusts_everything, does_nothing],
        "trust_old": [trusts_what_is_new, purges_more, answers(0)],
    },
)


OF_LINKS = sabotages(
    LinksContract,
    Links,
    "links",
    {
        "add": [leaves_older_links, revives_a_link, does_nothing],
        "find": [uses_it_again, uses_it_for_anything, uses_it_late],
        "use": [uses_it_again, uses_it_for_anything, uses_it_late],
        "void": [voids_everybodys, forgets_what_was_void, does_nothing],
        "purge": [purges_what_is_open, purges_more, answers(0)],
    },
)
