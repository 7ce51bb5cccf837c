"""
Use case: take in a catalogue file.

Everything happens in one transaction, some hundred products at a time, so that a file
that breaks half-way leaves the store as it was; a dry run does it all and keeps nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from attrs import define, field, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.catalog.settling import Settled, Skus, settle
from automate_store.application.catalog.shelving import Shelves
from automate_store.application.catalog.stocking import stock_up
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import (
    CatalogReader,
    ProductListing,
    Refusal,
    RefusedListing,
    Repair,
    VariantListing,
)
from automate_store.application.ports.unit_of_work import Work

BATCH = 200
"""Products that are read, decided and stored together, at most."""
BATCH_VARIANTS = 1_000
"""Variants after which a batch is closed, so that no statement takes long."""
NOTES_KEPT = 100_000
"""Notes that a report keeps; it counts the others."""


@frozen(kw_only=True)
class ImportProgress:
    """How far an import has come; ``share`` of the file is from 0 to 1, where it is known."""

    products: int
    line: int
    share: float | None


@frozen(kw_only=True)
class ImportReport:
    """What became of the file's products, and every note of what was mended or refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    repairs: tuple[Repair, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes_left_out: int = 0
    dry_run: bool

    @property
    def products(self) -> int:
        """How many products the file had, as far as they could be told apart."""
        return self.created + self.updated + self.unchanged + self.refused


Progress = Callable[[ImportProgress], None]
_Listing = ProductListing | RefusedListing
N = TypeVar("N")


async def import_catalog(
    source: CatalogReader,
    *,
    ports: Ports,
    actor: Actor,
    dry_run: bool,
    with_stock: bool,
    progress: Progress | None = None,
) -> ImportReport:
    """
    What the file changes: products made, changed, and those that were the same already.

    New variants get the file's stock; those that exist keep theirs unless ``with_stock``.
    A product that the file leaves out stays. Raises BrokenFile, after which nothing has
    changed, and VersionConflict or Contended where somebody else changed the same.
    """
    actor.may(Permission.IMPORT_CATALOG)
    tally = _Tally()
    with suppress(_NotKept):
        async with ports.unit_of_work() as work:
            run = _Import(work=work, ports=ports, actor=actor, with_stock=with_stock, tally=tally)
            await run.take_all(source, progress)
            if dry_run:
                raise _NotKept
            done = tally.done()
            await note(
                work, actor, "import_catalog", "catalog", before=None, after=done, ports=ports
            )
    return tally.report(dry_run=dry_run)


class _NotKept(Exception):  # noqa: N818 - named for the fact
    """A dry run has come to its end, and is rolled back."""


@define
class _Tally:
    """The report as it grows."""

    counts: Counter[str] = field(factory=Counter)
    repairs: list[Repair] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    left_out: int = 0

    def refuse(self, refused: RefusedListing) -> None:
        """Count a product that stays out, with its reasons."""
        self.counts["refused"] += 1
        self._note(self.refusals, refused.refusals)

    def count(self, settled: Settled, *, restocked: bool) -> None:
        """Count a product that came in, with what was mended."""
        if settled.stored is None:
            self.counts["created"] += 1
        else:
            self.counts["updated" if settled.changed or restocked else "unchanged"] += 1
        self._note(self.repairs, settled.repairs)

    def done(self) -> dict[str, int]:
        """How many products became what, without the notes."""
        return {name: self.counts[name] for name in ("created", "updated", "unchanged", "refused")}

    def report(self, *, dry_run: bool) -> ImportReport:
        """What has been counted."""
        return ImportReport(
            **self.counts,
            repairs=tuple(self.repairs),
            refusals=tuple(self.refusals),
            notes_left_out=self.left_out,
            dry_run=dry_run,
        )

    def _note(self, kept: list[N], notes: Sequence[N]) -> None:
        room = max(0, NOTES_KEPT - len(self.repairs) - len(self.refusals))
        kept.extend(notes[:room])
        self.left_out += len(notes[room:])


@define
class _Import:
    """One run through a file, inside one transaction."""

    work: Work
    ports: Ports
    actor: Actor
    with_stock: bool
    tally: _Tally
    skus: Skus = field(factory=Skus, init=False)
    shelves: Shelves = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.shelves = Shelves(self.ports.ids)

    async def take_all(self, source: CatalogReader, progress: Progress | None) -> None:
        """Every batch of the file in turn."""
        await self.shelves.load(self.work.products)
        for batch in _batches(source.listings()):
            listings = []
            for one in batch:
                if isinstance(one, RefusedListing):
                    self.tally.refuse(one)
                else:
                    listings.append(one)
            await self._take(listings)
            if progress is not None:
                done = self.tally.counts.total()
                progress(ImportProgress(products=done, line=source.line, share=source.share_read))

    async def _take(self, listings: Sequence[ProductListing]) -> None:
        settled = await self._settle(listings)
        products = self.work.products
        await self.shelves.save_new(products)
        # What changes comes first: it may give up an SKU that a new product takes.
        if changed := [one.product for one in settled if one.stored and one.changed]:
            await products.save(changed)
        if new := [one.product for one in settled if one.stored is None]:
            await products.add(new)
        restocked = await stock_up(
            settled,
            with_stock=self.with_stock,
            work=self.work,
            actor=self.actor,
            ports=self.ports,
        )
        for one in settled:
            self.tally.count(one, restocked=one.product.id in restocked)

    async def _settle(self, listings: Sequence[ProductListing]) -> list[Settled]:
        at, new_id = self.ports.clock(), self.ports.ids.uuid
        stored = await self.work.products.by_slugs([one.slug for one in listings])
        wanted = [sku for one in listings for variant in one.variants for sku in _wishes(variant)]
        self.skus.now_taken(await self.work.products.taken_skus(wanted))
        came_in = []
        for listing in listings:
            outcome = settle(
                listing,
                stored.get(listing.slug),
                skus=self.skus,
                shelves=self.shelves,
                at=at,
                by=self.actor.name,
                new_id=new_id,
            )
            if isinstance(outcome, RefusedListing):
                self.tally.refuse(outcome)
            else:
                came_in.append(outcome)
        return came_in


def _wishes(variant: VariantListing) -> Iterator[str]:
    if variant.sku is not None:
        yield variant.sku
    yield from variant.spare_skus


def _batches(listings: Iterable[_Listing]) -> Iterator[list[_Listing]]:
    batch: list[_Listing] = []
    variants = 0
    for one in listings:
        batch.append(one)
        variants += len(one.variants) if isinstance(one, ProductListing) else 1
        if len(batch) >= BATCH or variants >= BATCH_VARIANTS:
            yield batch
            batch, variants = [], 0
    if batch:
        yield batch
