"""What is measured on our engine alone, each in a fresh process."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value

from .programs import RawProgram


def bytes_per_node(nodes: int) -> float:
    """Memory of a binary op's node, after a backward pass has put a gradient on it.

    The graph alternates + and ×, and every node has its own data and gradient, so that
    no float is shared but by design.
    """
    x, w = Value(0.999), Value(1.001)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    node = x
    for _ in range(nodes // 2):
        node = node * w + x
    node.backward()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / (nodes // 2 * 2)


def cyclic_garbage(graphs: int) -> int:
    """Objects that the cyclic collector finds after graphs were made, used and dropped."""
    w = [Value(0.1 * i) for i in range(5)]
    program = RawProgram(Value, Value.relu, samples=1)

    def use() -> None:
        loss = (autograd.dot(w[:2], w[2:4], bias=w[4]).tanh() - 0.5) ** 2
        total = loss + autograd.logsumexp(w) + autograd.mean(autograd.softmax(w))
        total.backward()
        program.step()

    use()  # what the first use leaves behind (imports, caches) is no part of a graph
    while gc.collect():
        pass
    gc.disable()
    try:
        for _ in range(graphs):
            use()
        return gc.collect()
    finally:
        gc.enable()


def draw_seconds(rounds: int) -> dict[str, float]:
    """The median time from a Value to its SVG, the renderer being loaded, and the graph's size."""
    program = RawProgram(Value, Value.relu, samples=3, sizes=(2, 5, 4, 1))
    loss = program.forward()
    loss.backward()
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        svg = autograd.draw(loss).svg
        seconds.append(time.perf_counter() - start)
        assert "</svg>" in svg
    nodes = len(autograd.topological_order(loss))
    return {"seconds": statistics.median(seconds[1:]), "first": seconds[0], "nodes": nodes}


def fold_seconds(rounds: int) -> dict[str, float]:
    """The median time from a Value to the SVG of its folded graph: an RNN over 3,846 steps.

    Every step is a scope, as ``nn.unroll`` makes them; its 26 nodes are written by hand.
    """
    w = [Value(0.1 * i) for i in range(5)]
    h: Value = Value(0.5)

    def step(x: float, h: Value) -> Value:
        for weight in w:
            h = autograd.tanh(weight * h + w[0] * x)
        return h + w[1]

    for t in range(3846):
        h = autograd.scoped(f"t={t}", step, 0.001 * t, h)
    h.backward()
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        drawing = autograd.draw(h)
        assert "</svg>" in drawing.svg
        seconds.append(time.perf_counter() - start)
    nodes = len(autograd.topological_order(h))
    boxes = len(drawing.scene.boxes)
    return {
        "seconds": statistics.median(seconds[1:]), "first": seconds[0], "nodes": nodes,
        "boxes": boxes,
    }  # fmt: skip


def deep_chain(nodes: int) -> dict[str, float]:
    """Seconds to build, differentiate and free a chain."""
    x = Value(1.0)
    start = time.perf_counter()
    node = x
    for _ in range(nodes):
        node = node + x
    built = time.perf_counter()
    node.backward()
    swept = time.perf_counter()
    del node
    freed = time.perf_counter()
    assert x.grad == nodes + 1, f"d(chain)/dx is {nodes + 1}, not {x.grad}"
    return {"build": built - start, "backward": swept - built, "free": freed - swept}


JOBS: dict[str, Callable[[int], Any]] = {
    function.__name__: function
    for function in (bytes_per_node, cyclic_garbage, draw_seconds, fold_seconds, deep_chain)
}
"""What ``worker.py`` runs by name."""
