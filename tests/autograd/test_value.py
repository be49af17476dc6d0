"""A Value: one number that remembers how it was computed."""

import math

import numpy
import pytest
from oracles import inf, nan, same_bits

import autograd as ag
from autograd import Value
from autograd.primitives import (
    activations,
    elementary,
    rounding,
    selection,
    smooth,
    table,
    trigonometric,
)
from autograd.primitives.methods import Methods


def test_a_leaf_holds_a_float_and_a_zero_gradient():
    x = Value(3, label="x")
    assert same_bits(x.data, 3.0)
    assert same_bits(x.grad, 0.0)
    assert (x.op, x.parents, x.partials, x.label) == ("", (), (), "x")
    assert x.is_leaf
    assert x.requires_grad


@pytest.mark.parametrize("second", ["x", False, ()], ids=repr)
def test_a_label_and_requires_grad_go_by_name(second):
    with pytest.raises(TypeError, match=r"label=…, requires_grad=….* by name, not"):
        Value(1.0, second)


def test_a_node_knows_its_op_operands_and_local_derivatives():
    a, b = Value(2.0), Value(5.0)
    y = a * b
    assert y.data == 10.0
    assert y.op == "*"
    assert y.parents == (a, b)
    assert y.partials == (5.0, 2.0)
    assert y.primitive is table["*"]
    assert not y.is_leaf


def test_a_node_has_eight_slots_and_no_dict():
    slots = ("a", "b", "da", "data", "db", "grad", "mark", "origin")
    assert getattr(Value, "__slots__", slots) == slots  # a compiled class does not name them
    assert not hasattr(Value(1.0), "__dict__")
    with pytest.raises(AttributeError):
        Value(1.0).surprise = 1


POINTS = [-2.5, -0.0, 0.0, 0.3, 4.0, inf, -inf, nan]


@pytest.mark.parametrize("name", ["+", "-", "*"])
def test_operators_that_inline_their_arithmetic_agree_with_the_table(name):
    apply = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[name]
    entry = table[name]
    for x in POINTS:
        for y in POINTS:
            node = apply(Value(x), Value(y))
            assert node.primitive is entry
            assert same_bits(node.data, entry.forward(x, y))
            for inlined, closure in zip(
                node.partials, entry.partials(node.data, x, y), strict=True
            ):
                assert same_bits(inlined, closure)


def test_relu_inlines_the_table():
    for x in POINTS:
        node = Value(x).relu()
        assert node.primitive is table["relu"]
        assert same_bits(node.data, table["relu"].forward(x))
        assert same_bits(node.partials[0], table["relu"].partials(node.data, x)[0])


def functions_of_the_table():
    """Public functions of numbers: the entries, and the makers of entries with constants."""
    families = (activations, elementary, rounding, selection, smooth, trigonometric)
    names = {n for module in families for n in vars(module)} & set(vars(ag))
    return {n for n in names if n.islower() and callable(getattr(ag, n)) and n != "primitive"}


def test_every_function_of_the_table_is_a_method_and_the_other_way_round():
    operators = {"div", "pow"}  # written x / y and x ** y
    not_of_a_value_first = {"where"}  # its first operand is the condition
    methods = {n for n in {*vars(Methods), "relu"} if not n.startswith("_")} - {"clamp"}
    assert methods == functions_of_the_table() - operators - not_of_a_value_first


@pytest.mark.parametrize("name", sorted(functions_of_the_table() - {"div", "pow", "where"}))
def test_methods_agree_with_functions(name):
    of_two = ("atan2", "floor_divide", "fmod", "hypot", "maximum", "minimum", "remainder", "xlogy")
    more = (0.5,) if name in (*of_two, "clip") else ()
    for x in POINTS:
        method, function = getattr(Value(x), name)(*more), getattr(ag, name)(Value(x), *more)
        assert method.primitive is function.primitive
        assert same_bits(method.data, function.data)
        assert same_bits(method.data, getattr(ag, name)(x, *more))  # and with floats
        assert list(map(str, method.partials)) == list(map(str, function.partials))


def test_reflected_and_unary_operators():
    x = Value(4.0)
    assert (2 + x).data == 6.0
    assert (2 - x).data == -2.0
    assert (2 * x).data == 8.0
    assert (2 / x).data == 0.5
    assert (2**x).data == 16.0
    assert (x / 2).data == 2.0
    assert (-x).data == -4.0
    assert (+x) is x
    assert same_bits(abs(Value(-0.0)).data, 0.0)
    assert sum([x, x, x]).data == 12.0  # the builtin, from 0
    assert math.prod([x, x]).data == 16.0


def test_in_place_operators_make_new_nodes():
    x = y = Value(2.0)
    y *= 3
    y += 1
    assert (x.data, y.data) == (2.0, 7.0)


def test_division_and_powers_never_raise_or_go_complex():
    zero = Value(0.0)
    assert (1 / zero).data == inf
    assert math.isnan((zero / zero).data)
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)
    assert (Value(1e200) ** 2).data == inf


# --- comparisons ----------------------------------------------------------------------------


def test_comparisons_and_truth_read_the_data():
    x = Value(2.0)
    assert x > 1
    assert x >= Value(2.0)
    assert 3 > x  # noqa: SIM300
    assert x < 2.5
    assert x <= 2
    assert x == 2
    assert x == Value(2.0)
    assert x != 3
    assert bool(Value(-1.0))
    assert not Value(0.0)
    assert not Value(-0.0)
    assert max([Value(1.0), x, Value(0.0)]) is x
    assert [v.data for v in sorted([x, Value(1.0)])] == [1.0, 2.0]


