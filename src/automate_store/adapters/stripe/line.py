"""The line to Stripe: its library, its time-outs, and its errors in our words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TypeVar

import stripe
import structlog
from attrs import field, frozen
from stripe import StripeClient

from automate_store.adapters.asking import Asker, NoAnswer
from automate_store.adapters.stripe.amounts import NAME, Unreadable
from automate_store.adapters.stripe.reading import read
from automate_store.application.errors import (
    NO_SUCH_PAYMENT,
    GatewayRefused,
    GatewayUnavailable,
    KeyRefused,
)
from automate_store.domain.payments import OddReport

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API that this was written for, whichever the library prefers."""
PASSING = frozenset({"lock_timeout", "rate_limit", "idempotency_key_in_use"})
"""Codes of errors that say no more than that it is to be asked again."""
_INTENTS = frozenset({"intent", "payment_intent"})
"""What Stripe says is not there, where it is an intent."""
MOST_LISTED = 20_000
"""Things on one list that are read; more than that are asked for in smaller parts."""
LONGEST_ANSWER = 16 * 1_048_576
"""Bytes that are read of an answer; a page of a hundred events is the longest."""
LIVE = "_live_"
"""Is in every key that moves real money, whatever it may do besides."""
_BREAKS = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What the library raises of an answer that is not shaped as Stripe's are."""

_Listed = TypeVar("_Listed", bound=stripe.StripeObject)
_Read = TypeVar("_Read")

# At level debug the library writes what is sent and answered, client secrets among it.
logging.getLogger("stripe").setLevel(logging.WARNING)
# It would tell Stripe of this machine, and keep a file in the user's folder for that.
stripe.enable_telemetry = False


@frozen(kw_only=True)
class StripeKeys:
    """What a store and Stripe know each other by."""

    secret: str = field(repr=False)
    publishable: str
    """Told to the shopper's browser."""
    webhooks: tuple[str, ...] = field(repr=False)
    """Each counts: two while one is rolled."""

    @property
    def live(self) -> bool:
        """Whether they move real money."""
        return LIVE in self.secret


class Declined(Exception):  # noqa: N818 - named for the fact
    """A card was declined; ``words`` are Stripe's, for whoever pays."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class StripeLine:
    """
    One account at Stripe; nothing is asked twice here, for whoever asks is guarded.

    ``url`` is Stripe's own address, or takes its place in tests.
    """

    def __init__(self, keys: StripeKeys, asker: Asker, *, url: str) -> None:
        self.keys = keys
        self._client = StripeClient(
            keys.secret,
            stripe_version=API_VERSION,
            max_network_retries=0,
            http_client=_Http(asker),
            base_addresses={"api": url},
        )

    @property
    def v1(self) -> stripe.V1Services:
        """What can be asked; ``ask`` waits for it."""
        return self._client.v1

    async def ask(self, asked: Awaitable[stripe.StripeObject], kind: type[_Read]) -> _Read:
        """The answer, read as that kind; raises as ``in_our_words`` does."""
        with in_our_words():
            return read((await asked).to_dict(), kind)

    async def all_of(
        self, asked: Awaitable[stripe.ListObject[_Listed]], kind: type[_Read]
    ) -> list[_Read]:
        """Everything on the list, page after page; raises as ``in_our_words`` does."""
        found: list[_Read] = []
        with in_our_words():
            async for each in (await asked).auto_paging_iter():
                found.append(read(each.to_dict(), kind))
                if len(found) > MOST_LISTED:
                    raise GatewayUnavailable(NAME)
        return found

    async def page_of(
        self, asked: Awaitable[stripe.ListObject[_Listed]], kind: type[_Read]
    ) -> tuple[list[_Read], bool]:
        """The first page of a list, and whether there is more; raises as ``in_our_words`` does."""
        with in_our_words():
            page = await asked
            return [read(each.to_dict(), kind) for each in page.data], page.has_more


class _Http(stripe.HTTPClient):
    """Carries what the library asks, within our bounds: its own ways read answers of any length."""

    name = "aiohttp"

    def __init__(self, asker: Asker) -> None:
        super().__init__()
        self._asker = asker

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = await self._asker.ask(
                method,
                url,
                longest=LONGEST_ANSWER,
                headers=headers,
                body=(post_data or "").encode(),
            )
        except NoAnswer as wrong:
            raise stripe.APIConnectionError(f"{wrong}") from wrong  # type: ignore[no-untyped-call] # it lacks its types
        return answer.body, answer.status, answer.headers


@contextmanager
def in_our_words() -> Iterator[None]:
    """
    What is asked inside raises our errors.

    GatewayUnavailable where it is unknown what happened, or what the answer says;
    GatewayRefused where nothing did; and Declined.
    """
    try:
        yield
    except stripe.CardError as declined:
        raise Declined(str(declined.user_message or "declined")) from None
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as refused:
        if str(refused.code) in PASSING:
            raise GatewayUnavailable(NAME) from refused
        raise GatewayRefused(NAME, _reason(refused)) from refused
    except (stripe.AuthenticationError, stripe.PermissionError) as locked_out:
        # The shopper can't mend it, and another way to pay may work.
        structlog.get_logger().error("stripe_refuses_the_key", request=locked_out.request_id)
        raise GatewayUnavailable(NAME) from KeyRefused()
    except (stripe.StripeError, Unreadable, OddReport) as unknown:
        raise GatewayUnavailable(NAME) from unknown
    except _BREAKS as unread:
        structlog.get_logger().error("stripe_answer_unread", why=type(unread).__name__)
        raise GatewayUnavailable(NAME) from unread


def _reason(refused: stripe.StripeError) -> str:
    """Stripe's words, or its code, without the stop at their end."""
    missing = refused.http_status == HTTPStatus.NOT_FOUND
    if missing and str(getattr(refused, "param", None)) in _INTENTS:
        return NO_SUCH_PAYMENT
    return str(refused.user_message or refused.code or "no reason is given").rstrip(".")
