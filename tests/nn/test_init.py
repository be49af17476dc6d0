"""Initialisers: what they draw, whole matrices, Values in place. (Bounds: test_against_torch.)"""

import functools
import math
import random

import pytest

import nn
from autograd import Value
from nn import init

DEVIATIONS = {  # for 200 inputs and 100 outputs
    "constant": 0.0,
    "uniform": (1 / 3) ** 0.5,
    "normal": 1.0,
    "xavier": (2 / 300) ** 0.5,
    "xavier_uniform": (2 / 300) ** 0.5,
    "xavier_normal": (2 / 300) ** 0.5,
    "he": (2 / 200) ** 0.5,
    "kaiming_uniform": (2 / 200) ** 0.5,
    "kaiming_normal": (2 / 200) ** 0.5,
    "lecun": (1 / 200) ** 0.5,
    "lecun_uniform": (1 / 200) ** 0.5,
    "lecun_normal": (1 / 200) ** 0.5,
    "orthogonal": (1 / 200) ** 0.5,
}


@pytest.mark.parametrize("name", init.INITIALISERS)
def test_a_matrix_has_the_textbook_deviation_and_mean_0(name):
    rows = init.matrix(name, rows=100, columns=200, rng=0)
    assert [len(row) for row in rows] == [200] * 100
    numbers = [x for row in rows for x in row]
    mean = math.fsum(numbers) / len(numbers)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / len(numbers))
    assert deviation == pytest.approx(DEVIATIONS[name], rel=0.03)
    assert abs(mean) <= 4 * DEVIATIONS[name] / math.sqrt(len(numbers))


@pytest.mark.parametrize("name", init.INITIALISERS)
def test_the_same_seed_gives_the_same_matrix(name):
    first = init.matrix(name, 3, 4, rng=5)
    assert first == init.matrix(name, 3, 4, rng=5) == init.matrix(name, 3, 4, random.Random(5))
    assert name == "constant" or first != init.matrix(name, 3, 4, rng=6)


def test_a_matrix_is_drawn_row_by_row_as_layers_draw_their_neurons():
    layer = nn.Layer(3, 2, init="xavier", rng=0)
    assert init.matrix("xavier", 2, 3, rng=0) == [[w.data for w in n.w] for n in layer.neurons]


@pytest.mark.parametrize("name", init.INITIALISERS)
def test_every_initialiser_starts_neurons_layers_and_mlps(name):
    layer = nn.Layer(3, 2, init=name, rng=0)
    assert [[w.data for w in n.w] for n in layer.neurons] == init.matrix(name, 2, 3, rng=0)
    assert [w.data for w in nn.Neuron(3, init=name, rng=0).w] == init.matrix(name, 1, 3, rng=0)[0]
    assert len(nn.MLP(3, [4, 1], init=name, rng=0).parameters()) == 3 * 4 + 4 + 4 + 1


def test_the_neurons_of_an_orthogonal_layer_are_orthogonal_unit_vectors():
    first, second = (
        [w.data for w in neuron.w] for neuron in nn.Layer(3, 2, init="orthogonal", rng=0).neurons
    )
    assert math.hypot(*first) == pytest.approx(1.0) == math.hypot(*second)
    assert sum(a * b for a, b in zip(first, second, strict=True)) == pytest.approx(0.0, abs=1e-15)


def test_a_matrix_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="matrix of 1 rows where 2 rows of 3 are needed"):
        nn.Layer(3, 2, init=lambda fan_in, fan_out, rng: [[0.0] * 3])


def test_fans_may_be_others_than_the_shape():
    slid = init.matrix("lecun_uniform", 2, 3, rng=0, fan_in=300, fan_out=20)
    plain = init.matrix("lecun_uniform", 2, 3, rng=0)
    assert slid[1] == pytest.approx([x / 10 for x in plain[1]])


@pytest.mark.parametrize(("rows", "columns"), [(4, 4), (3, 7), (7, 3), (1, 5), (5, 1)])
@pytest.mark.parametrize("gain", [1.0, 2.5])
def test_an_orthogonal_matrix_keeps_lengths_on_its_shorter_side(rows, columns, gain):
    draw = functools.partial(init.orthogonal, gain=gain)
    matrix = init.matrix(draw, rows, columns, rng=3)
    vectors = matrix if rows <= columns else list(zip(*matrix, strict=True))
    for i, a in enumerate(vectors):
        for j, b in enumerate(vectors):
            product = math.fsum(x * y for x, y in zip(a, b, strict=True))
            assert product == pytest.approx(gain**2 if i == j else 0.0, abs=1e-14 * gain**2)


def test_orthogonal_asks_for_the_shape_whatever_the_fans_are():
    matrix = init.matrix("orthogonal", 2, 3, rng=0, fan_in=27, fan_out=18)
    assert [len(row) for row in matrix] == [3, 3]


def test_values_are_filled_in_place_and_come_back():
    weights = [[Value(9.0) for _ in range(3)] for _ in range(2)]
    assert init.zeros_(weights) is weights
    assert [w.data for row in weights for w in row] == [0.0] * 6
    init.ones_(weights)
    init.constant_(weights[0], 0.5)
    assert [w.data for row in weights for w in row] == [0.5] * 3 + [1.0] * 3
    init.xavier_uniform_(weights, 2.0, rng=0)
    bound = 2 * math.sqrt(6 / 5)
    numbers = [w.data for row in weights for w in row]
    assert len(set(numbers)) == 6
    assert all(-bound < x < bound for x in numbers)


def test_in_place_functions_work_on_the_weights_of_a_layer():
    layer = nn.Layer(4, 4, rng=0)
    init.orthogonal_([n.w for n in layer.neurons], rng=1)
    rows = [[w.data for w in n.w] for n in layer.neurons]
    assert sum(a * b for a, b in zip(rows[0], rows[1], strict=True)) == pytest.approx(0, abs=1e-14)


def test_the_fans_of_a_convolution_count_its_kernel():
    kernel = [[[Value(0.0) for _ in range(5)] for _ in range(2)] for _ in range(3)]
    assert init.calculate_fans(kernel) == (10, 15)


def test_a_function_of_ones_own_gives_one_weight_or_a_matrix():
    assert init.matrix(lambda i, o, rng: i + 10 * o, 1, 2) == [[12, 12]]
    assert init.matrix(lambda i, o, rng: [[1.0, 2.0]], 1, 2) == [[1.0, 2.0]]
    with pytest.raises(ValueError, match="1 rows where 2 rows of 2 are needed"):
        init.matrix(lambda i, o, rng: [[1.0, 2.0]], 2, 2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: init.matrix("hee", 1, 1), ValueError, "init.*xavier.*'hee'"),
        (lambda: init.matrix(["he"], 1, 1), ValueError, r"init.*xavier.*\['he'\]"),
        (lambda: init.matrix("he", 1, 1, rng="0"), TypeError, "rng must be"),
        (lambda: init.calculate_gain("rleu"), ValueError, "nonlinearity.*'relu'.*not 'rleu'"),
        (lambda: init.kaiming_uniform_([[Value(0)]], mode="fan"), ValueError, "mode.*'fan'"),
        (lambda: init.xavier_normal_([Value(0.0)]), ValueError, "fans need a list of lists"),
        (lambda: init.zeros_([0.0]), TypeError, "Values in nested lists, not 0.0"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
