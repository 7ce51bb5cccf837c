"""Use cases of a product's images: staff add one, put them in order, take one off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from automate_store.application.access import Actor
from automate_store.application.auditing import note
from automate_store.application.catalog.editing import save_changed
from automate_store.application.catalog.reaching import (
    StaffProduct,
    as_staff_see,
    reach,
)
from automate_store.application.ports import Ports
from automate_store.application.retries import retrying
from automate_store.application.versions import Versions
from automate_store.domain.catalog import Image, ImagesFull, Product
from automate_store.domain.kernel.ids import ImageId

IMAGE_LIMIT = 250
"""Images of one product, at most."""


async def add_image(
    id_or_slug: str,
    content: bytes,
    alt_text: str | None,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    """
    The product with the picture behind those it has.

    The same picture again only takes the new alt text: sent twice, it is there once. Raises
    ProductNotFound, VersionConflict, ImagesFull, and what ``Pictures.redraw`` refuses.
    """
    async with ports.reading() as reads:
        _refuse_more(await reach(id_or_slug, actor=actor, reads=reads, versions=versions))
    # Drawing takes a while, and no transaction waits for it; who may not is turned away before.
    stored = await ports.media.keep(await ports.pictures.redraw(content))

    def add(product: Product) -> Product:
        known = next((image for image in product.images if image.url == stored.url), None)
        if known is not None:
            told = {image.id: image.alt_text for image in product.images}
            return product.arrange_images({**told, known.id: alt_text}, at=ports.clock())
        _refuse_more(product)
        image = Image(id=ImageId(ports.ids.uuid()), url=stored.url, alt_text=alt_text)
        return product.add_image(image, at=ports.clock())

    return await _with_images(id_or_slug, add, "add_image", versions, actor=actor, ports=ports)


async def arrange_images(
    id_or_slug: str,
    alt_texts: Mapping[ImageId, str | None],
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    """
    The product with its images in that order, each with that alt text.

    Raises ProductNotFound, VersionConflict, ImagesNotNamed.
    """

    def arrange(product: Product) -> Product:
        return product.arrange_images(alt_texts, at=ports.clock())

    return await _with_images(
        id_or_slug, arrange, "arrange_images", versions, actor=actor, ports=ports
    )


async def remove_image(
    id_or_slug: str,
    image_id: ImageId,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    """
    The product without the image; the picture itself stays, old orders show it.

    Raises ProductNotFound, VersionConflict, ImageNotFound.
    """

    def remove(product: Product) -> Product:
        return product.drop_image(image_id, at=ports.clock())

    return await _with_images(
        id_or_slug, remove, "remove_image", versions, actor=actor, ports=ports
    )


async def _with_images(
    id_or_slug: str,
    decide: Callable[[Product], Product],
    action: str,
    versions: Versions | None,
    *,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    async def attempt() -> StaffProduct:
        async with ports.unit_of_work() as work:
            product = await reach(id_or_slug, actor=actor, reads=work, versions=versions)
            changed = decide(product)
            saved = await save_changed(product, changed, work)
            if changed is not product:
                before, after = ({"images": each.images} for each in (product, changed))
                subject = f"product:{product.id}"
                await note(work, actor, action, subject, before=before, after=after, ports=ports)
            return await as_staff_see(saved, work)

    return await retrying(attempt)


def _refuse_more(product: Product) -> None:
    if len(product.images) >= IMAGE_LIMIT:
        raise ImagesFull(product.id, IMAGE_LIMIT)
