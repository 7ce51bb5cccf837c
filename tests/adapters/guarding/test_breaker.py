"""The breaker lets nobody ask who would only wait, and finds out when asking helps again."""

from __future__ import annotations

import pytest

from automate_store.adapters.guarding import Breaker
from automate_store.adapters.guarding.breaker import Resting, Ticket

LIMIT, REST_S = 3, 30.0


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(watch, failures=LIMIT, rest_s=REST_S)


def lets(breaker: Breaker) -> bool:
    return breaker.available


def ask(breaker: Breaker, *, answered: bool | None) -> None:
    breaker.leave(breaker.enter(), answered=answered)


def opened(breaker: Breaker) -> None:
    for _ in range(LIMIT):
        ask(breaker, answered=False)


def test_it_opens_at_the_last_failure_in_a_row_and_not_before(breaker: Breaker) -> None:
    for _ in range(LIMIT - 1):
        ask(breaker, answered=False)
    assert lets(breaker)
    ask(breaker, answered=False)
    assert not lets(breaker)
    with pytest.raises(Resting) as told:
        breaker.enter()
    assert told.value.left_s == REST_S


def test_an_answer_in_between_begins_the_row_anew(breaker: Breaker) -> None:
    for _ in range(LIMIT - 1):
        ask(breaker, answered=False)
    ask(breaker, answered=True)
    for _ in range(LIMIT - 1):
        ask(breaker, answered=False)
    assert lets(breaker)


def test_what_is_called_off_says_nothing(breaker: Breaker) -> None:
    for _ in range(LIMIT - 1):
        ask(breaker, answered=False)
    ask(breaker, answered=None)
    assert lets(breaker)
    ask(breaker, answered=False)
    assert not lets(breaker)


def test_it_rests_to_the_end(breaker: Breaker, watch: Watch) -> None:
    opened(breaker)
    watch.now += REST_S - 0.001
    with pytest.raises(Resting):
        breaker.enter()
    watch.now += 0.001
    assert breaker.enter().trial


def test_one_tries_and_nobody_beside(breaker: Breaker, watch: Watch) -> None:
    opened(breaker)
    watch.now += REST_S
    trial = breaker.enter()
    assert not lets(breaker)
    with pytest.raises(Resting):
        breaker.enter()
    breaker.leave(trial, answered=True)
    assert breaker.enter() == Ticket(breaker.enter().round, trial=False)


def test_a_trial_that_fails_is_followed_by_a_whole_rest(breaker: Breaker, watch: Watch) -> None:
    opened(breaker)
    watch.now += REST_S
    ask(breaker, answered=False)
    with pytest.raises(Resting) as told:
        breaker.enter()
    assert told.value.left_s == REST_S


def test_a_trial_that_was_called_off_leaves_its_place_to_the_next(
    breaker: Breaker, watch: Watch
) -> None:
    opened(breaker)
    watch.now += REST_S
    ask(breaker, answered=None)
    assert breaker.enter().trial


def test_who_asked_before_it_opened_neither_closes_nor_delays_it(
    breaker: Breaker, watch: Watch
) -> None:
    slow, slower = breaker.enter(), breaker.enter()
    opened(breaker)
    watch.now += REST_S / 2
    breaker.leave(slow, answered=True)
    assert not lets(breaker)
    breaker.leave(slower, answered=False)
    watch.now += REST_S / 2
    assert lets(breaker)


def test_who_asked_before_it_closed_is_not_counted_after(breaker: Breaker, watch: Watch) -> None:
    slow = [breaker.enter() for _ in range(LIMIT)]
    opened(breaker)
    watch.now += REST_S
    ask(breaker, answered=True)
    for each in slow:
        breaker.leave(each, answered=False)
    assert lets(breaker)


def test_a_trial_keeps_its_place_while_older_ones_come_to_an_end(
    breaker: Breaker, watch: Watch
) -> None:
    slow = breaker.enter()
    opened(breaker)
    watch.now += REST_S
    breaker.enter()
    breaker.leave(slow, answered=None)
    assert not lets(breaker)
