"""What everything that draws pictures anew promises, and everything that keeps them."""

from __future__ import annotations

import asyncio
import struct
import zlib
from datetime import UTC, datetime

import pytest
from attrs import evolve

from automate_store.application.ports.media import (
    Media,
    MediaNotFound,
    MediaStore,
    NotAPicture,
    Picture,
    PictureBroken,
    Pictures,
    PictureTooHeavy,
    PictureTooLarge,
)

NOTE = b"taken at 40.7128 N, 74.0060 W"
NO_PICTURES = (
    b"",
    b"\x00",
    b"a picture, says its name",
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<?xml version='1.0'?><svg/>",
    b"<html><script>alert(1)</script></html>",
    b"%PDF-1.7",
    b"MZ\x90\x00",
    b"BM\x3a\x00\x00\x00",
    b"\x00\x00\x01\x00\x01\x00",
    b"II*\x00\x08\x00\x00\x00",
    b"RIFF\x00\x00\x00\x00WAVEfmt ",
    b" \x89PNG\r\n\x1a\n",
)
NO_NAMES = (
    "",
    ".",
    "..",
    "x",
    "0" * 64,
    "0" * 64 + ".svg",
    "0" * 64 + ".PNG",
    "A" * 64 + ".png",
    "../" + "0" * 64 + ".png",
    "00/" + "0" * 64 + ".png",
    "0" * 64 + ".png/",
    "0" * 64 + ".png\n",
    "0" * 64 + ".png\x00",
    "%2e%2e",
    "x" * 10_000,
)
FAR = datetime(9000, 1, 1, tzinfo=UTC)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    sum_ = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + sum_


