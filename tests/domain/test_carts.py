"""Laws of carts: one line a variant, sums that stay in bounds, nothing lost on a refusal."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.carts import (
    Cart,
    CartFull,
    CartLine,
    CartLineNotFound,
    CartProblemKind,
    OnShelf,
    TooManyOfOne,
    validate,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.carts import POLICY, cart_lines, carts
from automate_store.entrypoints.properties.moments import NOON

ROOMY = evolve(POLICY, max_lines=10, max_quantity=10**6)
full = carts("EUR").filter(lambda cart: cart.lines)


@given(cart=carts("EUR"), added=st.lists(cart_lines("EUR"), max_size=4))
def test_adding_adds_up_whatever_was_there(cart: Cart, added: list[CartLine]) -> None:
    before = sum(line.quantity for line in cart.lines)
    for line in added:
        cart = cart.add(line, policy=ROOMY, at=NOON)
    assert sum(line.quantity for line in cart.lines) == before + sum(a.quantity for a in added)


@given(cart=full, quantity=st.integers(1, 999))
def test_a_variant_stands_on_one_line_and_keeps_its_id(cart: Cart, quantity: int) -> None:
    line = cart.lines[0]
    again = evolve(line, id=LineId(cart.id), quantity=quantity)
    after = cart.add(again, policy=ROOMY, at=NOON)
    assert [each.id for each in after.lines] == [each.id for each in cart.lines]
    assert after.lines[0].quantity == line.quantity + quantity


@given(cart=full, price=st.integers(0, 10**6))
def test_adding_again_is_seeing_the_new_price(cart: Cart, price: int) -> None:
    again = evolve(cart.lines[0], unit_price_seen=Money(price, "EUR"))
    after = cart.add(again, policy=ROOMY, at=NOON)
    assert after.lines[0].unit_price_seen == Money(price, "EUR")


@given(cart=full, wanted=st.integers(-3, 1_003))
def test_a_line_holds_one_to_the_most_that_it_may(cart: Cart, wanted: int) -> None:
    line = cart.lines[0]
    if 1 <= wanted <= POLICY.max_quantity:
        after = cart.set_quantity(line.id, wanted, policy=POLICY, at=NOON)
        assert after.line(line.id).quantity == wanted
    else:
        refusal = InvalidInput if wanted < 1 else TooManyOfOne
        with pytest.raises(refusal):
            cart.set_quantity(line.id, wanted, policy=POLICY, at=NOON)


@given(cart=full, quantity=st.integers(-999, 0))
def test_nothing_or_less_can_not_be_added_even_to_what_is_there(cart: Cart, quantity: int) -> None:
    with pytest.raises(InvalidInput):
        cart.add(evolve(cart.lines[0], quantity=quantity), policy=POLICY, at=NOON)


@given(cart=full)
def test_one_more_than_a_line_may_hold_is_refused_however_it_is_added(cart: Cart) -> None:
    line = cart.lines[0]
    one_more = evolve(line, quantity=POLICY.max_quantity - line.quantity + 1)
    with pytest.raises(TooManyOfOne) as refused:
        cart.add(one_more, policy=POLICY, at=NOON)
    assert refused.value.wanted == POLICY.max_quantity + 1


@given(cart=full, added=cart_lines("EUR"))
def test_a_full_cart_takes_more_of_what_it_has_and_nothing_else(
    cart: Cart, added: CartLine
) -> None:
    just_full = evolve(ROOMY, max_lines=len(cart.lines))
    assert cart.add(cart.lines[-1], policy=just_full, at=NOON).lines
    with pytest.raises(CartFull):
        cart.add(added, policy=just_full, at=NOON)


@given(cart=full, which=st.integers(0, 9))
def test_removing_takes_one_line_and_leaves_the_rest(cart: Cart, which: int) -> None:
    line = cart.lines[which % len(cart.lines)]
    after = cart.remove(line.id, at=NOON)
    assert [each for each in cart.lines if each is not line] == list(after.lines)
    with pytest.raises(CartLineNotFound):
        after.remove(line.id, at=NOON)


@given(cart=carts())
def test_a_cleared_cart_keeps_its_owner_and_nothing_in_it(cart: Cart) -> None:
    after = cart.clear(at=NOON)
    assert (after.lines, after.codes) == ((), ())
    assert (after.id, after.token_hash) == (cart.id, cart.token_hash)


@given(cart=full)
def test_a_cart_that_is_as_it_was_has_no_problem(cart: Cart) -> None:
    assert validate(cart, _shelf(cart)) == ()


@given(cart=full)
def test_what_is_gone_or_archived_says_so_and_no_more(cart: Cart) -> None:
    archived = {each: evolve(now, active=False) for each, now in _shelf(cart).items()}
    assert {each.kind for each in validate(cart, {})} == {CartProblemKind.GONE}
    assert {each.kind for each in validate(cart, archived)} == {CartProblemKind.ARCHIVED}


@given(cart=full, missing=st.integers(1, 5))
def test_a_shortage_says_how_many_are_left(cart: Cart, missing: int) -> None:
    line = cart.lines[0]
    left = max(0, line.quantity - missing)
    now = evolve(_shelf(cart)[line.variant_id], promisable=left)
    (problem,) = validate(cart, {**_shelf(cart), line.variant_id: now})
    assert problem.kind is CartProblemKind.SHORT_OF_STOCK
    assert (problem.line_id, problem.wanted, problem.available) == (line.id, line.quantity, left)


@given(cart=full, change=st.integers(-(10**6), 10**6).filter(bool))
def test_a_rise_in_price_blocks_and_a_fall_passes(cart: Cart, change: int) -> None:
    line = cart.lines[0]
    price = line.unit_price_seen + Money(change, "EUR")
    now = evolve(_shelf(cart)[line.variant_id], unit_price=price)
    (problem,) = validate(cart, {**_shelf(cart), line.variant_id: now})
    assert problem.blocks == (change > 0)
    assert (problem.old_price, problem.new_price) == (line.unit_price_seen, price)


@given(cart=full, change=st.integers(1, 10**6))
def test_who_accepts_the_prices_has_no_more_problem_with_them(cart: Cart, change: int) -> None:
    dearer = {
        each: evolve(now, unit_price=now.unit_price + Money(change, "EUR"))
        for each, now in _shelf(cart).items()
    }
    prices = [(line.id, dearer[line.variant_id].unit_price) for line in cart.lines]
    assert validate(cart.accept_prices(prices, at=NOON), dearer) == ()


def _shelf(cart: Cart) -> dict[VariantId, OnShelf]:
    return {
        line.variant_id: OnShelf(
            active=True, unit_price=line.unit_price_seen, promisable=line.quantity
        )
        for line in cart.lines
    }
