"""fitting: a network that is too small, one that is too large, and what cures the second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import Value

from .. import charts, plots
from ..containers import Sequential
from ..dropout import Dropout
from ..history import History
from ..init import generator
from ..layers import Layer, Linear
from ..losses import binary_cross_entropy_with_logits
from ..metrics import accuracy
from ..module import Module
from ..optim import Adam
from ..plots.comparison import Fit
from ..regularize import l1_penalty, l2_penalty
from ..report import Report
from ..toy_data import make_moons
from ..train import fit, predict
from .task import Level, Options, Task

POINTS, NOISE = 40, 0.3
LARGE = (24, 24)
SIZES = (2, 4, 8, 16, 24, 48)

Data = tuple[list[list[float]], list[int]]


class Classifier(Module):
    """Layers of relu neurons of these widths, with dropout after each, and one logit."""

    def __init__(self, widths: Sequence[int], dropout: float, seed: int) -> None:
        rng = generator(seed)
        layers: list[Module] = []
        below = 2
        for width in widths:
            layers.append(Layer(below, width, "relu", rng=rng))
            if dropout:
                layers.append(Dropout(dropout, rng=rng))
            below = width
        self.layers = Sequential(*layers, Linear(below, 1, rng=rng))

    def forward(self, point: Sequence[float]) -> Value:
        [logit] = self.layers(point)
        return logit  # type: ignore[no-any-return]


class Case(NamedTuple):
    """One way to train: the network, and what keeps it from learning the points by heart."""

    widths: tuple[int, ...]
    penalty: Callable[[Sequence[Value]], Value] | None = None
    dropout: float = 0.0
    patience: int | None = None
    points: int = POINTS


UNCURED = {
    "too small": Case(()),
    "about right": Case((4,)),
    "too large": Case(LARGE),
}
CURES = {
    "L1": Case(LARGE, penalty=l1_penalty(4e-3)),
    "L2": Case(LARGE, penalty=l2_penalty(5e-3)),
    "dropout": Case(LARGE, dropout=0.4),
    "early stopping": Case(LARGE, patience=50),
    "ten times the data": Case(LARGE, points=10 * POINTS),
}


class Outcome(NamedTuple):
    """A trained network, its history, and how good it is on points that nothing was chosen by."""

    model: Classifier
    data: Data
    history: History
    loss: float
    accuracy: float
    train_loss: float

    def row(self) -> tuple[str, ...]:
        """As texts."""
        return (
            f"{len(self.model.parameters())}",
            f"{self.train_loss:.3f}",
            f"{self.loss:.3f}",
            f"{self.accuracy:.1%}",
        )


def run(options: Options) -> Report:
    """Train each network on the same 40 noisy points (one cure: on more), test on 1,000."""
    started = time.perf_counter()
    outcomes = {name: trained(case, options) for name, case in (UNCURED | CURES).items()}
    known = {LARGE: outcomes["too large"]}
    sizes = SIZES[::3] if options.quick else SIZES
    grown = [known.get((h, h)) or trained(Case((h, h)), options) for h in sizes]
    seconds = time.perf_counter() - started
    large = outcomes["too large"]
    ratios = {name: outcomes[name].loss / large.loss for name in CURES}

    report = Report(
        "Underfitting and overfitting",
        f"Two half circles so noisy that they overlap, and {POINTS} points to learn them from: a "
        "network that is too small does not see the shape, one that is too large learns the points "
        "by heart, and five cures for that.",
    )
    report.model, report.parameters = "MLP 2-24-24-1", len(large.model.parameters())
    report.measured = {
        "worst held-out loss of a cure over that without": max(ratios.values()),
        "held-out loss over training loss, without a cure": large.loss / large.train_loss,
    }
    report.baselines = {f"{name}, held-out loss": f"{outcomes[name].loss:.2f}" for name in UNCURED}
    report.figures = {
        "held-out loss, too large": f"{large.loss:.2f}",
        "worst of the cures": f"{max(outcomes[name].loss for name in CURES):.2f}",
        "too small": f"{outcomes['too small'].loss:.2f}",
        "about right": f"{outcomes['about right'].loss:.2f}",
        "training": f"{len(outcomes) + len(sizes)} networks, {seconds:.0f} s",
    }
    report.plot(
        "What each network makes of the plane",
        plots.compare_fits(
            [_panel(name, outcome) for name, outcome in outcomes.items()],
            squash=lambda logit: math.tanh(logit / 2),
            resolution=10 if options.quick else 40,
        ).svg,
        "The darker, the surer (the probability of one class less that of the other). The network "
        "without a cure bends around single points, and is sure of itself everywhere; below, its "
        "held-out loss rises while that in training goes to 0. Losses are without penalties; those "
        "of dropout in training are with the gaps. The dotted line: where early stopping went back "
        "to, which 100 points decide that are in none of the figures here.",
    )
    report.grid(
        "In numbers",
        ("network", "parameters", "loss in training", "held out", "accuracy held out"),
        [(name, *outcome.row()) for name, outcome in outcomes.items()],
        _remark(outcomes),
    )
    report.plot(
        "Held-out loss",
        charts.bars(
            {name: outcome.loss for name, outcome in outcomes.items()},
            "cross-entropy on 1,000 held-out points, nats",
            form="{:.2f}",
            ours="too large",
        ).svg,
        "What remains in the best of them is the overlap of the classes, which nobody can learn.",
    )
    report.plot(
        "Size of the network",
        charts.lines(
            {
                "training": (sizes, [max(outcome.train_loss, 1e-4) for outcome in grown]),
                "held out": (sizes, [outcome.loss for outcome in grown]),
            },
            "neurons in each of two hidden layers",
            "loss",
            log_y=True,
        ).svg,
        "Without a cure, after the same number of epochs (losses below 0.0001 are drawn there).",
    )
    report.table("Settings", _settings(options))
    return report


def trained(case: Case, options: Options) -> Outcome:
    """One network, trained on its points, and tested."""
    seed = 10 * options.seed  # so that neighbouring seeds share no points
    points = case.points // 4 if options.quick else case.points
    data = make_moons(points, NOISE, rng=seed + (case.points > POINTS))
    watched = make_moons(100, NOISE, rng=seed + 2)
    X_test, y_test = make_moons(100 if options.quick else 1000, NOISE, rng=seed + 3)
    epochs = min(options.epochs, 3) if options.quick else options.epochs
    model = Classifier(case.widths, case.dropout, options.seed)
    history = fit(
        model,
        data,
        binary_cross_entropy_with_logits,
        Adam(model.parameters(), lr=options.lr),
        epochs=epochs,
        penalty=case.penalty,
        validation=watched,
        metric=log_loss,
        patience=case.patience,
        rng=options.seed,
        compile=options.compile,
    )
    told = predict(model, X_test)
    return Outcome(
        model,
        data,
        history,
        log_loss(told, y_test),
        accuracy(told, y_test),
        log_loss(predict(model, data[0]), data[1]),
    )


def log_loss(logits: Sequence[Any], labels: Sequence[int]) -> float:
    """The mean of −ln(probability of the right class), a plain number.

    >>> round(log_loss([0.0, 2.0, -1000.0], [0, 1, 1]), 4)
    333.6067
    """
    total = 0.0
    for logit, label in zip(logits, labels, strict=True):
        z = float(logit.item() if hasattr(logit, "item") else logit)
        z = z if label else -z  # the logit of the right class
        total += math.log1p(math.exp(-abs(z))) + max(-z, 0.0)
    return total / len(labels)


def _panel(name: str, outcome: Outcome) -> Fit:
    history = outcome.history
    return Fit(
        f"{name}: {outcome.loss:.2f}",
        lambda points: predict(outcome.model, points),
        *outcome.data,
        history.train_metric,
        history.validation_metric,
        history.best_epoch if history.stopped_early else None,
    )


def _remark(outcomes: dict[str, Outcome]) -> str:
    """What the numbers say, whatever they are."""
    best = min(outcomes, key=lambda name: outcomes[name].loss)
    surest = max(outcomes, key=lambda name: outcomes[name].accuracy)
    large, line = outcomes["too large"], outcomes["too small"]
    text = f"The smallest held-out loss has “{best}”, the best accuracy “{surest}”. "
    if line.loss < large.loss:
        text += (
            "Even the straight line has a smaller loss than the network without a cure"
            + (", though a worse accuracy" if line.accuracy < large.accuracy else "")
            + ": what costs it most is to be sure where it is wrong. "
        )
    return text + (
        "A network of the right size needs no cure; but which size is right has to be found out, "
        "with held-out points again."
    )


def _settings(options: Options) -> dict[str, str]:
    return {
        "too small": "Linear(2, 1), a straight line",
        "about right": "MLP 2-4-1, relu",
        "too large": "MLP 2-24-24-1, relu; the cures have the same network",
        "cures": "L1: 0.004·Σ|p|; L2: 0.005·Σp²; dropout 0.4 after each hidden layer; early "
        f"stopping after 50 epochs without progress; {10 * POINTS} points",
        "loss": "binary cross-entropy of the logit",
        "optimiser": f"Adam, learning rate {options.lr:g}, whole batch",
        "data": f"two moons, noise {NOISE}: {POINTS} points to train, 100 to watch, 1,000 to test",
        "seed, epochs": f"{options.seed}, {options.epochs}; another seed has other points",
    }


TASK = Task(
    name="fitting",
    summary="under- and overfitting on purpose, and five cures",
    data=f"two moons, noise {NOISE}, {POINTS} points to train, 1,000 to test",
    time="40 s",
    levels=(
        Level("worst held-out loss of a cure over that without", 0.5, most=True, form=".2f"),
        Level("held-out loss over training loss, without a cure", 10.0, form=".0f"),
    ),
    epochs=400,
    lr=0.02,
    run=run,
)
