"""What may stand beside a Value, and what may not."""

from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from oracles import same_bits

import autograd as ag
from autograd import Value, no_grad

NUMBERS = [
    (2, 2.0),
    (True, 1.0),
    (0.25, 0.25),
    (Fraction(1, 4), 0.25),
    (numpy.float64(0.1), 0.1),
    (numpy.float32(0.1), 0.10000000149011612),
    (numpy.float16(0.5), 0.5),
    (numpy.int8(-3), -3.0),
    (numpy.uint64(7), 7.0),
    (numpy.bool_(True), 1.0),
    (numpy.array(1.5), 1.5),
    (numpy.array(3), 3.0),
    (numpy.array(True), 1.0),
]
STRANGERS = [Decimal("1.5"), 1j, numpy.complex128(1j), "2", b"2", None, [1.0], (1.0,), {}, {1.0}]

names = pytest.mark.parametrize
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


@names("number, expected", NUMBERS, ids=repr)
def test_real_numbers_become_floats(number, expected):
    assert same_bits(Value(number).data, expected)


@names("number, expected", NUMBERS, ids=repr)
@names("op", BINARY)
def test_real_numbers_are_operands_on_either_side(op, number, expected):
    apply = BINARY[op]
    x = Value(3.0)
    for result, same in (
        (apply(x, number), apply(x, expected)),
        (apply(number, x), apply(expected, x)),
    ):
        assert type(result) is Value
        assert type(result.data) is float
        assert same_bits(result.data, same.data)
        assert list(map(str, result.partials)) == list(map(str, same.partials))


@names("number", [2, 0.5, Fraction(1, 2)])
@names("op", "+-*/")
def test_a_number_is_a_constant_on_its_own_side(op, number):
    x, fixed = Value(3.0), Value(3.0, requires_grad=False)
    left, right = BINARY[op](number, x), BINARY[op](x, number)
    assert [v.data for v in left.parents] == [number, 3.0]
    assert [v.data for v in right.parents] == [3.0, number]
    assert [v.requires_grad for v in (*left.parents, *right.parents)] == [False, True, True, False]
    assert BINARY[op](number, fixed).parents == BINARY[op](fixed, number).parents == ()
    with no_grad():
        assert BINARY[op](number, x).parents == BINARY[op](x, number).parents == ()


@names("number, expected", NUMBERS, ids=repr)
def test_real_numbers_are_operands_of_functions(number, expected):
    assert same_bits(ag.maximum(Value(-9.0), number).data, expected)
    assert same_bits(ag.exp(number), ag.exp(expected))
    assert same_bits(ag.sum([Value(0.0), number]).data, expected)


@names("stranger", STRANGERS, ids=repr)
def test_everything_else_is_a_type_error_that_says_so(stranger):
    kind = type(stranger).__name__
    with pytest.raises(TypeError, match=f"Value.*must be a real number, not {kind}"):
        Value(stranger)
    for apply in BINARY.values():
        with pytest.raises(TypeError, match=f"must be a real number, not {kind}"):
            apply(Value(2.0), stranger)
    for function in (ag.exp, lambda v: ag.maximum(Value(1.0), v), lambda v: Value(1.0).maximum(v)):
        with pytest.raises(TypeError, match=f"must be a real number, not {kind}"):
            function(stranger)


@names("stranger", [s for s in STRANGERS if not isinstance(s, numpy.generic)], ids=repr)
def test_strangers_on_the_left_are_type_errors(stranger):
    for op in "+-*/":
        with pytest.raises(TypeError):
            BINARY[op](stranger, Value(2.0))


def test_a_value_of_a_value_is_an_error_that_names_the_ways_out():
    with pytest.raises(TypeError, match=r"not a Value: use value\.detach\(\).*value\.item\(\)"):
        Value(Value(2.0))
    with pytest.raises(TypeError, match="not a Value"):
        Value(2.0).backward(Value(1.0))


