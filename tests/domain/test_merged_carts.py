"""Laws of merging: nothing doubled, nothing lost unsaid, no limit passed, once is enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.carts import (
    MOST_CODES,
    Cart,
    CartInOtherCurrency,
    CartLine,
    CartPolicy,
    Merged,
    MergePolicy,
    merge,
)
from automate_store.domain.coupons import normalise_code
from automate_store.domain.kernel.ids import CartId, UserId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.entrypoints.properties.carts import POLICY, cart_lines, carts
from automate_store.entrypoints.properties.moments import NOON

CODES = st.lists(
    st.sampled_from([f"Code-{number}" for number in range(MOST_CODES + 4)]),
    max_size=MOST_CODES,
    unique=True,
).map(tuple)
MERGES = st.sampled_from(MergePolicy)
TIGHT = evolve(POLICY, max_lines=3, max_quantity=9)
EMPTY = Cart(
    id=CartId(UUID(int=1)),
    user_id=None,
    token_hash=None,
    currency="EUR",
    created_at=NOON,
    updated_at=NOON,
)
HOME, AWAY = Destination("US", "NY", "10001"), Destination("DE", None, "10115")


@st.composite
def pairs(draw: st.DrawFn, max_quantity: int = POLICY.max_quantity) -> tuple[Cart, Cart]:
    """An account's cart and a guest's, with some variants in both and some codes in both."""
    variants = draw(st.lists(st.uuids().map(VariantId), min_size=1, max_size=6, unique=True))
    account, guest = draw(of(variants, max_quantity)), draw(of(variants, max_quantity))
    mine = evolve(account, user_id=UserId(draw(st.uuids())), token_hash=None)
    return mine, evolve(guest, codes=tuple(code.upper() for code in guest.codes))


@st.composite
def of(draw: st.DrawFn, variants: list[VariantId], max_quantity: int) -> Cart:
    """A cart with some of the variants, and codes."""
    chosen = draw(st.lists(st.sampled_from(variants), unique=True))
    lines = tuple(
        evolve(draw(cart_lines("EUR", max_quantity)), variant_id=variant) for variant in chosen
    )
    return evolve(draw(carts("EUR", max_lines=0)), lines=lines, codes=draw(CODES))


def merged(
    pair: tuple[Cart, Cart], how: MergePolicy, limits: CartPolicy = POLICY
) -> tuple[Cart, Cart, Merged]:
    account, guest = pair
    return account, guest, merge(account, guest, policy=evolve(limits, merge=how), at=NOON)


def pieces(carts: Iterable[Cart]) -> Counter[VariantId]:
    """How many of each variant they hold together."""
    counted: Counter[VariantId] = Counter()
    for cart in carts:
        counted.update({line.variant_id: line.quantity for line in cart.lines})
    return counted


def test_what_both_hold_is_the_most_of_it_unless_the_merchant_says_otherwise() -> None:
    wanted = {how: how.quantity(2, 5) for how in MergePolicy}

    assert wanted == {
        MergePolicy.MAXIMUM: 5,
        MergePolicy.SUM: 7,
        MergePolicy.GUEST_WINS: 5,
        MergePolicy.KEEP_ACCOUNT: 2,
    }
    assert MergePolicy.MAXIMUM.quantity(5, 2) == MergePolicy.KEEP_ACCOUNT.quantity(5, 2) == 5
    assert MergePolicy.GUEST_WINS.quantity(5, 2) == 2


@given(pair=pairs(), how=st.sampled_from([each for each in MergePolicy if each != "sum"]))
def test_merging_the_same_again_changes_nothing(pair: tuple[Cart, Cart], how: MergePolicy) -> None:
    _, guest, once = merged(pair, how)

    assert merged((once.cart, guest), how)[2].cart == once.cart


@given(pair=pairs(), how=MERGES)
def test_a_cart_merged_with_its_own_twin_is_doubled_by_the_sum_alone(
    pair: tuple[Cart, Cart], how: MergePolicy
) -> None:
    cart, _ = pair
    unbounded = evolve(POLICY, max_quantity=10**6)

    _, _, after = merged((cart, cart), how, unbounded)

    times = 2 if how is MergePolicy.SUM else 1
    assert pieces([after.cart]) == {each: n * times for each, n in pieces([cart]).items()}


@given(pair=pairs(), how=MERGES)
def test_what_only_one_of_them_holds_is_kept_as_it_was(
    pair: tuple[Cart, Cart], how: MergePolicy
) -> None:
    account, guest, after = merged(pair, how)

    mine, theirs, kept = pieces([account]), pieces([guest]), pieces([after.cart])
    assert kept.keys() == mine.keys() | theirs.keys()
    assert all(kept[each] == mine[each] for each in mine.keys() - theirs.keys())
    assert all(kept[each] == theirs[each] for each in theirs.keys() - mine.keys())


@given(pair=pairs(max_quantity=9), how=MERGES)
def test_what_found_no_room_is_told_to_the_piece(pair: tuple[Cart, Cart], how: MergePolicy) -> None:
    account, guest, after = merged(pair, how, TIGHT)

    mine, theirs, kept = pieces([account]), pieces([guest]), pieces([after.cart])
    told = Counter({each.variant_id: each.quantity for each in after.left_out})
    both = mine.keys() & theirs.keys()
    wanted = {**mine, **theirs, **{each: how.quantity(mine[each], theirs[each]) for each in both}}
    assert {each: kept[each] + told[each] for each in wanted} == wanted
    assert len(told) == len(after.left_out)
    assert all(each.quantity >= 1 for each in after.left_out)
    named = {line.variant_id: line.product_id for line in guest.lines}
    assert all(named[each.variant_id] == each.product_id for each in after.left_out)


@given(line=cart_lines("EUR"))
def test_a_line_is_filled_up_and_the_rest_is_told(line: CartLine) -> None:
    mine, theirs = evolve(line, quantity=7), evolve(line, quantity=5)
    summed = evolve(TIGHT, merge=MergePolicy.SUM)

    after = merge(a_cart(lines=(mine,)), a_cart(lines=(theirs,)), policy=summed, at=NOON)

    assert [line.quantity for line in after.cart.lines] == [9]
    assert [each.quantity for each in after.left_out] == [3]


@given(pair=pairs(), how=MERGES)
def test_no_limit_is_passed_that_the_account_had_not_passed_itself(
    pair: tuple[Cart, Cart], how: MergePolicy
) -> None:
    account, _, after = merged(pair, how, TIGHT)

    mine = pieces([account])
    assert len(after.cart.lines) <= max(TIGHT.max_lines, len(account.lines))
    for line in after.cart.lines:
        assert 1 <= line.quantity <= max(TIGHT.max_quantity, mine[line.variant_id])


@given(pair=pairs())
def test_a_limit_takes_nothing_from_the_account(pair: tuple[Cart, Cart]) -> None:
    for how in (MergePolicy.MAXIMUM, MergePolicy.SUM, MergePolicy.KEEP_ACCOUNT):
        account, _, after = merged(pair, how, TIGHT)

        kept = pieces([after.cart])
        assert all(kept[each] >= count for each, count in pieces([account]).items())


@given(pair=pairs(), how=MERGES)
def test_the_accounts_lines_keep_their_ids_and_the_prices_seen_on_them(
    pair: tuple[Cart, Cart], how: MergePolicy
) -> None:
    account, guest, after = merged(pair, how)

    own = after.cart.lines[: len(account.lines)]
    brought = {line.id: line for line in guest.lines}
    assert [evolve(line, quantity=1) for line in own] == [
        evolve(line, quantity=1) for line in account.lines
    ]
    assert all(brought[line.id] == line for line in after.cart.lines[len(account.lines) :])


@given(pair=pairs(), how=MERGES)
def test_codes_move_over_once_in_whatever_spelling(
    pair: tuple[Cart, Cart], how: MergePolicy
) -> None:
    account, guest, after = merged(pair, how)

    kept = after.cart.codes
    assert kept[: len(account.codes)] == account.codes
    assert len({normalise_code(code) for code in kept}) == len(kept) <= MOST_CODES
    assert {normalise_code(code) for code in (*kept, *after.codes_left_out)} == {
        normalise_code(code) for code in (*account.codes, *guest.codes)
    }
    assert not set(map(normalise_code, after.codes_left_out)) & set(map(normalise_code, kept))


@given(pair=pairs(), how=MERGES)
def test_the_cart_stays_the_accounts(pair: tuple[Cart, Cart], how: MergePolicy) -> None:
    account, _, after = merged(pair, how)

    assert after.cart.id == account.id
    assert (after.cart.user_id, after.cart.token_hash) == (account.user_id, None)
    assert (after.cart.version, after.cart.currency) == (account.version, account.currency)
    assert after.cart.created_at == account.created_at
    assert after.cart.updated_at == NOON


def a_cart(**changes: Any) -> Cart:
    """An empty one."""
    cart: Cart = evolve(EMPTY, **changes)
    return cart


def test_where_it_goes_and_who_shops_comes_from_the_guest_where_the_account_does_not_say() -> None:
    told = a_cart(email="ann@example.com", destination=HOME, shipping_method="parcel")
    other = a_cart(email="bob@example.com", destination=AWAY, shipping_method="express")

    filled = merge(a_cart(), told, policy=POLICY, at=NOON).cart
    kept = merge(told, other, policy=POLICY, at=NOON).cart
    half = merge(a_cart(destination=HOME), other, policy=POLICY, at=NOON).cart

    for cart in (filled, kept):
        assert (cart.email, cart.destination, cart.shipping_method) == (
            "ann@example.com",
            HOME,
            "parcel",
        )
    assert (half.email, half.destination, half.shipping_method) == ("bob@example.com", HOME, None)


def test_another_currency_is_not_merged() -> None:
    with pytest.raises(CartInOtherCurrency) as refused:
        merge(a_cart(), a_cart(currency="USD"), policy=POLICY, at=NOON)

    assert (refused.value.currency, refused.value.into) == ("USD", "EUR")
