"""What Stripe's script does in a shopper's browser, with the test cards of its manual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import httpx
from attrs import frozen

from tests.adapters.stripe.local import NO_TLS, SECRET_KEY

GOOD = "4242424242424242"
ASKS_THE_BANK = "4000002500003155"
DECLINED = "4000000000000341"
ASKS_AND_IS_DECLINED = "4000008260003178"
CODE = "719"
"""What stands on the back of each."""


class Opened(Protocol):
    """What the shop tells the browser of a payment, or of a setup."""

    @property
    def client(self) -> Mapping[str, str]: ...


class Asked(Opened, Protocol):
    """A payment that the browser knows by name."""

    @property
    def intent_id(self) -> str | None: ...


@frozen
class Shopper:
    """Somebody with cards, whose browser talks to Stripe itself."""

    url: str

    async def card(self, number: str = GOOD) -> str:
        """A payment method of the card, which nobody keeps yet."""
        card = {f"card[{key}]": value for key, value in _card(number).items()}
        return str((await self._post("payment_methods", {"type": "card", **card}))["id"])

    async def pays(self, payment: Asked, number: str = GOOD) -> dict[str, Any]:
        """Confirm the intent with that card; what the answer says, a decline as well."""
        assert payment.client["client_secret"].startswith(f"{payment.intent_id}_secret_")
        path = f"payment_intents/{payment.intent_id}"
        await self._post(path, {"payment_method": await self.card(number)})
        return await self._post(f"{path}/confirm", {})

    async def agrees(self, payment: Asked, *, success: bool = True) -> dict[str, Any]:
        """Say yes, or no, to the bank that asks."""
        said = {
            "success": str(success).lower(),
            "client_secret": payment.client["client_secret"],
        }
        return await self._post(f"payment_intents/{payment.intent_id}/_authenticate", said)

    async def hands_over(self, setup: Opened, number: str = GOOD) -> str:
        """Confirm the setup with that card; what names it afterwards."""
        secret = setup.client["client_secret"]
        setup_id = secret.split("_secret_")[0]
        card = {f"payment_method_data[card][{key}]": value for key, value in _card(number).items()}
        said = {"client_secret": secret, "payment_method_data[type]": "card", **card}
        return str((await self._post(f"setup_intents/{setup_id}/confirm", said))["id"])

    async def _post(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.url, verify=NO_TLS) as browser:
            key = {"Authorization": f"Bearer {SECRET_KEY}"}
            answer = await browser.post(f"/v1/{path}", data=params, headers=key)
        found: dict[str, Any] = answer.json()
        return found


def _card(number: str) -> dict[str, str]:
    return {"number": number, "exp_month": "12", "exp_year": "2035", "cvc": CODE}
