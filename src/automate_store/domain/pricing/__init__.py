"""
Pricing: the quote, one pure function from a basket and the rules to its price.

A pipeline of small steps, from unit price to total; each writes its own part, so that
quoting twice changes nothing and each cent of the total has a reason.
"""

from automate_store.domain.pricing.basket import Basket, BasketLine, PricingPolicy, PricingRules
from automate_store.domain.pricing.draft import Discount, Draft, Step
from automate_store.domain.pricing.quoted import (
    Adjustment,
    Quote,
    QuotedLine,
    QuotedShipping,
    Subject,
    TaxShare,
    TaxTotal,
    TraceEntry,
)
from automate_store.domain.pricing.quoting import QuoteTooLarge, quote
from automate_store.domain.pricing.steps import PIPELINE, SHIPPING, SUBTOTAL, TAX, with_steps
from automate_store.domain.pricing.trail import explain
from automate_store.domain.pricing.units import UnitShares, cumulative_share, unit_shares

__all__ = [
    "PIPELINE",
    "SHIPPING",
    "SUBTOTAL",
    "TAX",
    "Adjustment",
    "Basket",
    "BasketLine",
    "Discount",
    "Draft",
    "PricingPolicy",
    "PricingRules",
    "Quote",
    "QuoteTooLarge",
    "QuotedLine",
    "QuotedShipping",
    "Step",
    "Subject",
    "TaxShare",
    "TaxTotal",
    "TraceEntry",
    "UnitShares",
    "cumulative_share",
    "explain",
    "quote",
    "unit_shares",
    "with_steps",
]
