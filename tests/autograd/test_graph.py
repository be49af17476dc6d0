"""Walking a graph: topological order, leaves, replay, release."""

import warnings

import pytest
from oracles import same_bits

import autograd as ag
from autograd import Value, leaves, release, replay, topological_order


def test_topological_order_puts_operands_before_results_and_the_root_last():
    x, w, b = Value(1.0, label="x"), Value(2.0), Value(3.0)
    h = ag.dot([w, x], [x, w], b)
    y = ag.where(h, h * x, x.exp())
    order = topological_order(y)
    assert order[-1] is y
    place = {id(node): i for i, node in enumerate(order)}
    assert len(place) == len(order) == 7
    for node in order:
        for parent in node.parents:
            assert place[id(parent)] < place[id(node)]


@pytest.mark.parametrize("root", [Value(1.0), Value(1.0, label="x"), Value(2.0).detach()])
def test_a_leaf_is_its_own_order(root):
    assert topological_order(root) == [root]
    assert leaves(root) == ([root] if root.requires_grad else [])


def test_leaves_come_in_order_of_use_without_constants():
    a, b, c = Value(1.0), Value(2.0), Value(3.0, requires_grad=False)
    y = (b * a + 3) * c + a
    assert [id(v) for v in leaves(y)] == [id(b), id(a)]


def test_leaves_include_those_behind_a_branch_not_chosen():
    a, b = Value(1.0), Value(2.0)
    assert len(leaves(ag.where(True, a, b * 2))) == 2


# --- replay -----------------------------------------------------------------------------------


def everything(w, x):
    """A graph with every kind of node."""
    h = ag.dot([w, x], [x, w], w * 0.5)
    h.label = "labelled"
    y = ag.where(x, h.tanh(), x.exp()) + ag.max([w, x, h]) - (x**3).relu()
    return ag.sum([y, w.sigmoid(), ag.softmax([w, x])[0], y / w])


def test_replay_gives_the_bits_of_a_graph_built_anew():
    w, x = Value(0.7), Value(1.2)
    y = everything(w, x)
    for a, b in ((0.1, -3.0), (-2.0, 0.0), (5.0, 0.3)):
        w.data, x.data = a, b
        u, v = Value(a), Value(b)
        fresh = everything(u, v)
        assert same_bits(y.replay(), fresh.data)
        for replayed, new in zip(topological_order(y), topological_order(fresh), strict=True):
            assert same_bits(replayed.data, new.data)
            assert replayed.partials == new.partials
        for leaf in (w, x):
            leaf.zero_grad()
        y.backward()
        fresh.backward()
        assert (w.grad, x.grad) == (u.grad, v.grad)


def test_where_switches_its_branch_in_replay():
    x = Value(2.0)
    y = ag.where(x, x.log(), x * x)
    x.data = -3.0
    assert replay(y) == 9.0
    y.backward()
    assert x.grad == -6.0
    x.data = 2.0
    replay(y)
    assert y.partials == (None, 1.0, None)


def test_replay_sets_gradients_to_zero_but_not_those_of_leaves():
    x = Value(2.0)
    h = x * x
    y = h * h
    y.backward()
    grad = x.grad
    replay(y)
    assert (h.grad, y.grad, x.grad) == (0.0, 0.0, grad)


@pytest.mark.parametrize("leaf", [True, False])
def test_replay_warns_of_a_branch_that_python_froze(leaf):
    x = Value(2.0, label="x")
    condition = x if leaf else x * 1.0
    y = x * 2 if condition > 0 else x * 3
    x.data = -1.0
    with pytest.warns(RuntimeWarning, match=r"was compared while the graph was built.*frozen"):
        assert replay(y if leaf else y + condition) == (-2.0 if leaf else -3.0)


def test_replay_does_not_warn_without_cause():
    x = Value(2.0)
    h = x * 1.0
    y = h * 2 if h > 0 else h
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replay(y) == 4.0  # h was compared, and has not changed
        z = x * 2
        assert z > 0  # the root itself has frozen nothing below it
        x.data = 5.0
        assert replay(z) == 10.0


def test_an_edge_may_come_and_go_in_replay():
    ramp = ag.primitive("ramp", lambda x: max(x, 0.0), lambda out, x: (1.0 if x > 0.0 else None,))
    try:
        x = Value(2.0)
        y = ramp(x)
        for at, partial in ((-1.0, None), (3.0, 1.0), (-1.0, None)):
            x.data = at
            replay(y)
            assert y.partials == (partial,)
            assert y.parents == (x,)
        y.backward()
        assert x.grad == 0.0
    finally:
        del ag.primitives.table["ramp"]


def test_replay_of_a_leaf_is_its_data():
    assert replay(Value(3.0)) == 3.0


# --- release ------------------------------------------------------------------------------------


def test_release_makes_constants_that_keep_their_numbers():
    x = Value(2.0, label="x")
    h = x * x
    y = ag.sum([h, h.tanh(), x])
    y.backward()
    grads = (h.grad, x.grad)
    release(y)
    for node in (h, y):
        assert node.parents == ()
        assert not node.requires_grad
    assert h.data == 4.0
    assert (h.grad, x.grad) == grads
    assert x.requires_grad
    assert x.label == "x"
    release(y)
    release(x)
    assert x.requires_grad
