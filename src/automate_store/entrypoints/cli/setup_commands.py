"""The commands that a merchant sets a shop up with: files of products, shipping, taxes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automate_store.entrypoints.cli.opening import with_ports

if TYPE_CHECKING:
    from automate_store.application.ports import Ports

imports = typer.Typer(no_args_is_help=True, help="Take files in.")
exports = typer.Typer(no_args_is_help=True, help="Write files.")
shipping = typer.Typer(no_args_is_help=True, help="Ways to ship, and what they cost.")
taxes = typer.Typer(no_args_is_help=True, help="Tax rates, by place.")

Format = Annotated[str, typer.Option(help="Only shopify: Shopify's product CSV.")]


@imports.command("catalog")
def import_catalog(
    file: Annotated[Path, typer.Argument(help="The CSV file; - reads standard input.")],
    *,
    format: Format = "shopify",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do it all, say what would change, keep nothing.")
    ] = False,
    stock: Annotated[
        bool, typer.Option("--stock", help="Set known variants to the file's quantities too.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List every mended cell, not a few of each column.")
    ] = False,
) -> None:
    """
    Take in a product CSV; the same file twice changes nothing.

    Ends with 0 when all products came in, 3 when some were refused, 1 when nothing was
    taken because the file is broken.

    Example: automate-store import catalog products_export.csv --dry-run
    """
    from automate_store.entrypoints.cli.importing import import_file

    _known_format(format)

    async def importing(ports: Ports) -> int:
        return await import_file(
            file, ports=ports, dry_run=dry_run, with_stock=stock, verbose=verbose
        )

    raise typer.Exit(with_ports(importing))


@exports.command("catalog")
def export_catalog(
    file: Annotated[Path | None, typer.Argument(help="Left out: standard output.")] = None,
    *,
    format: Format = "shopify",
) -> None:
    """
    Write every product as a CSV that an import takes in again unchanged.

    Example: automate-store export catalog backup.csv
    """
    from automate_store.entrypoints.cli.importing import export_file

    _known_format(format)

    async def exporting(ports: Ports) -> None:
        await export_file(file, ports=ports)

    with_ports(exporting)


@shipping.command("list")
def list_shipping() -> None:
    """
    Every method as a table.

    Example: automate-store shipping list
    """
    from automate_store.entrypoints.cli.shipping import print_shipping

    async def listing(ports: Ports) -> None:
        await print_shipping(ports=ports)

    with_ports(listing)


_Text = str | None
_Texts = list[str] | None
_Flat = Annotated[_Text, typer.Option(help="One price, such as 4.99.")]
_UpTo = Annotated[
    _Texts, typer.Option(help="GRAMS=PRICE, repeated, lightest first; any=PRICE last.")
]
_UpToAmount = Annotated[
    _Texts, typer.Option(help="AMOUNT=PRICE by what the goods cost, repeated; any=PRICE last.")
]
_UpToQuantity = Annotated[_Texts, typer.Option(help="PIECES=PRICE, repeated; any=PRICE last.")]
_FirstPiece = Annotated[_Text, typer.Option(help="The price of one piece.")]
_FurtherPiece = Annotated[_Text, typer.Option(help="And of each further one.")]
_Carrier = Annotated[
    _Text, typer.Option(help="Ask it; a price beside it counts while there is no answer.")
]
_FreeFrom = Annotated[_Text, typer.Option(help="Free for goods worth so much.")]
_MaxWeight = Annotated[int | None, typer.Option(min=0, help="The heaviest parcel.")]
_MaxQuantity = Annotated[int | None, typer.Option(min=1, help="The most pieces.")]
_MinAmount = Annotated[_Text, typer.Option(help="Only for goods worth so much.")]
_MaxAmount = Annotated[_Text, typer.Option(help="Only up to that worth.")]
_Pickup = Annotated[bool, typer.Option("--pickup", help="Customers fetch it.")]
_Countries = Annotated[_Texts, typer.Option(help="Two letters, repeated; none is everywhere.")]
_Inactive = Annotated[bool, typer.Option("--inactive", help="Known, but not offered.")]
_Position = Annotated[int, typer.Option(min=0, help="Among methods of one price.")]


@shipping.command("add")
def add_shipping(
    code: Annotated[str, typer.Argument(help="What carts name it by; a known one is replaced.")],
    *,
    name: Annotated[str, typer.Option(help="What customers read.")],
    flat: _Flat = None,
    up_to: _UpTo = None,
    up_to_amount: _UpToAmount = None,
    up_to_quantity: _UpToQuantity = None,
    first_piece: _FirstPiece = None,
    further_piece: _FurtherPiece = None,
    carrier: _Carrier = None,
    free_from: _FreeFrom = None,
    max_weight_g: _MaxWeight = None,
    max_quantity: _MaxQuantity = None,
    min_amount: _MinAmount = None,
    max_amount: _MaxAmount = None,
    pickup: _Pickup = False,
    country: _Countries = None,
    inactive: _Inactive = False,
    position: _Position = 0,
) -> None:
    """
    Offer a way to ship: at one price, by weight, worth or pieces, or as a carrier asks.

    Example: automate-store shipping add parcel --name Parcel --country DE --country AT
    --up-to 2000=5.49 --up-to 10000=9.49 --free-from 50
    """
    from automate_store.entrypoints.cli import shipping as methods

    bands = methods.Bands(up_to or (), up_to_amount or (), up_to_quantity or ())
    prices = methods.Prices(flat, bands, first_piece, further_piece, carrier, free_from)
    bounds = methods.Bounds(max_weight_g, max_quantity, min_amount, max_amount)
    where = methods.Where(country or (), pickup)
    offer = methods.Offer(name, prices, bounds, where, not inactive, position)

    async def adding(ports: Ports) -> None:
        await methods.add_shipping(code, offer, ports=ports)

    with_ports(adding)


@shipping.command("remove")
def remove_shipping(
    code: Annotated[str, typer.Argument(help="What carts name it by.")],
) -> None:
    """
    Offer a way to ship no more; --inactive keeps it for later.

    Example: automate-store shipping remove parcel
    """
    from automate_store.entrypoints.cli import shipping as methods

    async def removing(ports: Ports) -> None:
        await methods.remove_shipping(code, ports=ports)

    with_ports(removing)


@taxes.command("list")
def list_taxes() -> None:
    """
    Every rate as a table.

    Example: automate-store tax list
    """
    from automate_store.entrypoints.cli.rules import print_taxes

    async def listing(ports: Ports) -> None:
        await print_taxes(ports=ports)

    with_ports(listing)


@taxes.command("add")
def add_tax(
    code: Annotated[
        str, typer.Argument(help="What the trail names it by; a known one is replaced.")
    ],
    *,
    name: Annotated[str, typer.Option(help="What customers read.")],
    rate: Annotated[str, typer.Option(help="In per cent, such as 8.875.")],
    country: Annotated[str | None, typer.Option(help="Two letters; none is everywhere.")] = None,
    state: Annotated[str | None, typer.Option(help="Only there.")] = None,
    postal_prefix: Annotated[str | None, typer.Option(help="Only where codes begin so.")] = None,
    shipping: Annotated[
        bool, typer.Option("--shipping/--no-shipping", help="Whether shipping bears it too.")
    ] = False,
) -> None:
    """
    Collect a tax on what goes to a place.

    Example: automate-store tax add us-ny --name "New York City" --rate 8.875 --country US
    --state NY --shipping
    """
    from automate_store.entrypoints.cli import rules

    async def adding(ports: Ports) -> None:
        await rules.add_tax(
            code,
            name=name,
            rate_percent=rate,
            country=country,
            state=state,
            postal_prefix=postal_prefix,
            shipping=shipping,
            ports=ports,
        )

    with_ports(adding)


@taxes.command("remove")
def remove_tax(
    code: Annotated[str, typer.Argument(help="As tax list shows it.")],
) -> None:
    """
    Collect a tax no more; orders keep what they were taxed by.

    Example: automate-store tax remove us-ny
    """
    from automate_store.entrypoints.cli import rules

    with_ports(lambda ports: rules.remove_tax(code, ports=ports))


def _known_format(format: str) -> None:
    if format != "shopify":
        raise typer.BadParameter(
            f"{format} is not read or written; shopify is", param_hint="format"
        )
