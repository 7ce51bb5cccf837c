"""Actions on shipping, and gifts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.promotions.actions import Off, Scope, ShippingAction


def _codes(methods: Iterable[str]) -> frozenset[str]:
    return frozenset(methods)


@frozen
class OffShipping(ShippingAction):
    """A percentage or an amount off shipping, all methods or those named by their codes."""

    kind = "off_shipping"
    off: Off
    methods: frozenset[str] = field(default=frozenset(), converter=_codes)

    def take(self, method: str, cost: Money, rounding: Rounding) -> int | None:
        """At most what shipping costs."""
        if self.methods and method not in self.methods:
            return None
        return self.off.of(cost.minor, 1, rounding)


@frozen
class FreeShipping(ShippingAction):
    """Shipping for nothing, by all methods or those named by their codes."""

    kind = "free_shipping"
    methods: frozenset[str] = field(default=frozenset(), converter=_codes)

    def take(self, method: str, cost: Money, rounding: Rounding) -> int | None:  # noqa: ARG002 - all of it
        """All that it costs."""
        return None if self.methods and method not in self.methods else cost.minor


@frozen
class Gift:
    """So many of a variant for nothing, as a line of its own."""

    kind: ClassVar[str] = "gift"
    scope: ClassVar[Scope] = Scope.GIFT
    variant_id: VariantId
    quantity: int = field(default=1)

    @quantity.validator
    def _some(self, _: object, quantity: int) -> None:
        if quantity < 1:
            raise InvalidInput.of("quantity", "must be 1 or more")
