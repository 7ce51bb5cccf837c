"""Use case: let go of pictures that nothing speaks of any more."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.ports import Ports


@frozen(kw_only=True)
class Swept:
    """The pictures that went, or would go; and how many old ones are still spoken of."""

    removed: tuple[str, ...]
    kept: int


async def sweep_pictures(*, before: datetime, dry_run: bool, actor: Actor, ports: Ports) -> Swept:
    """
    What became of the pictures that were last sent in before then.

    Those that a product, a shelf, a description or an order speaks of stay. A picture that
    is sent in meanwhile is young again, and stays as well.
    """
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        named = await reads.products.pictures_named()
    old = [name async for name in ports.media.names(before=before)]
    unnamed = tuple(sorted(name for name in old if name not in named))
    if not dry_run and unnamed:
        for name in unnamed:
            await ports.media.remove(name, before=before)
        async with ports.unit_of_work() as work:
            gone = {"removed": unnamed}
            await note(
                work, actor, "sweep_pictures", "pictures", before=None, after=gone, ports=ports
            )
    return Swept(removed=unnamed, kept=len(old) - len(unnamed))
