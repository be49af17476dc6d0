"""A GPT written with scalars, lists and loops trains compiled as it trains on the engine."""

import pytest

from tests.benchmarks.gpt_training import Compiled, Eager, documents


def assert_same_losses(steps, longest):
    compiled, eager = Compiled(), Eager()
    with compiled.training:
        for document in documents(steps, longest):
            assert compiled.step(document) == pytest.approx(eager.step(document), rel=1e-9)


def test_a_few_steps():
    assert_same_losses(6, longest=4)


@pytest.mark.slow
def test_a_hundred_steps():
    assert_same_losses(100, longest=10)
