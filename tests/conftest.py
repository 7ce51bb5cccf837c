"""What every test shares: how many examples a law gets, and that they repeat."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

# Time is not judged: on a busy machine a slow example says nothing about the law.
_UNTIMED = [HealthCheck.too_slow]

settings.register_profile(
    "ci", max_examples=15, derandomize=True, deadline=None, suppress_health_check=_UNTIMED
)
settings.register_profile(
    "long", max_examples=10_000, print_blob=True, deadline=None, suppress_health_check=_UNTIMED
)
# Quick to fail and never shrunk: for telling mutants from the program.
settings.register_profile(
    "mutants",
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=_UNTIMED,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

pytest_plugins = ["tests.postgres_fixtures", "tests.redis_fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is marked as slow, unless all are wanted."""
    if os.environ.get("TESTS") == "all":
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: make test-slow"))
