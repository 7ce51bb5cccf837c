"""What ``run`` adds to ``serve``: a shop that has something to sell, and the way to it."""

from __future__ import annotations

from importlib.resources import as_file, files

from rich.markup import escape

from automate_store.adapters.shopify import ShopifyReader
from automate_store.application.catalog import import_catalog
from automate_store.application.ports import Ports
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.bootstrap import Store
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import called_here, results, say
from automate_store.entrypoints.cli.seeds import seed_promotions, seed_shipping, seed_taxes
from automate_store.entrypoints.settings import Settings

CATALOGUE = "catalogue.csv"
"""The demo's own products, beside the code that sells them."""


async def open_shop(store: Store) -> None:
    """Ways to ship where there are none; products, taxes and promotions where it is empty."""
    ports = store.ports
    if codes := await seed_shipping(ports=ports):
        say(f"Shipping methods put up: {', '.join(codes)}.")
    async with ports.unit_of_work() as work:
        if not await work.products.is_empty():
            return
    say(f"The shop is empty: {await _import_demo(ports)} demo products are put in.")
    if store.settings.tax_mode is TaxMode.EXCLUSIVE:
        codes = await seed_taxes(ports=ports)
        if codes:
            say(f"Demo taxes put up: {', '.join(codes)}.")
    if put_up := await seed_promotions(ports=ports):
        say(f"Demo promotions put up: {'; '.join(put_up)}.")


async def _import_demo(ports: Ports) -> int:
    with (
        as_file(files("automate_store.entrypoints.cli.demo") / CATALOGUE) as path,
        path.open("rb") as file,
    ):
        reader = ShopifyReader(file, currency=ports.policy.currency, texts=ports.texts)
        report = await import_catalog(
            reader, ports=ports, actor=OPERATOR, dry_run=False, with_stock=True
        )
    assert not report.refused, "the demo's products are in order"
    return report.created


def print_way(settings: Settings) -> None:
    """Where the shop is, and what to do with it."""
    command = called_here()
    way = (
        f"  start page   {settings.url}/\n"
        f"  API          {settings.url}/docs\n"
        f"  products     {settings.url}/api/v1/products\n\n"
        f"  buy something   {command} demo --url {settings.url}\n"
        f"  your own goods  {command} import catalog FILE\n"
        f"  stop            Ctrl-C; everything is kept\n"
    )
    name = escape(settings.store_name)
    # A line that is copied must stay one line, however narrow the terminal.
    results().print(f"\n[bold green]{name} is open.[/bold green]\n\n{escape(way)}", soft_wrap=True)
