"""Pictures drawn anew by Pillow, and a folder that keeps them."""

from automate_store.adapters.media.folder import FolderMedia
from automate_store.adapters.media.pictures import PillowPictures

__all__ = ["FolderMedia", "PillowPictures"]
