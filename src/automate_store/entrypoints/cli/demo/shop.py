"""The shop that the story happens in: one that runs already, or one that lasts as long as it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve

from automate_store.adapters.postgres.migrate import migrate
from automate_store.adapters.system import SystemIds
from automate_store.entrypoints.bootstrap import Store, open_store, running_database
from automate_store.entrypoints.cli.auditing import print_report
from automate_store.entrypoints.cli.demo.client import Client
from automate_store.entrypoints.cli.demo.story import Story
from automate_store.entrypoints.cli.printing import results
from automate_store.entrypoints.cli.serving import bound, serve
from automate_store.entrypoints.cli.shopfront import open_shop
from automate_store.entrypoints.cli.signals import Stop
from automate_store.entrypoints.settings import Settings

MAIL_TIMEOUT_S = 15.0
POLL_S = 0.05


async def tell(settings: Settings, url: str | None) -> None:
    """
    A whole purchase, against the shop at the URL or one made for it.

    Raises ShopSilent, ShopRefused, NothingToBuy.
    """
    if url is not None:
        await asyncio.to_thread(_purchase, _story(url))
        return
    with TemporaryDirectory(prefix="automate-store-demo-") as folder:
        await _tell_in_own_shop(_own(settings, _passable(Path(folder))))


def _passable(folder: Path) -> Path:
    """The folder, open to the system user that the embedded server runs as under root."""
    folder.chmod(0o755)
    return folder


def _own(settings: Settings, folder: Path) -> Settings:
    """The user's settings, but for all that leaves traces."""
    return evolve(
        settings,
        database_url=None,
        data_dir=folder / "data",
        mail_dir=folder / "mails",
        host="127.0.0.1",
        port=0,
        public_url=None,
        staff_token=SystemIds().token(),
        embedded_worker=True,
    )


async def _tell_in_own_shop(settings: Settings) -> None:
    results().print("[dim]A shop is made for this story, and is gone after it.[/dim]")
    async with _shop(settings) as store:
        story = _story(store.settings.url)
        await asyncio.to_thread(_purchase, story, store.settings)
        results().print("\n[bold]The books[/bold]  [dim]automate-store audit[/dim]")
        print_report(await store.auditor().audit(shown=1))


@asynccontextmanager
async def _shop(settings: Settings) -> AsyncIterator[Store]:
    """A shop that serves while the block lasts."""
    with bound(settings) as (address, listening):
        async with running_database(listening) as url:
            await asyncio.to_thread(migrate, url)
            stop, started = Stop(), asyncio.Event()
            async with open_store(listening, url) as store:
                await open_shop(store)
                serving = asyncio.create_task(
                    serve(store, address, stop, started=lambda _: started.set())
                )
                try:
                    await started.wait()
                    yield store
                finally:
                    stop.wish()
                    await serving


def _story(url: str) -> Story:
    return Story(Client(url), results(), SystemIds().uuid)


def _purchase(story: Story, own: Settings | None = None) -> None:
    """Every step; in an own shop there is a mail to read and staff to ship."""
    story.browse()
    story.fill_cart()
    story.choose_shipping()
    story.place_order()
    story.pay()
    if own is None:
        story.show_mail(None)
    else:
        assert own.mail_dir is not None, "an own shop has its mails in a folder"
        assert own.staff_token is not None, "an own shop has staff"
        story.show_mail(_first_mail(own.mail_dir))
        story.ship(own.staff_token)
    story.sum_up()


def _first_mail(folder: Path) -> Path | None:
    """The mail that the worker writes, once it is there."""
    deadline = time.monotonic() + MAIL_TIMEOUT_S
    while time.monotonic() < deadline:
        for mail in folder.glob("*.eml"):
            return mail
        time.sleep(POLL_S)
    return None
