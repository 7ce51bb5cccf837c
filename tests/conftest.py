"""What every test shares: how many examples a law gets, and that they repeat."""

from __future__ import annotations

import os

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
