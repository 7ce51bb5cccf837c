"""Carts for property tests."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.carts import Cart, CartLine, CartPolicy, MergePolicy
from automate_store.domain.kernel.ids import CartId, LineId, ProductId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.entrypoints.properties.catalog import DEAREST
from automate_store.entrypoints.properties.identity import addresses
from automate_store.entrypoints.properties.moments import moments
from automate_store.entrypoints.properties.money import currencies, money

POLICY = CartPolicy(max_lines=100, max_quantity=999, merge=MergePolicy.MAXIMUM)
"""What holds for carts where the merchant did not say otherwise."""


def cart_lines(currency: str, max_quantity: int = POLICY.max_quantity) -> SearchStrategy[CartLine]:
    """Lines of variants that exist nowhere else."""
    return st.builds(
        CartLine,
        id=st.uuids().map(LineId),
        product_id=st.uuids().map(ProductId),
        variant_id=st.uuids().map(VariantId),
        quantity=st.integers(1, max_quantity),
        unit_price_seen=money(currency, 0, DEAREST),
        added_at=moments(),
    )


def destinations() -> SearchStrategy[Destination]:
    """Places that parcels go to."""
    return addresses().map(lambda address: address.destination)


@st.composite
def carts(draw: st.DrawFn, currency: str | None = None, max_lines: int = 5) -> Cart:
    """A guest's cart with each variant on one line; without lines too."""
    prices_in = draw(currencies()) if currency is None else currency
    lines = draw(
        st.lists(
            cart_lines(prices_in),
            max_size=max_lines,
            unique_by=(lambda line: line.id, lambda line: line.variant_id),
        )
    )
    created_at = draw(moments())
    return Cart(
        id=draw(st.uuids().map(CartId)),
        user_id=None,
        token_hash=draw(st.binary(min_size=32, max_size=32)),
        currency=prices_in,
        lines=tuple(lines),
        destination=draw(st.none() | destinations()),
        created_at=created_at,
        updated_at=created_at,
    )
