"""The backward pass: what it accumulates, what it leaves alone."""

import pytest
from oracles import nan, same_bits

import autograd as ag
from autograd import Value


def test_leaves_accumulate_and_interior_nodes_are_set_afresh():
    x = Value(0.3)
    h = x * x
    y = h.tanh()
    y.backward()
    once, inside = x.grad, h.grad
    y.backward()
    assert same_bits(x.grad, once + once)
    assert same_bits(h.grad, inside)
    assert same_bits(y.grad, 1.0)


def test_backward_of_two_losses_equals_backward_of_their_sum():
    def graph():
        w, x = Value(0.5), Value(-2.0)
        h = w * x
        return w, x, h.tanh() + w, h * h

    w, x, l1, l2 = graph()
    l1.backward()
    l2.backward()
    v, z, l3, l4 = graph()
    (l3 + l4).backward()
    assert abs(w.grad - v.grad) <= 1e-15
    assert abs(x.grad - z.grad) <= 1e-15


def test_a_node_used_twice_gets_both_contributions():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0
    y = Value(3.0)
    (y + y).backward()
    assert y.grad == 2.0


def test_a_seed_scales_the_gradient():
    x = Value(3.0)
    y = x * x
    y.backward(gradient=0.5)
    assert (x.grad, y.grad) == (3.0, 0.5)
    y.backward(2)
    assert x.grad == 15.0


def test_a_seed_of_nan_reaches_every_leaf_and_a_stranger_none():
    x = Value(3.0)
    y = x * 2
    y.backward(gradient=nan)
    assert x.grad != x.grad
    x.zero_grad()
    for stranger in ("1", None, 1j, [1.0]):
        with pytest.raises(TypeError, match=r"backward\(gradient\) must be a real number"):
            y.backward(stranger)
    assert x.grad == 0.0


def test_backward_from_a_leaf():
    for x in (Value(3.0), Value(3.0, label="x")):
        x.backward()
        x.backward(2.0)
        assert x.grad == 3.0


@pytest.mark.parametrize("label", ["", "c"])
def test_backward_from_a_constant_is_an_error(label):
    c = Value(3.0, label=label, requires_grad=False)
    with pytest.raises(RuntimeError, match="this value is a constant"):
        c.backward()
    assert c.grad == 0.0


def test_whatever_is_not_reached_keeps_a_gradient_of_zero():
    x, other = Value(1.0), Value(2.0)
    beside = x * other
    (x * 3).backward()
    assert (other.grad, beside.grad) == (0.0, 0.0)


def test_every_partial_is_used_exactly_once():
    x = Value(1.0)
    shared = x * 1.0
    y = shared
    for _ in range(60):  # 2^60 paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_a_graph_is_a_faithful_record():
    x, w = Value(3.0), Value(5.0)
    y = (x * w).relu() + x / w
    expected = (5 + 1 / 5, 3 - 3 / 25)
    x.data, w.data = -100.0, 0.0  # after the forward pass
    y.backward()
    assert (x.grad, w.grad) == pytest.approx(expected, rel=1e-15)
    assert y.data == 15.6


def test_a_step_between_two_backward_passes_changes_nothing():
    w = Value(3.0)
    loss = w * w
    for _ in range(2):
        w.zero_grad()
        loss.backward()
        assert w.grad == 6.0
        w.data -= 0.1 * w.grad


def test_in_place_operators_keep_what_was_computed_before():
    x = Value(2.0)
    y = x * x
    before = y
    y += x
    y *= y
    y.backward()
    assert x.grad == 2 * 6 * 5
    assert before.data == 4.0


def test_a_graph_stays_usable_after_backward():
    x = Value(2.0)
    h = x * x
    h.backward()
    y = h * x
    x.zero_grad()
    y.backward()
    assert x.grad == 12.0


def test_infinite_and_missing_slopes_do_not_leak_into_other_branches():
    x = Value(0.0)
    y = ag.where(x > 0, x.log(), x * 2)  # a bool condition
    y.backward()
    assert same_bits(x.grad, 2.0)


# --- hooks ------------------------------------------------------------------------------------


def test_a_hook_on_a_leaf_sees_the_total_of_this_pass_only():
    x = Value(2.0)
    seen = []
    x.register_hook(seen.append)
    y = x * x + x  # two contributions: 2x and 1
    y.backward()
    y.backward()
    assert seen == [5.0, 5.0]
    assert x.grad == 10.0


def test_a_hook_on_an_interior_node_sees_and_may_replace_its_gradient():
    x = Value(2.0)
    h = x * 3
    seen = []
    h.register_hook(seen.append)
    h.register_hook(lambda grad: grad * 10)
    h.register_hook(seen.append)
    (h * h).backward()
    assert seen == [12.0, 120.0]
    assert (h.grad, x.grad) == (120.0, 360.0)


def test_a_hook_on_the_root():
    x = Value(2.0)
    y = x * 3
    y.register_hook(lambda grad: -grad)
    y.backward()
    assert (y.grad, x.grad) == (-1.0, -3.0)


def test_a_replacement_is_added_to_what_was_there():
    x = Value(2.0)
    x.grad = 100.0
    x.register_hook(lambda grad: 1)
    (x * 7).backward()
    assert same_bits(x.grad, 101.0)


def test_hooks_can_be_removed_once_and_for_all():
    x = Value(2.0)
    seen = []
    remove = x.register_hook(seen.append)
    assert remove() is None
    assert remove() is None
    x.register_hook(seen.append)
    remove()  # removes its own hook, which is gone: not the one after it
    x.backward()
    assert seen == [1.0]


def test_a_hook_may_remove_itself():
    x = Value(2.0)
    seen = []

    def once(grad):
        seen.append(grad)
        remove()

    remove = x.register_hook(once)
    x.backward()
    x.backward()
    assert seen == [1.0]


@pytest.mark.parametrize("where", ["leaf", "inside"])
def test_an_exception_in_a_hook_leaves_the_gradients_of_leaves_unchanged(where):
    x, w = Value(2.0), Value(4.0)
    x.grad, w.grad = 0.25, 0.5
    h = x * w

    def stop(grad):
        raise KeyError("stop")

    remove = (w if where == "leaf" else h).register_hook(stop)
    with pytest.raises(KeyError):
        (h * h).backward()
    assert (x.grad, w.grad) == (0.25, 0.5)
    remove()
    (h * h).backward()
    assert (x.grad, w.grad) == (0.25 + 64.0, 0.5 + 32.0)


def test_hooks_that_make_no_sense_are_refused():
    with pytest.raises(TypeError, match="hook must be callable"):
        Value(1.0).register_hook(3)
    with pytest.raises(RuntimeError, match="a constant has no gradient"):
        Value(1.0, requires_grad=False).register_hook(print)


@pytest.mark.parametrize("wrong", [Value(1.0), "1.0", [1.0], 1j], ids=repr)
def test_what_a_hook_returns_must_be_a_number(wrong):
    x = Value(1.0)
    y = x * 2
    for node in (x, y):
        remove = node.register_hook(lambda grad: wrong)
        with pytest.raises(TypeError, match="what a hook returned must be a"):
            y.backward()
        assert x.grad == 0.0
        remove()
