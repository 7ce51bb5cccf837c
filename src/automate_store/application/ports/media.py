"""Pictures from outside: drawn anew before they are kept, and kept where customers find them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from automate_store.domain.kernel.errors import Malformed, NotFound, Unavailable


@frozen
class NotAPicture(Malformed):
    """What was sent is of no kind that the store shows, whatever its name says."""

    says = "The file is none of the pictures that are shown: JPEG, PNG, WebP, GIF."


@frozen
class PictureBroken(Malformed):
    """The picture begins like one, and can't be drawn to its end."""

    says = "The picture is damaged or cut off; save it again and send that."


@frozen
class PictureTooLarge(Malformed):
    """The picture has more points than the store draws."""

    says = "The picture has more than {limit_pixels} pixels; send a smaller one."
    limit_pixels: int


@frozen
class PictureTooHeavy(Malformed):
    """The file is longer than the store reads."""

    says = "The picture has more than {limit_bytes} bytes; send a smaller one."
    limit_bytes: int


@frozen
class PicturesBusy(Unavailable):
    """More pictures are waiting to be drawn than the store lets wait."""

    says = "Many pictures are being taken in right now; try again in {retry_after_s} s."
    retry_after_s: int


@frozen
class MediaNotFound(NotFound):
    """Nothing is kept under that name."""

    says = "There is no picture {name!r}."
    name: str


@frozen(kw_only=True)
class Picture:
    """A picture as the store drew it: of one frame, upright, and without a word beside it."""

    content: bytes = field(repr=False)
    media_type: str
    """``image/jpeg``, ``image/png`` or ``image/webp``."""
    width: int
    height: int


class Pictures(Protocol):
    """Draws pictures anew, so that nothing but what is seen of them gets in."""

    async def redraw(self, content: bytes) -> Picture:
        """
        The picture in the file, known by its content alone, whatever it was called.

        What was written beside it (places, cameras, notes, scripts) is gone. Its size is
        looked at before it is drawn. Raises NotAPicture, PictureBroken, PictureTooLarge,
        PictureTooHeavy, PicturesBusy.
        """


@frozen(kw_only=True)
class StoredPicture:
    """Where a kept picture is: its name in the store, and its whole address."""

    name: str
    url: str


@frozen(kw_only=True)
class Media:
    """A kept picture as it goes out, piece by piece; close what is not read to its end."""

    media_type: str
    size_bytes: int
    chunks: AsyncGenerator[bytes, None]


NAME = re.compile(r"[0-9a-f]{64}\.(?:jpg|png|webp)")
"""What kept pictures are called: the hash of what was drawn, and its kind."""


class MediaStore(Protocol):
    """
    Where pictures are kept, each under a name that says what it is.

    The same picture has the same name, and what a name stands for never changes.
    """

    async def keep(self, picture: Picture) -> StoredPicture:
        """Keep it, whole or not at all; one that is there already is only young again."""

    async def open(self, name: str) -> Media:
        """The picture of that name; raises MediaNotFound, for names of another form too."""

    async def remove(self, name: str, *, before: datetime) -> None:
        """Have nothing under that name, unless it was kept since then."""

    def names(self, *, before: datetime) -> AsyncIterator[str]:
        """The pictures that were last kept before then."""
