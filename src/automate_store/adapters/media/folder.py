"""A folder of pictures: each under the hash of its content, written whole or not at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from attrs import frozen

from automate_store.application.ports.media import (
    NAME,
    Media,
    MediaNotFound,
    Picture,
    StoredPicture,
)

CHUNK_BYTES = 262_144
"""What is read of a picture before it goes out."""
_ENDINGS: Mapping[str, str] = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_TYPES = {ending: media_type for media_type, ending in _ENDINGS.items()}


@frozen
class FolderMedia:
    """Implements ``ports.media.MediaStore``; ``url`` is what the names are added to."""

    folder: Path
    url: str

    async def keep(self, picture: Picture) -> StoredPicture:
        """Keep it under the hash of its content."""
        name = f"{sha256(picture.content).hexdigest()}.{_ENDINGS[picture.media_type]}"
        await asyncio.to_thread(_write, self._path(name), picture.content)
        return StoredPicture(name=name, url=f"{self.url}/{name}")

    async def open(self, name: str) -> Media:
        """The picture of that name; raises MediaNotFound."""
        if not NAME.fullmatch(name):
            raise MediaNotFound(name)
        path = self._path(name)
        try:
            size_bytes = (await asyncio.to_thread(path.stat)).st_size
        except FileNotFoundError:
            raise MediaNotFound(name) from None
        # Read only once somebody asks for the first piece, so that nothing is left open before.
        return Media(
            media_type=_TYPES[name.partition(".")[2]], size_bytes=size_bytes, chunks=_read(path)
        )

    async def remove(self, name: str, *, before: datetime) -> None:
        """Have nothing under that name, unless it was kept since then."""
        if NAME.fullmatch(name):
            await asyncio.to_thread(_unlink, self._path(name), before.timestamp())

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """The pictures that were last kept before then."""
        for name in await asyncio.to_thread(lambda: list(self._old(before.timestamp()))):
            yield name

    def _path(self, name: str) -> Path:
        # A folder for each first byte, so that none has more entries than people can list.
        return self.folder / name[:2] / name

    def _old(self, before: float) -> Iterator[str]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):  # somebody removed it meanwhile
                if NAME.fullmatch(path.name) and _is_older(path, before):
                    yield path.name


def _write(path: Path, content: bytes) -> None:
    with suppress(FileNotFoundError):
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _unlink(path: Path, before: float) -> None:
    with suppress(FileNotFoundError):
        if _is_older(path, before):
            path.unlink()


def _is_older(path: Path, than: float) -> bool:
    return path.stat().st_mtime < than


async def _read(path: Path) -> AsyncGenerator[bytes, None]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
