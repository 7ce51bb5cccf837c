"""``media sweep`` deletes what nothing speaks of, on a real database and in a real folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automate_store.application import catalog
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.properties.contracts.media import png
from automate_store.entrypoints.settings import Settings
from tests.application.editing import Desk, mug
from tests.application.trading import STAFF
from tests.cli.commands import process
from tests.postgres_fixtures import copied


@pytest.fixture
def shop(postgres_server: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    with copied(postgres_server) as url:
        yield {"database_url": url, "media_dir": str(tmp_path)}


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.png")}


def age(folder: Path, days: int) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - a file's time is the machine's own
    then = (now - timedelta(days=days)).timestamp()
    for path in folder.rglob("*.png"):
        os.utime(path, (then, then))


@pytest.mark.slow
async def test_old_pictures_that_nothing_speaks_of_go(shop: dict[str, str], tmp_path: Path) -> None:
    async with open_store(Settings(media_dir=tmp_path), shop["database_url"]) as store:
        product = await Desk(store.ports).create(mug())
        sent = [
            await catalog.add_image(
                product.slug, content, None, versions=None, actor=STAFF, ports=store.ports
            )
            for content in (png(3, 3, shade=1), png(3, 3, shade=2))
        ]
        shown, gone = sent[-1].product.images
        await catalog.remove_image(
            product.slug, gone.id, versions=None, actor=STAFF, ports=store.ports
        )
    names = [each.url.rpartition("/")[2] for each in (shown, gone)]
    assert kept(tmp_path) == set(names)
    young = process("media", "sweep", settings=shop)
    assert (young.code, kept(tmp_path)) == (0, set(names))
    age(tmp_path, days=31)
    trial = process("media", "sweep", "--dry-run", settings=shop)
    assert names[1] in trial.out
    assert kept(tmp_path) == set(names)
    done = process("media", "sweep", settings=shop)
    assert "Pictures gone: 1. Old ones that are still spoken of: 1." in done.out
    assert kept(tmp_path) == {names[0]}
