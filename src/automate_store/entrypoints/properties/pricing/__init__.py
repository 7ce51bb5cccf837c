"""
Baskets and rules for property tests, and the laws that every quote keeps.

The strategies draw from few places, classes and times, so that rules meet baskets
often. To hold a step of your own to the laws::

    @given(given_prices=pricings())
    def test_my_step_keeps_the_laws(given_prices):
        basket, rules = given_prices
        assert_every_law(basket, rules, with_steps(MY_STEP, after="subtotal"))

Draw ``pipelines()`` instead to see that what you read from a quote bears any discount.
"""

from automate_store.entrypoints.properties.pricing.laws import (
    assert_a_free_line_changes_nothing_else,
    assert_every_law,
    assert_exempt_customers_pay_the_net,
    assert_floors_hold,
    assert_net_to_gross_and_back_agrees,
    assert_nothing_is_below_zero,
    assert_only_minor_units_count,
    assert_order_does_not_matter,
    assert_quote_adds_up,
    assert_shipping_is_settled_or_says_why,
    assert_steps_may_run_again,
    assert_taxes_agree,
    assert_the_rates_in_force_are_borne,
    assert_trail_tells_all,
    assert_units_add_up,
    assert_units_come_back_one_by_one,
    in_currency,
    parts_of,
    relief,
)
from automate_store.entrypoints.properties.pricing.pools import (
    CURRENCIES,
    METHOD_CODES,
    OPENING,
    OTHER_CURRENCY,
    PROVIDERS,
    TAX_CLASSES,
    destinations,
    periods,
    some_currencies,
    tax_classes,
    times,
    zones,
)
from automate_store.entrypoints.properties.pricing.shipping import (
    carrier_rates,
    limits,
    local_rates,
    parcels,
    shipping_methods,
    shipping_rates,
)
from automate_store.entrypoints.properties.pricing.strategies import (
    basket_lines,
    baskets,
    discount_steps,
    pipelines,
    policies,
    pricing_rules,
    pricings,
    tax_rates,
)

__all__ = [
    "CURRENCIES",
    "METHOD_CODES",
    "OPENING",
    "OTHER_CURRENCY",
    "PROVIDERS",
    "TAX_CLASSES",
    "assert_a_free_line_changes_nothing_else",
    "assert_every_law",
    "assert_exempt_customers_pay_the_net",
    "assert_floors_hold",
    "assert_net_to_gross_and_back_agrees",
    "assert_nothing_is_below_zero",
    "assert_only_minor_units_count",
    "assert_order_does_not_matter",
    "assert_quote_adds_up",
    "assert_shipping_is_settled_or_says_why",
    "assert_steps_may_run_again",
    "assert_taxes_agree",
    "assert_the_rates_in_force_are_borne",
    "assert_trail_tells_all",
    "assert_units_add_up",
    "assert_units_come_back_one_by_one",
    "basket_lines",
    "baskets",
    "carrier_rates",
    "destinations",
    "discount_steps",
    "in_currency",
    "limits",
    "local_rates",
    "parcels",
    "parts_of",
    "periods",
    "pipelines",
    "policies",
    "pricing_rules",
    "pricings",
    "relief",
    "shipping_methods",
    "shipping_rates",
    "some_currencies",
    "tax_classes",
    "tax_rates",
    "times",
    "zones",
]
