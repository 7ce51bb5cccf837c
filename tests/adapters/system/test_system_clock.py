"""The clock tells the time in UTC and never goes back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.system import SystemClock

moments = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by timezones


def test_time_is_aware_and_in_utc() -> None:
    assert SystemClock()().utcoffset() == timedelta(0)


def test_time_is_that_of_the_machine() -> None:
    before = datetime.now(UTC)  # noqa: TID251 - the machine's clock is what is compared
    told = SystemClock()()
    after = datetime.now(UTC)  # noqa: TID251 - as above
    assert before <= told <= after


@given(readings=st.lists(moments, min_size=2))
def test_time_never_goes_back_when_the_machine_is_set_back(readings: list[datetime]) -> None:
    clock = SystemClock()
    told = [clock._no_earlier_than_before(reading) for reading in readings]
    assert told == sorted(told)
    assert told[-1] == max(readings)
