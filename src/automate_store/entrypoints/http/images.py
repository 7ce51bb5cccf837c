"""Routes of a product's images: pictures come in as files, and are drawn anew."""

from __future__ import annotations

from automate_store.application import catalog as use_cases
from automate_store.application.access import Permission
from automate_store.application.catalog import StaffProduct
from automate_store.application.ports.media import (
    NotAPicture,
    PictureBroken,
    PicturesBusy,
    PictureTooHeavy,
    PictureTooLarge,
)
from automate_store.domain.catalog import (
    ImageNotFound,
    ImagesFull,
    ImagesNotNamed,
    ProductNotFound,
)
from automate_store.domain.kernel.ids import ImageId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.products import product_of
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.versions import tell_version, wanted_versions
from automate_store.entrypoints.http.wire.images import AddImage, ArrangeImages
from automate_store.entrypoints.http.wire.products import ImageList, image_list

routes = Routes("Staff: catalogue")
_PICTURES = (NotAPicture, PictureBroken, PictureTooLarge, PictureTooHeavy, PicturesBusy)


@routes.post(
    "/products/{id_or_slug}/images",
    summary="Add an image",
    status=201,
    raises=(ProductNotFound, ImagesFull, *_PICTURES),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
    form=True,
)
async def add_image(call: Call, body: AddImage) -> ImageList:
    """
    The product's images, with the picture behind the others.

    It is drawn anew: upright, of one frame, without what a camera wrote beside it. The
    same one again only takes the new text.
    """
    seen = await use_cases.add_image(
        product_of(call),
        body.file,
        body.alt_text or None,
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, seen)


@routes.put(
    "/products/{id_or_slug}/images",
    summary="Put images in order",
    raises=(ProductNotFound, ImagesNotNamed),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def arrange_images(call: Call, body: ArrangeImages) -> ImageList:
    """The product's images in that order, each with that text."""
    seen = await use_cases.arrange_images(
        product_of(call),
        body.alt_texts(),
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, seen)


@routes.delete(
    "/products/{id_or_slug}/images/{image_id}",
    summary="Take an image off a product",
    raises=(ProductNotFound, ImageNotFound),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def remove_image(call: Call) -> ImageList:
    """The images that are left; the picture stays where it is, since old orders show it."""
    seen = await use_cases.remove_image(
        product_of(call),
        ImageId(call.path_id("image_id", ImageNotFound)),
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, seen)


def _told(call: Call, seen: StaffProduct) -> ImageList:
    tell_version(call, seen.product.version)
    return image_list(seen)