def png(width: int, height: int, *, shade: int = 0, note: bytes = b"") -> bytes:
    """A grey picture of that size, with a note beside it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    lines = zlib.compress(b"".join(b"\0" + bytes([shade]) * width for _ in range(height)))
    noted = chunk(b"tEXt", b"Comment\0" + note) if note else b""
    return b"\x89PNG\r\n\x1a\n" + header + noted + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is of that size, with nothing in it: drawing it would fail."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"nothing") + chunk(b"IEND", b"")


@pytest.mark.asyncio
class PicturesContract:
    """What comes out is what is seen, and nothing else; ``pictures`` gives whoever draws."""

    async def test_a_picture_comes_out_as_large_as_it_came(self, pictures: Pictures) -> None:
        drawn = await pictures.redraw(png(12, 7))
        assert (drawn.width, drawn.height, drawn.media_type) == (12, 7, "image/png")

    async def test_what_comes_out_is_a_picture_again(self, pictures: Pictures) -> None:
        once = await pictures.redraw(png(5, 5, shade=9))
        again = await pictures.redraw(once.content)
        assert (again.width, again.height, again.content) == (5, 5, once.content)

    async def test_what_is_written_beside_it_is_gone(self, pictures: Pictures) -> None:
        noted = await pictures.redraw(png(5, 5, note=NOTE))
        assert NOTE not in noted.content
        assert noted == await pictures.redraw(png(5, 5))

    async def test_what_hangs_on_behind_it_is_gone(self, pictures: Pictures) -> None:
        drawn = await pictures.redraw(png(5, 5) + b"<script>alert(1)</script>")
        assert b"script" not in drawn.content

    async def test_what_is_no_picture_is_refused(self, pictures: Pictures) -> None:
        for content in NO_PICTURES:
            with pytest.raises(NotAPicture):
                await pictures.redraw(content)

    async def test_what_is_cut_off_is_refused_wherever_that_is(self, pictures: Pictures) -> None:
        whole = png(3, 40, shade=77)
        # Its last 24 bytes are sums and an end mark: whoever has all before them has it all.
        for end in range(9, len(whole) - 24):
            with pytest.raises(PictureBroken):
                await pictures.redraw(whole[:end])

    async def test_a_picture_of_no_size_is_refused(self, pictures: Pictures) -> None:
        for content in (png(0, 5), png(5, 0)):
            with pytest.raises(PictureBroken):
                await pictures.redraw(content)

    async def test_too_large_a_picture_is_refused_before_it_is_drawn(
        self, pictures: Pictures
    ) -> None:
        for sides in ((100_000, 100_000), (2**31 - 1, 1), (10_000, 10_000)):
            with pytest.raises(PictureTooLarge):
                await pictures.redraw(bomb(*sides))

    async def test_too_heavy_a_file_is_refused(self, pictures: Pictures) -> None:
        with pytest.raises(PictureTooHeavy):
            await pictures.redraw(png(5, 5) + bytes(64 * 1_048_576))


@pytest.mark.asyncio
class MediaStoreContract:
    """What is kept is found by its name, whole, for as long as it is kept; ``media`` keeps."""

    async def test_a_picture_comes_back_as_it_was_kept(self, media: MediaStore) -> None:
        for media_type in ("image/png", "image/jpeg", "image/webp"):
            stored = await media.keep(_picture(media_type=media_type))
            found = await media.open(stored.name)
            assert (found.media_type, found.size_bytes) == (media_type, 1_000_000)
            assert await _content(found) == _picture().content

    async def test_its_address_ends_with_its_name(self, media: MediaStore) -> None:
        stored = await media.keep(_picture())
        assert stored.url.endswith(f"/{stored.name}")

    async def test_the_same_picture_has_one_name_and_others_have_others(
        self, media: MediaStore
    ) -> None:
        one, same = await media.keep(_picture()), await media.keep(_picture())
        other = await media.keep(evolve(_picture(), content=b"another"))
        assert one == same
        assert one.name != other.name

    async def test_kept_by_many_at_once_it_is_whole(self, media: MediaStore) -> None:
        stored = await asyncio.gather(*(media.keep(_picture()) for _ in range(8)))
        assert len(set(stored)) == 1
        assert await _content(await media.open(stored[0].name)) == _picture().content

    async def test_what_is_not_kept_is_not_found(self, media: MediaStore) -> None:
        stored = await media.keep(_picture())
        for name in (*NO_NAMES, "0" * 64 + ".png", stored.name.upper()):
            with pytest.raises(MediaNotFound):
                await media.open(name)

    async def test_what_was_removed_is_gone_and_the_rest_stays(self, media: MediaStore) -> None:
        one = await media.keep(_picture())
        other = await media.keep(evolve(_picture(), content=b"another"))
        for _ in range(2):
            await media.remove(one.name, before=FAR)
        with pytest.raises(MediaNotFound):
            await media.open(one.name)
        assert await _content(await media.open(other.name)) == b"another"

    async def test_removing_what_has_no_name_of_a_picture_does_nothing(
        self, media: MediaStore
    ) -> None:
        stored = await media.keep(_picture())
        for name in (*NO_NAMES, f"../{stored.name[:2]}/{stored.name}"):
            await media.remove(name, before=FAR)
        assert await _content(await media.open(stored.name)) == _picture().content

    async def test_pictures_are_named_that_were_kept_before_a_time(self, media: MediaStore) -> None:
        one = await media.keep(_picture())
        other = await media.keep(evolve(_picture(), content=b"another"))
        assert {name async for name in media.names(before=FAR)} == {one.name, other.name}
        long_ago = datetime(1990, 1, 1, tzinfo=UTC)
        assert [name async for name in media.names(before=long_ago)] == []

    async def test_what_was_kept_since_is_not_removed(self, media: MediaStore) -> None:
        stored = await media.keep(_picture())
        await media.remove(stored.name, before=datetime(1990, 1, 1, tzinfo=UTC))
        assert await _content(await media.open(stored.name)) == _picture().content


def _picture(media_type: str = "image/png") -> Picture:
    return Picture(content=b"0123456789" * 100_000, media_type=media_type, width=1, height=1)


async def _content(media: Media) -> bytes:
    return b"".join([chunk async for chunk in media.chunks])
