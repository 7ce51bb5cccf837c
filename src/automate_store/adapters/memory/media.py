"""Pictures in memory: PNG alone, by the standard library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import datetime
from hashlib import sha256

from attrs import define, field, frozen

from automate_store.application.ports.media import (
    Media,
    MediaNotFound,
    NotAPicture,
    Picture,
    PictureBroken,
    PictureTooHeavy,
    PictureTooLarge,
    StoredPicture,
)
from automate_store.application.ports.sources import Clock

URL = "https://media.example"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SEEN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""The chunks that are seen; what else there is are words beside the picture."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""How many numbers a pixel has, by its type of colour."""


@frozen(kw_only=True)
class MemoryPictures:
    """Implements ``ports.media.Pictures``; takes PNG and nothing else."""

    max_bytes: int = 10 * 1_048_576
    max_pixels: int = 40_000_000

    async def redraw(self, content: bytes) -> Picture:
        """The picture without the chunks that nobody sees."""
        if len(content) > self.max_bytes:
            raise PictureTooHeavy(self.max_bytes)
        if not content.startswith(_SIGNATURE):
            raise NotAPicture
        chunks = list(_chunks(content))
        if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
            raise PictureBroken
        width, height = struct.unpack(">II", chunks[0][1][:8])
        if width * height > self.max_pixels:
            raise PictureTooLarge(self.max_pixels)
        _see_whole(chunks)
        seen = b"".join(_chunk(kind, data) for kind, data in chunks if kind in _SEEN)
        return Picture(
            content=_SIGNATURE + seen, media_type="image/png", width=width, height=height
        )


@frozen
class _Kept:
    picture: Picture
    at: datetime


@define
class MemoryMedia:
    """Implements ``ports.media.MediaStore``."""

    _clock: Clock
    _kept: dict[str, _Kept] = field(factory=dict, init=False)

    async def keep(self, picture: Picture) -> StoredPicture:
        """Keep it under the hash of its content."""
        ending = picture.media_type.partition("/")[2].replace("jpeg", "jpg")
        name = f"{sha256(picture.content).hexdigest()}.{ending}"
        self._kept[name] = _Kept(picture, self._clock())
        return StoredPicture(name=name, url=f"{URL}/{name}")

    async def open(self, name: str) -> Media:
        """The picture of that name; raises MediaNotFound."""
        if name not in self._kept:
            raise MediaNotFound(name)
        picture = self._kept[name].picture
        return Media(
            media_type=picture.media_type,
            size_bytes=len(picture.content),
            chunks=_whole(picture.content),
        )

    async def remove(self, name: str, *, before: datetime) -> None:
        """Have nothing under that name, unless it was kept since then."""
        if name in self._kept and self._kept[name].at < before:
            del self._kept[name]

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """The pictures that were last kept before then."""
        for name, kept in list(self._kept.items()):
            if kept.at < before:
                yield name


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(content):
        if at + 12 > len(content):
            raise PictureBroken
        length, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        if content[at + 8 + length : at + 12 + length] != _sum(kind, data):
            raise PictureBroken
        yield kind, data
        at += 12 + length
        if kind == b"IEND":
            return


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + _sum(kind, data)


def _sum(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + data))


def _see_whole(chunks: list[tuple[bytes, bytes]]) -> None:
    """Nothing, where there is a line of pixels for each line of the picture."""
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    if colour not in _SAMPLES or not width * height:
        raise PictureBroken
    line = 1 + (width * depth * _SAMPLES[colour] + 7) // 8
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    try:
        lines = zlib.decompressobj().decompress(packed, line * height + 1)
    except zlib.error as wrong:
        raise PictureBroken from wrong
    if len(lines) != line * height:
        raise PictureBroken


async def _whole(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content
