"""Depth and width: nothing recurses, and nothing is quadratic."""

import sys

import pytest
from processes import run_python

import autograd as ag
from autograd import Value

CHAIN = """
    import gc, threading

    from autograd import Value, release, replay, topological_order

    def chain(length):
        x = Value(1.0)
        y = x
        for _ in range(length):
            y = y + x
        return x, y
"""


def test_a_chain_far_deeper_than_the_stack():
    x = Value(1.0)
    y = x
    for _ in range(50 * sys.getrecursionlimit()):
        y = y + x
    n = 50 * sys.getrecursionlimit() + 1
    y.backward()
    assert x.grad == n
    x.data = 2.0
    assert y.replay() == 2.0 * n
    assert len(ag.topological_order(y)) == n
    del y


def test_a_chain_of_wide_nodes():
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = ag.sum([y, x, x])
    y.backward()
    assert x.grad == 40_001
    del y


@pytest.mark.slow
def test_a_million_nodes_are_built_differentiated_replayed_and_freed():
    printed = run_python(
        CHAIN
        + """
    gc.disable()
    x, y = chain(1_000_000)
    y.backward()
    print(x.grad)
    x.data = 2.0
    print(replay(y), len(topological_order(y)))
    del y
    x, y = chain(1_000_000)
    release(y)
    print(y.data, y.parents)
    """
    )
    assert printed.split("\n")[:3] == ["1000001.0", "2000002.0 1000001", "1000001.0 ()"]


@pytest.mark.slow
def test_a_million_nodes_are_pickled_and_copied():
    printed = run_python(
        CHAIN
        + """
    import copy, pickle
    gc.disable()
    x, y = chain(1_000_000)
    for way in (copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))):
        z = way(y)
        z.backward()
        print(topological_order(z)[0].grad)
        del z
    """
    )
    assert printed.split() == ["1000001.0"] * 2


@pytest.mark.parametrize("length", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_release_frees_a_chain_on_a_thread_with_a_small_stack(length):
    printed = run_python(
        CHAIN
        + f"""
    def work():
        x, y = chain({length})
        y.backward()
        release(y)
        print(x.grad)

    threading.stack_size(256 * 1024)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    """
    )
    assert float(printed) == length + 1


def test_a_sum_of_many_interior_nodes_is_one_wide_node():
    x = Value(2.0)
    y = ag.sum(x * float(i) for i in range(100_000))
    assert len(y.parents) == 100_000
    y.backward()  # the walk would take minutes if it began anew at each operand
    assert x.grad == sum(range(100_000))
    assert y.replay() == 2.0 * x.grad
    ag.release(y)


def test_a_wide_node_of_wide_nodes():
    xs = [Value(float(i)) for i in range(300)]
    y = ag.sum(ag.dot([x] * 300, xs) for x in xs)
    y.backward()
    assert all(x.grad == 2 * sum(range(300)) for x in xs)


def test_a_node_with_many_users():
    x = Value(2.0)
    h = x * 1.0
    y = sum((h * 1.0 for _ in range(20_000)), Value(0.0))
    y.backward()
    assert x.grad == 20_000
