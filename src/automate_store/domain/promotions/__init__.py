"""
Promotions: conditions, actions, and what one finds and says when its turn comes.

How several stand to each other, and what they take together, is the quote's: see pricing.
"""

from automate_store.domain.promotions.actions import (
    FREE,
    Action,
    Off,
    Scope,
    ShippingAction,
    Taking,
    shared_out,
)
from automate_store.domain.promotions.conditions import (
    Basis,
    Condition,
    CustomerGroup,
    During,
    FirstOrder,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    ShipsTo,
    SignedIn,
)
from automate_store.domain.promotions.facts import Fact, Reason, Unmet
from automate_store.domain.promotions.giving import FreeShipping, Gift, OffShipping
from automate_store.domain.promotions.item import Item
from automate_store.domain.promotions.kinds import BUILT_IN, Kinds
from automate_store.domain.promotions.pieces import (
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    EveryNth,
    FirstThenOthers,
    PieceAction,
)
from automate_store.domain.promotions.promotion import (
    AnyAction,
    Promotion,
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
    in_turn,
)
from automate_store.domain.promotions.reductions import (
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    FixedPrice,
    PercentOffItems,
    PercentOffOrder,
    Tier,
    Tiered,
    percents_off,
)
from automate_store.domain.promotions.scene import ANYBODY, Found, Goods, Scene, Shopper
from automate_store.domain.promotions.selection import EVERYTHING, Selection

__all__ = [
    "ANYBODY",
    "BUILT_IN",
    "EVERYTHING",
    "FREE",
    "Action",
    "AmountOffItems",
    "AmountOffOrder",
    "AmountOffUnits",
    "AnyAction",
    "Basis",
    "BundlePrice",
    "BuyGet",
    "CheapestOf",
    "Choice",
    "Condition",
    "CustomerGroup",
    "During",
    "EveryNth",
    "Fact",
    "FirstOrder",
    "FirstThenOthers",
    "FixedPrice",
    "Found",
    "FreeShipping",
    "Gift",
    "Goods",
    "InCurrency",
    "Item",
    "Kinds",
    "MinimumAmount",
    "MinimumQuantity",
    "Off",
    "OffShipping",
    "PercentOffItems",
    "PercentOffOrder",
    "PieceAction",
    "Promotion",
    "PromotionCodeTaken",
    "PromotionHasCoupons",
    "PromotionNotFound",
    "Reason",
    "Scene",
    "Scope",
    "Selection",
    "ShippingAction",
    "ShipsTo",
    "Shopper",
    "SignedIn",
    "Taking",
    "Tier",
    "Tiered",
    "Unmet",
    "in_turn",
    "percents_off",
    "shared_out",
]
