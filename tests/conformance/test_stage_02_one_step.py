"""Stage 2: one-step derivatives.

The gradient ``x.grad`` answers: if x grew a little, by how much (times that little) would
the result grow? For one operation on two numbers these are the *local derivatives*:

    out = a + b     a: 1         b: 1
    out = a - b     a: 1         b: -1
    out = a * b     a: b         b: a          (a grows by h: the product grows by h·b)
    out = a / b     a: 1/b       b: -a/b²
    out = a ** n    a: n·aⁿ⁻¹

Worked example: out = a·b at a = 3, b = 5. With a = 3.001 the product is 15.005: it grew by
5 times 0.001. So ∂out/∂a = 5 = b.

``out.backward()`` sets the gradient of ``out`` itself to 1.0 (it grows as fast as itself)
and from there gives each operand its share: 1.0 × the local derivative. To know them, each
result must remember its operands and, best at once, the local derivatives.

(An operator that you build from others, as a - b from a + (-b), makes two operations. Its tests
here pass when stage 3 does; or give it slopes of its own.)
"""

from .hints import expect

SEED = (
    "all gradients stay 0.0. backward() has to begin with self.grad = 1.0: every share is a "
    "multiple of this first one."
)


def test_the_result_grows_as_fast_as_itself(Value):
    out = Value(3.0) * Value(5.0)
    out.backward()
    expect(out.grad, 1.0, "∂out/∂out = 1: backward() begins there.", if_got={0.0: SEED})


def test_a_sum_passes_one_to_both(Value):
    a = Value(3.0)
    b = Value(5.0)
    (a + b).backward()
    hint = "if either operand grows by h, the sum grows by h: both slopes are 1."
    expect(a.grad, 1.0, hint, if_got={0.0: SEED})
    expect(b.grad, 1.0, hint)


def test_a_product_passes_the_other_factor(Value):
    a = Value(3.0)
    b = Value(5.0)
    (a * b).backward()
    own = {3.0: "the slope of a·b by a is the OTHER factor, b."}
    expect(a.grad, 5.0, "the slope of a·b by a is b.", if_got=own)
    expect(b.grad, 3.0, "the slope of a·b by b is a.")


def test_a_difference_passes_minus_one_to_the_second(Value):
    a = Value(3.0)
    b = Value(5.0)
    (a - b).backward()
    expect(a.grad, 1.0, "the slope of a − b by a is 1.", if_got={0.0: SEED})
    sign = {1.0: "if b grows, a − b shrinks: the slope by b needs its minus sign."}
    expect(b.grad, -1.0, "the slope of a − b by b is −1.", if_got=sign)


def test_a_negation_passes_minus_one(Value):
    a = Value(3.0)
    (-a).backward()
    expect(a.grad, -1.0, "the slope of −a is −1.", if_got={1.0: "the minus sign is missing."})


def test_a_quotient_passes_one_over_b_to_a(Value):
    a = Value(3.0)
    b = Value(4.0)
    (a / b).backward()
    expect(a.grad, 0.25, "the slope of a/b by a is 1/b.", if_got={0.0: SEED})


def test_a_quotient_passes_minus_a_over_b_squared_to_b(Value):
    a = Value(3.0)
    b = Value(4.0)
    (a / b).backward()
    expect(
        b.grad,
        -0.1875,
        "the slope of a/b by b is −a/b².",
        if_got={
            0.1875: "if b grows, a/b shrinks: the minus sign of −a/b² is missing.",
            -0.75: "−a/b is not enough: the quotient rule has b², so −a/b².",
            -0.0625: "−1/b² forgets the numerator: −a/b².",
            3.0: "is the quotient treated as a product? The slope of a/b by b is −a/b².",
        },
    )


def test_a_power_passes_n_times_one_power_less(Value):
    a = Value(2.0)
    (a**5).backward()
    expect(
        a.grad,
        80.0,
        "the slope of aⁿ is n·aⁿ⁻¹.",
        if_got={
            160.0: "n·aⁿ: the exponent goes down by one, n·aⁿ⁻¹.",
            16.0: "aⁿ⁻¹ lost its factor n.",
        },
    )


def test_a_negative_power(Value):
    a = Value(2.0)
    (a**-2).backward()
    expect(a.grad, -0.25, "n·aⁿ⁻¹ with n = −2 is −2·a⁻³.")


def test_numbers_have_no_say_in_the_slope_of_a_value(Value):
    a = Value(3.0)
    (a * 7).backward()
    expect(a.grad, 7.0, "the slope of a·7 is 7.")


def test_a_number_minus_a_value(Value):
    a = Value(3.0)
    (10 - a).backward()
    expect(a.grad, -1.0, "if a grows, 10 − a shrinks.", if_got={1.0: "__rsub__ lost a sign."})


def test_a_number_divided_by_a_value(Value):
    a = Value(4.0)
    (8 / a).backward()
    expect(a.grad, -0.5, "the slope of 8/a is −8/a².")


def test_a_value_that_takes_no_part_keeps_gradient_zero(Value):
    a = Value(3.0)
    b = Value(5.0)
    bystander = a * 11
    (a + b).backward()
    expect(bystander.grad, 0.0, "backward() visits only what its own result was made from.")
