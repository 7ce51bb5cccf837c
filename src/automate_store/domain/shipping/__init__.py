"""
Shipping: which methods carry a parcel somewhere, and for how much.

Units: weights are whole grams of the whole parcel; amounts are those of the store's
price lists, before tax is added or with it contained, as the tax mode says.
"""

from automate_store.domain.shipping.methods import (
    NO_ANSWERS,
    UNLIMITED,
    CarrierRates,
    Limits,
    ShippingMethod,
    ShippingOffer,
    ZoneRate,
    carriers_to_ask,
    offer_by,
    offers,
)
from automate_store.domain.shipping.rates import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    LocalRate,
    Parcel,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingRate,
    WeightBand,
    WeightRate,
)
from automate_store.domain.shipping.refusals import (
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
    ShippingMethodUnknown,
    ShippingNotAvailable,
    ShippingRequired,
    Unfit,
)
from automate_store.domain.shipping.tracking import tracking_page

__all__ = [
    "NO_ANSWERS",
    "UNLIMITED",
    "AmountBand",
    "AmountRate",
    "CarrierRates",
    "ExternalRate",
    "FlatRate",
    "Limits",
    "LocalRate",
    "Parcel",
    "PieceRate",
    "QuantityBand",
    "QuantityRate",
    "ShippingMethod",
    "ShippingMethodCodeTaken",
    "ShippingMethodNotFound",
    "ShippingMethodUnknown",
    "ShippingNotAvailable",
    "ShippingOffer",
    "ShippingRate",
    "ShippingRequired",
    "Unfit",
    "WeightBand",
    "WeightRate",
    "ZoneRate",
    "carriers_to_ask",
    "offer_by",
    "offers",
    "tracking_page",
]
