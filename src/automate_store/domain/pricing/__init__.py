"""
Pricing: the quote, one pure function from a basket and the rules to its price.

A pipeline of small steps, from unit price to total; each writes its own part, so that
quoting twice changes nothing and each cent of the total has a reason.
"""

from automate_store.domain.pricing.basket import (
    Basket,
    BasketLine,
    Entrant,
    Giveaway,
    PresentedCode,
    PricingPolicy,
    PricingRules,
)
from automate_store.domain.pricing.competing import MOST_TRIALS
from automate_store.domain.pricing.discounting import (
    COUPONS,
    GIFTS,
    ORDER_DISCOUNTS,
    PROMOTIONS,
    SHIPPING_DISCOUNTS,
)
from automate_store.domain.pricing.draft import Discount, Draft, Step
from automate_store.domain.pricing.keeping import (
    extended,
    joined,
    keeping,
    replacing,
    staying,
    with_gifts,
)
from automate_store.domain.pricing.leaving import some_units, summed, without
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
from automate_store.domain.pricing.quoting import (
    Appraisal,
    QuoteTooLarge,
    Simulation,
    appraise,
    quote,
    simulate,
)
from automate_store.domain.pricing.steps import PIPELINE, SHIPPING, SUBTOTAL, with_steps
from automate_store.domain.pricing.taxing import EXEMPT, EXEMPTION, TAX
from automate_store.domain.pricing.trail import explain
from automate_store.domain.pricing.units import UnitShares, cumulative_share, unit_shares
from automate_store.domain.pricing.verdicts import CodeStanding, Standing, Verdict

__all__ = [
    "COUPONS",
    "EXEMPT",
    "EXEMPTION",
    "GIFTS",
    "MOST_TRIALS",
    "ORDER_DISCOUNTS",
    "PIPELINE",
    "PROMOTIONS",
    "SHIPPING",
    "SHIPPING_DISCOUNTS",
    "SUBTOTAL",
    "TAX",
    "Adjustment",
    "Appraisal",
    "Basket",
    "BasketLine",
    "CodeStanding",
    "Discount",
    "Draft",
    "Entrant",
    "Giveaway",
    "PresentedCode",
    "PricingPolicy",
    "PricingRules",
    "Quote",
    "QuoteTooLarge",
    "QuotedLine",
    "QuotedShipping",
    "Simulation",
    "Standing",
    "Step",
    "Subject",
    "TaxShare",
    "TaxTotal",
    "TraceEntry",
    "UnitShares",
    "Verdict",
    "appraise",
    "cumulative_share",
    "explain",
    "extended",
    "joined",
    "keeping",
    "quote",
    "replacing",
    "simulate",
    "some_units",
    "staying",
    "summed",
    "unit_shares",
    "with_gifts",
    "with_steps",
    "without",
]
