"""
Promotions, coupons and carts for property tests, the laws they keep, and slow oracles.

To hold a condition or an action of your own to the laws::

    @given(scene=scenes("EUR"), condition=st.builds(MyCondition, ...))
    def test_a_refusal_of_mine_can_be_met(scene, condition):
        assert_a_refusal_can_be_met(condition, scene)
"""

from automate_store.entrypoints.properties.promotions.laws import (
    adjusted,
    assert_a_coupon_s_refusal_can_be_met,
    assert_a_higher_percentage_never_gives_less,
    assert_a_refusal_can_be_met,
    assert_a_split_line_gets_the_same,
    assert_an_action_stays_within,
    assert_an_inapplicable_one_changes_nothing,
    assert_caps_hold,
    assert_every_promotion_law,
    assert_no_piece_counts_twice,
    assert_simulating_what_is_active_changes_nothing,
    assert_some_rule_acts_where_any_would,
    assert_spending_what_is_missing_will_do,
    assert_verdicts_account_for_all,
    assert_what_is_displaced_may_go,
)
from automate_store.entrypoints.properties.promotions.oracles import (
    best_total,
    pieces_taken,
    units,
)
from automate_store.entrypoints.properties.promotions.parts import (
    actions,
    conditions,
    line_actions,
    off,
    percents,
    piece_actions,
    selections,
    shoppers,
    tiered,
)
from automate_store.entrypoints.properties.promotions.strategies import (
    carts,
    contests,
    coupons,
    goods,
    promotions,
    sales,
    scenes,
)

__all__ = [
    "actions",
    "adjusted",
    "assert_a_coupon_s_refusal_can_be_met",
    "assert_a_higher_percentage_never_gives_less",
    "assert_a_refusal_can_be_met",
    "assert_a_split_line_gets_the_same",
    "assert_an_action_stays_within",
    "assert_an_inapplicable_one_changes_nothing",
    "assert_caps_hold",
    "assert_every_promotion_law",
    "assert_no_piece_counts_twice",
    "assert_simulating_what_is_active_changes_nothing",
    "assert_some_rule_acts_where_any_would",
    "assert_spending_what_is_missing_will_do",
    "assert_verdicts_account_for_all",
    "assert_what_is_displaced_may_go",
    "best_total",
    "carts",
    "conditions",
    "contests",
    "coupons",
    "goods",
    "line_actions",
    "off",
    "percents",
    "piece_actions",
    "pieces_taken",
    "promotions",
    "sales",
    "scenes",
    "selections",
    "shoppers",
    "tiered",
    "units",
]
