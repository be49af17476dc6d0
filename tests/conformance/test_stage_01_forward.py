"""Stage 1: forward arithmetic.

A ``Value`` is a number in a box. Operators on boxes give new boxes:

    a = Value(2.0)
    b = a * 3 + 1        # a new Value whose .data is 7.0
    a.data               # still 2.0

In Python, ``a * 3`` calls ``a.__mul__(3)``. For ``3 * a`` Python first asks the int, which
knows nothing of Values, and then *your* class again, by the reflected name: ``a.__rmul__(3)``.
So each operator has two methods, and each must accept plain numbers. Beside ``.data``, a
Value has a ``.grad``, which is 0.0 until ``backward()`` has something to say.

To write here: ``__init__``, ``+ - * / **`` and unary minus. No derivative yet, but you may
already note down, in each result, which Values it was made from.
"""

from .hints import Hint, expect


def test_a_value_holds_its_number(Value):
    a = Value(2.0)
    expect(a.data, 2.0, "keep the number: self.data = data in __init__.")


def test_a_fresh_value_has_gradient_zero(Value):
    a = Value(2.0)
    expect(a.grad, 0.0, "start with self.grad = 0.0 in __init__: nothing has been added yet.")


def test_addition(Value):
    c = Value(2.0) + Value(3.0)
    expect(c.data, 5.0, "__add__ makes a new Value whose data is self.data + other.data.")


def test_multiplication(Value):
    c = Value(2.0) * Value(3.0)
    expect(c.data, 6.0, "__mul__ makes a new Value whose data is self.data * other.data.")


def test_operators_leave_their_operands_alone(Value):
    a = Value(2.0)
    b = Value(3.0)
    c = a + b
    d = a * b
    hint = "an operator makes a new Value; it must not change (or return) one of its operands."
    expect(a.data, 2.0, hint)
    expect(b.data, 3.0, hint)
    if any(x is y for x, y in [(a, c), (b, c), (a, d), (b, d)]):
        raise Hint(hint)


def test_subtraction(Value):
    c = Value(2.0) - Value(5.0)
    expect(c.data, -3.0, "self − other, in this order.", if_got={3.0: "other − self: turn it."})


def test_negation(Value):
    c = -Value(2.0)
    expect(c.data, -2.0, "__neg__ gives self * -1.")


def test_division(Value):
    c = Value(3.0) / Value(4.0)
    expect(c.data, 0.75, "the method is __truediv__: self / other.")


def test_a_constant_power(Value):
    c = Value(3.0) ** 2
    expect(c.data, 9.0, "__pow__ raises self.data to a plain number.")


def test_a_negative_power(Value):
    c = Value(4.0) ** -1
    expect(c.data, 0.25, "x ** -1 is 1/x.")


def test_numbers_on_the_right(Value):
    a = Value(2.0)
    hint = "a plain number on the right: make it a Value first, Value(other), then go on as usual."
    expect((a + 1).data, 3.0, hint)
    expect((a - 1).data, 1.0, hint)
    expect((a * 4).data, 8.0, hint)
    expect((a / 4).data, 0.5, hint)


def test_a_number_plus_or_times_a_value(Value):
    a = Value(2.0)
    expect((1 + a).data, 3.0, "Python asks a.__radd__(1): it is a + 1.")
    expect((4 * a).data, 8.0, "Python asks a.__rmul__(4): it is a * 4.")


def test_a_number_minus_a_value(Value):
    c = 10 - Value(2.0)
    expect(
        c.data,
        8.0,
        "__rsub__(self, other) is other − self.",
        if_got={
            -8.0: "__rsub__ is called with the operands swapped: for 10 − a, Python calls "
            "a.__rsub__(10), and the answer is other − self, not self − other."
        },
    )


def test_a_number_divided_by_a_value(Value):
    c = 8 / Value(2.0)
    expect(
        c.data,
        4.0,
        "__rtruediv__(self, other) is other / self.",
        if_got={0.25: "__rtruediv__ has its operands swapped: the answer is other / self."},
    )


def test_the_builtin_sum_adds_values(Value):
    total = sum([Value(1.0), Value(2.0), Value(3.5)])
    expect(total.data, 6.5, "sum() starts with 0 + first value, so it needs __radd__.")


def test_an_expression_of_everything(Value):
    a = Value(-4.0)
    b = Value(2.0)
    c = (a + b) * 3 - b / (1 - a) + b**3
    expect(c.data, 1.6, "each operator works alone; here they are together: print the parts.")
