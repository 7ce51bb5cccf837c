"""The ways to break a repository of saved ways to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.rows import StoredMethod
from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing


async def knows_everybodys(methods: Any, _original: Any, _user_id: Any) -> Any:
    return {key[1]: name for key, name in methods._tables.gateway_customers.items()}


async def takes_another_name(methods: Any, _original: Any, *told: Any) -> None:
    user_id, gateway, customer, _ = told
    methods._tables.gateway_customers.put((user_id, gateway), customer)


async def gives_anybodys(methods: Any, _original: Any, method_id: Any, _user_id: Any) -> Any:
    found = [each.method for each in methods._tables.payment_methods.values()]
    return next(each for each in found if each.id == method_id)


async def brings_back(methods: Any, _original: Any, method: Any) -> Any:
    key = (method.gateway, method.token)
    methods._tables.payment_methods.put(key, StoredMethod(method=method))
    return method


async def removes_anybodys(methods: Any, original: Any, method_id: Any, _user: Any, at: Any) -> Any:
    found = [each.method for each in methods._tables.payment_methods.values()]
    owner = next(each.user_id for each in found if each.id == method_id)
    return await original(method_id, owner, at)


async def keeps_the_names(methods: Any, original: Any, user_id: Any, at: Any) -> Any:
    kept = [each for each in methods._tables.gateway_customers.items() if each[0][0] == user_id]
    gone = await original(user_id, at)
    for key, customer in kept:
        methods._tables.gateway_customers.put(key, customer)
    return gone


async def forgets_what_is_kept(methods: Any, _original: Any, method_id: Any) -> None:
    for key, stored in methods._tables.payment_methods.items():
        if stored.method.id == method_id:
            methods._tables.payment_methods.drop(key)


async def finds_what_is_kept(methods: Any, _original: Any, method_id: Any) -> Any:
    found = [each.method for each in methods._tables.payment_methods.values()]
    return next((each for each in found if each.id == method_id), None)


async def keeps_what_was_known(methods: Any, original: Any, method: Any) -> Any:
    known = methods._tables.payment_methods.get((method.gateway, method.token))
    if known is None or known.removed_at or known.method.user_id != method.user_id:
        return await original(method)
    return evolve(known.method)


OF_METHODS: Mapping[str, list[Broken]] = {
    "customer": [answers(None)],
    "customers": [answers({}), knows_everybodys],
    "keep_customer": [does_nothing, takes_another_name],
    "owner": [answers(None)],
    "of": [backwards, answers(())],
    "get": [answers(None), gives_anybodys],
    "add": [does_nothing, brings_back, keeps_what_was_known],
    "remove": [does_nothing, removes_anybodys],
    "remove_all": [answers(()), keeps_the_names],
    "removed": [answers(None), finds_what_is_kept],
    "forget": [does_nothing, forgets_what_is_kept],
}
