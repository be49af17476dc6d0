"""Neuron, Layer, MLP and their initialisation."""

import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Value


def test_a_neuron_is_activation_of_the_weighted_sum():
    neuron = nn.Neuron(3, "tanh", rng=0)
    x = [0.5, -1.0, 2.0]
    by_hand = sum((w * xi for w, xi in zip(neuron.w, x, strict=True)), neuron.b).tanh()
    assert neuron(x).data == pytest.approx(by_hand.data, rel=1e-15)


def test_a_neuron_written_with_dot_has_the_gradients_of_the_one_written_out():
    neuron = nn.Neuron(3, "tanh", rng=0)
    x = [Value(0.5), Value(-1.0), Value(2.0)]
    neuron(x).backward()
    compact = [v.grad for v in [*neuron.parameters(), *x]]
    for v in [*neuron.parameters(), *x]:
        v.grad = 0.0
    sum((w * xi for w, xi in zip(neuron.w, x, strict=True)), neuron.b).tanh().backward()
    assert compact == pytest.approx([v.grad for v in [*neuron.parameters(), *x]], rel=1e-14)


@pytest.mark.parametrize("nout", [1, 2, 5])
def test_a_layer_returns_a_list_for_every_width(nout):
    outputs = nn.Layer(2, nout, rng=0)([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == nout


@pytest.mark.parametrize("nouts", [[1], [1, 1], [3, 1]])
def test_an_mlp_with_one_output_returns_the_value(nouts):
    assert isinstance(nn.MLP(2, nouts, rng=0)([1.0, 2.0]), Value)


@pytest.mark.parametrize("nouts", [[2], [1, 2], [3, 4]])
def test_an_mlp_with_several_outputs_returns_a_list(nouts):
    assert len(nn.MLP(1, nouts, rng=0)([1.0])) == nouts[-1]


def test_all_layers_but_the_last_have_the_activation():
    model = nn.MLP(2, [3, 3, 1], activation="tanh")
    assert [layer.neurons[0].activation for layer in model.layers] == ["tanh", "tanh", None]


@pytest.mark.parametrize("activation", [*nn.layers.ACTIVATIONS, None])
def test_every_activation_gives_right_gradients(activation):
    model = nn.MLP(2, [3, 1], activation=activation, rng=1)
    autograd.gradcheck(lambda a, b: model([a, b]), 0.7, -0.4)


def test_the_gradient_of_an_mlp_agrees_with_central_differences_in_every_parameter():
    model = nn.MLP(3, [4, 1], activation="tanh", rng=3)
    parameters = model.parameters()

    def output(*numbers):
        for (owner, key), number in zip(places, numbers, strict=True):
            owner[key] = number
        return model([0.3, -0.2, 0.9])

    places = []
    for layer in model.layers:
        for neuron in layer.neurons:
            places += [(neuron.w, i) for i in range(neuron.nin)] + [(vars(neuron), "b")]
    autograd.gradcheck(output, *[p.data for p in parameters])


def test_the_same_seed_gives_the_same_model_and_random_seed_counts_without_one():
    assert nn.MLP(2, [3, 1], rng=5).state_dict() == nn.MLP(2, [3, 1], rng=5).state_dict()
    assert nn.MLP(2, [3, 1], rng=5).state_dict() != nn.MLP(2, [3, 1], rng=6).state_dict()
    states = []
    for _ in range(2):
        random.seed(1)
        states.append(nn.MLP(2, [3, 1]).state_dict())
    assert states[0] == states[1]


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("uniform", (1 / 3) ** 0.5),
        ("xavier_uniform", (2 / 300) ** 0.5),
        ("xavier_normal", (2 / 300) ** 0.5),
        ("kaiming_uniform", (2 / 200) ** 0.5),
        ("kaiming_normal", (2 / 200) ** 0.5),
    ],
)
def test_initialisers_have_their_textbook_deviation(name, deviation):
    rng = random.Random(0)
    draws = [nn.init.INITIALISERS[name](200, 100, rng) for _ in range(20_000)]
    mean = sum(draws) / len(draws)
    measured = (sum((d - mean) ** 2 for d in draws) / len(draws)) ** 0.5
    assert measured == pytest.approx(deviation, rel=0.03)
    assert abs(mean) < 4 * deviation / len(draws) ** 0.5


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Neuron(0), ValueError, "nin must be at least 1, not 0"),
        (lambda: nn.Neuron(2.5), TypeError, "nin must be an int, not 2.5"),
        (lambda: nn.Layer(2, -1), ValueError, "nout must be at least 1"),
        (lambda: nn.MLP(2, []), ValueError, "nouts"),
        (lambda: nn.MLP(2, 3), ValueError, "nouts"),
        (lambda: nn.MLP(2, 3.0), ValueError, "nouts must be a list .*, not 3.0"),
        (lambda: nn.MLP(2, np.array([3, 1])), ValueError, r"nouts must be a list .*, not array"),
        (lambda: nn.MLP(2, [3, 1], ["relu"]), ValueError, r"activation.*not \['relu'\]"),
        (lambda: nn.Neuron(2, "rleu"), ValueError, "activation.*relu.*'rleu'"),
        (lambda: nn.Neuron(2, init="hee"), ValueError, "init.*xavier.*'hee'"),
        (lambda: nn.Neuron(2, rng="0"), TypeError, "rng"),
        (lambda: nn.MLP(2, [1])([1.0]), ValueError, r"MLP\(2, \[1\]\) takes 2 inputs, not 1"),
        (lambda: nn.MLP(2, [1])(["a", "b"]), TypeError, "sequence of 2 numbers.*'a'"),
        (lambda: nn.MLP(2, [1])(3.0), TypeError, "sequence of 2 numbers"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
