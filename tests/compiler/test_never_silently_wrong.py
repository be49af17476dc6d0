"""What a trace cannot see is refused or traced again; it never gives a wrong number."""

import math
import random
import sys
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
from autograd import CompileError, Value, compile, pick
from autograd.compiler.program import Program


def test_calls_accumulate_gradients_as_backward_does():
    w = Value(3.0)
    program = compile(lambda x: w * x * x)
    assert program(2.0) == 12.0
    assert program(5.0) == 75.0
    assert w.grad == 4.0 + 25.0


def test_value_and_grad_leaves_parameters_alone():
    w, v = Value(3.0), Value(1.0)
    program = compile(lambda x: w * x + v)
    value, gradients = program.value_and_grad(2.0)
    by_parameter = dict(zip(map(id, program.parameters), gradients, strict=True))
    assert (value, by_parameter[id(w)], by_parameter[id(v)]) == (7.0, 2.0, 1.0)
    assert w.grad == v.grad == 0.0


def test_new_data_of_parameters_is_used():
    w = Value(3.0)
    program = compile(lambda x: w * x)
    program(1.0)
    w.data = 10.0
    assert program(1.0) == 10.0


def test_a_constant_that_somebody_holds_is_read_anew():
    w, scale = Value(2.0), Value(3.0, requires_grad=False)
    program = compile(lambda x: w * x * scale + 1.0)
    assert program(1.0) == 7.0
    scale.data = 10.0
    assert program(1.0) == 21.0
    assert program.program.held == [scale]  # and not the 1.0


def test_a_pair_gives_outputs_beside_the_loss():
    w = Value(2.0)
    program = compile(lambda xs: (autograd.sum([w * x for x in xs]), [[w * x] for x in xs]))
    assert program([1.0, 2.0]) == 6.0
    assert program.outputs() == [[2.0], [4.0]]


def test_a_program_does_not_keep_the_graph_it_was_made_from():
    kept = []
    w = Value(2.0)

    def loss(xs):
        outputs = [w * x for x in xs]
        kept.append(outputs[0])
        return autograd.sum(outputs), outputs

    program = compile(loss, check=False)
    program([1.0, 2.0])
    references = sys.getrefcount(kept[0])
    assert references == 2  # the list's, and that of the call


def test_random_numbers_may_be_drawn_anew():
    w, drawn = Value(2.0), iter([1.0, 5.0, 7.0])
    program = compile(lambda x: w * x * autograd.redrawn(lambda: next(drawn)))
    assert [program(1.0), program(1.0), program(1.0)] == [2.0, 10.0, 14.0]


def test_a_python_branch_gets_a_program_for_each_way():
    w = Value(2.0)

    def loss(x):
        return w * x if x > 0 else w * w * x

    program = compile(loss)
    assert program(3.0) == 6.0
    assert program(-3.0) == -12.0
    assert program(1.0) == 2.0
    assert len(program.programs) == 2


def test_a_branch_on_two_values_and_on_a_parameter():
    w = Value(2.0)
    program = compile(lambda x, y: w * x if x >= y and w != 5.0 else w + y)
    assert program(3.0, 1.0) == 6.0
    assert program(1.0, 3.0) == 5.0
    w.data = 5.0
    assert program(3.0, 1.0) == 6.0


def test_reading_data_is_found_out():
    w = Value(2.0)
    with pytest.raises(CompileError, match=r"\.data or \.item"):
        compile(lambda x: w * x.data)(3.0)
    with pytest.raises(CompileError, match=r"\.data or \.item"):
        compile(lambda x: w * math.exp(w.item()) * x)(3.0)


@pytest.mark.parametrize(
    "x", [3, np.int8(3), np.float32(3), np.array(3.0), Fraction(3, 2)], ids=repr
)
def test_reading_the_data_of_any_kind_of_number_is_found_out(x):
    w = Value(2.0)
    with pytest.raises(CompileError, match=r"\.data or \.item"):
        compile(lambda x: w * x.data)(x)


def test_reading_data_is_found_out_beside_labels_and_branches_which_cannot_be_varied():
    w = Value(2.0)
    with pytest.raises(CompileError, match=r"\.data or \.item"):
        compile(lambda x, label: pick([w, w * w], label) * x.data)(3.0, 1)
    with pytest.raises(CompileError, match=r"\.data or \.item"):
        compile(lambda x, label: w * x.data if label == 1 else w)(3.0, 1)


def test_randomness_is_found_out():
    w = Value(2.0)
    with pytest.raises(CompileError, match="random"):
        compile(lambda x: w * x * random.random())(3.0)


