"""Use cases of shipping: which methods the store offers."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import ShippingMethod, ShippingRate

TEXT_LENGTH = 100


@frozen(kw_only=True)
class PutShippingMethod:
    """A wish to offer a method; one with the same code is replaced. No zones is everywhere."""

    code: str
    name: str
    rate: ShippingRate
    zones: tuple[Zone, ...] = ()
    tax_class: str = "standard"
    active: bool = True
    position: int = 0


async def put_shipping_method(
    command: PutShippingMethod, *, actor: Actor, ports: Ports
) -> ShippingMethod:
    """The method, offered from the next quote on; raises InvalidInput."""
    actor.may(Permission.CHANGE_PRICING)
    if faults := tuple(_faults(command, ports.policy.currency)):
        raise InvalidInput(faults)
    async with ports.unit_of_work() as work:
        known = {each.code: each.id for each in (await work.rules.current()).shipping_methods}
        method = ShippingMethod(
            id=known.get(command.code) or ShippingMethodId(ports.ids.uuid()),
            code=command.code,
            name=command.name.strip(),
            zones=command.zones,
            rate=command.rate,
            tax_class=command.tax_class,
            active=command.active,
            position=command.position,
        )
        await work.rules.put_shipping_methods([method])
    return method


async def list_shipping_methods(*, ports: Ports) -> tuple[ShippingMethod, ...]:
    """Every method, those that are not offered now too, in their order."""
    async with ports.reading() as reads:
        return (await reads.rules.current()).shipping_methods


def _faults(command: PutShippingMethod, currency: str) -> Iterator[FieldError]:
    if not SLUG.fullmatch(command.code) or len(command.code) > TEXT_LENGTH:
        reason = f"is made of a-z, 0-9 and single hyphens, at most {TEXT_LENGTH}"
        yield FieldError("code", reason)
    if not 1 <= len(command.name.strip()) <= TEXT_LENGTH:
        yield FieldError("name", f"has 1 to {TEXT_LENGTH} characters")
    if command.rate.currency != currency:
        yield FieldError("rate", f"is in {currency}, the store's currency")
