"""Forms as browsers and programs send them."""

from __future__ import annotations

from collections.abc import Sequence

BOUNDARY = "a-line-between-parts"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, *, filename: str | None = None) -> bytes:
    """One field of a form; a file has a name of its own."""
    told = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    kind = "Content-Type: image/png\r\n" if filename else ""
    return f"Content-Disposition: {told}\r\n{kind}\r\n".encode() + content


def form(parts: Sequence[bytes]) -> bytes:
    """The parts as one body."""
    line = f"--{BOUNDARY}".encode()
    return b"".join(line + b"\r\n" + each + b"\r\n" for each in parts) + line + b"--\r\n"


def picture_form(content: bytes, alt_text: str | None = None) -> bytes:
    """A picture, and what it shows."""
    told = [] if alt_text is None else [part("alt_text", alt_text.encode())]
    return form([part("file", content, filename="picture.png"), *told])
