"""The ways to break one method each of carts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.sabotages.making import Broken, answers, does_nothing
from tests.contracts.sabotages.ways import deletes_too_much, ignores_the_version


async def opens_what_was_ordered(carts: Any, original: Any, token_hash: Any) -> Any:
    stored = carts._tables.carts.get(carts._tables.cart_tokens.get(token_hash))
    if stored is not None and stored.order_id is not None:
        carts._tables.carts.put(stored.cart.id, evolve(stored, order_id=None))
    return await original(token_hash)


async def opens_what_was_taken_over(carts: Any, original: Any, token_hash: Any) -> Any:
    stored = carts._tables.carts.get(carts._tables.cart_tokens.get(token_hash))
    if stored is not None and stored.merged_into is not None:
        carts._tables.carts.put(stored.cart.id, evolve(stored, merged_into=None))
    return await original(token_hash)


async def opens_anybodys(carts: Any, original: Any, _user_id: Any) -> Any:
    owners = [stored.cart.user_id for stored in carts._tables.carts.values()]
    return await original(next(filter(None, owners)))


async def opens_the_accounts_old_cart(carts: Any, original: Any, user_id: Any) -> Any:
    for stored in carts._tables.carts.values():
        if stored.order_id is not None:
            carts._tables.carts.put(stored.cart.id, evolve(stored, order_id=None))
    return await original(user_id)


async def forgets_old_carts_of_accounts(carts: Any, original: Any, user_id: Any) -> Any:
    for stored in carts._tables.carts.values():
        if stored.cart.updated_at < carts._session.carts_since:
            carts._tables.carts.drop(stored.cart.id)
    return await original(user_id)


async def adds_a_second_one(carts: Any, _original: Any, cart: Any) -> None:
    await carts._session.turn()
    carts._store(cart, None)
    if cart.token_hash is not None:
        carts._tables.cart_tokens.put(cart.token_hash, cart.id)


async def takes_over_regardless(
    carts: Any, original: Any, cart: Any, *args: Any, **at: Any
) -> None:
    await carts._session.take("cart", cart.id)
    stored = carts._tables.carts.get(cart.id)
    current = cart if stored is None else evolve(cart, version=stored.cart.version)
    await original(current, *args, **at)


async def keeps_it_open(carts: Any, original: Any, cart: Any, *args: Any, **at: Any) -> None:
    await original(cart, *args, **at)
    taken = carts._tables.carts.get(cart.id)
    carts._tables.carts.put(cart.id, evolve(taken, merged_into=None))


async def says_it_was_everybodys(carts: Any, original: Any, _token_hash: Any) -> Any:
    tokens = [token for token, _ in carts._tables.cart_tokens.items()]
    found = [await original(token) for token in tokens]
    return next(filter(None, found), None)


async def deletes_what_is_fresh(_carts: Any, original: Any, **kwargs: Any) -> Any:
    return await original(untouched_since=NOON + timedelta(days=1), limit=kwargs["limit"])


async def deletes_what_accounts_have(carts: Any, original: Any, **kwargs: Any) -> Any:
    for stored in carts._tables.carts.values():
        carts._tables.carts.put(
            stored.cart.id, evolve(stored, cart=evolve(stored.cart, user_id=None))
        )
    return await original(**kwargs)


OF_CARTS: Mapping[str, list[Broken]] = {
    "by_token": [opens_what_was_ordered, opens_what_was_taken_over],
    "by_account": [opens_anybodys, opens_the_accounts_old_cart, forgets_old_carts_of_accounts],
    "add": [does_nothing, adds_a_second_one],
    "save": [ignores_the_version("carts"), does_nothing],
    "consume": [ignores_the_version("carts"), does_nothing],
    "take_over": [
        ignores_the_version("carts"),
        takes_over_regardless,
        keeps_it_open,
        does_nothing,
    ],
    "taken_over_by": [answers(None), says_it_was_everybodys],
    "purge": [
        deletes_too_much,
        deletes_what_is_fresh,
        deletes_what_accounts_have,
        answers(0),
    ],
}
