"""Random programs, compiled under both schedules, against the eager engine."""

import pytest

from tests.compiler.fuzz import failure


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    failures = {seed: failure(seed) for seed in range(20 * block, 20 * block + 20)}
    assert {seed: what for seed, what in failures.items() if what} == {}


@pytest.mark.slow
def test_many_random_programs():
    failures = {seed: failure(seed) for seed in range(10_000, 11_000)}
    assert {seed: what for seed, what in failures.items() if what} == {}
