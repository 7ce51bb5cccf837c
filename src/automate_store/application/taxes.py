"""Use cases of taxes: which rates the store collects."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import TaxRateId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.taxes import TaxRate, TaxRateCodeTaken, TaxRateNotFound

TEXT_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Of the periods that rates are in force for."""


@frozen(kw_only=True)
class PutTaxRate:
    """A wish to collect a rate: 0.08875 is 8.875 %."""

    code: str
    name: str
    rate: Decimal
    zone: Zone
    tax_class: str = "standard"
    applies_to_shipping: bool
    period: Period
    """When it is in force; a dated change of rate is two rates with two codes."""
    compound: bool = False
    position: int = 0


async def add_tax_rate(command: PutTaxRate, *, actor: Actor, ports: Ports) -> TaxRate:
    """
    The new rate, collected from the next quote on.

    Raises InvalidInput, and TaxRateCodeTaken where there is one of that code.
    """
    actor.may(Permission.CHANGE_PRICING)
    rate = _rate(command, TaxRateId(ports.ids.uuid()))
    async with ports.unit_of_work() as work:
        if await _found(command.code, work) is not None:
            raise TaxRateCodeTaken(command.code)
        await work.rules.add_tax_rate(rate)
        subject = _subject(rate)
        await note(work, actor, "add_tax_rate", subject, before=None, after=rate, ports=ports)
    return rate


async def change_tax_rate(command: PutTaxRate, *, actor: Actor, ports: Ports) -> TaxRate:
    """
    The rate of that code as it is collected from the next quote on; orders keep theirs.

    Raises InvalidInput, TaxRateNotFound.
    """
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await _existing(command.code, work)
        rate = _rate(command, known.id)
        await work.rules.change_tax_rate(rate)
        subject = _subject(rate)
        await note(work, actor, "change_tax_rate", subject, before=known, after=rate, ports=ports)
    return rate


async def put_tax_rate(command: PutTaxRate, *, actor: Actor, ports: Ports) -> TaxRate:
    """The rate, new or in the place of the one of that code; raises InvalidInput."""
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        known = await _found(command.code, work)
        rate = _rate(command, known.id if known else TaxRateId(ports.ids.uuid()))
        await work.rules.put_tax_rates([rate])
        subject = _subject(rate)
        await note(work, actor, "put_tax_rate", subject, before=known, after=rate, ports=ports)
    return rate


async def remove_tax_rate(code: str, *, actor: Actor, ports: Ports) -> TaxRate:
    """
    The rate that is collected no more; orders keep what they were taxed by.

    Raises TaxRateNotFound. One that ends at a known time is changed to end then.
    """
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        rate = await _existing(code, work)
        await work.rules.remove_tax_rate(code)
        subject = _subject(rate)
        await note(work, actor, "remove_tax_rate", subject, before=rate, after=None, ports=ports)
    return rate


async def get_tax_rate(code: str, *, actor: Actor, ports: Ports) -> TaxRate:
    """The rate of that code; raises TaxRateNotFound."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return await _existing(code, reads)


async def list_tax_rates(
    *, after: str = "", limit: int | None = None, actor: Actor, ports: Ports
) -> tuple[TaxRate, ...]:
    """Rates past, present and future whose code comes after that one, in the order of codes."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        rates = (await reads.rules.current()).tax_rates
    return tuple(sorted((r for r in rates if r.code > after), key=lambda r: r.code))[:limit]


def _subject(rate: TaxRate) -> str:
    return f"tax_rate:{rate.code}"


async def _found(code: str, reads: Reads) -> TaxRate | None:
    rates = (await reads.rules.current()).tax_rates
    return next((rate for rate in rates if rate.code == code), None)


async def _existing(code: str, reads: Reads) -> TaxRate:
    rate = await _found(code, reads)
    if rate is None:
        raise TaxRateNotFound(code)
    return rate


def _rate(command: PutTaxRate, id: TaxRateId) -> TaxRate:
    if faults := tuple(_faults(command)):
        raise InvalidInput(faults)
    return TaxRate(
        id=id,
        code=command.code,
        name=command.name.strip(),
        rate=command.rate,
        tax_class=command.tax_class.strip(),
        zone=command.zone,
        applies_to_shipping=command.applies_to_shipping,
        period=command.period,
        compound=command.compound,
        position=command.position,
    )


def _faults(command: PutTaxRate) -> Iterator[FieldError]:
    if not SLUG.fullmatch(command.code) or len(command.code) > TEXT_LENGTH:
        reason = f"is made of a-z, 0-9 and single hyphens, at most {TEXT_LENGTH}"
        yield FieldError("code", reason)
    if command.rate > 1:
        yield FieldError("rate", "is at most 1, which is 100 %: 8.25 % is 0.0825")
    for name, text in (("name", command.name), ("tax_class", command.tax_class)):
        if not 1 <= len(text.strip()) <= TEXT_LENGTH:
            yield FieldError(name, f"has 1 to {TEXT_LENGTH} characters")
    ends = ("starts_at", command.period.starts_at), ("ends_at", command.period.ends_at)
    for name, end in ends:
        # The database's first and last days are not Python's, in no time zone of either.
        if end is not None and not FIRST_YEAR <= end.year <= LAST_YEAR:
            yield FieldError(name, f"is in a year from {FIRST_YEAR} to {LAST_YEAR}")
