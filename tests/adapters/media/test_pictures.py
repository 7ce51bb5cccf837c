"""Pictures drawn anew by Pillow: the suite, and everything that a file can be instead."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from automate_store.adapters.media import PillowPictures
from automate_store.adapters.media.drawing import MOST_SCANS, SCANS_AT_FULL_SIZE
from automate_store.application.ports.media import (
    NotAPicture,
    Picture,
    PictureBroken,
    PicturesBusy,
    PictureTooLarge,
)
from automate_store.entrypoints.properties.contracts import PicturesContract
from automate_store.entrypoints.properties.contracts.media import bomb, chunk, png

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
SECRET = b"Secret Camera Company"
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/png"}


@pytest.fixture
def pictures() -> Iterator[PillowPictures]:
    opened = PillowPictures(max_bytes=10 * 1_048_576, max_pixels=40_000_000, at_once=2, waiting=400)
    yield opened
    opened.close()


class TestPillowPictures(PicturesContract):
    pass


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def shown(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.content))
    image.load()
    return image


def flag() -> Image.Image:
    """Red on the left, blue on the right, twice as wide as it is high."""
    image = Image.new("RGB", (64, 32), (255, 0, 0))
    image.paste((0, 0, 255), (32, 0, 64, 32))
    return image


def near(pixel: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("kind", TYPES)
async def test_each_kind_is_known_by_its_content_and_drawn_anew(
    pictures: PillowPictures, kind: str
) -> None:
    sent = file(flag(), kind)
    drawn = await pictures.redraw(sent)
    image = shown(drawn)
    assert (drawn.media_type, drawn.width, drawn.height) == (TYPES[kind], 64, 32)
    assert Image.MIME[str(image.format)] == drawn.media_type
    assert drawn.content != sent or kind == "PNG"
    assert near(image.convert("RGB").getpixel((5, 5)), (255, 0, 0))
    assert near(image.convert("RGB").getpixel((60, 5)), (0, 0, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_no_word_beside_it_gets_in(pictures: PillowPictures, kind: str) -> None:
    exif = Image.Exif()
    exif[MAKE] = SECRET.decode()
    exif.get_ifd(GPS)[2] = (40.0, 42.0, 46.0)
    drawn = await pictures.redraw(file(flag(), kind, exif=exif, comment=SECRET))
    assert SECRET not in drawn.content
    image = shown(drawn)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
        "progressive",
        "progression",
        "loop",
        "background",
        "timestamp",
        "duration",
    }


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("held", range(1, 9))
async def test_a_picture_is_put_upright_however_the_camera_was_held(
    pictures: PillowPictures, kind: str, held: int
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = held
    sent = file(flag(), kind, exif=exif, lossless=True)
    upright = ImageOps.exif_transpose(Image.open(BytesIO(sent))).convert("RGB")
    drawn = await pictures.redraw(sent)
    assert (drawn.width, drawn.height) == upright.size
    image = shown(drawn).convert("RGB")
    for corner in ((4, 4), (drawn.width - 5, drawn.height - 5)):
        assert near(image.getpixel(corner), upright.getpixel(corner))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_notes_that_are_none_do_not_break_the_picture(
    pictures: PillowPictures, kind: str
) -> None:
    drawn = await pictures.redraw(
        file(flag(), kind, exif=b"Exif\x00\x00M\x7f\x00*\x00\x00\x00\x08")
    )
    assert (drawn.width, drawn.height) == (64, 32)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
async def test_broken_notes_do_not_break_the_picture(pictures: PillowPictures) -> None:
    drawn = await pictures.redraw(file(flag(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff"))
    assert (drawn.width, drawn.height) == (64, 32)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_of_what_moves_the_first_frame_is_kept(pictures: PillowPictures, kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    sent = file(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=50, lossless=True
    )
    assert getattr(Image.open(BytesIO(sent)), "n_frames", 1) == 3
    image = shown(await pictures.redraw(sent))
    assert getattr(image, "n_frames", 1) == 1
    assert near(image.convert("RGB").getpixel((10, 10)), (255, 0, 0))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_what_is_see_through_stays_so(pictures: PillowPictures, kind: str) -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 10, 20))
    image = shown(await pictures.redraw(file(clear, kind))).convert("RGBA")
    assert near(image.getpixel((5, 5)), (255, 0, 0, 255))
    assert image.getpixel((15, 5))[3] == 0  # type: ignore[index]  # one of four numbers


async def test_a_palette_with_a_clear_colour_stays_see_through(pictures: PillowPictures) -> None:
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    palette.putpixel((0, 0), 0)
    image = shown(await pictures.redraw(file(palette, "PNG", transparency=0)))
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]  # one of four numbers


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "wanted"),
    [
        ("1", "PNG", 1, "L"),
        ("L", "PNG", 100, "L"),
        ("LA", "PNG", (100, 50), "RGBA"),
        ("I;16", "PNG", 100 * 256, "L"),
        ("P", "PNG", 1, "RGB"),
        ("L", "JPEG", 100, "L"),
        ("CMYK", "JPEG", (0, 255, 255, 0), "RGB"),
        ("L", "WEBP", 100, "RGB"),
    ],
)
async def test_every_way_to_hold_colours_becomes_one_that_browsers_show(
    pictures: PillowPictures, mode: str, kind: str, colour: Any, wanted: str
) -> None:
    drawn = await pictures.redraw(file(Image.new(mode, (20, 20), colour), kind))
    assert shown(drawn).mode == wanted
    if mode == "I;16":
        assert shown(drawn).getpixel((5, 5)) == 100


async def test_colours_are_shown_as_their_profile_means_them(pictures: PillowPictures) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    drawn = await pictures.redraw(file(flag(), "PNG", icc_profile=lab.tobytes()))
    assert "icc_profile" not in shown(drawn).info
    assert near(shown(drawn).getpixel((5, 5)), (255, 0, 0))
    nonsense = await pictures.redraw(file(flag(), "PNG", icc_profile=b"no profile at all"))
    assert nonsense.content == (await pictures.redraw(file(flag(), "PNG"))).content


async def test_the_name_of_a_file_says_nothing(pictures: PillowPictures) -> None:
    """A PNG that calls itself a JPEG is a PNG; a script that calls itself a GIF is none."""
    assert (await pictures.redraw(file(flag(), "PNG"))).media_type == "image/png"
    polyglot = b"GIF89a/*" + b"\x00" * 20 + b"*/=alert(document.domain);"
    with pytest.raises(PictureBroken):
        await pictures.redraw(polyglot)


async def test_a_script_inside_a_picture_that_draws_is_gone(pictures: PillowPictures) -> None:
    script = b"*/=alert(document.domain)//"
    gif = file(flag().convert("P"), "GIF", comment=script) + script
    assert script in gif
    assert script not in (await pictures.redraw(gif)).content
    jpeg = file(flag(), "JPEG", comment=script)
    assert script in jpeg
    assert script not in (await pictures.redraw(jpeg)).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
async def test_what_is_cut_off_is_refused(pictures: PillowPictures, kind: str) -> None:
    noise = Image.effect_noise((200, 200), 90)
    whole = file(noise, kind)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises((PictureBroken, NotAPicture)):
            await pictures.redraw(whole[: int(len(whole) * share)])


async def test_a_webp_that_is_cut_off_is_refused(pictures: PillowPictures) -> None:
    whole = file(Image.effect_noise((200, 200), 90).convert("RGB"), "WEBP", lossless=True)
    for end in (12, 16, 20, 30, len(whole) // 2, len(whole) - 2):
        with pytest.raises(PictureBroken):
            await pictures.redraw(whole[:end])


def in_scans(image: Image.Image, scans: int) -> bytes:
    """A JPEG that says its last scan so often that it has that many."""
    content = file(image, "JPEG", progressive=True)
    last = content.rfind(b"\xff\xda")
    missing = scans - content.count(b"\xff\xda")
    return content[:-2] + content[last:-2] * missing + content[-2:]


def gif_bomb() -> bytes:
    """A screen of one pixel, and a frame of four thousand million on it."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
    palette = bytes(6)
    return (
        b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + palette + frame + b"\x02\x01\x00\x00;"
    )


