"""A product's images on the wire: pictures come in as files, in a form."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from automate_store.application.catalog import IMAGE_LIMIT
from automate_store.domain.kernel.ids import ImageId
from automate_store.entrypoints.http.wire.inputs import FaultyFields, Input, Text255

File = Annotated[
    bytes,
    Meta(description="A JPEG, PNG, WebP or GIF (its first frame), known by its content alone."),
]


class AddImage(Input, frozen=True, kw_only=True):
    """A picture, and what it shows for those who do not see it."""

    file: File
    alt_text: Text255 | None = None


class ListedImage(Input, frozen=True, kw_only=True):
    """An image of the product, and what it shows; without a text it has none."""

    id: UUID
    alt_text: Text255 | None = None


class ArrangeImages(Input, frozen=True, kw_only=True):
    """Each of the product's images, once, in the order they are shown in."""

    images: Annotated[list[ListedImage], Meta(max_length=IMAGE_LIMIT)]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len({each.id for each in self.images}) < len(self.images):
            raise FaultyFields(("images", "names one of them twice"))

    def alt_texts(self) -> dict[ImageId, str | None]:
        """What each shows, in their order."""
        return {ImageId(each.id): each.alt_text or None for each in self.images}
