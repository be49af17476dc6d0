"""Rounding differs between a program and the engine; over a long training it stays small."""

import math

import pytest

import nn


def trained(step_of, make_model, loss, steps):
    """The losses and the final parameters of a training."""
    model = make_model()
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    losses = step_of(lambda: loss(model), optimizer, steps)
    return losses, [p.data for p in model.parameters()]


def eagerly(loss, optimizer, steps):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        total = loss()
        total.backward()
        optimizer.step()
        losses.append(total.item())
    return losses


def compiled(loss, optimizer, steps):
    with nn.CompiledStep(loss, optimizer) as step:
        return [step() for _ in range(steps)]


X, LABELS = nn.make_moons(16, noise=0.1, rng=1)
WAVE = [math.sin(0.7 * t) for t in range(9)]


def points(model):
    return nn.binary_cross_entropy_with_logits([model(x) for x in X], LABELS)


def next_values(model):
    outputs, _ = model[0]([[x] for x in WAVE[:-1]])
    return nn.mse_loss([model[1](o)[0] for o in outputs], WAVE[1:])


PROBLEMS = [
    (lambda: nn.MLP(2, [8, 8, 1], activation="tanh", rng=1), points),
    (lambda: nn.Sequential(nn.GRU(1, 4, rng=1), nn.Linear(4, 1, rng=2)), next_values),
]


@pytest.mark.slow
@pytest.mark.parametrize(("make_model", "loss"), PROBLEMS, ids=["mlp", "gru"])
def test_a_thousand_steps_of_adam(make_model, loss):
    expected, expected_parameters = trained(eagerly, make_model, loss, 1000)
    losses, parameters = trained(compiled, make_model, loss, 1000)
    assert losses == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert parameters == pytest.approx(expected_parameters, rel=1e-9, abs=1e-9)
    assert expected[-1] < expected[0] / 10
