"""Asking for what is the owner's, everywhere and with every id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from attrs import frozen

from benchmarks.promises.p29_access.callers import Street
from benchmarks.promises.p29_access.operations import Operation, Place, Values, Where
from benchmarks.promises.run import Run
from benchmarks.rig.access import (
    ADMINS,
    ALIKE,
    MONEY,
    ONES_ORDER,
    ONES_ORDER_TO_PAY,
    ONES_PRODUCT,
    OPERATIONS,
    REFUSALS,
    SELLERS,
    SUPPORT,
    Caller,
    Row,
)
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Answer, fresh_key

ASKERS = tuple(caller for caller in Caller if caller is not Caller.OWNER)
ALSO: Mapping[str, Sequence[str]] = {"order": ("sales",)}
"""What else places for such an id are called."""
EVERYBODYS = (SUPPORT, ADMINS, MONEY, SELLERS, ONES_ORDER, ONES_ORDER_TO_PAY, ONES_PRODUCT)
"""What staff do with the things of all customers and vendors."""
OF_THE_REQUEST = ("instance", "request_id")
PASSING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
)
"""Ids and times."""
Told = tuple[int, str]


async def nobody_gets_anything(run: Run, street: Street, operations: Sequence[Operation]) -> None:
    """Every operation, its reads first, and last those that may end whoever asks."""
    before, exported = await street.settled(), await _export(street)
    await _owner_is_shown_it_all(run, street, operations)
    asked: Counter[str] = Counter()
    for operation in sorted(operations, key=_mildest_first):
        for caller in ASKERS:
            asking = Asking(run, street, operation, caller)
            asked[caller] += await asking.everything()
        rows = street.rows_of_the_owner()
        run.require(rows == before, f"{operation.id}: changed what is the owner's")
        before = rows
        await street.welcome_back()
    run.equal("what the owner exports afterwards", await _export(street), exported)
    await _vendors_see_their_part(run, street)
    run.measured["asked"] = dict(asked)
    run.measured["operations"] = len(operations)
    run.tries += sum(asked.values())


@frozen
class Asking:
    """One caller at one operation."""

    run: Run
    street: Street
    operation: Operation
    caller: Caller

    @property
    def row(self) -> Row:
        """What the table says of the operation."""
        return OPERATIONS[self.operation.id]

    @property
    def may_see(self) -> bool:
        """Whether it is the caller's work to see everybody's."""
        staff = {Caller.SUPPORT, Caller.ADMIN} & self.row.through
        return self.row in EVERYBODYS and self.caller in staff

    async def everything(self) -> int:
        """How often was asked: for one's own, then with each id of the owner's."""
        if self.may_see and self.operation.method != "GET":
            return 0  # They may change everybody's, the owner's too.
        own, asked = self.own(), 1
        self._judge_own(await self._send(own), own)
        turned_away = self.caller in self.row.told and not self.row.owners
        if self.may_see or (self.run.quick and turned_away):
            return asked
        for values in self._foreign():
            await self._compare(own, values)
            asked += 2
        return asked

    def _foreign(self) -> Iterator[Values]:
        """The owner's ids in every place, each by itself, then where they belong all at once."""
        places = self.operation.places
        for place in places:
            for kind in self._kinds(place):
                yield {place: self.street.theirs.ids[kind]}
        kinds = {place: self._kind(place) for place in places}
        if len(kinds) > 1:
            yield {place: self.street.theirs.ids[kind] for place, kind in kinds.items() if kind}

    def _kinds(self, place: Place) -> list[str]:
        """All of the owner's ids in a full run; those that belong there, and one more, else."""
        kinds = list(self.street.theirs.ids)
        if not self.run.quick:
            return kinds
        belonging = [kind for kind in kinds if self._belongs(kind, place)]
        return list(dict.fromkeys([*belonging, self.run.random.choice(kinds)]))

    def _kind(self, place: Place) -> str | None:
        """What the id in that place is of, where the owner has any."""
        kinds = self.street.theirs.ids
        return next((kind for kind in kinds if self._belongs(kind, place)), None)

    def _belongs(self, kind: str, place: Place) -> bool:
        """Whether the first word of the kind stands in what the place is called."""
        about, word = self.operation.about(place), kind.split(maxsplit=1)[0]
        return word in about or any(name in about for name in ALSO.get(word, ()))

    def own(self) -> Values:
        """The caller's own ids, where they have some, and nobody's where one has to be."""
        found: dict[Place, str] = {}
        for place in self.operation.places:
            known = self.street.askers[self.caller].own.get(self._kind(place) or "")
            if place.where is Where.PATH:
                found[place] = known or str(uuid4())
            elif place.where is Where.BODY and known is not None:
                found[place] = known
        return found

    def _judge_own(self, answer: Answer, own: Values) -> None:
        """Whoever may gets through, all others are told what the table says."""
        self._nothing_of_the_owner(answer, own)
        label = answer.label()
        expected = self.row.told.get(self.caller)
        if expected is None:
            refused = self.row is not ALIKE and label in REFUSALS
            self._require(not refused, f"is told {label}, not let through")
        elif not self.row.owners or expected in REFUSALS:
            self._require(label == expected, f"is told {label}, not {expected}")

    async def _compare(self, own: Values, values: Values) -> None:
        """A foreign id is answered like one that nothing has."""
        nobodys = {place: _nobodys(value) for place, value in values.items()}
        foreign = await self._send({**own, **values})
        missing = await self._send({**own, **nobodys})
        self._nothing_of_the_owner(foreign, {**own, **values})
        places = ", ".join(f"{place.where} {place.name}" for place in values)
        alike = _told(foreign, values) == _told(missing, nobodys)
        labels = f"{foreign.label()}, and {missing.label()} for none"
        self._require(alike, f"a foreign id in {places}: {labels}")

    def _nothing_of_the_owner(self, answer: Answer, sent: Values) -> None:
        if not self.may_see:
            for what in self.street.theirs.found_in(answer, but=sent.values()):
                self._require(holds=False, fault=f"is told the owner's {what}")
        self._require(answer.known and answer.status < 500, f"is answered {answer.label()}")

    def _require(self, holds: bool, fault: str) -> None:  # noqa: FBT001 - reads as an assertion
        self.run.require(holds, f"{self.operation.id} by {self.caller}: {fault}")

    async def _send(self, values: Values) -> Answer:
        return await send(self.street, self.operation, values, self._headers(values))

    def _headers(self, values: Values) -> dict[str, str]:
        given = {p.name: value for p, value in values.items() if p.where is Where.HEADER}
        return {**self.street.askers[self.caller].headers, **given}


