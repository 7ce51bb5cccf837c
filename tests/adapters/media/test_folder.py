"""The folder of pictures: the suite, and what lies in it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automate_store.adapters.media import FolderMedia
from automate_store.application.ports.media import Picture
from automate_store.entrypoints.properties.contracts import MediaStoreContract

PICTURE = Picture(content=b"a picture", media_type="image/webp", width=1, height=1)


class TestFolderMedia(MediaStoreContract):
    @pytest.fixture
    def media(self, tmp_path: Path) -> FolderMedia:
        return FolderMedia(tmp_path / "not there yet", "https://shop.example/media")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_nothing_half_written_stays_behind(tmp_path: Path) -> None:
    media = FolderMedia(tmp_path, "https://shop.example/media")
    stored = await media.keep(PICTURE)
    await media.keep(PICTURE)
    assert files(tmp_path) == [tmp_path / stored.name[:2] / stored.name]
    assert stored.url == f"https://shop.example/media/{stored.name}"


KEEPS_WITHOUT_ROOM = """
import asyncio, resource, signal, sys
from pathlib import Path
from automate_store.adapters.media import FolderMedia
from automate_store.application.ports.media import Picture
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
picture = Picture(content=bytes(100_000), media_type="image/png", width=1, height=1)
try:
    asyncio.run(FolderMedia(Path(sys.argv[1]), "").keep(picture))
except OSError as full:
    print("refused", full.errno)
"""


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", KEEPS_WITHOUT_ROOM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"refused {errno.EFBIG}\n"
    assert files(tmp_path) == []


async def test_what_is_kept_again_is_young_again(tmp_path: Path) -> None:
    media = FolderMedia(tmp_path, "https://shop.example/media")
    stored = await media.keep(PICTURE)
    now = datetime.now(UTC)  # noqa: TID251 - a file's time is the machine's own
    long_ago = (now - timedelta(days=30)).timestamp()
    (path,) = files(tmp_path)
    os.utime(path, (long_ago, long_ago))
    yesterday = now - timedelta(days=1)
    assert [name async for name in media.names(before=yesterday)] == [stored.name]
    await media.keep(PICTURE)
    assert [name async for name in media.names(before=yesterday)] == []
    await media.remove(stored.name, before=yesterday)
    assert files(tmp_path) == [path]


async def test_a_picture_that_is_not_read_to_its_end_is_closed(tmp_path: Path) -> None:
    media = FolderMedia(tmp_path, "https://shop.example/media")
    stored = await media.keep(PICTURE)
    found = await media.open(stored.name)
    assert await anext(found.chunks) == b"a picture"
    await found.chunks.aclose()
