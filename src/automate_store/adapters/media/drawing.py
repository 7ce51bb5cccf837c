"""Drawing a picture by Pillow: measured first, put upright, and nothing written beside it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from attrs import frozen
from PIL import ExifTags, Image, ImageCms

from automate_store.application.ports.media import Picture, PictureBroken, PictureTooLarge
from automate_store.domain.kernel.errors import StoreError

QUALITY = 85
"""Of what is written with losses: no eye sees a difference, and it weighs half of 95."""
MOST_SCANS = 100
"""Times that one JPEG goes over its points, at most; cameras and programs need a dozen."""
SCANS_AT_FULL_SIZE = 20
"""And so many where it has as many points as one may have: each takes as long as drawing them."""
_SCAN = b"\xff\xda"
_TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by how the camera says that it was held."""


@frozen
class _Writing:
    """How pictures of one kind are written."""

    kind: str
    media_type: str
    modes: frozenset[str]
    """The ways to hold colours that it knows; others become one of them."""
    options: Mapping[str, Any]


_PNG = _Writing("PNG", "image/png", frozenset({"L", "RGB", "RGBA"}), {})
_WRITING: Mapping[str, _Writing] = {
    "JPEG": _Writing(
        "JPEG",
        "image/jpeg",
        frozenset({"L", "RGB"}),
        {"quality": QUALITY, "optimize": True, "progressive": True},
    ),
    "PNG": _PNG,
    "GIF": _PNG,
    "WEBP": _Writing(
        "WEBP", "image/webp", frozenset({"RGB", "RGBA"}), {"quality": QUALITY, "method": 4}
    ),
}


def redrawn(content: bytes, kind: str, *, max_pixels: int) -> Picture:
    """The picture of that kind; raises PictureTooLarge, PictureBroken."""
    try:
        if kind == "WEBP":
            # Its decoder takes the memory for all of it when it is only opened.
            _measure(_webp_size(content), max_pixels)
        return _written(_plain(_seen(content, kind, max_pixels), _WRITING[kind]), _WRITING[kind])
    except StoreError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as wrong:
        raise PictureTooLarge(max_pixels) from wrong
    except Exception as wrong:  # whatever a decoder stumbles over, it is the file's fault
        raise PictureBroken from wrong


def _seen(content: bytes, kind: str, max_pixels: int) -> Image.Image:
    """What is seen of the file: a picture of its own, so that all that drew it is let go."""
    with Image.open(BytesIO(content), formats=(kind,)) as image:
        _measure(image.size, max_pixels)
        if kind == "JPEG":
            _refuse_endless(content, image.size, max_pixels)
        image.load()
        return _upright(image)


def _measure(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise PictureTooLarge(max_pixels)


def _refuse_endless(content: bytes, size: tuple[int, int], max_pixels: int) -> None:
    # What stands beside the picture may count as a few scans too many: none has a hundred.
    scans = content.count(_SCAN)
    if scans > MOST_SCANS or scans * size[0] * size[1] > SCANS_AT_FULL_SIZE * max_pixels:
        raise PictureBroken


def _webp_size(content: bytes) -> tuple[int, int]:
    """The width and height that the first chunk tells (RFC 9649)."""
    chunk, data = content[12:16], content[20:30]
    if chunk == b"VP8X":
        return _little(data[4:7]) + 1, _little(data[7:10]) + 1
    if chunk == b"VP8L":
        bits = _little(data[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return _little(data[6:8]) & 0x3FFF, _little(data[8:10]) & 0x3FFF
    raise PictureBroken


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _upright(image: Image.Image) -> Image.Image:
    turn: Image.Transpose | None = None
    # Where the notes beside it are broken, the picture itself may well be whole.
    with suppress(Exception):
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    return image.copy() if turn is None else image.transpose(turn)


def _plain(image: Image.Image, writing: _Writing) -> Image.Image:
    """The picture in colours that every screen shows alike, and nothing beside them."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda depth: depth / 256).convert("L")
    wanted = "RGBA" if image.has_transparency_data else image.mode
    if wanted in {"1", "L", "LA", "I", "F"}:
        wanted = "L"
    if wanted not in writing.modes:
        wanted = "RGB"
    plain = (profile and _in_srgb(image, profile, wanted)) or image
    if plain.mode != wanted:
        plain = plain.convert(wanted)
    plain.info.clear()
    return plain


def _in_srgb(image: Image.Image, profile: bytes, wanted: str) -> Image.Image | None:
    """The colours as the profile means them; None where it means nothing."""
    if wanted == "L":
        return None
    with suppress(ImageCms.PyCMSError, OSError):
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, meant, srgb, outputMode=wanted)
    return None


def _written(image: Image.Image, writing: _Writing) -> Picture:
    content = BytesIO()
    image.save(content, writing.kind, **writing.options)
    return Picture(
        content=content.getvalue(),
        media_type=writing.media_type,
        width=image.width,
        height=image.height,
    )
