"""Clipping of gradients. (Against PyTorch's numbers: test_against_torch.)"""

import math

import pytest

import nn
from autograd import Value
from nn.clip import vector_norm


def with_gradients(*gradients):
    values = [Value(0.0) for _ in gradients]
    for value, g in zip(values, gradients, strict=True):
        value.grad = g
    return values


def test_a_norm_above_the_bound_is_scaled_to_it_and_direction_stays():
    values = with_gradients(3.0, -4.0)
    assert nn.clip_grad_norm_(values, 1.0) == 5.0
    assert [v.grad for v in values] == pytest.approx([0.6, -0.8], rel=1e-6)


def test_a_norm_below_the_bound_changes_nothing_to_the_bit():
    values = with_gradients(0.3, -0.4)
    assert nn.clip_grad_norm_(values, 1.0) == 0.5
    assert [v.grad for v in values] == [0.3, -0.4]


def test_norms_neither_overflow_nor_underflow():
    for p in (1.0, 2.0, 3.0, math.inf):
        assert vector_norm([1e200, 0.0], p) == 1e200
        assert vector_norm([0.0, 1e-200], p) == 1e-200
        assert vector_norm([], p) == 0.0
    assert vector_norm([1e200, -1e200]) == pytest.approx(math.sqrt(2) * 1e200)
    assert vector_norm([1e200, -1e200], 3.0) == pytest.approx(2 ** (1 / 3) * 1e200)


def test_a_norm_is_nan_if_any_number_is_and_then_inf():
    for p in (1.0, 2.0, 3.0, math.inf):
        assert math.isnan(vector_norm([1.0, math.nan, math.inf], p))
        assert vector_norm([1.0, -math.inf], p) == math.inf


def test_error_if_nonfinite_leaves_gradients_as_they_are():
    values = with_gradients(math.inf, 1.0)
    with pytest.raises(RuntimeError, match="norm of the gradients is inf"):
        nn.clip_grad_norm_(values, 1.0, error_if_nonfinite=True)
    assert [v.grad for v in values] == [math.inf, 1.0]


def test_a_value_beyond_the_bound_is_cut_and_nan_stays():
    values = with_gradients(3.0, -0.1, -math.inf, math.nan)
    nn.clip_grad_value_(values, 0.5)
    assert [v.grad for v in values[:3]] == [0.5, -0.1, -0.5]
    assert math.isnan(values[3].grad)


def test_one_value_and_a_generator_will_do():
    value = with_gradients(5.0)[0]
    assert nn.clip_grad_norm_(value, 1.0) == 5.0
    assert nn.clip_grad_norm_((v for v in [value]), 0.5) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.clip_grad_norm_([Value(1)], -1.0), ValueError, "max_norm must be ≥ 0, not -1"),
        (lambda: nn.clip_grad_norm_([Value(1)], 1.0, 0.0), ValueError, "norm_type must be > 0"),
        (lambda: nn.clip_grad_norm_([1.0], 1.0), TypeError, r"parameters\[0\] must be a Value"),
        (lambda: nn.clip_grad_value_([Value(1)], -1), ValueError, "clip_value must be ≥ 0"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_an_infinite_norm_leaves_all_as_it_is():
    p = Value(1.0)
    p.grad = 1e300
    assert nn.clip_grad_norm_([p], math.inf) == 1e300
    assert p.grad == 1e300
