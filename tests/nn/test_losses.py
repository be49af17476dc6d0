"""Losses: their values, their gradients, their stability, their errors."""

import math

import pytest

import autograd
import nn
from autograd import Value


def test_mse_of_lists_of_outputs_is_the_mean_over_all_numbers():
    outputs = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    assert nn.mse_loss(outputs, [[1.0, 0.0], [3.0, 2.0]]).data == 2.0


def test_the_gradient_of_cross_entropy_is_probability_minus_one_hot():
    logits = [Value(1.0), Value(-1.0), Value(0.5)]
    nn.cross_entropy([logits], [2]).backward()
    probabilities = autograd.softmax([1.0, -1.0, 0.5])
    expected = [p - (i == 2) for i, p in enumerate(probabilities)]
    assert [z.grad for z in logits] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("z", [1000.0, -1000.0, 1e300])
def test_cross_entropies_are_finite_on_extreme_logits(z):
    for loss, leaf in [
        ((x := [Value(z), Value(0.0)]) and nn.cross_entropy([x], [1]), x[0]),
        (nn.binary_cross_entropy_with_logits([y := Value(z)], [0]), y),
    ]:
        loss.backward()
        assert loss.data == max(z, 0.0)
        assert leaf.grad == (1.0 if z > 0 else 0.0)


def test_binary_cross_entropy_is_the_two_class_cross_entropy():
    for target in (0, 1):
        binary = nn.binary_cross_entropy_with_logits([Value(0.7)], [target])
        both = nn.cross_entropy([[Value(0.0), Value(0.7)]], [target])
        assert binary.data == pytest.approx(both.data, rel=1e-15)


def test_soft_targets_weigh_both_sides():
    loss = nn.binary_cross_entropy_with_logits([Value(0.7)], [0.25]).data
    p = 1 / (1 + math.exp(-0.7))
    assert loss == pytest.approx(-0.25 * math.log(p) - 0.75 * math.log(1 - p), rel=1e-14)


@pytest.mark.parametrize(
    "loss",
    [
        lambda a, b: nn.mse_loss([a, b], [0.3, -0.2]),
        lambda a, b: nn.hinge_loss([a, b], [1, -1]),
        lambda a, b: nn.binary_cross_entropy_with_logits([a, b], [1, 0.3]),
        lambda a, b: nn.cross_entropy([[a, b], [b, a * b]], [0, 1]),
    ],
)
def test_gradients_agree_with_central_differences(loss):
    autograd.gradcheck(loss, 0.4, -1.3)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.mse_loss([Value(1)], [1, 2]), ValueError, "1 outputs and 2 targets"),
        (lambda: nn.mse_loss([], []), ValueError, "batch is empty"),
        (lambda: nn.hinge_loss([Value(1)], [0]), ValueError, r"targets\[0\] is 0"),
        (
            lambda: nn.binary_cross_entropy_with_logits([Value(1)], [2]),
            ValueError,
            r"targets\[0\] is 2",
        ),
        (
            lambda: nn.cross_entropy([[Value(1), Value(2)]], [2]),
            ValueError,
            r"targets\[0\] is 2, but there are 2 classes",
        ),
        (lambda: nn.cross_entropy([[Value(1)]], [-1]), ValueError, r"targets\[0\] is -1"),
        (lambda: nn.cross_entropy([[Value(1)]], [0.5]), TypeError, "class index"),
        (lambda: nn.cross_entropy([Value(1)], [0]), TypeError, "list of logits per sample"),
        (lambda: nn.cross_entropy([[Value(1)]], [0, 0]), ValueError, "1 outputs and 2 targets"),
        (lambda: nn.l2_penalty(-1), ValueError, "strength must be ≥ 0, not -1"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
