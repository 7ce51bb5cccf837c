"""What a refusal says: a sentence for a person, whatever its fields hold."""

from __future__ import annotations

import pytest

from automate_store.application.errors import KeyMissing
from automate_store.domain.identity import OrdersOpen, ProofNeeded
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.words import listed
from automate_store.domain.orders import IllegalMove
from automate_store.domain.payments import GatewayUnknown


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (GatewayUnknown("cash", ("manual",)), "choose one of manual."),
        (GatewayUnknown("cash", ()), "choose one of nothing."),
        (
            OrdersOpen(("7KQ4-M2XD", "8ABC-DEFG")),
            "open orders: 7KQ4-M2XD, 8ABC-DEFG. Cancel",
        ),
        (
            IllegalMove("state", "placed", "shipped", ("cancelled", "confirmed")),
            "what can be done now: cancelled, confirmed.",
        ),
    ],
)
def test_lists_are_told_as_words(refusal: StoreError, said: str) -> None:
    assert said in str(refusal)


def test_what_is_wanted_is_named() -> None:
    assert "as password" in str(ProofNeeded())
    assert "purchase" not in str(KeyMissing())


def test_words_are_listed_as_a_sentence_has_them() -> None:
    told = [listed(words, last="or") for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))]
    assert told == ["none", "a", "a or b", "a, b or c"]