def webp_bomb() -> bytes:
    """A canvas as large as WebP has them, in thirty bytes."""
    canvas = struct.pack("<B3x", 0) + (16_383).to_bytes(3, "little") * 2
    chunk = b"VP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def lossless_webp_bomb() -> bytes:
    bits = 16_382 | 16_382 << 14
    data = b"\x2f" + bits.to_bytes(4, "little") + bytes(8)
    return (
        b"RIFF"
        + struct.pack("<I", 16 + len(data))
        + b"WEBPVP8L"
        + struct.pack("<I", len(data))
        + data
    )


def jpeg_bomb() -> bytes:
    """A small picture whose head says that it is large."""
    small = bytearray(file(flag(), "JPEG"))
    at = small.index(b"\xff\xc0")
    small[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(small)


async def test_a_picture_of_some_millions_too_many_is_refused_before_it_is_drawn(
    pictures: PillowPictures,
) -> None:
    with pytest.raises(PictureTooLarge):
        await pictures.redraw(bomb(7_000, 7_000))


async def test_a_note_that_swells_is_refused(pictures: PillowPictures) -> None:
    swelling = b"Comment\x00\x00" + zlib.compress(bytes(100_000_000))
    whole = file(flag(), "PNG")
    end_of_head = 8 + 25
    sent = whole[:end_of_head] + chunk(b"zTXt", swelling) + whole[end_of_head:]
    with pytest.raises(PictureBroken):
        await pictures.redraw(sent)


@pytest.mark.parametrize(
    "sent",
    [gif_bomb(), webp_bomb(), lossless_webp_bomb(), jpeg_bomb()],
    ids=["gif", "webp", "vp8l", "jpeg"],
)
async def test_a_bomb_of_any_kind_is_refused_by_its_size(
    pictures: PillowPictures, sent: bytes
) -> None:
    with pytest.raises(PictureTooLarge):
        await pictures.redraw(sent)


async def test_a_picture_of_just_so_many_pixels_is_drawn() -> None:
    drawing = PillowPictures(max_bytes=10_000, max_pixels=100, at_once=1, waiting=0)
    assert (await drawing.redraw(png(10, 10))).width == 10
    with pytest.raises(PictureTooLarge):
        await drawing.redraw(png(101, 1))
    drawing.close()


async def test_a_picture_that_is_drawn_over_and_over_is_refused(pictures: PillowPictures) -> None:
    with pytest.raises(PictureBroken):
        await pictures.redraw(in_scans(flag(), MOST_SCANS + 1))
    drawn = await pictures.redraw(in_scans(flag(), MOST_SCANS))
    assert (drawn.width, drawn.height) == flag().size


async def test_a_large_picture_is_drawn_over_less_often() -> None:
    wide, high = flag().size
    full = PillowPictures(max_bytes=100_000, max_pixels=wide * high, at_once=1, waiting=0)
    try:
        await full.redraw(in_scans(flag(), SCANS_AT_FULL_SIZE))
        with pytest.raises(PictureBroken):
            await full.redraw(in_scans(flag(), SCANS_AT_FULL_SIZE + 1))
    finally:
        full.close()


async def test_the_same_picture_becomes_the_same_bytes(pictures: PillowPictures) -> None:
    for kind in TYPES:
        sent = file(flag(), kind)
        assert await pictures.redraw(sent) == await pictures.redraw(sent)


async def test_a_heap_of_nonsense_never_breaks_anything_else(pictures: PillowPictures) -> None:
    """Whatever single byte is wrong, what comes out is a picture or a refusal of ours."""
    for kind in TYPES:
        whole = file(Image.effect_noise((24, 24), 90).convert("RGB"), kind)
        for at in range(0, len(whole), max(1, len(whole) // 80)):
            spoilt = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
            try:
                await pictures.redraw(spoilt)
            except (NotAPicture, PictureBroken, PictureTooLarge):
                continue


async def test_more_than_may_wait_are_turned_away_and_the_rest_are_drawn() -> None:
    drawing = PillowPictures(max_bytes=10**7, max_pixels=10**7, at_once=1, waiting=2)
    sent = file(Image.effect_noise((1_000, 1_000), 90), "PNG")
    came = await asyncio.gather(*(drawing.redraw(sent) for _ in range(8)), return_exceptions=True)
    drawn = [each for each in came if isinstance(each, Picture)]
    assert (len(drawn), sum(isinstance(each, PicturesBusy) for each in came)) == (3, 5)
    assert isinstance(await drawing.redraw(sent), Picture)
    drawing.close()


async def test_others_are_served_while_a_picture_is_drawn(pictures: PillowPictures) -> None:
    sent = file(Image.effect_noise((2_000, 2_000), 90), "PNG")
    drawing = asyncio.ensure_future(pictures.redraw(sent))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 20
