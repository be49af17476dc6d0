"""Linear, and what embedding, dropout and activations share with it: names, starts, mistakes."""

import random

import pytest

import autograd
import nn
from autograd import Value, scope_of


def test_linear_is_a_matrix_and_a_bias_with_pytorchs_names():
    layer = nn.Linear(3, 2, rng=0)
    names = [f"weight.{j}.{i}" for j in range(2) for i in range(3)] + ["bias.0", "bias.1"]
    assert [name for name, _ in layer.named_parameters()] == names
    x = [0.5, -1.0, 2.0]
    for j, y in enumerate(layer(x)):
        by_hand = sum(w.data * xi for w, xi in zip(layer.weight[j], x, strict=True))
        assert y.data == pytest.approx(by_hand + layer.bias[j].data, rel=1e-15)


def test_linear_starts_as_pytorchs_within_one_over_the_root_of_fan_in():
    layer = nn.Linear(64, 50, rng=0)
    data = [p.data for p in layer.parameters()]
    assert max(map(abs, data)) <= 1 / 8 < 1.01 * max(map(abs, data))
    variance = sum(d * d for d in data) / len(data)
    assert variance == pytest.approx(1 / 3 / 64, rel=0.05)


def test_without_a_bias_zero_stays_zero():
    layer = nn.Linear(2, 3, bias=False, rng=0)
    assert layer.bias is None
    assert [y.data for y in layer([0.0, 0.0])] == [0.0] * 3


def test_a_layer_of_linear_neurons_and_linear_with_their_weights_agree():
    layer, linear = nn.Layer(3, 2, None, rng=0), nn.Linear(3, 2)
    linear.load_state_dict(
        {
            f"{'weight' if kind == 'w' else 'bias'}.{'.'.join([j, *i])}": number
            for name, number in layer.state_dict().items()
            for _, j, kind, *i in [name.split(".")]
        }
    )
    x = [0.1, 0.2, 0.3]
    assert [y.data for y in layer(x)] == [y.data for y in linear(x)]


def test_the_same_seed_gives_the_same_layer_and_random_seed_counts_without_one():
    assert nn.Linear(2, 3, rng=1).state_dict() == nn.Linear(2, 3, rng=1).state_dict()
    assert nn.Linear(2, 3, rng=1).state_dict() != nn.Linear(2, 3, rng=2).state_dict()
    random.seed(3)
    first = nn.Linear(2, 3).state_dict()
    random.seed(3)
    assert nn.Linear(2, 3).state_dict() == first


def test_a_call_is_a_scope_of_the_name_in_the_model():
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    assert scope_of(model([1.0, 2.0])[0]).path == ("Sequential", "1")


@pytest.mark.parametrize("bias", [True, False])
def test_gradients_agree_with_differences(bias):
    layer = nn.Linear(2, 2, bias=bias, rng=0)
    assert autograd.gradcheck(lambda a, b: autograd.dot([1.0, -2.0], layer([a, b])), 0.3, -0.8)


ACTIVATIONS = [
    kind
    for kind in (getattr(nn, name) for name in nn.__all__)
    if getattr(kind, "__module__", "") == "nn.activations"
]


@pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda kind: kind.__name__)
def test_activations_keep_the_shape_take_numbers_and_have_right_gradients(kind):
    module = kind()
    outputs = module([[0.3, -0.7], (1.7, -1.2)])
    assert [[type(y) for y in row] for row in outputs] == [[Value, Value]] * 2
    assert autograd.gradcheck(lambda a, b: autograd.dot([1.0, -2.0], kind()([a, b])), 0.3, -0.7)


@pytest.mark.parametrize(
    "text",
    [
        "ReLU()",
        "LeakyReLU(negative_slope=0.2)",
        "Hardtanh(min_val=-2.0, max_val=0.5)",
        "GELU(approximate='tanh')",
    ],
)
def test_activations_are_described_by_what_would_make_them(text):
    assert eval(f"nn.{text}").describe() == text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Linear(2, 3)([1.0]), ValueError, r"Linear\(2, 3\) takes 2 inputs, not 1"),
        (lambda: nn.Linear(2, 3)(1.0), TypeError, r"Linear\(2, 3\) takes a sequence of 2"),
        (
            lambda: nn.Linear(2, 3)([[1.0], [2.0]]),
            TypeError,
            r"one sample; .*on_batch",
        ),
        (lambda: nn.Linear(2, 3)(["a", 1.0]), TypeError, r"Linear\(2, 3\).*'a'"),
        (lambda: nn.Linear(0, 3), ValueError, "in_features must be at least 1, not 0"),
        (lambda: nn.Linear(2, 1.5), TypeError, "out_features must be an int, not 1.5"),
        (lambda: nn.Linear(2, 3, rng="a"), TypeError, "rng must be"),
        (lambda: nn.GELU("cosh"), ValueError, "approximate"),
        (lambda: nn.PReLU(3)([1.0, 2.0]), ValueError, r"PReLU\(3\) takes 3 inputs, not 2"),
        (lambda: nn.Tanh()(["a"]), TypeError, "'a'"),
        (lambda: nn.Softmax()([]), ValueError, "softmax"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call()
