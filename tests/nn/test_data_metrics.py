"""Data and metrics."""

import sys

import pytest

import nn


def test_moons_without_noise_lie_on_two_half_circles():
    X, y = nn.make_moons(50, noise=0.0, rng=0)
    for (a, b), label in zip(X, y, strict=True):
        a, b = (a, b) if label == 0 else (1 - a, 0.5 - b)
        assert a * a + b * b == pytest.approx(1.0)
        assert b >= -1e-15
    assert y.count(0) == y.count(1) == 25


def test_data_are_the_same_for_the_same_seed_and_shuffled():
    assert nn.make_moons(20, rng=1) == nn.make_moons(20, rng=1)
    assert nn.make_moons(20, rng=1) != nn.make_moons(20, rng=2)
    assert nn.make_moons(20, rng=1)[1] != sorted(nn.make_moons(20, rng=1)[1])


def test_digits_are_1797_images_between_0_and_1():
    pytest.importorskip("sklearn")
    X, y = nn.load_digits()
    assert len(X) == len(y) == 1797
    assert {len(x) for x in X} == {64}
    assert min(map(min, X)) == 0.0 and max(map(max, X)) == 1.0
    assert set(y) == set(range(10))
    assert type(X[0][0]) is float and type(y[0]) is int


def test_digits_without_scikit_learn_name_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'scalar-autograd\[data\]'"):
        nn.load_digits()


def test_a_split_loses_nothing_and_keeps_pairs():
    X, y = list(range(100)), [x * x for x in range(100)]
    a, b, ya, yb = nn.train_test_split(X, y, 0.3, rng=0)
    assert sorted(a + b) == X and len(b) == 30
    assert ya == [x * x for x in a] and yb == [x * x for x in b]


def test_batches_cover_everything_once_in_a_new_order():
    X = list(range(10))
    passes = [nn.batches(X, X, 3, rng=seed) for seed in (0, 1)]
    one, two = ([x for xs, ys in p for x in xs] for p in passes)
    assert sorted(one) == sorted(two) == X
    assert one != two


def test_a_confusion_matrix_has_the_accuracy_on_its_diagonal():
    outputs, targets = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], [0, 1, 1, 0]
    matrix = nn.confusion_matrix(outputs, targets, classes=3)
    assert matrix == [[2, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert nn.accuracy(outputs, targets) == 0.75


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.make_moons(1), "n_samples must be at least 2"),
        (lambda: nn.make_moons(10, noise=-1), "noise must be ≥ 0"),
        (lambda: nn.train_test_split([1, 2], [1]), "2 samples but 1 targets"),
        (lambda: nn.train_test_split([1, 2], [1, 2], 1.5), "test_size"),
        (lambda: list(nn.batches([1], [1], batch_size=0)), "batch_size"),
        (lambda: list(nn.batches([1], [])), "1 samples but 0 targets"),
        (lambda: nn.accuracy([], []), "at least one"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, message):
    with pytest.raises(ValueError, match=message):
        make()
