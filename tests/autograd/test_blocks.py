"""The memory of the compiled build's nodes: blocks of them, used again for the next graph.

Most tests run in a process of their own: a hook or a module's call ends the use of blocks.
"""

import os
import random
import subprocess
import sys
import textwrap
import threading

import pytest

from autograd import Value, _build, collector

PREAMBLE = """
import gc, os, sys, tracemalloc
from autograd import Value, _build, collector, untracking
native = collector.hider
"""


def run(program, *options, **environment):
    """What a program prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", PREAMBLE + textwrap.dedent(program)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


IN_BLOCKS = (
    collector.hider is _build.nodes() is not None
    and run("x = Value(1.0)\nprint(native.blocks()[0])") == "1"
)
pytestmark = pytest.mark.skipif(not IN_BLOCKS, reason="here nodes lie where Python puts them")

CHAIN = """
def chain(length):
    x = y = Value(1.0)
    for _ in range(length):
        y = y + x
    return y
"""


def churn(seed, rounds=60):
    """Make nodes and drop some, again and again; True if each keeps its own number."""
    draw = random.Random(seed)
    alive = {}
    for start in range(0, 1000 * rounds, 1000):
        for number in range(start, start + 1000):
            alive[number] = Value(float(number)) * 1.0
        for number in draw.sample(sorted(alive), len(alive) * draw.choice([1, 5, 9]) // 10):
            del alive[number]
        if any(node.data != number for number, node in alive.items()):
            return False
    total = sum(alive.values(), Value(0.0))
    total.backward()
    return all(node.grad == 1.0 and node.parents[0].grad == 1.0 for node in alive.values())


@pytest.mark.parametrize("seed", range(5))
def test_no_node_takes_the_place_of_another(seed):
    assert churn(seed)


def test_nor_do_those_of_other_threads():
    done = []
    threads = [
        threading.Thread(target=lambda seed=seed: done.append(churn(seed, 20))) for seed in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 8


def test_a_graph_lies_where_the_last_one_lay():
    program = """
        chain(50_000).backward()
        first = native.blocks()
        for _ in range(20):
            chain(50_000).backward()
        print(first == native.blocks(), first[0] - first[1] <= 1)
    """
    assert run(CHAIN + textwrap.dedent(program)) == "True True"


def test_nodes_made_one_after_another_lie_side_by_side():
    """Also in memory that was given back in another order."""
    program = """
        import random
        nodes = [Value(1.0) for _ in range(50_000)]
        random.Random(0).shuffle(nodes)
        del nodes
        places = [id(node) for node in [Value(1.0) for _ in range(50_000)]]
        steps = [b - a for a, b in zip(places, places[1:])]
        usual = max(set(steps), key=steps.count)
        print(0 < usual <= 112, steps.count(usual) > 0.99 * len(steps))
    """
    assert run(program) == "True True"


def test_a_full_collection_gives_back_what_is_not_used():
    program = """
        kept = Value(1.0)
        y = chain(50_000)
        many, spare = native.blocks()
        print(many > 50, spare)
        del y
        print(native.blocks()[1] > 50)
        gc.collect(1)
        print(native.blocks()[1] > 50)
        gc.collect()
        print(native.blocks()[0] < 5, native.blocks()[1], kept.data)
        print(chain(50_000).data)
    """
    said = run(CHAIN + textwrap.dedent(program)).split()
    assert said == ["True", "0", "True", "True", "True", "0", "1.0", "50001.0"]


def test_the_room_between_nodes_that_live_on_is_used():
    program = """
        nodes = [Value(1.0) for _ in range(50_000)]
        kept = nodes[::10]
        del nodes
        blocks, _ = native.blocks()
        more = [Value(1.0) for _ in range(45_000)]
        print(native.blocks()[0] == blocks)
    """
    assert run(program) == "True"


@pytest.mark.slow
def test_a_huge_graph_is_not_kept():
    program = """
        nodes = [Value(1.0) for _ in range(3_000_000)]
        print(native.blocks()[0] > 4096)
        del nodes
        print(native.blocks()[1] <= 4096)
    """
    assert run(program) == "True\nTrue"


def test_nodes_that_the_collector_sees_lie_elsewhere():
    """It counts what Python allocates, to know when to run. Both kinds may be in a graph."""
    program = """
        x = Value(1.0)
        hidden = [x * 2 for _ in range(5_000)]
        remove = x.register_hook(lambda grad: grad)
        blocks = native.blocks()
        seen = [node * 3 for node in hidden]
        print(native.blocks() == blocks, gc.is_tracked(hidden[0]), gc.is_tracked(seen[0]))
        total = sum(seen)
        total.backward()
        print(x.grad)
        del hidden, seen, total
        gc.collect()
        print(native.blocks()[0] <= 2)
    """
    assert run(program) == "True True True\n30000.0\nTrue"


@pytest.mark.parametrize(
    ("options", "environment"), [(["-X", "dev"], {}), ([], {"PYTHONMALLOC": "malloc"})]
)
def test_who_checks_the_use_of_memory_sees_each_node(options, environment):
    program = """
        nodes = [Value(1.0) for _ in range(1_000)]
        print(native is untracking, _build.nodes().blocks())
    """
    assert run(program, *options, **environment) == "True (0, 0)"


def test_tracemalloc_counts_blocks():
    program = """
        tracemalloc.start()
        nodes = [Value(1.0) for _ in range(100_000)]
        full, _ = tracemalloc.get_traced_memory()
        del nodes
        gc.collect()
        empty, _ = tracemalloc.get_traced_memory()
        print(11e6 < full < 13e6, empty < 1e6)
    """
    assert run(program) == "True True"


def test_autograd_that_is_loaded_again_uses_the_same_blocks():
    program = """
        import importlib
        nodes = [Value(1.0) for _ in range(5_000)]
        blocks, _ = native.blocks()
        for module in (collector, sys.modules["autograd"]):
            importlib.reload(module)
        del nodes
        nodes = [Value(1.0) for _ in range(5_000)]
        print(native.blocks()[0] == blocks, gc.callbacks.count(native.after_collection))
    """
    assert run(program) == "True 1"


def test_blocks_are_for_nodes_alone():
    program = """
        class Other:
            pass
        print(native.hide_new(Other, 16), native.hide_new(object, 0), native.hide_new(Value, 16))
        try:
            native.hide_new(3, 16)
        except TypeError:
            print(gc.is_tracked(Other()), gc.is_tracked(Value(1.0)))
    """
    assert run(program) == "False False True\nTrue False"
