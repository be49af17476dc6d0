"""Penalties, max-norm, early stopping."""

import json
import math

import pytest

import nn
from autograd import Value


def slopes(penalty, *numbers):
    values = [Value(x) for x in numbers]
    loss = penalty(values)
    loss.backward()
    return loss.data, [v.grad for v in values]


def test_penalties_and_their_slopes_are_those_of_the_textbook():
    assert slopes(nn.l1_penalty(0.5), 1.0, -2.0, 0.0) == (1.5, [0.5, -0.5, 0.0])
    assert slopes(nn.l2_penalty(0.5), 1.0, -2.0, 0.0) == (2.5, [1.0, -2.0, 0.0])
    assert slopes(nn.elastic_net(0.5, 0.5), 1.0, -2.0, 0.0) == (4.0, [1.5, -2.5, 0.0])


def fitted(penalty):
    """The weights of y = x₀ for inputs x₀, x₁ of which the second is a weak copy."""
    weights = [Value(0.3), Value(0.3)]
    optimizer = nn.SGD(weights, lr=0.01)
    points = [(1.0, 0.5), (2.0, 1.1), (-1.0, -0.6), (0.5, 0.2)]
    for _ in range(800):
        optimizer.zero_grad()
        outputs = [weights[0] * a + weights[1] * b for a, b in points]
        (nn.mse_loss(outputs, [a for a, _ in points]) + penalty(weights)).backward()
        optimizer.step()
    return [w.data for w in weights]


def test_l1_makes_weights_vanish_where_l2_shares_them():
    sparse, shared = fitted(nn.l1_penalty(0.3)), fitted(nn.l2_penalty(0.3))
    assert abs(sparse[1]) < 0.005 < 0.8 < sparse[0]
    assert min(shared) > 0.3


def test_max_norm_shortens_what_is_too_long_and_leaves_the_rest_to_the_bit():
    neurons = nn.Layer(2, 2, rng=0).neurons
    for neuron, weights in zip(neurons, ([3.0, 4.0], [0.3, 0.4]), strict=True):
        for w, x in zip(neuron.w, weights, strict=True):
            w.data = x
    nn.max_norm_([n.w for n in neurons], 1.0)
    assert [w.data for w in neurons[0].w] == pytest.approx([0.6, 0.8], rel=1e-6)
    assert math.hypot(*[w.data for w in neurons[0].w]) <= 1.0
    assert [w.data for w in neurons[1].w] == [0.3, 0.4]


# --- early stopping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "metrics", "stops_at", "best", "best_epoch"),
    [
        ({"patience": 0}, [3, 2, 2, 1], 2, 2, 1),
        ({"patience": 2}, [3, 2, 2.5, 2.5, 2.5, 1], 4, 2, 1),
        ({"patience": 2}, [3, 2, 2.5, 2.5, 1, 1], None, 1, 4),
        ({"patience": 1, "mode": "max"}, [0.5, 0.7, 0.6, 0.7], 3, 0.7, 1),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.9, 2.6], 2, 3, 0),
        ({"patience": 1}, [math.nan, math.nan], 1, math.inf, -1),
        ({"patience": 1}, [2, math.nan, 1], None, 1, 2),
    ],
)
def test_early_stopping_stops_after_patience_epochs_without_progress(
    options, metrics, stops_at, best, best_epoch
):
    stop = nn.EarlyStopping(**options)
    said = []
    for metric in metrics:
        said.append(stop.step(metric))
        if said[-1]:
            break
    assert (said.index(True) if True in said else None) == stops_at
    assert (stop.best, stop.best_epoch) == (best, best_epoch)


def test_early_stopping_says_when_to_save_the_model():
    stop = nn.EarlyStopping()
    assert not stop.improved
    said = []
    for metric in (3, 2, 2.5, 1):
        stop.step(metric)
        said.append(stop.improved)
    assert said == [True, True, False, True]


def test_early_stopping_goes_on_from_a_state_that_went_through_json():
    for metrics in ([], [3.0, 2.0, 2.5]):
        one, other = nn.EarlyStopping(patience=2), nn.EarlyStopping(patience=9)
        for metric in metrics:
            one.step(metric)
        other.load_state_dict(json.loads(json.dumps(one.state_dict())))
        said = [[stop.step(m) for m in (2.5, 2.5, 2.5)] for stop in (one, other)]
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"speed": 1}, KeyError, "unknown .'speed'."),
        ({"patience": -1}, ValueError, "patience must be at least 0"),
        ({"epochs": 1.5}, TypeError, "epochs must be an int"),
        ({"best_epoch": -2}, ValueError, "best_epoch must be at least -1"),
        ({"best": math.nan}, ValueError, "best must be finite"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(changes, error, message):
    stop = nn.EarlyStopping()
    before = stop.state_dict()
    with pytest.raises(error, match=message):
        stop.load_state_dict({**before, **changes})
    assert stop.state_dict() == before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.l1_penalty(-1), ValueError, "l1_penalty: strength must be ≥ 0, not -1"),
        (lambda: nn.l2_penalty(-1), ValueError, "l2_penalty: strength must be ≥ 0, not -1"),
        (lambda: nn.elastic_net(0.1, -1), ValueError, "strength must be ≥ 0, not -1"),
        (lambda: nn.max_norm_([[Value(1.0)]], -1), ValueError, "max_norm must be ≥ 0"),
        (lambda: nn.max_norm_([Value(1.0)], 1), TypeError, r"vectors\[0\] must be a list"),
        (lambda: nn.EarlyStopping(patience=-1), ValueError, "patience must be at least 0"),
        (lambda: nn.EarlyStopping(min_delta=-1), ValueError, "min_delta must be ≥ 0"),
        (lambda: nn.EarlyStopping(mode="least"), ValueError, "mode must be one of 'min', 'max'"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
