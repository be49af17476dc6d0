"""Stage 3: the chain rule.

Operations in a row multiply their slopes. If b grows 3 times as fast as a, and c grows 4
times as fast as b, then c grows 12 times as fast as a:

    b = 3 * a            ∂b/∂a = 3
    c = b ** 2           ∂c/∂b = 2b
    at a = 2:  b = 6,    ∂c/∂a = ∂c/∂b · ∂b/∂a = 12 · 3 = 36

Going backward: c gets 1, b gets 1 × 12, a gets 12 × 3. At each node the rule is the same:

    operand.grad = node.grad × local derivative

The gradient that *arrives* at the node times the slope that the node *recorded*. Nothing
else is needed for any formula, however long.
"""

from .hints import difference_quotients, expect

CHAIN = (
    "the chain rule multiplies: operand.grad is the gradient of the node (what arrived there) "
    "times the local derivative, not the local derivative alone."
)


def test_two_steps_multiply(Value):
    a = Value(2.0)
    b = 3 * a
    c = b**2
    c.backward()
    wrong = {3.0: CHAIN, 12.0: "that is ∂c/∂b; one more step back, times ∂b/∂a = 3.", 0.0: CHAIN}
    expect(a.grad, 36.0, CHAIN, if_got=wrong)


def test_the_node_in_between_has_its_gradient_too(Value):
    a = Value(2.0)
    b = 3 * a
    c = b**2
    c.backward()
    expect(b.grad, 12.0, "∂c/∂b = 2b = 12: results in between get a gradient as well.")


def test_many_steps_multiply(Value):
    a = Value(1.1)
    y = a * 2 * 3 * 5 * 7
    y.backward()
    expect(a.grad, 210.0, CHAIN)


def test_a_minus_sign_travels_through(Value):
    a = Value(2.0)
    y = 10 - (-(a * 3))
    y.backward()
    expect(a.grad, 3.0, "two sign changes cancel: −1 · −1 · 3.", if_got={-3.0: "one was lost."})


def test_each_leaf_gets_its_own_path(Value):
    a = Value(2.0)
    b = Value(-3.0)
    c = Value(10.0)
    y = (a * b + c) * 0.5
    y.backward()
    expect(a.grad, -1.5, CHAIN)
    expect(b.grad, 1.0, CHAIN)
    expect(c.grad, 0.5, CHAIN)


def test_a_quotient_inside_a_power(Value):
    a = Value(3.0)
    b = Value(4.0)
    y = (a / b) ** 2
    y.backward()
    expect(a.grad, 0.375, "2·(a/b) · 1/b.")
    expect(b.grad, -0.28125, "2·(a/b) · −a/b².")


def test_a_long_formula_against_measured_slopes(Value):
    def f(a, b, c, d):
        return ((a * b - 3) / c + d**3) ** 2 * 0.1

    numbers = [1.2, -2.5, 0.7, 1.1]
    values = [Value(x) for x in numbers]
    f(*values).backward()
    measured = difference_quotients(f, *numbers)
    for value, slope in zip(values, measured, strict=True):
        expect(
            value.grad,
            slope,
            "measured by nudging each number a little, (f(x + h) − f(x − h)) / 2h. Each step works "
            "alone, so look at how the steps are joined.",
            tolerance=1e-6,
        )