def test_a_failed_check_leaves_parameters_as_they_were():
    w = Value(2.0)
    w.grad = 7.0
    with pytest.raises(CompileError):
        compile(lambda x: w * x.data)(3.0)
    assert (w.data, w.grad) == (2.0, 7.0)


def test_an_argument_used_as_an_index_names_pick():
    table = [Value(1.0), Value(2.0), Value(3.0)]
    with pytest.raises(CompileError, match="pick"):
        compile(lambda i: table[i] * 2.0)(1)


def test_pick_looks_up_anew_in_every_call():
    table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    program = compile(lambda i: autograd.sum(pick(table, i)))
    assert program(0) == 3.0
    assert program(1) == 7.0
    assert [[v.grad for v in row] for row in table] == [[1.0, 1.0], [1.0, 1.0]]
    with pytest.raises(IndexError, match="from 0 to 1, not 2"):
        program(2)


def test_another_shape_of_arguments_gets_a_program_of_its_own():
    w = Value(2.0)
    program = compile(lambda xs: w * sum(xs))
    assert program([1.0, 2.0]) == 6.0
    assert program([1.0, 2.0, 3.0]) == 12.0
    assert len(program.programs) == 2


def test_the_cache_is_bounded():
    w = Value(2.0)
    program = compile(lambda xs: w * sum(xs), cache_size=3)
    for n in range(1, 8):
        assert program([1.0] * n) == 2.0 * n
    assert len(program.programs) == 3
    assert program([1.0]) == 2.0  # compiled again


def test_arrays_tuples_dicts_and_flags():
    w = Value(2.0)

    def loss(x, *, doubled=None):
        return x

    def weighted(X, pair, options, double):
        total = autograd.sum([w * v for v in X.ravel()]) + pair[0] * options["bias"]
        return total * 2.0 if double else total

    program = compile(weighted)
    X = np.arange(4.0).reshape(2, 2)
    assert program(X, (3.0, 1.0), {"bias": 0.5}, False) == 13.5
    assert program(X, (3.0, 1.0), {"bias": 0.5}, True) == 27.0
    with pytest.raises(TypeError, match="hashable"):
        program({1.0, 2.0}, (1.0,), {}, True)


def test_nan_and_infinity_go_through():
    w = Value(2.0)
    program = compile(lambda x: (w * x).log())
    assert program(1.0) == math.log(2.0)
    assert program(0.0) == -math.inf
    assert math.isnan(program(-1.0))
    assert math.isnan(program(math.nan))


def test_the_branch_not_chosen_passes_nothing_on():
    w = Value(0.0)
    program = compile(lambda x: autograd.where(w, w.log(), x))
    assert program(3.0) == 3.0
    assert w.grad == 0.0  # and not 0 · inf


def test_what_is_not_a_loss_is_refused():
    with pytest.raises(CompileError, match="must return a Value"):
        compile(lambda x: 3.0)(1.0)
    with pytest.raises(TypeError, match="a function is needed"):
        compile(3)
    with pytest.raises(ValueError, match="cache_size"):
        compile(abs, cache_size=0)


def test_names_are_data_and_never_code():
    name = 'x"\nraise SystemExit #'
    entry = autograd.primitive(name, lambda x: 2.0 * x, lambda out, x: (2.0,))
    try:
        w = Value(3.0, label=name)
        program = compile(lambda x: entry(w * x))
        assert program(1.0) == 6.0
        assert "\nraise" not in program.source
    finally:
        del autograd.primitives.table[name]


def test_a_primitive_without_array_form_is_computed_number_by_number():
    def slope(out, x):
        return (1.0 if x > 0.0 else 0.5,)

    entry = autograd.primitive("bent", lambda x: x if x > 0.0 else 0.5 * x, slope)
    try:
        ws = [Value(1.0), Value(-1.0), Value(2.0)]
        program = compile(lambda x: autograd.sum([entry(w * x) for w in ws]), form="arrays")
        assert program(1.0) == 2.5
        assert [w.grad for w in ws[:3]] == [1.0, 0.5, 1.0]
        assert "bent: computed number by number" in program.explain()
    finally:
        del autograd.primitives.table["bent"]


def test_there_is_a_program_only_after_a_call():
    program = compile(lambda x: x)
    with pytest.raises(RuntimeError, match="call the function once"):
        _ = program.source


def test_what_is_compiled_under_no_grad_has_gradients_outside_of_it():
    w = Value(3.0)
    program = compile(lambda x: w * x)
    with autograd.no_grad():
        assert program(2.0) == 6.0 and w.grad == 0.0
    assert program(2.0) == 6.0 and w.grad == 2.0 and program.traces == 1


