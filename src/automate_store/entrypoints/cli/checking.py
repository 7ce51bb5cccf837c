"""``check-gateways``: whether each payment provider lets the store in."""

from __future__ import annotations

from automate_store.application.payments.checking import check_gateways
from automate_store.application.ports import Ports
from automate_store.entrypoints.cli.printing import results


async def run(ports: Ports) -> bool:
    """Say of each gateway how it stands, and whether all of them work."""
    found = await check_gateways(ports=ports)
    for name, wrong in found.items():
        told = "[green]works[/green]" if wrong is None else f"[red]{wrong}[/red]"
        results().print(f"{name}: {told}")
    if not found:
        results().print("No payment provider is set up: money is taken by hand alone.")
    return not any(found.values())
