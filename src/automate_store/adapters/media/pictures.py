"""
Pictures: recognised by their first bytes, and drawn anew by Pillow.

Drawing takes a core for a while and four bytes a pixel: it happens in threads of its own,
few at once and with a bound on those that wait.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from automate_store.application.ports.media import (
    NotAPicture,
    Picture,
    PicturesBusy,
    PictureTooHeavy,
)

RETRY_AFTER_S = 2
_SIGNATURES: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}


class PillowPictures:
    """
    Implements ``ports.media.Pictures``; whoever made it closes it.

    ``at_once`` pictures are drawn side by side and ``waiting`` more may wait for their turn.
    """

    def __init__(self, *, max_bytes: int, max_pixels: int, at_once: int, waiting: int) -> None:
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="pictures")
        self._places = threading.BoundedSemaphore(at_once + waiting)

    async def redraw(self, content: bytes) -> Picture:
        """The picture in the file, without anything beside it."""
        if len(content) > self._max_bytes:
            raise PictureTooHeavy(self._max_bytes)
        kind = _kind(content)
        if not self._places.acquire(blocking=False):
            raise PicturesBusy(RETRY_AFTER_S)
        running = self._threads.submit(self._redrawn, content, kind)
        # However it ends: done, failed, or given up by who waited before it began.
        running.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(running)

    def close(self) -> None:
        """Draw no more; who waits is turned away."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _redrawn(self, content: bytes, kind: str) -> Picture:
        # Pillow is slow to import, and most processes draw nothing.
        from automate_store.adapters.media.drawing import redrawn  # noqa: PLC0415

        return redrawn(content, kind, max_pixels=self._max_pixels)


def _kind(content: bytes) -> str:
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise NotAPicture
