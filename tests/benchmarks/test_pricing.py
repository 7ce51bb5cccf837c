"""The scenes that quotes are timed on are what they say, and the timing runs; nothing is timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from automate_store.domain.pricing import MOST_TRIALS, Basket, Standing, appraise, quote
from automate_store.domain.promotions import Promotion
from benchmarks.pricing import scenes
from benchmarks.pricing.__main__ import GROWING, JUDGED, OTHERS
from benchmarks.pricing.offers import few, for_a_shop, many, naming
from benchmarks.pricing.report import Growth, Report, Row
from benchmarks.pricing.scenes import Pricing
from benchmarks.pricing.starting import Start, domain_modules, started
from benchmarks.pricing.timing import Timing, timed
from benchmarks.speed.promoted import Compared

MAKE_UP = {
    scenes.ten_lines: (10, 5, 2),
    scenes.hundred_lines: (100, 50, 12),
    scenes.with_pieces: (10, 5, 2),
    scenes.with_codes: (10, 5, None),
    scenes.with_past: (10, 505, 2),
    scenes.with_inactive: (10, 505, 2),
    scenes.with_rates: (100, 50, 12),
    scenes.with_names: (100, 50, 50),
    scenes.with_groups: (20, 10, None),
}
"""Lines, promotions, and how many apply to each cart, where that is the same for all."""


@pytest.mark.parametrize("scene", MAKE_UP)
def test_a_scene_is_what_it_says(scene: Callable[[], Pricing]) -> None:
    lines, promotions, applying = MAKE_UP[scene]
    pricing = scene()

    assert len(pricing.rules.promotions) == promotions
    assert len({each.lines for each in pricing.baskets}) == scenes.CARTS
    for basket in pricing.baskets if applying is not None else ():
        verdicts = appraise(basket, pricing.rules).verdicts
        assert len(basket.lines) == lines
        assert Counter(each.standing for each in verdicts)[Standing.APPLIED] == applying


def test_every_scene_is_timed() -> None:
    assert {scene for scene, _ in JUDGED} | set(OTHERS) == set(MAKE_UP)


def test_every_line_bears_two_taxes_and_something_is_carried() -> None:
    pricing = scenes.hundred_lines()

    quoted = quote(pricing.baskets[0], pricing.rules)

    assert {len(line.taxes) for line in quoted.lines} == {2}
    assert quoted.shipping is not None
    assert 0 < quoted.discount.minor < quoted.subtotal.minor


def test_fifty_promotions_are_of_twelve_kinds_and_have_five_kinds_of_refusals() -> None:
    pricing = scenes.hundred_lines()
    verdicts = appraise(pricing.baskets[0], pricing.rules).verdicts

    assert len({_kind(each) for each in pricing.rules.promotions}) == 12
    assert len({each.unmet[0].condition for each in verdicts if each.unmet}) == 5


def test_what_is_past_stays_out_of_quotes_and_is_told() -> None:
    pricing, plain = scenes.with_past(), scenes.ten_lines()

    told = appraise(pricing.baskets[0], pricing.rules)

    assert len(told.verdicts) == 505
    assert len(pricing.rules.in_force(pricing.baskets[0])) <= 5
    assert told.quote == quote(pricing.baskets[0], pricing.rules)
    assert told.quote == quote(plain.baskets[0], plain.rules)


def test_five_groups_of_two_are_as_many_ways_as_are_priced_whole() -> None:
    members = Counter(each.group for each in scenes.with_groups().rules.promotions)

    assert set(members.values()) == {2}
    assert 2 ** len(members) == MOST_TRIALS


def test_a_thousand_products_are_named_and_three_hundred_rates_stored() -> None:
    (first, *_) = naming(50, products=1_000)

    assert len(first.conditions[0].of.products) == 1_000  # type: ignore[attr-defined]
    assert len(scenes.with_rates().rules.tax_rates) == 300


def test_three_codes_are_given_of_which_two_go_together() -> None:
    pricing = scenes.with_codes()

    quoted = quote(pricing.baskets[0], pricing.rules)

    standings = Counter(each.standing for each in quoted.codes)
    assert standings.total() == 3
    assert standings[Standing.APPLIED] in {1, 2}
    assert standings[Standing.DISPLACED] == 3 - standings[Standing.APPLIED]


def test_carts_grow_under_the_same_promotions() -> None:
    for lines in GROWING:
        assert len(scenes.of_lines(lines, few()).baskets[0].lines) == lines


def test_a_shop_has_as_many_promotions_as_it_was_asked_for_each_with_its_code() -> None:
    promotions = for_a_shop(50)

    assert len({each.code for each in promotions}) == 50
    assert sum(len(each.conditions) > 1 for each in promotions) == 48
    assert {_kind(each) for each in many(12)} <= {_kind(each) for each in promotions}


def test_a_timing_has_its_best_run_and_its_middle_one() -> None:
    priced: list[Basket] = []
    pricing = scenes.ten_lines()

    timing = timed(
        lambda basket, _: priced.append(basket), pricing.baskets, pricing.rules, runs=3, run_s=0
    )

    assert 0 < timing.best_us <= timing.median_us
    assert timing.cpu_us > 0
    assert {each.lines for each in priced} == {each.lines for each in pricing.baskets}


def test_the_whole_domain_is_imported_anew() -> None:
    whole, pricing_alone = started(starts=1)

    assert whole.modules == len(domain_modules())
    assert {"automate_store.domain", "automate_store.domain.orders.order"} <= set(domain_modules())
    assert pricing_alone.best_ms > 0


def test_a_report_tells_what_is_missed() -> None:
    slow, quick = Timing(300.0, 310.0, 290.0), Timing(90.0, 95.0, 80.0)
    start = Start(what="all of it", modules=50, best_ms=251.0, median_ms=300.0, cpu_ms=249.0)

    report = Report(
        rows=[_row("slow", slow, 250.0), _row("quick", quick, 250.0), _row("free", slow, None)],
        growth=[Growth(lines=10, few=quick, many=slow)],
        starts=[start],
    )

    assert report.missed == ["slow", "all of it"]
    assert "| slow | 2 | 300 us | 310 us | 290 us | 300 us | 250 us |" in report.markdown()
    assert "| 10 | 80 us | 8 us | 290 us | 29 us |" in report.markdown()


def test_checkouts_are_compared_round_by_round() -> None:
    compared = Compared(promotions=50, without_ms=[10, 20, 12], with_ms=[10.5, 20.6, 15], errors=0)

    assert compared.worse_by_ms == 0.6
    assert not compared.missed
    assert Compared(promotions=50, without_ms=[10], with_ms=[11.1], errors=0).missed
    assert Compared(promotions=50, without_ms=[10], with_ms=[10], errors=1).missed


def _kind(promotion: Promotion) -> str:
    (action,) = promotion.actions
    return action.kind


def _row(scene: str, timing: Timing, target_us: float | None) -> Row:
    return Row(
        scene=scene,
        lines=10,
        promotions=5,
        applying=2,
        quote=timing,
        appraise=timing,
        target_us=target_us,
    )
