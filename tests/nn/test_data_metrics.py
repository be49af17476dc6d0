"""Data and metrics."""

import math
import pathlib
import sys
import sysconfig

import numpy as np
import pytest

import nn
from nn.corpora import make_names


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
    monkeypatch.setitem(sys.modules, "sklearn", None)
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


@pytest.mark.parametrize("outputs", [[0.7, -0.4, 0.1], [[0.7], [-0.4], [0.1]]])
@pytest.mark.parametrize("targets", [[1, 0, 0], [1, -1, -1], [[1.0], [-1.0], [-1.0]]])
@pytest.mark.parametrize("make", [list, np.array])
def test_a_single_score_may_be_in_a_list_and_the_targets_signs(outputs, targets, make):
    outputs, targets = make(outputs), make(targets)
    assert nn.predictions(outputs) == [1, 0, 1]
    assert nn.accuracy(outputs, targets) == 2 / 3
    assert nn.confusion_matrix(outputs, targets, classes=2) == [[1, 1], [0, 1]]
    assert nn.precision_recall_f1(outputs, targets) == (0.5, 1.0, 2 / 3)
    assert nn.precision_recall_f1(outputs, targets, positive=0) == (1.0, 0.5, 2 / 3)


def test_probabilities_have_a_threshold_of_a_half():
    probabilities, targets = [0.2, 0.9, 0.6], [0, 1, 0]
    assert nn.predictions(probabilities, threshold=0.5) == [0, 1, 1]
    assert nn.accuracy(probabilities, targets, threshold=0.5) == 2 / 3
    assert nn.confusion_matrix(probabilities, targets, 2, threshold=0.5) == [[1, 1], [0, 1]]
    assert nn.precision_recall_f1(probabilities, targets, threshold=0.5)[0] == 0.5


def test_samples_that_the_loss_ignores_do_not_count_for_the_accuracy():
    scores = [[2.0, 1.0], [1.0, 2.0], [2.0, 1.0]]
    assert nn.accuracy(scores, [0, 0, -100]) == 0.5
    assert math.isnan(nn.accuracy(scores, [-100] * 3))


def test_a_target_may_be_the_probabilities_of_the_classes():
    scores, y = [[2.0, 1.0, 0.0], [1.0, 2.0, 0.0]], [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]
    assert nn.accuracy(scores, y) == nn.accuracy(scores, [0, 2]) == 0.5
    model = nn.Linear(2, 3, rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    X = [[1.0, 0.0], [0.0, 1.0]]
    history = nn.fit(model, (X, y), nn.cross_entropy, optimizer, epochs=50, progress=False)
    assert history.train_metric[-1] == 1.0


def test_errors_of_numbers_in_lists():
    outputs, targets = [[1.0], [2.0], [4.0]], [1.0, 2.0, 3.0]
    assert nn.rmse(outputs, targets) == nn.rmse([1.0, 2.0, 4.0], targets) == math.sqrt(1 / 3)
    assert nn.r2(outputs, [[t] for t in targets]) == nn.r2([1.0, 2.0, 4.0], targets) == 0.5
    assert nn.rmse([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 6.0]]) == 1.0


def test_single_scores_cannot_tell_three_classes_apart():
    with pytest.raises(ValueError, match="give a list of 3 scores for each sample"):
        nn.confusion_matrix([0, 2, 1], [0, 2, 1], classes=3)