# --- state that the function changes -----------------------------------------------------------


def test_what_is_assigned_is_assigned_once_in_every_call():
    mean, calls = (Value(0.0, requires_grad=False) for _ in range(2))
    w = Value(1.0)

    def loss(x):
        y = w * x
        autograd.assign(mean, 0.5 * mean + 0.5 * y)
        autograd.assign(calls, lambda: calls.data + 1.0)
        return y * y

    program = compile(loss)
    for x, expected in ((1.0, 0.5), (2.0, 1.25), (4.0, 2.625)):
        program(x)
        assert mean.data == expected
    assert calls.data == 3.0


def test_state_changed_without_assign_is_found_out():
    count, w = Value(0.0, requires_grad=False), Value(1.0)

    def loss(x):
        count.data += 1.0
        return w * x * count

    with pytest.raises(CompileError, match=r"autograd\.assign"):
        compile(loss)(2.0)


def test_constants_computed_from_constants_are_computed_anew():
    scale, count, w = Value(2.0, requires_grad=False), Value(0.0, requires_grad=False), Value(1.0)

    def loss(x):
        autograd.assign(count, count + 1.0)
        return w * x * (scale * scale + 1.0).sqrt() * autograd.maximum(count, 1.0)

    program = compile(loss)
    assert program(2.0) == pytest.approx(2.0 * 5.0**0.5)
    scale.data = 3.0
    assert program(2.0) == pytest.approx(2.0 * 10.0**0.5)
    assert program(2.0) == pytest.approx(4.0 * 10.0**0.5)
    assert (count.data, program.traces) == (3.0, 1)


def test_only_constants_are_assigned_to():
    with pytest.raises(TypeError, match="requires_grad=False"):
        autograd.assign(Value(1.0), Value(2.0))
    with pytest.raises(TypeError, match="a Value or a function"):
        autograd.assign(Value(1.0, requires_grad=False), 2.0)


def test_a_function_that_is_traced_again_and_again_is_warned_of():
    w = Value(0.5)
    options = {"scale": 1.0}
    program = compile(lambda x: w * x * options["scale"])
    with pytest.warns(RuntimeWarning, match="traced anew 10 times.*besides its arguments") as said:
        for i in range(15):
            options["scale"] = 1.0 + i
            assert program(2.0) == 0.5 * 2.0 * (1.0 + i)
    assert len(said) == 1
    assert said[0].filename == __file__


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_arguments_that_cannot_be_larger_or_smaller(target):
    """To check a new program, other arguments are tried; a loss may refuse them."""
    w = Value(0.5)
    loss = lambda x, t: nn.binary_cross_entropy_with_logits([w * x], [t])  # noqa: E731
    assert compile(loss)(2.0, target) == pytest.approx(loss(2.0, target).item())


# Sums of terms that cancel are 0 in one order of addition and a rounding error in another.


def hinge_loss_of(b):
    return lambda ys: sum((1 - y * b).relu() for y in ys) / len(ys)


def test_a_gradient_whose_terms_cancel_is_no_difference():
    value, (gradient,) = compile(hinge_loss_of(Value(0.0))).value_and_grad([1.0] * 30 + [-1.0] * 30)
    assert value == 1.0
    assert abs(gradient) < 1e-15


def test_nor_is_it_over_a_batch():
    b = Value(0.0)
    program = compile(lambda x, y: (y - x * b) ** 2, batch=True)
    xs = [0.1 * i for i in range(1, 31)]
    _, (gradient,) = program.value_and_grad(xs + xs[::-1], [1.0] * 30 + [-1.0] * 30)
    assert abs(gradient) < 1e-14


def test_a_loss_whose_terms_cancel_is_no_difference():
    xs = random.Random(0).sample([1e9 / 3, 1e9 / 7, 1e9 / 11, -1e9 / 3, -1e9 / 7, -1e9 / 11], 6)
    w = Value(1.0)
    program = compile(lambda: autograd.sum([w * x for x in 20 * xs]) + 1e-3 * w)
    value, (gradient,) = program.value_and_grad()
    assert value == pytest.approx(1e-3, abs=1e-6)
    assert gradient == pytest.approx(1e-3, abs=1e-6)


def test_a_wrong_gradient_is_found_among_terms_that_cancel(monkeypatch):
    b = Value(0.0)
    real = Program.run

    def wrong(self, *args):
        value, gradients = real(self, *args)
        return value, gradients + 1e-7

    monkeypatch.setattr(Program, "run", wrong)
    program = compile(hinge_loss_of(b))
    with pytest.raises(CompileError, match="differs from the eager engine"):
        program([1.0] * 30 + [-1.0] * 30)
