"""tables: four classic data sets of measurements, each against the linear model for it.

On small tables a network is seldom better than logistic or linear regression: the report says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .. import charts, plots
from ..data import Normalizer, k_fold
from ..history import History
from ..interpret import permutation_importance
from ..layers import MLP
from ..losses import cross_entropy, mse_loss
from ..metrics import accuracy, confusion_matrix, r2
from ..optim import Adam
from ..real_data import (
    feature_names,
    load_breast_cancer,
    load_diabetes,
    load_iris,
    load_wine,
)
from ..regularize import l2_penalty
from ..report import Report
from ..train import fit, predict
from .task import Level, Options, Task

FOLDS = 5


class Table(NamedTuple):
    """A data set, and how strongly its network is regularised."""

    load: Callable[[], tuple[list[list[float]], list[Any]]]
    classes: int  # 0: a number is to be told, not a class
    l2: float


TABLES = {
    "iris": Table(load_iris, 3, 2e-3),
    "wine": Table(load_wine, 3, 2e-3),
    "breast cancer": Table(load_breast_cancer, 2, 5e-3),
    "diabetes": Table(load_diabetes, 0, 3e-2),
}


class Outcome(NamedTuple):
    """What was measured in the held-out parts of one table."""

    network: float
    linear: float
    error: float  # of the linear model's figure
    blind: float
    outputs: list[Any]
    targets: list[Any]
    importance: list[float]  # of each column: what the figure loses if it is shuffled
    model: MLP
    history: History

    @property
    def margin(self) -> float:
        """By how many standard errors of the linear model the network is better than it."""
        return (self.network - self.linear) / self.error


def run(options: Options) -> Report:
    """Five-fold cross-validation: every row is held out once."""
    started = time.perf_counter()
    names = list(TABLES)[:: 3 if options.quick else 1]
    outcomes = {name: measured(TABLES[name], options) for name in names}
    seconds = time.perf_counter() - started

    report = Report(
        "Tables of measurements",
        "A small MLP on four classic tables, against logistic regression (classes) and linear "
        "regression (numbers): every row is held out once, in five folds.",
    )
    report.model = "MLP n-12-k"
    report.parameters = len(outcomes["iris"].model.parameters())
    report.measured = {
        "worst margin over the linear model, in its standard errors": min(
            outcome.margin for outcome in outcomes.values()
        )
    }
    report.baselines = {
        f"{name}: {outcome.network:{form(name)}}, linear": f"{outcome.linear:{form(name)}}"
        for name, outcome in outcomes.items()
    }
    report.figures = {
        f"{name}, {'R²' if name == 'diabetes' else 'accuracy'}": f"{outcome.network:{form(name)}}"
        for name, outcome in outcomes.items()
    } | {"training": f"{FOLDS * len(names)} networks, {seconds:.0f} s"}
    report.grid(
        "Held-out quality",
        ("table", "network", "linear model", "its standard error", "blind guess", "verdict"),
        [
            (
                name,
                f"{outcome.network:{form(name)}}",
                f"{outcome.linear:{form(name)}}",
                f"{outcome.error:{form(name)}}",
                f"{outcome.blind:{form(name)}}",
                verdict(outcome),
            )
            for name, outcome in outcomes.items()
        ],
        "The share of rows classified right; for diabetes R², the share of the spread that is "
        "explained. A blind guess is the most frequent class, or the mean. Such tables are small "
        "and nearly linear: there is little that a network could find beyond the simple model, "
        "and that it does not lose to it takes regularisation.",
    )
    for name, outcome in outcomes.items():
        if TABLES[name].classes:
            report.plot(
                f"Confusion matrix: {name}",
                plots.confusion(
                    confusion_matrix(outcome.outputs, outcome.targets, TABLES[name].classes),
                    what="rows",
                ).svg,
                "Rows held out: the class that it is (row), the class that was read (column).",
            )
        else:
            low, high = min(outcome.targets), max(outcome.targets)
            report.plot(
                f"Predicted against measured: {name}",
                charts.lines(
                    {"right": ((low, high), (low, high))},
                    "measured",
                    "predicted",
                    points={"patients": (outcome.targets, outcome.outputs)},
                ).svg,
                "Progression of the disease after a year. Predictions keep to the middle, where "
                "the measurements do not tell.",
            )
    for name in ("wine", "diabetes"):
        if name not in outcomes:
            continue
        drops = dict(zip(feature_names(name), outcomes[name].importance, strict=True))
        first = sorted(drops, key=lambda column: -drops[column])[:8]
        report.plot(
            f"What it goes by: {name}",
            charts.bars(
                {column: drops[column] for column in first},
                f"what {'R²' if name == 'diabetes' else 'the accuracy'} loses",
                f"{{:{form(name)}}}",
            ).svg,
            "Permutation importance: how much worse held-out rows are told when one column is "
            "shuffled among them. Columns that tell the same share their importance.",
        )
    report.plot(
        "Loss, last fold of iris",
        plots.training_curves(outcomes["iris"].history).svg,
        "Cross-entropy with the L2 penalty, after each step.",
    )
    report.table("Settings", _settings(options))
    return report


def measured(table: Table, options: Options) -> Outcome:
    """Network, linear model and blind guess on all held-out rows of five folds."""
    X, y = table.load()
    if options.quick:
        X, y = X[::3], y[::3]
    outputs: list[Any] = []
    linear: list[Any] = []
    blind: list[Any] = []
    targets: list[Any] = []
    drops: list[list[float]] = []
    for X_train, X_test, y_train, y_test in k_fold(X, y, FOLDS, rng=0):
        normalize = Normalizer(X_train)
        train, test = normalize(X_train), normalize(X_test)
        model, history, told, lost = _network(table, train, y_train, test, y_test, options)
        drops.append(lost)
        outputs += told
        linear += _linear(table, train, y_train, test)
        blind += [_middle(table, y_train)] * len(y_test)
        targets += y_test
    importance = [math.fsum(column) / len(drops) for column in zip(*drops, strict=True)]
    if table.classes:
        share = sum(p == t for p, t in zip(linear, targets, strict=True)) / len(targets)
        error = max(math.sqrt(share * (1 - share) / len(targets)), 1 / len(targets))
        guess = sum(p == t for p, t in zip(blind, targets, strict=True)) / len(targets)
        figures = (accuracy(outputs, targets), share, error, guess)
    else:
        figures = (r2(outputs, targets), r2(linear, targets), _error(linear, targets), 0.0)
    return Outcome(*figures, outputs, targets, importance, model, history)


def _network(
    table: Table,
    X: list[list[float]],
    y: list[Any],
    X_test: list[list[float]],
    y_test: list[Any],
    options: Options,
) -> tuple[MLP, History, list[Any], list[float]]:
    """An MLP of 12 tanh neurons, trained with an L2 penalty; what it says of the test rows.

    And the importance of each column for that.
    """
    model = MLP(
        len(X[0]), [12, table.classes or 1], "tanh", init="xavier_uniform", rng=options.seed
    )
    metric = accuracy if table.classes else r2
    scale = None if table.classes else Normalizer([[t] for t in y])

    def scaled(targets: list[Any]) -> list[Any]:
        return [t for (t,) in scale([[t] for t in targets])] if scale else targets

    history = fit(
        model,
        (X, scaled(y)),
        cross_entropy if table.classes else mse_loss,
        Adam(model.parameters(), lr=options.lr),
        epochs=options.epochs,
        penalty=l2_penalty(table.l2),
        metric=metric,
        schedule=lambda epoch: options.lr * (1 - 0.9 * epoch / options.epochs),
        rng=options.seed,
        compile=options.compile,
    )
    drops = permutation_importance(model, X_test, scaled(y_test), metric, 3, rng=options.seed)
    told = predict(model, X_test)
    if scale:
        told = [t for (t,) in scale.undo([[o] for o in told])]
    return model, history, told, drops


def _linear(table: Table, X: Any, y: Any, X_test: Any) -> list[Any]:
    """Logistic or linear regression, scikit-learn's."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    model = LogisticRegression(max_iter=2000) if table.classes else LinearRegression()
    told: list[Any] = model.fit(X, y).predict(X_test).tolist()
    return told


