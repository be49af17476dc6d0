"""Stage 4: shared nodes and accumulation.

A value that is used twice influences the result in two ways, and its gradient is the *sum*
over both:

    a = 3
    b = 2 * a            a → b → y, slope 2
    c = 5 * a            a → c → y, slope 5
    y = b + c            ∂y/∂a = 2 + 5 = 7

So a gradient is never assigned, always added to: ``a.grad += …``. With ``=`` the second use
would wipe out the first. The same holds for one operation that uses a value twice: a·a has
two edges to a, each with slope a, together 2a, as school says of a².

And there is a trap on the other side: a node that is used twice must itself pass on its
gradient only *once*, when both shares are in it.
"""

from .hints import difference_quotients, expect

ADD = "a gradient is the sum over all uses: operand.grad += …, never operand.grad = …"


def test_a_value_used_by_two_operations_gets_the_sum(Value):
    a = Value(3.0)
    b = 2 * a
    c = 5 * a
    (b + c).backward()
    only = (
        "did you write `=` where `+=` is needed? a is used twice, so its gradient is the sum over "
        "both paths, 2 + 5; here only the last one survived."
    )
    expect(a.grad, 7.0, ADD, if_got={2.0: only, 5.0: only})


def test_a_value_added_to_itself(Value):
    a = Value(3.0)
    y = a + a
    y.backward()
    lost = (
        "a is both operands of one operation. Both edges count: keep the operands in a list or "
        "tuple (a set or a dict holds a only once), and add for each."
    )
    expect(a.grad, 2.0, "the slope of a + a is 2.", if_got={1.0: lost})


def test_a_value_multiplied_by_itself(Value):
    a = Value(3.0)
    y = a * a
    y.backward()
    lost = "both factors are a, and each passes 3.0: add both (a set of operands loses one)."
    expect(a.grad, 6.0, "the slope of a·a is 2a.", if_got={3.0: lost})


def test_a_value_divided_by_itself(Value):
    a = Value(4.0)
    y = a / a
    y.backward()
    expect(a.grad, 0.0, "a/a is always 1: the shares 1/a and −a/a² cancel.")


def test_a_result_used_twice_passes_its_gradient_on_once(Value):
    a = Value(3.0)
    b = a * 5
    y = b + b
    y.backward()
    twice = (
        "b is found twice on the way down, and passed its gradient on twice. Remember in a set "
        "which nodes have been visited, and let each pass on once."
    )
    once = "b's two uses both count: b.grad is 1 + 1, so a gets 5 × 2."
    expect(a.grad, 10.0, once, if_got={20.0: twice, 15.0: twice, 30.0: twice, 5.0: once})


def test_a_leaf_used_three_times_by_different_operations(Value):
    a = Value(2.0)
    y = a * 7 + a**3 - 9 / a
    y.backward()
    expect(a.grad, 21.25, ADD + " Here: 7 + 3a² + 9/a².")


def test_two_leaves_used_crosswise(Value):
    a = Value(2.0)
    b = Value(7.0)
    y = (a + b) * (a - b)
    y.backward()
    expect(a.grad, 4.0, ADD + " (a + b)(a − b) = a² − b².")
    expect(b.grad, -14.0, ADD + " (a + b)(a − b) = a² − b².")


def test_a_polynomial_against_measured_slopes(Value):
    def f(a, b):
        return a * a * b + 3 * a / b - b**2 * a + a

    numbers = [1.3, -0.7]
    a, b = (Value(x) for x in numbers)
    f(a, b).backward()
    slopes = difference_quotients(f, *numbers)
    expect(a.grad, slopes[0], ADD, tolerance=1e-6)
    expect(b.grad, slopes[1], ADD, tolerance=1e-6)
