"""Use cases of shipping: which methods the store offers."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import (
    UNLIMITED,
    Limits,
    ShippingMethod,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
    ShippingRate,
    ZoneRate,
)

TEXT_LENGTH = 100
POSITION_LIMIT = 1_000_000
"""Positions stay below it."""


@frozen(kw_only=True)
class PutShippingMethod:
    """A wish to offer a method; no zones is everywhere."""

    code: str
    name: str
    rate: ShippingRate
    zones: tuple[Zone, ...] = ()
    tax_class: str = "standard"
    active: bool = True
    position: int = 0
    zone_rates: tuple[ZoneRate, ...] = ()
    free_from: Money | None = None
    limits: Limits = UNLIMITED
    pickup: bool = False


async def add_shipping_method(
    command: PutShippingMethod, *, actor: Actor, ports: Ports
) -> ShippingMethod:
    """
    The new method, offered from the next quote on.

    Raises InvalidInput, and ShippingMethodCodeTaken where there is one of that code.
    """
    actor.may(Permission.CHANGE_PRICING)
    method = _method(command, ShippingMethodId(ports.ids.uuid()), ports)
    async with ports.unit_of_work() as work:
        if await _found(command.code, work) is not None:
            raise ShippingMethodCodeTaken(command.code)
        await work.rules.add_shipping_method(method)
        subject = _subject(method)
        await note(
            work, actor, "add_shipping_method", subject, before=None, after=method, ports=ports
        )
    return method


async def change_shipping_method(
    command: PutShippingMethod, *, actor: Actor, ports: Ports
) -> ShippingMethod:
    """
    The method of that code as it is offered from the next quote on; orders keep theirs.

    Raises InvalidInput, ShippingMethodNotFound.
    """
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await _existing(command.code, work)
        method = _method(command, known.id, ports)
        await work.rules.change_shipping_method(method)
        subject = _subject(method)
        await note(
            work, actor, "change_shipping_method", subject, before=known, after=method, ports=ports
        )
    return method


async def put_shipping_method(
    command: PutShippingMethod, *, actor: Actor, ports: Ports
) -> ShippingMethod:
    """The method, new or in the place of the one of that code; raises InvalidInput."""
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await _found(command.code, work)
        own = known.id if known else ShippingMethodId(ports.ids.uuid())
        method = _method(command, own, ports)
        await work.rules.put_shipping_methods([method])
        subject = _subject(method)
        await note(
            work, actor, "put_shipping_method", subject, before=known, after=method, ports=ports
        )
    return method


async def remove_shipping_method(code: str, *, actor: Actor, ports: Ports) -> ShippingMethod:
    """
    The method that is gone now; orders keep what they were shipped by.

    A cart that has chosen it says so. Raises ShippingMethodNotFound.
    """
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        method = await _existing(code, work)
        await work.rules.remove_shipping_method(code)
        subject = _subject(method)
        await note(
            work, actor, "remove_shipping_method", subject, before=method, after=None, ports=ports
        )
    return method


async def get_shipping_method(code: str, *, actor: Actor, ports: Ports) -> ShippingMethod:
    """The method of that code; raises ShippingMethodNotFound."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return await _existing(code, reads)


async def list_shipping_methods(
    *, after: str = "", limit: int | None = None, actor: Actor, ports: Ports
) -> tuple[ShippingMethod, ...]:
    """Methods, offered or not, whose code comes after that one, in the order of codes."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        methods = (await reads.rules.current()).shipping_methods
    found = (method for method in methods if method.code > after)
    return tuple(sorted(found, key=lambda method: method.code))[:limit]


def _subject(method: ShippingMethod) -> str:
    return f"shipping_method:{method.code}"


async def _found(code: str, reads: Reads) -> ShippingMethod | None:
    methods = (await reads.rules.current()).shipping_methods
    return next((method for method in methods if method.code == code), None)


async def _existing(code: str, reads: Reads) -> ShippingMethod:
    method = await _found(code, reads)
    if method is None:
        raise ShippingMethodNotFound(code)
    return method


def _method(command: PutShippingMethod, id: ShippingMethodId, ports: Ports) -> ShippingMethod:
    if faults := tuple(_faults(command, ports.policy.currency)):
        raise InvalidInput(faults)
    return ShippingMethod(
        id=id,
        code=command.code,
        name=command.name.strip(),
        zones=command.zones,
        rate=command.rate,
        tax_class=command.tax_class.strip(),
        active=command.active,
        position=command.position,
        zone_rates=command.zone_rates,
        free_from=command.free_from,
        limits=command.limits,
        pickup=command.pickup,
    )


def _faults(command: PutShippingMethod, currency: str) -> Iterator[FieldError]:
    if not SLUG.fullmatch(command.code) or len(command.code) > TEXT_LENGTH:
        reason = f"is made of a-z, 0-9 and single hyphens, at most {TEXT_LENGTH}"
        yield FieldError("code", reason)
    for name, text in (("name", command.name), ("tax_class", command.tax_class)):
        if not 1 <= len(text.strip()) <= TEXT_LENGTH:
            yield FieldError(name, f"has 1 to {TEXT_LENGTH} characters")
    if command.rate.currency != currency:
        yield FieldError("rate", f"is in {currency}, the store's currency")
    if not 0 <= command.position < POSITION_LIMIT:
        yield FieldError("position", f"is 0 or more, and below {POSITION_LIMIT}")