def _middle(table: Table, y: Sequence[Any]) -> Any:
    return max(set(y), key=list(y).count) if table.classes else math.fsum(y) / len(y)


def _error(told: Sequence[float], targets: Sequence[float]) -> float:
    """The standard error of R²: that of the mean squared error, over the targets' spread."""
    n = len(targets)
    squares = [(o - t) ** 2 for o, t in zip(told, targets, strict=True)]
    mean, middle = math.fsum(squares) / n, math.fsum(targets) / n
    deviation = math.sqrt(math.fsum((s - mean) ** 2 for s in squares) / n)
    return deviation / math.sqrt(n) / (math.fsum((t - middle) ** 2 for t in targets) / n)


def form(name: str) -> str:
    """How a table's figure is written: R² as a number, an accuracy in percent."""
    return ".3f" if name == "diabetes" else ".1%"


def verdict(outcome: Outcome) -> str:
    """Which of the two is better, and whether one may say so."""
    if abs(outcome.margin) < 1:
        return "no difference to speak of"
    return "the network is better" if outcome.margin > 0 else "the linear model is better"


def _settings(options: Options) -> dict[str, str]:
    return {
        "model": "an MLP of 12 tanh neurons, on columns scaled to mean 0 and deviation 1",
        "loss": "cross-entropy, or mean squared error, plus λ·Σp²; "
        + ", ".join(f"{name}: λ = {table.l2:g}" for name, table in TABLES.items()),
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a tenth, whole batch",
        "data": "scikit-learn's iris (150 rows), wine (178), breast cancer (569), diabetes (442)",
        "baseline": "scikit-learn's LogisticRegression and LinearRegression, as they come",
        "seed, epochs": f"{options.seed}, {options.epochs}; the folds are always the same",
    }


TASK = Task(
    name="tables",
    summary="iris, wine, breast cancer and diabetes against linear models (extra [data])",
    data="iris, wine, breast cancer, diabetes; scikit-learn",
    time="40 s",
    levels=(Level("worst margin over the linear model, in its standard errors", -1.0, form=".2f"),),
    epochs=150,
    lr=0.02,
    run=run,
)