async def send(
    street: Street, operation: Operation, values: Values, headers: Mapping[str, str]
) -> Answer:
    """The operation with these ids, sent to either server."""
    keyed = {"Idempotency-Key": fresh_key()} if operation.keyed else {}
    return await street.shoppers.ask(
        operation.method,
        operation.target(values),
        operation.body(values),
        headers={**headers, **keyed},
    )


async def _owner_is_shown_it_all(run: Run, street: Street, operations: Sequence[Operation]) -> None:
    """Every text of theirs is shown to them or to staff, else that nobody saw it proves nothing."""
    seen: set[str] = set()
    for operation in operations:
        if operation.method != "GET":
            continue
        for headers in (street.theirs.owner.headers, STAFF):
            own = Asking(run, street, operation, Caller.OWNER).own()
            seen |= street.theirs.found_in(await send(street, operation, own, headers))
    for marker in sorted(street.theirs.markers.keys() - seen):
        run.require(False, f"the owner's {marker} is shown to nobody")  # noqa: FBT003


async def _vendors_see_their_part(run: Run, street: Street) -> None:
    """A vendor is shown its items of the owner's order, and nothing that is the owner's."""
    path = f"{API}/sales/{street.theirs.sale}"
    headers = street.askers[Caller.VENDOR].headers
    answer = await street.shoppers.ask("GET", path, headers=headers)
    run.tries += 1
    run.require(answer.ok, f"a vendor at its sale: {answer.label()}")
    for marker in street.theirs.found_in(answer):
        run.require(False, f"a vendor is told the owner's {marker}")  # noqa: FBT003


async def _export(street: Street) -> Any:
    """All that is kept on the owner, as they are told it."""
    headers = street.theirs.owner.headers
    answer = await street.shoppers.ask("GET", f"{API}/auth/export", headers=headers)
    return answer.body.get("kept", answer.body)


def _told(answer: Answer, values: Values) -> Told:
    """
    The answer without what differs from one request to the next.

    That is its number, its path, the ids that it was asked with or has made, and times.
    """
    body = answer.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in OF_THE_REQUEST}
    text = str(body)
    for value in values.values():
        text = text.replace(value, "@")
    return answer.status, PASSING.sub("@", text)


def _nobodys(value: str) -> str:
    """What nothing has, of the kind that the value is of."""
    return str(uuid4()) if PASSING.fullmatch(value) else f"nobodys-{uuid4().hex[:10]}"


def _mildest_first(operation: Operation) -> tuple[bool, bool]:
    return operation.method != "GET", not operation.places
