"""
Carts: lines and wishes, and no price: a cart is quoted anew at every read.

Units: quantities are whole pieces; a guest's token is known by its SHA-256 hash only.
"""

from automate_store.domain.carts.cart import (
    MOST_CODES,
    Cart,
    CartEmpty,
    CartFull,
    CartLine,
    CartLineNotFound,
    CartNotFound,
    CartPolicy,
    CodeNotFound,
    MergePolicy,
    TooManyCodes,
    TooManyOfOne,
)
from automate_store.domain.carts.merging import CartInOtherCurrency, LeftOut, Merged, merge
from automate_store.domain.carts.validating import (
    CartNeedsAttention,
    CartProblem,
    CartProblemKind,
    OnShelf,
    validate,
)

__all__ = [
    "MOST_CODES",
    "Cart",
    "CartEmpty",
    "CartFull",
    "CartInOtherCurrency",
    "CartLine",
    "CartLineNotFound",
    "CartNeedsAttention",
    "CartNotFound",
    "CartPolicy",
    "CartProblem",
    "CartProblemKind",
    "CodeNotFound",
    "LeftOut",
    "MergePolicy",
    "Merged",
    "OnShelf",
    "TooManyCodes",
    "TooManyOfOne",
    "merge",
    "validate",
]