def test_huge_ints_overflow():
    for use in (Value, Value(1.0).__add__, Value(1.0).__pow__, ag.exp, Value(1.0).backward):
        with pytest.raises(OverflowError, match="too large for a float"):
            use(10**400)
    with pytest.raises(OverflowError):
        Value(Fraction(10**400))


def test_powers_with_odd_exponents():
    x = Value(4.0)
    assert (x**True).data == 4.0
    assert (x ** Fraction(1, 2)).data == 2.0
    assert (x ** numpy.float32(2)).data == 16.0
    assert (x**2).parents == (x,)  # one operand: a constant exponent has no slope
    y = Value(-2.0) ** Value(2.0)
    y.backward()
    assert y.partials[0] == -4.0


def test_a_class_with_its_own_reflected_operator_gets_its_turn():
    class Unit:
        def __radd__(self, other):
            return "mine"

        def __rpow__(self, other):
            return "mine too"

    assert Value(2.0) + Unit() == "mine"
    assert Value(2.0) ** Unit() == "mine too"
    with pytest.raises(TypeError):
        Value(2.0) - Unit()


# --- arrays -------------------------------------------------------------------------------------


@names("op", BINARY)
def test_sized_arrays_on_either_side_work_elementwise(op):
    apply, x, array = BINARY[op], Value(2.0), numpy.array([1.0, 2.0, 4.0])
    for result, same in (
        (apply(x, array), [apply(2.0, v) for v in array]),
        (apply(array, x), [apply(v, 2.0) for v in array]),
    ):
        assert isinstance(result, numpy.ndarray)
        assert [type(v) for v in result] == [Value] * 3
        assert [v.data for v in result] == same


def test_arrays_of_values():
    xs = numpy.array([Value(0.0), Value(1.0)])
    assert xs.dtype == object
    ys = numpy.exp(xs)
    assert [y.op for y in ys] == ["exp", "exp"]
    total = (xs * xs + numpy.tanh(xs)).sum()
    total.backward()
    assert xs[0].grad == 1.0


@names("function", [ag.exp, ag.relu, ag.sigmoid, ag.gelu, lambda x: ag.clip(x, -1, 1)])
def test_functions_of_arrays_of_values_record_every_element(function):
    xs = numpy.array([Value(-1.5), Value(0.5)])
    ys = function(xs)
    assert [y.parents for y in ys] == [(x,) for x in xs]
    assert [y.data for y in ys] == [function(x.data) for x in xs]


def test_functions_of_arrays_of_numbers_give_arrays():
    assert ag.relu(numpy.array([-1.0, 2.0])).tolist() == [0.0, 2.0]
    assert ag.maximum(numpy.array([-1, 2]), 0).tolist() == [0.0, 2.0]


def test_one_element_arrays_are_not_numbers():
    for one in (numpy.array([1.0]), numpy.array([True])):
        with pytest.raises(TypeError, match="must be a real number, not ndarray"):
            Value(one)


# --- clip and the constants of activations ------------------------------------------------------


def test_clip_takes_numpy_bounds_and_names_the_way_out_for_values():
    x = Value(3.0)
    assert x.clip(numpy.float32(-1), numpy.int64(1)).data == 1.0
    assert x.clamp(max=2).data == 2.0
    assert x.clip().data == 3.0
    with pytest.raises(TypeError, match=r"maximum\(x, bound\)"):
        x.clip(Value(0.0), 1.0)
    with pytest.raises(ValueError, match=r"lower bound 1\.0 must not exceed the upper bound 0\.0"):
        x.clip(1, 0)
    with pytest.raises(ValueError, match="nan"):
        ag.clip(x, float("nan"), 1.0)
    with pytest.raises(TypeError, match="must be a real number, not str"):
        x.clip("0", 1)


def test_constants_of_activations_are_numbers():
    assert Value(-1.0).leaky_relu(Fraction(1, 4)).data == -0.25
    for wrong in ("0.1", None):
        with pytest.raises(TypeError, match="leaky_relu must be a real number"):
            Value(1.0).leaky_relu(wrong)
