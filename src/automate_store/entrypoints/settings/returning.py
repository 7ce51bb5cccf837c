"""What can be set of returns: what is taken back, until when, and at whose cost."""

from __future__ import annotations

import re
from decimal import Decimal

from attrs import frozen

from automate_store.entrypoints.settings.declaring import setting
from automate_store.entrypoints.settings.edge import several
from automate_store.entrypoints.settings.kinds import FLAG, Kind, whole

WHOLE = Decimal(100)
"""Per cent."""

_REASON = re.compile(r"[a-z][a-z0-9_]{0,99}")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


def _read_reason(given: str) -> str:
    if not _REASON.fullmatch(given):
        raise ValueError("holds what is not made of a-z, 0-9 and _")
    return given


def _read_percent(given: str) -> Decimal:
    if not _PERCENT.fullmatch(given) or Decimal(given) > WHOLE:
        raise ValueError("is not a percentage")
    return Decimal(given)


def _read_amount(given: str) -> Decimal:
    if not _AMOUNT.fullmatch(given):
        raise ValueError("is not an amount")
    return Decimal(given)


REASONS = several(Kind("reason in a-z, 0-9 and `_`", _read_reason), {"none": ()})
PERCENT = Kind("percentage, 0 to 100", _read_percent)
AMOUNT = Kind("amount in the shop's currency", _read_amount)


# Without slots: of two bases that have some, no class can be made.
@frozen(kw_only=True, slots=False)
class ReturnSettings:
    """What comes back, and what is kept of its price."""

    return_window_days: int = setting(
        whole(0, 3650), 30, "How many days after its parcel arrived an item may be returned"
    )
    return_reasons: tuple[str, ...] = setting(
        REASONS,
        (
            *("changed_mind", "does_not_fit", "arrived_late", "defective", "damaged"),
            *("wrong_item", "not_as_described"),
        ),
        "The reasons for which goods are taken back",
        shown="`changed_mind,does_not_fit,arrived_late,defective,damaged,wrong_item,"
        "not_as_described`",
    )
    return_merchants_fault: tuple[str, ...] = setting(
        REASONS,
        ("arrived_late", "defective", "damaged", "wrong_item", "not_as_described"),
        "Those of them for which the customer bears no cost",
        shown="`arrived_late,defective,damaged,wrong_item,not_as_described`",
    )
    claim_reasons: tuple[str, ...] = setting(
        REASONS,
        ("lost", "damaged"),
        "The reasons for which money goes back without the goods",
        shown="`lost,damaged`",
    )
    claim_loss_reasons: tuple[str, ...] = setting(
        REASONS, ("lost",), "Those of them that say that the goods never came", shown="`lost`"
    )
    return_digital: bool = setting(
        FLAG, False, "Whether what needs no parcel, such as a download, may be returned"
    )
    return_original_shipping: bool = setting(
        FLAG,
        True,
        "Whether the order's shipping goes back where all came back by the merchant's fault",
    )
    restocking_fee_percent: Decimal = setting(
        PERCENT, Decimal(0), "What is kept of the price of goods that the customer does not want"
    )
    return_shipping_cost: Decimal = setting(
        AMOUNT, Decimal(0), "What is kept for sending such goods back"
    )
    return_clawback: bool = setting(
        FLAG,
        False,
        "Whether a discount is taken back that the goods which stay do not earn any more",
    )
    refund_on_receipt: bool = setting(
        FLAG,
        True,
        "Whether what is accepted of a return is paid back when it is received, or by hand",
    )
    exchange_hours: int = setting(
        whole(1, 8760),
        168,
        "How many hours what comes for returned goods waits for what it costs more than they",
    )
