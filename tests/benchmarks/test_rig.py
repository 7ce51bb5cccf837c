"""The rig's own parts: what a check counts, sends and sums is what it says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from benchmarks.promises.p08_bounds import Route, cases
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import catalogue, write
from benchmarks.rig.figures import percentile
from benchmarks.rig.shoppers import Answer


def test_a_run_is_red_once_anything_is_not_as_required() -> None:
    run = Run("P00", seed=1, quick=True)
    run.require(holds=True, fault="never counted")
    assert run.result(seconds=1)["violations"] == 0

    run.equal("pieces", 2, 1)
    run.answers("storm", [_answer(500)] * 3, allowed={"200"})

    result = run.result(seconds=1)
    assert result["violations"] == 4
    assert result["storm"] == {"500": 3}
    assert json.loads(json.dumps(result)) == result


def test_a_seed_gives_the_same_load() -> None:
    first, second = (Run("P01", seed=7, quick=True).random.random() for _ in range(2))
    assert first == second


def test_a_catalogue_has_the_variants_it_was_asked_for(tmp_path: Path) -> None:
    lines = catalogue(10, variants=37, categories=3, stock=5)

    with write(tmp_path / "catalogue.csv", lines).open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 37
    assert len({row["Variant SKU"] for row in rows}) == 37
    assert len({row["Handle"] for row in rows}) == 10


def test_the_bad_bodies_hold_what_json_can_not_say() -> None:
    route = Route(
        method="POST",
        path="/api/v1/cart/add",
        template="/cart/add",
        headers={},
        body={"quantity": 1},
        fields={"quantity": ("@literal:NaN", "@literal:1e400", 1.5)},
    )

    bodies = [case.raw for case in cases(route)]

    assert bodies[:3] == [b'{"quantity": NaN}', b'{"quantity": 1e400}', b'{"quantity": 1.5}']


def test_a_percentile_is_the_time_that_so_many_stayed_below() -> None:
    assert percentile([0.001 * n for n in range(101)], 99) == 99.0
    assert percentile([0.5], 99) == 500.0


def _answer(status: int) -> Answer:
    return Answer(status=status, body=None, headers={}, seconds=0.0)
