"""The log of a backward pass is what the engine did: step by step, to the bit."""

import math

import pytest
from graphs import graphs
from hypothesis import given

import autograd
from autograd import Value, checkpoint, explore, topological_order, where
from autograd.explorer import Change, Step


def replayed(explorer):
    """The gradients that the steps add up to, by node."""
    sums = {id(explorer.order[-1]): 1.0}
    for step in explorer.steps:
        node = step.to if isinstance(step, Step) else step.node
        assert sums.get(id(node), 0.0) == step.before
        sums[id(node)] = step.after
    return sums


def equal(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


@given(graphs())
def test_the_steps_add_up_to_the_gradients_of_backward_bit_for_bit(root):
    sums = replayed(explore(root))
    root.backward()
    for node in topological_order(root):
        if node.requires_grad:
            assert equal(sums.get(id(node), 0.0), node.grad)


@given(graphs())
def test_each_step_is_upstream_times_local_added_to_what_was_there(root):
    explorer = explore(root)
    root.backward()
    for step in explorer.steps:
        assert equal(step.upstream, step.node.grad)
        assert equal(step.local, step.node.partials[step.operand])
        assert step.to is step.node.parents[step.operand]
        assert equal(step.contribution, step.upstream * step.local)
        assert equal(step.after, step.before + step.contribution)


@given(graphs())
def test_a_node_passes_on_only_what_is_complete_and_each_edge_once(root):
    steps = explore(root).steps
    passed_on = set()
    for step in steps:
        assert id(step.to) not in passed_on  # it would have been incomplete
        passed_on.add(id(step.node))
    edges = [(id(step.node), step.operand) for step in steps]
    assert len(set(edges)) == len(edges)


@given(graphs())
def test_exploring_changes_no_gradient(root):
    root.backward()
    before = [node.grad for node in topological_order(root)]
    explore(root)
    assert list(map(str, before)) == [str(node.grad) for node in topological_order(root)]


def test_a_node_that_is_used_twice_gets_two_contributions():
    x = Value(3.0)
    first, second = explore(x * x).steps
    assert first == (first.node, 0, x, 1.0, 3.0, 3.0, 0.0, 3.0)
    assert second == (first.node, 1, x, 1.0, 3.0, 3.0, 3.0, 6.0)


def test_nothing_flows_into_the_branch_not_taken_nor_into_constants():
    a, b = Value(2.0, label="a"), Value(5.0, label="b")
    steps = explore(where(Value(1.0), a, b) * 3.0).steps
    assert [step.to.label for step in steps] == ["", "a"]


@pytest.mark.parametrize("on", ["leaf", "between"])
def test_a_hook_is_a_change_of_its_own(on):
    x = Value(3.0)
    y = x * 2.0
    (x if on == "leaf" else y).register_hook(lambda grad: 10.0 * grad)
    z = y * y
    explorer = explore(z)
    (change,) = [step for step in explorer.steps if isinstance(step, Change)]
    assert change == ((x, 24.0, 240.0) if on == "leaf" else (y, 12.0, 120.0))
    z.backward()
    assert replayed(explorer)[id(x)] == x.grad == 240.0


def test_what_a_checkpoint_adds_is_a_change_too():
    w = Value(0.5)
    y = checkpoint(lambda x: (w * x).tanh(), Value(2.0))
    explorer = explore(y)
    y.backward()
    assert replayed(explorer)[id(w)] == w.grad != 0.0


def test_nan_and_inf_are_logged_as_they_are():
    x = Value(0.0)
    explorer = explore(x.log() * 0.0)
    assert math.isnan(explorer.steps[-1].after)


def test_a_leaf_or_a_constant_alone_has_no_steps():
    assert explore(Value(2.0)).steps == []
    assert explore(Value(2.0, requires_grad=False)).steps == []


def test_a_chain_of_20000_nodes_is_logged():
    y = Value(0.5)
    for _ in range(20_000):
        y = y * 1.0
    assert explore(y).steps[-1].after == 1.0


def test_moving_a_leaf_sets_data_and_gradients_as_if_built_anew():
    x, y = Value(3.0), Value(2.0)
    explorer = explore(autograd.exp(x * y))
    assert explorer.set(x, 0.5) == math.exp(1.0)
    assert (x.grad, y.grad) == (2.0 * math.exp(1.0), 0.5 * math.exp(1.0))
    assert replayed(explorer)[id(x)] == x.grad
    explorer.set(x, 0.5)
    assert x.grad == 2.0 * math.exp(1.0)  # set, not accumulated


def test_only_a_leaf_of_the_graph_can_be_moved():
    x = Value(3.0)
    y = x * x
    for wrong in (y, Value(3.0)):
        with pytest.raises(
            ValueError, match=r"not a leaf of this graph; give one of autograd\.leaves"
        ):
            explore(y).set(wrong, 1.0)


def test_a_branch_that_python_froze_is_warned_of():
    x = Value(3.0)
    y = x * 2.0 if x > 0.0 else x
    with pytest.warns(RuntimeWarning, match="frozen"):
        explore(y).set(x, -1.0)
