"""The cart: a line for each variant, codes, and where it should go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.coupons import normalise_code
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import InvalidInput, NotFound, RuleBroken
from automate_store.domain.kernel.ids import (
    CartId,
    LineId,
    ProductId,
    UserId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination

MOST_CODES = 10
"""The most codes on a cart."""


@frozen
class CartNotFound(NotFound):
    """The token opens no cart."""

    says = "There is no such cart."


@frozen
class CartLineNotFound(NotFound):
    """The cart has no such line."""

    says = "The cart has no line {line_id}."
    line_id: str


@frozen
class CartEmpty(RuleBroken):
    """There is nothing in the cart to order."""

    says = "The cart is empty; add something first."


@frozen
class CartFull(RuleBroken):
    """The cart has as many lines as a cart may have."""

    says = "A cart holds {limit} lines at most; remove one first."
    limit: int


@frozen
class TooManyOfOne(RuleBroken):
    """A line would pass the most that one line may hold."""

    says = "A line holds {limit} pieces at most; {wanted} would be wanted."
    wanted: int
    limit: int


@frozen
class CodeNotFound(NotFound):
    """The cart has no such code."""

    says = "The cart has no code {coupon!r}."
    coupon: str


@frozen
class TooManyCodes(RuleBroken):
    """The cart has as many codes as a cart may have."""

    says = "A cart takes {limit} codes at most; remove one first."
    limit: int


class MergePolicy(StrEnum):
    """How many there are of what both carts hold; what only one of them holds is kept."""

    MAXIMUM = "maximum"
    SUM = "sum"
    GUEST_WINS = "guest_wins"
    KEEP_ACCOUNT = "keep_account"

    def quantity(self, of_account: int, of_guest: int) -> int:
        """The pieces that are wanted of a variant that both have."""
        match self:
            case MergePolicy.MAXIMUM:
                return max(of_account, of_guest)
            case MergePolicy.SUM:
                return of_account + of_guest
            case MergePolicy.GUEST_WINS:
                return of_guest
            case MergePolicy.KEEP_ACCOUNT:
                return of_account


@frozen(kw_only=True)
class CartPolicy:
    """How much a cart may hold, and how a guest's goes into an account's."""

    max_lines: int
    max_quantity: int
    merge: MergePolicy


@frozen(kw_only=True)
class CartLine:
    """A variant and how many; ``unit_price_seen`` is what it cost when it was added."""

    id: LineId
    product_id: ProductId
    variant_id: VariantId
    quantity: int
    unit_price_seen: Money
    added_at: datetime


@frozen(kw_only=True)
class Cart(Aggregate):
    """What a guest or a customer means to buy, and where it should go."""

    id: CartId
    user_id: UserId | None
    token_hash: bytes | None
    currency: str
    lines: tuple[CartLine, ...] = ()
    codes: tuple[str, ...] = ()
    email: str | None = None
    destination: Destination | None = None
    shipping_method: str | None = None
    created_at: datetime
    updated_at: datetime

    def add(self, added: CartLine, *, policy: CartPolicy, at: datetime) -> Cart:
        """The cart with the line, or with more of the one it has of that variant."""
        _check(added.quantity, policy)
        for line in self.lines:
            if line.variant_id == added.variant_id:
                more = evolve(
                    line,
                    quantity=line.quantity + added.quantity,
                    unit_price_seen=added.unit_price_seen,
                )
                return self._with(more, policy=policy, at=at)
        if len(self.lines) >= policy.max_lines:
            raise CartFull(policy.max_lines)
        return evolve(self, lines=(*self.lines, added), updated_at=at)

    def line(self, line_id: LineId) -> CartLine:
        """The line of that id; raises CartLineNotFound."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise CartLineNotFound(str(line_id))

    def set_quantity(
        self, line_id: LineId, quantity: int, *, policy: CartPolicy, at: datetime
    ) -> Cart:
        """The cart with that many in the line; raises CartLineNotFound or TooManyOfOne."""
        return self._with(evolve(self.line(line_id), quantity=quantity), policy=policy, at=at)

    def remove(self, line_id: LineId, *, at: datetime) -> Cart:
        """The cart without the line; raises CartLineNotFound."""
        gone = self.line(line_id)
        kept = tuple(line for line in self.lines if line is not gone)
        return evolve(self, lines=kept, updated_at=at)

    def clear(self, *, at: datetime) -> Cart:
        """The cart without lines and codes; its owner keeps it."""
        return evolve(self, lines=(), codes=(), updated_at=at)

    def send_to(
        self, destination: Destination, shipping_method: str | None, *, at: datetime
    ) -> Cart:
        """The cart bound for that place by that method."""
        return evolve(
            self,
            destination=destination,
            shipping_method=shipping_method,
            updated_at=at,
        )

    def belonging_to(self, email: str, *, at: datetime) -> Cart:
        """The cart of whoever has that address, normalised."""
        return evolve(self, email=email, updated_at=at)

    def with_code(self, code: str, *, at: datetime) -> Cart:
        """The cart with the code on it, once in whatever spelling; raises TooManyCodes."""
        if any(normalise_code(code) == normalise_code(each) for each in self.codes):
            return self
        if len(self.codes) >= MOST_CODES:
            raise TooManyCodes(MOST_CODES)
        return evolve(self, codes=(*self.codes, code), updated_at=at)

    def without_code(self, code: str, *, at: datetime) -> Cart:
        """The cart without the code, in whatever spelling; raises CodeNotFound."""
        kept = tuple(each for each in self.codes if normalise_code(each) != normalise_code(code))
        if len(kept) == len(self.codes):
            raise CodeNotFound(code)
        return evolve(self, codes=kept, updated_at=at)

    def accept_prices(self, prices: Iterable[tuple[LineId, Money]], *, at: datetime) -> Cart:
        """The cart whose owner has seen and agreed to these unit prices."""
        seen = dict(prices)
        lines = tuple(
            evolve(line, unit_price_seen=seen.get(line.id, line.unit_price_seen))
            for line in self.lines
        )
        return evolve(self, lines=lines, updated_at=at)

    def _with(self, changed: CartLine, *, policy: CartPolicy, at: datetime) -> Cart:
        _check(changed.quantity, policy)
        lines = tuple(changed if line.id == changed.id else line for line in self.lines)
        return evolve(self, lines=lines, updated_at=at)


def _check(quantity: int, policy: CartPolicy) -> None:
    if quantity < 1:
        raise InvalidInput.of("quantity", "is 1 or more; remove the line to have none")
    if quantity > policy.max_quantity:
        raise TooManyOfOne(quantity, policy.max_quantity)
