"""The measured operations work, and none of them asks the database more than it must."""

from __future__ import annotations

import pytest

from benchmarks.speed.flow import OPS
from benchmarks.speed.statements import statements

MOST = {"product_list": 1, "product_detail": 1, "cart_add": 5, "cart_read": 1, "checkout": 39}
"""Statements of each operation, BEGIN and COMMIT included; more of them is a loop."""


@pytest.fixture(scope="module")
def heard() -> dict[str, list[str]]:
    return statements()


@pytest.mark.parametrize("operation", OPS)
def test_an_operation_takes_a_few_statements(operation: str, heard: dict[str, list[str]]) -> None:
    assert 1 <= len(heard[operation]) <= MOST[operation], heard[operation]
