"""``tax``: the rates that a merchant collects."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from automate_store.application.ports import Ports
from automate_store.application.taxes import (
    PutTaxRate,
    list_tax_rates,
    put_tax_rate,
    remove_tax_rate,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing.quoted import percent
from automate_store.domain.taxes import TaxRate
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import results, say, table
from automate_store.entrypoints.regions import state_code, state_fault

EVERYWHERE = "everywhere"


async def add_tax(
    code: str,
    *,
    name: str,
    rate_percent: str,
    country: str | None,
    state: str | None,
    postal_prefix: str | None,
    shipping: bool,
    ports: Ports,
) -> None:
    """Collect a rate; one with the same code is replaced. Raises InvalidInput."""
    command = PutTaxRate(
        code=code,
        name=name,
        rate=_share(rate_percent),
        zone=_zone(country, state, postal_prefix),
        applies_to_shipping=shipping,
        period=Period(),
    )
    rate = await put_tax_rate(command, actor=OPERATOR, ports=ports)
    say(f"{rate.code} ({rate.name}): {percent(rate.rate)}, {_zones((rate.zone,))}.")


async def remove_tax(code: str, *, ports: Ports) -> None:
    """Collect a rate no more; raises TaxRateNotFound."""
    rate = await remove_tax_rate(code, actor=OPERATOR, ports=ports)
    say(f"{rate.code} ({rate.name}) is gone; orders keep what they were taxed by.")


async def print_taxes(*, ports: Ports) -> None:
    """Every rate as a table."""
    rows = [_tax_row(rate) for rate in await list_tax_rates(actor=OPERATOR, ports=ports)]
    if rows:
        columns = ("code", "name", "rate", "where", "on shipping")
        results().print(table(columns, rows, numbers=["rate"]))
    else:
        say("No tax rate yet; add one: automate-store tax add --help")


def _share(rate_percent: str) -> Decimal:
    try:
        return Decimal(rate_percent).scaleb(-2)
    except InvalidOperation:
        raise InvalidInput.of("rate", "is a number of per cent such as 8.875") from None


def _country(country: str) -> Zone:
    if not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004 - ISO 3166
        raise InvalidInput.of("country", "is a two-letter ISO 3166 code such as US")
    return Zone(country)


def _zone(country: str | None, state: str | None, postal_prefix: str | None) -> Zone:
    if country is None:
        if state or postal_prefix:
            raise InvalidInput.of("country", "is needed where a state or postal prefix is named")
        return Zone()
    return Zone(_country(country).country, _state(country, state), postal_prefix)


def _state(country: str, state: str | None) -> str | None:
    code = None if state is None else state_code(country, state)
    if state is not None and code is None:
        raise InvalidInput.of("state", state_fault(country))
    return code


def _tax_row(rate: TaxRate) -> tuple[str, ...]:
    shipping = "yes" if rate.applies_to_shipping else "no"
    return rate.code, rate.name, percent(rate.rate), _zones((rate.zone,)), shipping


def _zones(zones: Sequence[Zone]) -> str:
    named = [
        " ".join(part for part in (zone.country, zone.state, zone.postal_prefix) if part)
        for zone in zones
    ]
    return ", ".join(name or EVERYWHERE for name in named) or EVERYWHERE
