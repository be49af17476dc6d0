"""Memory: no cycles, few bytes."""

import contextlib
import gc
import tracemalloc

import pytest

import autograd as ag
from autograd import Value, detect_anomaly, no_grad, scoped


def everything():
    """Forward and backward through every kind of node, with labels, hooks, scopes and modes."""
    w, x = Value(0.7, label="w"), Value(-1.2)
    h = scoped("layer", lambda: ag.dot([w, x], [x, w], w * 0.5))
    h.label = "labelled"
    x.register_hook(lambda grad: grad * 2)
    h.register_hook(lambda grad: None)
    y = ag.where(x, h.log(), h.tanh()) + ag.max([w, x, h]) - (x**3).relu() + abs(h - 1)
    y = ag.sum([y, *ag.softmax([w, x]), *ag.log_softmax([w, x]), y / w, 2**w, ag.prod([w, x, h])])
    if y > 0 or h < x:
        y = y.clip(-5, 5).leaky_relu() + 1
    with detect_anomaly():
        y.backward()
    with no_grad():
        y * 2
    ag.where(x, w * x, x / w).replay()
    return y


def test_graphs_leave_nothing_to_the_cyclic_collector():
    everything()
    gc.collect()
    gc.disable()
    try:
        for _ in range(100):
            everything()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_failed_backward_leaves_nothing_either():
    def fail(grad):
        raise KeyError

    def attempt():
        x = Value(1.0)
        x.register_hook(fail)
        with contextlib.suppress(KeyError):
            (x * x).backward()

    attempt()
    gc.collect()
    gc.disable()
    try:
        for _ in range(100):
            attempt()
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("op", ["+", "*", "relu"])
def test_bytes_per_node(op):
    x, n = Value(0.5), 10_000
    apply = {"+": lambda y: y + x, "*": lambda y: y * x, "relu": lambda y: y.relu()}[op]
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        nodes = [apply(x) for _ in range(n)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(nodes) == n
    assert (after - before) / n <= 200


def test_backward_keeps_nothing():
    x = Value(0.5)
    y = x
    for _ in range(10_000):
        y = y * x
    y.backward()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        y.backward()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 400_000  # at most the new gradients: a float each
