"""Identity: who somebody is to the store, how they prove it, and where a parcel goes."""

from automate_store.domain.identity.addresses import (
    EMAIL_LENGTH,
    WITH_STATE,
    WITHOUT_POSTAL_CODE,
    Address,
    normalise_email,
)

__all__ = [
    "EMAIL_LENGTH",
    "WITHOUT_POSTAL_CODE",
    "WITH_STATE",
    "Address",
    "normalise_email",
]
