"""``shipping``: the ways to ship that a merchant puts up, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from automate_store.application.ports import Ports
from automate_store.application.shipping import (
    PutShippingMethod,
    list_shipping_methods,
    put_shipping_method,
    remove_shipping_method,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    Limits,
    LocalRate,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingMethod,
    ShippingRate,
    WeightBand,
    WeightRate,
)
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import results, say, table

EVERYWHERE = "everywhere"
PRICES = "--flat, --up-to, --up-to-amount, --up-to-quantity, --first-piece"


@frozen
class Bands:
    """Bands as they were written: END=PRICE, or any=PRICE."""

    by_weight: Sequence[str]
    by_amount: Sequence[str]
    by_quantity: Sequence[str]


@frozen
class Prices:
    """What it costs, as it was written."""

    flat: str | None
    bands: Bands
    first_piece: str | None
    further_piece: str | None
    carrier: str | None
    free_from: str | None


@frozen
class Bounds:
    """What it carries at all, amounts as they were written."""

    max_weight_g: int | None
    max_quantity: int | None
    min_amount: str | None
    max_amount: str | None


@frozen
class Where:
    """Where it goes, or that it is fetched."""

    countries: Sequence[str]
    pickup: bool


@frozen
class Offer:
    """What the command line was told about a method."""

    name: str
    prices: Prices
    bounds: Bounds
    where: Where
    active: bool
    position: int


async def add_shipping(code: str, offer: Offer, *, ports: Ports) -> None:
    """Offer a method; one with the same code is replaced. Raises InvalidInput."""
    currency, bounds = ports.policy.currency, offer.bounds
    command = PutShippingMethod(
        code=code,
        name=offer.name,
        rate=_rate(offer.prices, currency),
        zones=tuple(_country(each) for each in offer.where.countries),
        active=offer.active,
        position=offer.position,
        free_from=_money(offer.prices.free_from, currency),
        limits=Limits(
            max_weight_g=bounds.max_weight_g,
            max_quantity=bounds.max_quantity,
            min_value=_money(bounds.min_amount, currency),
            max_value=_money(bounds.max_amount, currency),
        ),
        pickup=offer.where.pickup,
    )
    method = await put_shipping_method(command, actor=OPERATOR, ports=ports)
    say(f"{method.code} ({method.name}): {_price(method)}, {_where(method)}.")


async def remove_shipping(code: str, *, ports: Ports) -> None:
    """Offer a method no more; raises ShippingMethodNotFound."""
    method = await remove_shipping_method(code, actor=OPERATOR, ports=ports)
    say(f"{method.code} ({method.name}) is gone; orders keep what they were shipped by.")


async def print_shipping(*, ports: Ports) -> None:
    """Every method as a table."""
    methods = await list_shipping_methods(actor=OPERATOR, ports=ports)
    rows = [_row(method) for method in sorted(methods, key=lambda each: each.position)]
    if rows:
        results().print(table(("code", "name", "price", "where", "offered"), rows))
    else:
        say("No shipping method yet; add one: automate-store shipping add --help")


def _rate(prices: Prices, currency: str) -> ShippingRate:
    local = list(_local_rates(prices, currency))
    if len(local) > 1 or not (local or prices.carrier):
        raise InvalidInput.of("price", f"is one of {PRICES}, or --carrier")
    if prices.carrier:
        return ExternalRate(prices.carrier, currency, local[0] if local else None)
    return local[0]


def _local_rates(prices: Prices, currency: str) -> Iterator[LocalRate]:
    if prices.flat is not None:
        yield FlatRate(Money.parse(prices.flat, currency))
    if prices.first_piece is not None or prices.further_piece is not None:
        yield _piece_rate(prices.first_piece, prices.further_piece, currency)
    if written := prices.bands.by_weight:
        weights = _bands(written, "--up-to", "GRAMS", currency)
        yield WeightRate(tuple(WeightBand(_whole(g, "--up-to"), price) for g, price in weights))
    if written := prices.bands.by_amount:
        values = _bands(written, "--up-to-amount", "AMOUNT", currency)
        yield AmountRate(tuple(AmountBand(_money(end, currency), price) for end, price in values))
    if written := prices.bands.by_quantity:
        option = "--up-to-quantity"
        pieces = _bands(written, option, "PIECES", currency)
        yield QuantityRate(tuple(QuantityBand(_whole(n, option), price) for n, price in pieces))


def _piece_rate(first: str | None, further: str | None, currency: str) -> PieceRate:
    if first is None or further is None:
        raise InvalidInput.of("price", "takes --first-piece and --further-piece together")
    return PieceRate(Money.parse(first, currency), Money.parse(further, currency))


def _bands(
    written: Sequence[str], option: str, unit: str, currency: str
) -> list[tuple[str | None, Money]]:
    return [_band(each, option, unit, currency) for each in written]


def _band(written: str, option: str, unit: str, currency: str) -> tuple[str | None, Money]:
    end, between, price = written.partition("=")
    if not between or not end:
        raise InvalidInput.of(option, f"is {unit}=PRICE or any=PRICE, such as 1000=4.99")
    return None if end == "any" else end, Money.parse(price, currency)


def _whole(written: str | None, option: str) -> int | None:
    if written is None:
        return None
    if not (written.isascii() and written.isdigit()):
        raise InvalidInput.of(option, "ends at a whole number or any, such as 1000=4.99")
    return int(written)


def _money(written: str | None, currency: str) -> Money | None:
    return None if written is None else Money.parse(written, currency)


def _country(country: str) -> Zone:
    if not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004 - ISO 3166
        raise InvalidInput.of("country", "is a two-letter ISO 3166 code such as US")
    return Zone(country)


def _row(method: ShippingMethod) -> tuple[str, ...]:
    offered = "yes" if method.active else "no"
    return method.code, method.name, _price(method), _where(method), offered


def _price(method: ShippingMethod) -> str:
    told = [described(method.rate)]
    told += [f"{_zones(each.zones)}: {described(each.rate)}" for each in method.zone_rates]
    if method.free_from is not None:
        told.append(f"free from {method.free_from}")
    told += _limits(method.limits)
    return "; ".join(told)


def _limits(limits: Limits) -> Iterator[str]:
    if limits.max_weight_g is not None:
        yield f"at most {limits.max_weight_g:,} g"
    if limits.max_quantity is not None:
        yield f"at most {limits.max_quantity} pieces"
    if limits.min_value is not None:
        yield f"for goods from {limits.min_value}"
    if limits.max_value is not None:
        yield f"for goods to {limits.max_value}"


def described(rate: ShippingRate) -> str:
    """The rate for people."""
    match rate:
        case FlatRate(amount):
            return str(amount)
        case PieceRate(first, further):
            return f"first piece {first}, each further {further}"
        case WeightRate(bands):
            return _steps((_to(each.up_to_g, "g"), each.amount) for each in bands)
        case AmountRate(bands):
            return _steps(
                (f"to {each.up_to}" if each.up_to is not None else "beyond", each.amount)
                for each in bands
            )
        case QuantityRate(bands):
            return _steps((_to(each.up_to_quantity, "pieces"), each.amount) for each in bands)
        case ExternalRate(provider, _, fallback):
            return f"by {provider}, else {described(fallback) if fallback else 'not offered'}"


def _steps(steps: Iterable[tuple[str, Money]]) -> str:
    return ", ".join(f"{end} {amount}" for end, amount in steps)


def _to(end: int | None, unit: str) -> str:
    return f"to {end:,} {unit}" if end is not None else "beyond"


def _where(method: ShippingMethod) -> str:
    return "fetched" if method.pickup else _zones(method.zones)


def _zones(zones: Sequence[Zone]) -> str:
    named = [
        " ".join(part for part in (zone.country, zone.state, zone.postal_prefix) if part)
        for zone in zones
    ]
    return ", ".join(name or EVERYWHERE for name in named) or EVERYWHERE
