"""What the rules make of parcels that never come: who is owed for them, and when that is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve

from automate_store.domain.kernel.ids import LineId
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.pieces import Line, Parcel

Lines = Mapping[LineId, Line]


def is_owed(parcel: Parcel, lines: Lines, parcels: Sequence[Parcel]) -> bool:
    """Whether the parcel is lost, and more of one of its items than was made good."""
    return parcel.lost and any(
        _many(each, (p for p in parcels if p.lost))
        > max(lines[each].lost, lines[each].returned - arrived(each, parcels))
        for each in parcel.items
    )


def arrived(each: LineId, parcels: Iterable[Parcel]) -> int:
    """How many of the line came in parcels."""
    return _many(each, (parcel for parcel in parcels if parcel.arrived))


def never_came(each: LineId, line: Line, parcels: Sequence[Parcel]) -> int:
    """How many of the line were claimed because they never came, and did not come since."""
    return min(line.claimed + line.lost, line.shipped - arrived(each, parcels))


def missing(items: Counts, lines: Lines, parcels: Sequence[Parcel]) -> dict[LineId, int]:
    """How many of these have not come, and were not claimed for that before."""
    found = {}
    for each, many in items.items():
        line = lines[each]
        away = line.shipped - arrived(each, parcels) - never_came(each, line, parcels)
        free = line.shipped - line.returning - line.returned
        found[each] = min(many, away, free) if line.parcel else 0
    return found


def given_up(lines: Lines, parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """The parcels, those lost all of whose units were made good because they never came."""
    left = {
        each: line.lost - _many(each, (p for p in parcels if p.lost))
        for each, line in lines.items()
    }
    now = []
    for parcel in parcels:
        moving = not parcel.arrived and not parcel.lost
        gone = moving and all(many <= left[each] for each, many in parcel.items.items())
        if gone:
            left.update({each: left[each] - many for each, many in parcel.items.items()})
        now.append(evolve(parcel, lost=parcel.lost or gone))
    return tuple(now)


def _many(each: LineId, parcels: Iterable[Parcel]) -> int:
    return sum(parcel.items.get(each, 0) for parcel in parcels)
