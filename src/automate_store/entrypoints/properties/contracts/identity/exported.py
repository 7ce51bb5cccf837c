"""What every adapter of ``ports.identity.Accounts`` promises to tell of what is kept."""

from __future__ import annotations

import json

import pytest

from automate_store.application.ports import Ports
from automate_store.domain.identity import AccountNotFound
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.people import (
    THEIRS,
    kept_on,
    put_person,
)
from automate_store.entrypoints.properties.contracts.returns import new_return
from automate_store.entrypoints.properties.contracts.scene import HOME


@pytest.mark.asyncio
class ExportedAccounts:
    """All that is kept on somebody is told, and nothing of others."""

    async def test_all_that_is_kept_on_somebody_is_told(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        kept = await kept_on(store, ann.account)
        assert kept["profile"]["email"] == "ann@example.com"
        assert [each["address_line_1"] for each in kept["addresses"]] == [HOME.address_line_1]
        assert [each["user_agent"] for each in kept["sessions"]] == ["contract tests"]
        (order,) = kept["orders"]
        assert (order["number"], order["email"]) == (ann.order.number, ann.order.email)
        assert order["total"] == {"amount": "45.00", "currency": store.policy.currency}
        assert order["shipping_address"]["city"] == HOME.city
        assert [each["kind"] for each in order["timeline"]] == ["order_placed"]
        assert [each["amount"] for each in order["payments"]] == [order["total"]]
        assert [each["quantity"] for each in order["items"]] == [2]
        (cart,) = kept["carts"]
        assert [each["quantity"] for each in cart["lines"]] == [2]
        (use,) = kept["coupon_uses"]
        assert (use["code"], use["discount"]["amount"]) == (ann.coupon.code, "1.00")
        assert [each["subject"] for each in kept["changes"]] == [
            each.subject for each in ann.entries
        ]

    async def test_what_somebody_sent_back_is_told(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        returned = new_return(store, ann.order)
        async with store.unit_of_work() as work:
            await work.returns.add(returned)
        (order,) = (await kept_on(store, ann.account))["orders"]
        (told,) = order["returns"]
        assert (told["number"], told["state"]) == (returned.number, "requested")
        assert told["comments"] == returned.comments
        assert [each["reason"] for each in told["items"]] == ["defective"]

    async def test_what_is_told_is_json_and_holds_no_secret(self, store: Ports) -> None:
        ann = await put_person(store, "ann")
        kept = await kept_on(store, ann.account)
        told = json.dumps(kept)
        assert json.loads(told) == kept
        assert all(each in told for each in THEIRS)
        assert "hash of a password" not in told
        assert ann.refresh_hash.hex() not in told

    async def test_nothing_of_others_is_told(self, store: Ports) -> None:
        ann, bob = await put_person(store, "ann"), await put_person(store, "bob")
        told = json.dumps(await kept_on(store, bob.account))
        assert str(ann.account.id) not in told
        assert "ann@example.com" not in told

    async def test_nothing_is_kept_on_nobody(self, store: Ports) -> None:
        account = await put_account(store)
        kept = await kept_on(store, account)
        assert {name: each for name, each in kept.items() if each} == {"profile": kept["profile"]}
        with pytest.raises(AccountNotFound):
            async with store.reading() as reads:
                await reads.accounts.kept_on(UserId(store.ids.uuid()))
