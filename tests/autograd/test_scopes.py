"""Scopes: which call made which part of a graph."""

import pytest

from autograd import Value, no_grad, scope_of, scoped


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
