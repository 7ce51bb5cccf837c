"""Items as requests name them: those of the order, and at least one piece of each."""

from __future__ import annotations

from collections.abc import Mapping

from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import Order


def named_units(items: Mapping[LineId, int], order: Order) -> Mapping[LineId, int]:
    """The same, where they are units of the order's items; raises InvalidInput."""
    known = {item.id for item in order.items}
    faults = tuple(
        named_fault(place, "one or more" if item_id in known else None)
        for place, (item_id, quantity) in enumerate(items.items())
        if item_id not in known or quantity < 1
    )
    if faults or not items:
        raise InvalidInput(faults or (FieldError("items", "names at least one item"),))
    return items


def named_fault(place: int, wanted: str | None) -> FieldError:
    """What is wrong with the item in that place: how many it can be of, or that it is none."""
    if wanted is None:
        return FieldError(f"items[{place}].item_id", "is not an item of the order")
    return FieldError(f"items[{place}].quantity", f"is {wanted}")
