"""Validating: what stands between a cart and an order, or what its owner should know."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from automate_store.domain.carts.cart import Cart, CartLine
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import Money


@frozen
class CartNeedsAttention(RuleBroken):
    """Something in the cart must be settled before it can be ordered."""

    says = "The cart can't be ordered as it is; see its problems."
    problems: tuple[CartProblem, ...]


class CartProblemKind(StrEnum):
    """What stands between a cart and an order, or what its owner should know."""

    GONE = "gone"
    ARCHIVED = "archived"
    SHORT_OF_STOCK = "short_of_stock"
    PRICE_ROSE = "price_rose"
    PRICE_FELL = "price_fell"
    SHIPPING_METHOD_GONE = "shipping_method_gone"
    CODE_NOT_APPLIED = "code_not_applied"


@frozen(kw_only=True)
class CartProblem:
    """One finding; which fields are filled depends on its kind."""

    kind: CartProblemKind
    line_id: LineId | None = None
    wanted: int | None = None
    available: int | None = None
    old_price: Money | None = None
    new_price: Money | None = None
    shipping_method: str | None = None
    coupon: str | None = None
    reason: str | None = None
    """Why the code does not apply, for programs."""
    detail: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether the cart can't be ordered before it is settled; a fall in price is not."""
        return self.kind is not CartProblemKind.PRICE_FELL


@frozen(kw_only=True)
class OnShelf:
    """What a line's variant is now: for sale or not, at what price, how many can be had."""

    active: bool
    unit_price: Money
    promisable: int


def validate(cart: Cart, shelf: Mapping[VariantId, OnShelf]) -> tuple[CartProblem, ...]:
    """What is wrong with each line, in line order; a variant not on the shelf is gone."""
    problems: list[CartProblem] = []
    for line in cart.lines:
        problems += _line_problems(line, shelf.get(line.variant_id))
    return tuple(problems)


def _line_problems(line: CartLine, now: OnShelf | None) -> list[CartProblem]:
    if now is None:
        return [CartProblem(kind=CartProblemKind.GONE, line_id=line.id)]
    if not now.active:
        return [CartProblem(kind=CartProblemKind.ARCHIVED, line_id=line.id)]
    problems = []
    if line.quantity > now.promisable:
        short = CartProblem(
            kind=CartProblemKind.SHORT_OF_STOCK,
            line_id=line.id,
            wanted=line.quantity,
            available=now.promisable,
        )
        problems.append(short)
    if now.unit_price != line.unit_price_seen:
        rose = now.unit_price > line.unit_price_seen
        changed = CartProblem(
            kind=CartProblemKind.PRICE_ROSE if rose else CartProblemKind.PRICE_FELL,
            line_id=line.id,
            old_price=line.unit_price_seen,
            new_price=now.unit_price,
        )
        problems.append(changed)
    return problems
