"""An optimiser's rule run by the vector machine does what the rule does."""

import numpy as np
import pytest

import nn
from autograd import Value, _build, fused
from tests.compiler.test_fused import STEPWISE

pytestmark = pytest.mark.skipif(_build.executor() is None, reason="it was not built")


def updated(optimizer, gap, monkeypatch, pure):
    """Parameters and states after some steps."""
    monkeypatch.setenv("AUTOGRAD_PURE", pure)
    rule = optimizer([Value(1.0)])
    options = rule.param_groups[0]
    states = range(2, 2 + len(rule.state_names))
    update = fused(rule.whole_rule, into=(0, *states))
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=50 * gap)[::gap] for _ in range(2)]
    arrays += [np.full(50 * gap, x)[::gap] for x in rule.initial_state(options)]
    for _ in range(7):
        options["steps"] += 1
        arrays[1][...] = rng.normal(size=50)
        update(*arrays, **rule.options_for(options))
    return update, arrays


@pytest.mark.parametrize("gap", [1, 2])  # with gaps it is left to NumPy
@pytest.mark.parametrize("optimizer", STEPWISE)
def test_every_optimizer(optimizer, gap, monkeypatch):
    native, ours = updated(optimizer, gap, monkeypatch, "")
    reference, theirs = updated(optimizer, gap, monkeypatch, "1")
    assert native.source == reference.source
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam, nn.AdamW, nn.RMSprop])
def test_the_usual_ones_run_natively(optimizer, monkeypatch):
    update, _ = updated(optimizer, 1, monkeypatch, "")
    [[program]] = update.programs.values()
    assert "table_run" in program.__globals__


def test_arrays_of_different_lengths_are_an_error_as_with_numpy():
    update = fused(lambda p, g, lr: (p - lr * g,), into=(0,))
    update(np.ones(5), np.ones(5), lr=0.1)
    with pytest.raises(ValueError):
        update(np.ones(5), np.ones(7), lr=0.1)
