"""People with accounts, as their browsers would have them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from attrs import frozen

from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers

PASSWORD = "correct horse 4 battery!"  # noqa: S105 - of people that live for a minute


@frozen(kw_only=True)
class Member:
    """Somebody who is signed in."""

    id: UUID
    email: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> Mapping[str, str]:
        """What says who asks."""
        return {"Authorization": f"Bearer {self.token}"}


def registration(email: str, **more: Any) -> dict[str, Any]:
    """What opens an account."""
    person = {"first_name": "Ada", "last_name": "Byron"}
    return {"email": email, "password": PASSWORD, **person, **more}


async def register(shoppers: Shoppers, email: str, **more: Any) -> Member:
    """Somebody new."""
    answer = await shoppers.ask("POST", f"{API}/auth/register", registration(email, **more))
    assert answer.status == 201, f"nobody could register: {answer}"
    return member(answer)


async def sign_in(shoppers: Shoppers, email: str, password: str = PASSWORD) -> Member:
    """The account, in another session."""
    body = {"email": email, "password": password}
    answer = await shoppers.ask("POST", f"{API}/auth/login", body)
    assert answer.ok, f"nobody could sign in: {answer}"
    return member(answer)


def member(answer: Answer) -> Member:
    """Whoever was handed these tokens."""
    told = answer.body
    return Member(
        id=UUID(told["user"]["id"]),
        email=told["user"]["email"],
        token=told["token"],
        refresh_token=told["refresh_token"],
    )


def link(shop: Shop, someone: Member, purpose: str, *, email: str | None = None) -> str:
    """The secret of a link that no mail brought, its hash put where a mail's job would."""
    secret = uuid4().hex + uuid4().hex[:11]
    token_hash = hashlib.sha256(secret.encode()).digest()
    shop.database.rows(
        "INSERT INTO mailed_links (id, user_id, purpose, email, token_hash, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, now() + interval '1 hour') RETURNING id",
        [uuid4(), someone.id, purpose, email or someone.email, token_hash],
    )
    return secret