def test_nan_compares_as_nan():
    x = Value(nan)
    assert x != x
    assert not x == x  # noqa: SIM201
    assert not x < 1
    assert not x >= 1
    assert x  # as bool(nan)


def test_equality_with_strangers_is_false_and_order_is_an_error():
    x = Value(2.0)
    assert x != None  # noqa: E711
    assert not x == "a"  # noqa: SIM201
    with pytest.raises(TypeError):
        x < "a"  # noqa: B015
    with pytest.raises(TypeError):
        x > None  # noqa: B015


def test_comparison_with_an_array_is_elementwise():
    assert (Value(2.0) > numpy.array([1.0, 3.0])).tolist() == [True, False]
    assert (numpy.array([1.0, 3.0]) > Value(2.0)).tolist() == [False, True]


def test_hash_is_identity():
    a, b = Value(2.0), Value(2.0)
    assert a == b
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[a] == "a"


def test_a_comparison_between_forward_and_backward_changes_no_gradient():
    def gradients(compare):
        x, c = Value(0.7), Value(3.0, requires_grad=False)
        h = x * c
        y = (h.tanh() + h) * x
        if compare:
            assert h > 0
            assert x < c
            assert y != 0
        y.backward()
        return y.data, h.grad, x.grad, c.grad

    assert gradients(True) == gradients(False)


def test_comparing_constants_does_not_break_what_they_share():
    constants = [Value(float(i), requires_grad=False) for i in range(1000)]
    assert sorted(constants, reverse=True)[0] is constants[999]
    x = Value(2.0)
    y = sum((c * x for c in constants), constants[0])
    y.backward()
    assert x.grad == sum(range(1000))
    assert not (constants[3] * constants[4]).requires_grad


# --- leaving the graph ------------------------------------------------------------------------


def test_float_and_math_functions_refuse_to_cut_the_graph():
    for cut in (float, math.exp, math.sqrt, complex):
        with pytest.raises(TypeError, match=r"autograd\.exp.*value\.item\(\)"):
            cut(Value(1.0))
    for refused in (int, round, math.floor, range):
        with pytest.raises(TypeError):
            refused(Value(1.0))
    with pytest.raises(TypeError):
        ["a", "b"][Value(1.0)]


def test_item_and_detach_leave_the_graph():
    x = Value(2.0)
    y = x * 3
    assert type(y.item()) is float
    d = y.detach()
    assert (d.data, d.requires_grad, d.parents) == (6.0, False, ())
    (d * x).backward()
    assert (x.grad, d.grad) == (6.0, 0.0)


def test_format_and_repr():
    x = Value(1 / 3, label="loss")
    assert f"{x:.4f}" == "0.3333"
    assert f"{x:>8.2e}" == "3.33e-01"
    assert f"{x}" == repr(x) == "Value(0.3333333333333333, label='loss')"
    (x * x).backward()
    assert repr(x) == "Value(0.3333333333333333, grad=0.6666666666666666, label='loss')"


def test_labels():
    x = Value(2.0)
    y = x * x
    y.label = "square"  # an interior node, before backward
    y.backward()
    x.label = "x"  # after it
    y.backward()
    assert (x.label, y.label, x.grad) == ("x", "square", 8.0)
    for wrong in (3, None, x):
        with pytest.raises(TypeError, match="label must be a str"):
            x.label = wrong


# --- constants ----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["", "c"])
def test_constant_with_constant_is_a_constant_with_no_graph(label):
    a = Value(2.0, label=label, requires_grad=False)
    b = Value(3.0, label=label).detach()
    b.label = label
    results = [
        a + b,
        a - b,
        a * b,
        a / b,
        a**b,
        a**2,
        -a,
        a.tanh(),
        a.relu(),
        2 * a,
        ag.dot([a], [b]),
    ]
    for c in results:
        assert not c.requires_grad
        assert c.is_leaf
        assert c.parents == ()


def test_a_running_total_of_constants_does_not_grow():
    total = Value(0.0, requires_grad=False)
    for _ in range(10):
        total = total + Value(1.0).detach()
        total.label = "total"
        assert total > 0
    assert ag.topological_order(total) == [total]


def test_constants_keep_a_gradient_of_zero():
    x, c = Value(2.0), Value(5.0, requires_grad=False)
    y = x * c + c
    y.backward()
    y.backward()
    assert (x.grad, c.grad) == (10.0, 0.0)


# --- what users assign --------------------------------------------------------------------------


def test_data_and_grad_can_be_assigned():
    p = Value(1.0)
    p.data = 3
    p.grad = 0
    (p * p * 2).backward()
    assert p.grad == 12.0
    p.data -= 0.5 * p.grad
    assert p.data == -3.0
    p.zero_grad()
    assert same_bits(p.grad, 0.0)


def test_zero_grad_reaches_everything_below():
    x = Value(2.0)
    h = x * x
    y = h.exp()
    y.backward()
    y.zero_grad()
    assert (x.grad, h.grad, y.grad) == (0.0, 0.0, 0.0)


def test_requires_grad_is_said_at_birth():
    x = Value(2.0)
    with pytest.raises(AttributeError, match=r"Value\(data, requires_grad=False\).*optimizer"):
        x.requires_grad = False
    assert x.requires_grad
