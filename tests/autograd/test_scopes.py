"""Scopes: which call made which part of a graph."""

import copy
import pickle

import pytest

from autograd import Value, leaves, no_grad, release, scope_of, scoped


def test_outputs_know_the_call_that_made_them():
    x = Value(2.0)
    y, z = scoped("pair", lambda v: (v * v, v + 1), x, source="a module")
    assert scope_of(y) is scope_of(z)
    scope = scope_of(y)
    assert (scope.name, scope.path, scope.inputs, scope.outer) == ("pair", ("pair",), (x,), None)
    assert scope.source == "a module"
    assert repr(scope) == "<scope pair>"


def test_scopes_nest_and_the_innermost_wins():
    def layer(v):
        return scoped("inner", lambda u: u * u, v)

    y = scoped("outer", layer, Value(2.0))
    assert scope_of(y).path == ("outer", "inner")
    z = scoped("outer", lambda v: layer(v) + 1, Value(2.0))
    assert scope_of(z).path == ("outer",)


def test_a_scope_ends_with_an_exception():
    def fail(v):
        raise KeyError

    with pytest.raises(KeyError):
        scoped("failing", fail, Value(1.0))
    assert scope_of(scoped("next", lambda v: v * 2, Value(1.0))).path == ("next",)


def test_leaves_and_constants_have_no_scope():
    x = Value(2.0, label="x")
    assert scoped("identity", lambda v: v, x) is x
    assert scope_of(x) is None
    with no_grad():
        assert scope_of(scoped("double", lambda v: v * 2, x)) is None


def test_inputs_and_outputs_may_be_nested():
    a, b = Value(1.0), Value(2.0)
    out = scoped("dict", lambda d: [d["a"] * 2, (d["b"] * 3,)], {"a": a, "b": b})
    assert scope_of(out[0]).inputs == (a, b)
    assert scope_of(out[1][0]) is scope_of(out[0])


def test_scopes_change_no_gradient():
    x = Value(0.5)
    scoped("s", lambda v: (v * v).tanh() * v, x).backward()
    y = Value(0.5)
    ((y * y).tanh() * y).backward()
    assert x.grad == y.grad


def test_nodes_of_one_call_keep_labels_hooks_and_comparisons_apart():
    x = Value(2.0)
    a, b = scoped("pair", lambda v: (v * 3, v * 5), x)
    a.label = "a"
    b.register_hook(lambda grad: grad * 10)
    assert b > 0
    assert (a.label, b.label) == ("a", "")
    assert scope_of(a) is scope_of(b)
    assert a.parents[0] is b.parents[0] is x
    (a + b).backward()
    assert (a.grad, b.grad, x.grad) == (1.0, 10.0, 53.0)


def test_graphs_with_scopes_are_copied_and_replayed():
    x = Value(2.0)
    y = sum(scoped("pair", lambda v: [v * 3, v.tanh(), v.relu()], x))
    for z in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert z.data == y.data
        z.backward()
    y.backward()
    assert leaves(z)[0].grad == x.grad
    x.data = -1.0
    assert y.replay() == sum([-3.0, Value(-1.0).tanh().data, 0.0])
    release(y)
    assert not y.requires_grad
