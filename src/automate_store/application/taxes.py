"""Use cases of taxes: which rates the store collects."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import TaxRateId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.taxes import TaxRate

TEXT_LENGTH = 100


@frozen(kw_only=True)
class PutTaxRate:
    """A wish to collect a rate (0.08875 is 8.875 %); one with the same code is replaced."""

    code: str
    name: str
    rate: Decimal
    zone: Zone
    tax_class: str = "standard"
    applies_to_shipping: bool
    period: Period
    """When it is in force; a dated change of rate is two rates with two codes."""


async def put_tax_rate(command: PutTaxRate, *, actor: Actor, ports: Ports) -> TaxRate:
    """The rate, collected from the next quote on; raises InvalidInput."""
    actor.may(Permission.CHANGE_PRICING)
    if faults := tuple(_faults(command)):
        raise InvalidInput(faults)
    async with ports.unit_of_work() as work:
        known = {each.code: each.id for each in (await work.rules.current()).tax_rates}
        rate = TaxRate(
            id=known.get(command.code) or TaxRateId(ports.ids.uuid()),
            code=command.code,
            name=command.name.strip(),
            rate=command.rate,
            tax_class=command.tax_class,
            zone=command.zone,
            applies_to_shipping=command.applies_to_shipping,
            period=command.period,
        )
        await work.rules.put_tax_rates([rate])
    return rate


async def list_tax_rates(*, ports: Ports) -> tuple[TaxRate, ...]:
    """Every rate, past and future ones too, in the order of their codes."""
    async with ports.reading() as reads:
        return (await reads.rules.current()).tax_rates


def _faults(command: PutTaxRate) -> Iterator[FieldError]:
    if not SLUG.fullmatch(command.code) or len(command.code) > TEXT_LENGTH:
        reason = f"is made of a-z, 0-9 and single hyphens, at most {TEXT_LENGTH}"
        yield FieldError("code", reason)
    if not 1 <= len(command.name.strip()) <= TEXT_LENGTH:
        yield FieldError("name", f"has 1 to {TEXT_LENGTH} characters")
