"""Nonsense for routes that take a form: with its file, its texts, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator

from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.properties.contracts.media import NO_PICTURES, bomb, png
from tests.http.bad_input import BadInput, Sound
from tests.http.forms import BOUNDARY, FORM, form, part, picture_form

LIMIT = 10_485_760
PICTURE = part("file", png(4, 4), filename="a.png")
NO_FORMS = (
    *(b"", b"{}", b"--", f"--{BOUNDARY}".encode(), f"--{BOUNDARY}--\r\n".encode()),
    form([PICTURE])[:-20],
    form([PICTURE]).replace(BOUNDARY.encode(), b"another-line"),
    form([b"\r\nno head at all"]),
    form([b"Content-Disposition: form-data\r\n\r\nno name"]),
    form([b"Content-Disposition: attachment; name=file\r\n\r\nno form"]),
    form([b"X: " + b"x" * 10_000 + b"\r\n\r\nlong head"]),
    form([PICTURE, *(part(f"p{number}", b"x") for number in range(40))]),
    picture_form(bytes(LIMIT + 20_000)),
)
NO_TEXTS = (b"x" * 256, b"\x00", b"a\x1bb", b"\xff\xfe", "\u0085".encode())


def bad_forms(route: Route, sound: Sound) -> Iterator[BadInput]:
    """Every form that the route has to refuse."""
    assert sound.form is not None, "the route takes a form"

    def case(name: str, body: bytes, kind: str = FORM, field: str | None = None) -> BadInput:
        return BadInput(
            name=f"{route.method} {route.path}: {name}",
            route=route,
            path=sound.path,
            body=body,
            headers={**sound.headers, b"content-type": kind.encode()},
            field=field,
        )

    for body in NO_FORMS:
        yield case(f"form {body[:30]!r}", body)
    for kind in ("application/json", "text/plain", "multipart/form-data", "multipart/mixed", ""):
        yield case(f"content type {kind}", sound.form, kind)
    yield case("no file", form([part("alt_text", b"x")]), field="file")
    yield case("two files", form([PICTURE, PICTURE]), field="file")
    yield case("a stranger", form([PICTURE, part("price", b"0.01")]), field="price")
    texts = [part("alt_text", b"x"), part("alt_text", b"y")]
    yield case("two texts", form([PICTURE, *texts]), field="alt_text")
    for text in NO_TEXTS:
        body = form([PICTURE, part("alt_text", text)])
        yield case(f"alt_text {text[:9]!r}", body, field="alt_text")
    for content in (*NO_PICTURES, png(9, 9)[:60], bomb(100_000, 100_000)):
        yield case(f"file {content[:20]!r}", picture_form(content))