def test_a_confusion_matrix_has_the_accuracy_on_its_diagonal():
    outputs, targets = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], [0, 1, 1, 0]
    matrix = nn.confusion_matrix(outputs, targets, classes=3)
    assert matrix == [[2, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert nn.accuracy(outputs, targets) == 0.75


@pytest.mark.parametrize(
    "make",
    [
        nn.make_moons,
        nn.make_circles,
        nn.make_spirals,
        nn.make_blobs,
        nn.make_sine,
        lambda n, rng: nn.adding_problem(n, 10, rng=rng),
        lambda n, rng: nn.copy_task(n, 3, 5, rng=rng),
    ],
)
def test_toy_data_have_the_size_asked_for_and_depend_on_the_seed_alone(make):
    X, y = make(30, rng=1)
    assert len(X) == len(y) == 30
    assert make(30, rng=1) == (X, y)
    assert make(30, rng=2) != (X, y)


def test_classes_are_as_equal_as_can_be():
    _, y = nn.make_blobs(31, centers=3, rng=0)
    assert sorted(y.count(k) for k in range(3)) == [10, 10, 11]


def test_two_spirals_are_each_other_turned_by_half_a_circle():
    X, y = nn.make_spirals(40, noise=0.0, rng=0)
    first = sorted(x for x, label in zip(X, y, strict=True) if label == 0)
    second = sorted([-a, -b] for (a, b), label in zip(X, y, strict=True) if label == 1)
    assert all(p == pytest.approx(q) for p, q in zip(first, second, strict=True))


def test_always_answering_one_leaves_the_adding_problem_at_one_sixth():
    X, y = nn.adding_problem(20_000, 10, rng=0)
    assert all(sum(marker for _, marker in sequence) == 2 for sequence in X)
    assert sum((t - 1) ** 2 for t in y) / len(y) == pytest.approx(1 / 6, rel=0.03)


def test_the_copy_task_asks_for_the_symbols_after_the_signal():
    (x,), (y,) = nn.copy_task(1, length=3, delay=4, symbols=5, rng=0)
    assert x[:3] == y[-3:] and x[7] == 6 and x[3:7] == [0] * 4
    assert y[:7] == [0] * 7


@pytest.mark.parametrize(
    ("load", "rows", "columns", "classes"),
    [
        (nn.load_iris, 150, 4, 3),
        (nn.load_wine, 178, 13, 3),
        (nn.load_breast_cancer, 569, 30, 2),
        (nn.load_diabetes, 442, 10, None),
    ],
)
def test_tables_have_their_published_shape(load, rows, columns, classes):
    pytest.importorskip("sklearn")
    X, y = load()
    assert len(X) == len(y) == rows and {len(x) for x in X} == {columns}
    assert classes is None or set(y) == set(range(classes))


def test_sunspots_are_yearly_from_1700():
    pytest.importorskip("statsmodels")
    years, counts = nn.load_sunspots()
    assert years == list(range(1700, 2009)) and len(counts) == 309


def test_names_are_frozen_and_of_the_alphabet_they_promise():
    names = nn.load_names()
    assert names == sorted(set(names)) and len(names) == 4128
    assert all(make_names.NAME.fullmatch(name) for name in names)


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="made by Python 3.11.7")
def test_the_script_makes_the_frozen_names():
    made = make_names.names(pathlib.Path(sysconfig.get_paths()["stdlib"]))
    assert made == nn.load_names()


def test_three_parts_lose_nothing():
    X = list(range(50))
    parts = nn.train_validation_test_split(X, X, 0.2, 0.1, rng=0)
    assert [len(part) for part in parts[:3]] == [35, 10, 5]
    assert sorted(parts[0] + parts[1] + parts[2]) == X
    assert parts[:3] == parts[3:]


def test_in_k_folds_each_sample_is_held_out_once():
    X = list(range(10))
    folds = list(nn.k_fold(X, X, k=3, rng=0))
    assert sorted(x for _, test, _, _ in folds for x in test) == X
    assert all(sorted(train + test) == X for train, test, _, _ in folds)


def test_normalised_columns_have_mean_0_and_deviation_1_and_come_back():
    X = [[1.0, 7.0, 100.0], [2.0, 7.0, 300.0], [6.0, 7.0, 800.0]]
    normalize = nn.Normalizer(X)
    for column, varies in zip(zip(*normalize(X), strict=True), [1, 0, 1], strict=True):
        assert math.fsum(column) == pytest.approx(0.0, abs=1e-12)
        assert math.fsum(x * x for x in column) / 3 == pytest.approx(varies)
    assert normalize.undo(normalize(X)) == [pytest.approx(row) for row in X]


def test_metrics_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    outputs, targets = [0.5, -1.0, 2.0, 0.1, -0.3], [1, 0, 0, 1, 1]
    classes = nn.predictions(outputs)
    assert nn.precision_recall_f1(outputs, targets) == pytest.approx(
        metrics.precision_recall_fscore_support(targets, classes, average="binary")[:3]
    )
    assert nn.r2(outputs, targets) == pytest.approx(metrics.r2_score(targets, outputs))
    assert nn.rmse(outputs, targets) == pytest.approx(
        metrics.root_mean_squared_error(targets, outputs)
    )
    assert nn.confusion_matrix(outputs, targets, 2) == (
        metrics.confusion_matrix(targets, classes).tolist()
    )


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
        (lambda: nn.rmse([], []), "at least one"),
        (lambda: nn.make_circles(10, factor=2), "factor must be between 0 and 1, not 2"),
        (lambda: nn.make_blobs(10, centers=0), "centers must be at least 1"),
        (lambda: nn.make_parity(0), "n_bits"),
        (lambda: nn.make_sine(10, noise=math.nan), "noise must be ≥ 0, not nan"),
        (lambda: nn.adding_problem(1, 1), "length must be at least 2, not 1"),
        (lambda: nn.copy_task(1, 1, -1), "delay must be at least 0, not -1"),
        (lambda: list(nn.k_fold([1, 2], [1, 2], k=3)), "k must be from 2"),
        (lambda: nn.train_validation_test_split([1, 2], [1, 2], 0.6, 0.5), "leave something"),
        (lambda: nn.Normalizer([]), "at least one row"),
        (lambda: nn.Normalizer([[1.0], [1.0, 2.0]]), r"rows must be of one length, not \[1, 2\]"),
        (lambda: nn.Normalizer([[1.0, 2.0]])([[1.0]]), "must have 2 numbers, .* row 0 has 1"),
        (lambda: nn.Normalizer([[1.0, 2.0]]).undo([[1.0]]), "must have 2 numbers"),
        (
            lambda: nn.accuracy([[1.0, 2.0]], [[3.0, 4.0]]),
            r"targets\[0\] must be a class index, .*rmse",
        ),
        (lambda: nn.accuracy([[1.0, 2.0]], [[]]), r"targets\[0\] must be a class index"),
        (lambda: nn.r2([], []), "r2: there must be one target per output and at least one"),
        (lambda: nn.rmse([[1.0, 2.0]], [1.0]), r"rmse: outputs\[0\] has 2 numbers, .* 1"),
        (lambda: nn.precision_recall_f1([1.0], [1, 0]), "1 outputs and 2 targets"),
        (lambda: nn.confusion_matrix([[1, 2]], [2], 2), r"targets\[0\] is of class 2.0"),
        (lambda: nn.confusion_matrix([[1, 2]], [-1], 2), r"targets\[0\] is of class -1.0"),
        (lambda: nn.confusion_matrix([[1, 2, 3]], [1], 2), r"outputs\[0\] is of class 2"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# --- pandas, which is indexed by labels -----------------------------------------------------------


@pytest.fixture
def shuffled():
    """A table whose rows were shuffled, as ``df.sample(frac=1)`` does: the target is b > 0."""
    pandas = pytest.importorskip("pandas")
    labels = [4, 1, 5, 3, 2, 9]
    b = [-1.0, 1.0, 1.0, -1.0, 1.0, -1.0]
    table = pandas.DataFrame({"a": range(6), "b": b}, index=labels, dtype=float)
    return table, pandas.Series([1 if x > 0 else -1 for x in b], index=labels)


def test_rows_of_pandas_are_taken_by_position(shuffled):
    X, y = shuffled
    parts = [
        *[(xs, ys) for xs, ys in nn.batches(X, y, 4, rng=0)],
        *[(X_test, y_test) for _, X_test, _, y_test in nn.k_fold(X, y, 3, rng=0)],
        nn.train_test_split(X, y, 0.5, rng=0)[::2],
        nn.train_test_split(X.to_numpy().tolist(), y, 0.5, rng=0)[1::2],
    ]
    for xs, ys in parts:
        assert [math.copysign(1, b) for _, b in xs] == list(ys)


@pytest.mark.parametrize("compile", [False, True])
@pytest.mark.parametrize("batch_size", [None, 2])
def test_fit_and_predict_take_rows_of_pandas_by_position(shuffled, batch_size, compile):
    X, y = shuffled
    found = []
    for data in shuffled, (X.to_numpy().tolist(), y.tolist()):
        model = nn.MLP(2, [1], rng=0)
        options = {"batch_size": batch_size, "rng": 0, "progress": False, "compile": compile}
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        history = nn.fit(model, data, nn.hinge_loss, optimizer, validation=data, **options)
        found.append((history.losses, history.validation_loss, nn.predict(model, data[0])))
    assert found[0] == found[1]


def test_class_labels_may_be_a_column_of_pandas(shuffled):
    _, y = shuffled
    loss = nn.cross_entropy([[0.0, 1.0]] * 6, (y + 1) // 2)
    assert loss == pytest.approx(nn.cross_entropy([[0.0, 1.0]] * 6, [0, 1, 1, 0, 1, 0]))
