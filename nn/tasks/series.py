"""series: a GRU that forecasts the yearly number of sunspots, one year ahead and further."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import autograd
from autograd import Value

from .. import charts, plots
from ..data import Normalizer
from ..diagnose import GradientFlow, gradient_flow
from ..init import generator
from ..layers import MLP, Linear
from ..losses import mse_loss
from ..metrics import rmse
from ..module import Module
from ..optim import Adam
from ..real_data import load_sunspots
from ..recurrent import GRU, LSTM, RNN
from ..regularize import l2_penalty
from ..report import Report
from ..train import fit
from .task import Level, Options, Task, lasted

LAGS, HELD_OUT, HORIZONS = 22, 50, 10  # two cycles of the sun are about 22 years
BATCH = 79  # the 237 windows that there are to train on: three batches, and one program

Step = Callable[[list[float]], float]
"""What comes next, told from all that was before."""


class Forecaster(Module):
    """Reads the last 22 years one after the other, and tells the next from its last state."""

    def __init__(self, kind: type[GRU] | type[RNN] | type[LSTM], seed: int) -> None:
        rng = generator(seed)
        self.memory = kind(1, 8, rng=rng)
        self.head = Linear(8, 1, rng=rng)

    def forward(self, window: Sequence[float]) -> Value:
        states, _ = self.memory([[number] for number in window])
        return self.head(states[-1])[0]


class Choice(NamedTuple):
    """A model: its name, how it is made from a seed, the strength of its L2 penalty."""

    title: str
    make: Callable[[int], Module]
    l2: float


MODELS = {
    "gru": Choice("GRU(8)", lambda seed: Forecaster(GRU, seed), 2e-3),
    "rnn": Choice("RNN(8)", lambda seed: Forecaster(RNN, seed), 2e-3),
    "lstm": Choice("LSTM(8)", lambda seed: Forecaster(LSTM, seed), 2e-3),
    "mlp": Choice(
        "MLP 22-16-1",
        lambda seed: MLP(LAGS, [16, 1], "tanh", init="xavier_uniform", rng=seed),
        3e-2,
    ),
}


def run(options: Options) -> Report:
    """Train on the years up to 1958, forecast each of the 50 years after them."""
    years, numbers = load_sunspots()
    first = len(numbers) - HELD_OUT  # of the held-out years
    # Large numbers spread more than small ones; their square roots spread evenly.
    roots = [math.sqrt(number) for number in numbers]
    normalize = Normalizer([[root] for root in roots[:first]])
    series = [z for (z,) in normalize([[root] for root in roots])]

    def undo(z: float) -> float:
        [[root]] = normalize.undo([[z]])
        return max(root, 0.0) ** 2

    windows = [series[t - LAGS : t] for t in range(LAGS, len(series))]
    X, y = windows[:-HELD_OUT], series[LAGS:first]
    X_test, y_test = windows[-HELD_OUT:], series[first:]
    if options.quick:
        X, y, X_test, y_test = X[-4:], y[-4:], X_test[:4], y_test[:4]
    epochs = min(options.epochs, 3) if options.quick else options.epochs

    chosen = MODELS[options.model]
    model = chosen.make(options.seed)
    before = _flow(model, X_test, y_test)
    history = fit(
        model,
        (X, y),
        mse_loss,
        Adam(model.parameters(), lr=options.lr),
        epochs=epochs,
        batch_size=min(BATCH, len(X)),
        penalty=l2_penalty(chosen.l2),
        validation=(X_test, y_test),
        metric=rmse,
        schedule=lambda epoch: options.lr * (1 - 0.95 * epoch / epochs),
        rng=options.seed,
        compile=options.compile,
    )
    after = _flow(model, X_test, y_test)

    told = {
        chosen.title: forecasts(_step_of(model, options.compile), series, first, undo),
        "AR(9)": forecasts(autoregression(numbers[:first], 9), numbers, first),
        "AR(9) of the roots": forecasts(autoregression(series[:first], 9), series, first, undo),
        "persistence": forecasts(lambda past: past[-1], numbers, first),
    }
    truth = numbers[first:]
    errors = {name: [rmse(f, truth) for f in per_step] for name, per_step in told.items()}
    ours = errors[chosen.title]

    report = Report(
        "Sunspots",
        f"{chosen.title} forecasts the yearly number of sunspots: trained on {years[0]} to "
        f"{years[first - 1]}, tested on the {HELD_OUT} years after. Further than one year ahead, "
        "its own forecasts are fed back.",
    )
    report.model, report.parameters = f"{chosen.title}, 22 lags", len(model.parameters())
    report.measured = {"one-step RMSE": ours[0], "five-step RMSE": ours[4]}
    report.baselines = {
        name: f"{e[0]:.1f}; {e[4]:.1f}" for name, e in errors.items() if e is not ours
    }
    report.figures = {
        "RMSE, one year ahead": f"{ours[0]:.1f}",
        "RMSE, five years ahead": f"{ours[4]:.1f}",
        "AR(9)": report.baselines["AR(9)"],
        "persistence": report.baselines["persistence"],
        "parameters": str(report.parameters),
        "training": lasted(history),
    }
    report.plot(
        "Forecasts of the held-out years",
        charts.lines(
            {
                "one year ahead": (years[first:], told[chosen.title][0]),
                "five years ahead": (years[first:], told[chosen.title][4]),
                "AR(9), five years ahead": (years[first:], told["AR(9)"][4]),
            },
            "year",
            "sunspots",
            points={"measured": (years[first - 15 :], numbers[first - 15 :])},
            marks={"held out from here on": years[first] - 0.5},
        ).svg,
        "Each forecast was made with the numbers up to one year, or five, before.",
    )
    report.plot(
        "Error by horizon",
        charts.lines(
            {name: (range(1, HORIZONS + 1), e) for name, e in errors.items()},
            "years ahead",
            "RMSE, sunspots",
        ).svg,
        _verdict(told, truth, chosen.title),
    )
    report.grid(
        "The same in numbers",
        ("years ahead", *map(str, range(1, HORIZONS + 1))),
        [(name, *(f"{error:.1f}" for error in e)) for name, e in errors.items()],
        "AR(9) is linear in the nine years before, fitted by least squares on the same years; "
        "once on the numbers, once on their roots, which is what the network is given. "
        "Persistence says: as now.",
    )
    report.plot(
        "Loss",
        plots.training_curves(history, "RMSE").svg,
        "Of the normalised roots, one year ahead; the loss in training is their mean square, "
        "with the L2 penalty. The held-out curve is shown only: nothing is chosen by it.",
    )
    report.plot(
        "Gradient flow",
        plots.gradient_flow_map({"before training": before, "trained": after}).svg,
        f"How much of the gradient at the last of the {LAGS} years gets back to the years before, "
        "over held-out windows. What comes back weak teaches the network little about so long ago."
        if after.has_steps
        else "The sizes of the gradients at each layer, over the held-out windows.",
    )
    report.table("Settings", _settings(options, chosen, len(X)))
    return report


def forecasts(
    step: Step, series: Sequence[float], first: int, undo: Callable[[float], float] = float
) -> list[list[float]]:
    """For each horizon from 1 on, what is told of the items from ``first`` on.

    What is told h steps ahead knows the items up to h before, and feeds its forecasts back.

    >>> forecasts(lambda past: past[-1] + 1, [0.0, 5.0, 7.0, 7.0], 3)[:3]
    [[8.0], [7.0], [3.0]]
    """
    told: list[list[float]] = [[] for _ in range(min(HORIZONS, first))]
    for known in range(first - len(told) + 1, len(series)):
        path = list(series[:known])
        for horizon, row in enumerate(told, start=1):
            path.append(step(path))
            if first <= known + horizon - 1 < len(series):
                row.append(undo(path[-1]))
    return told


def autoregression(series: Sequence[float], order: int) -> Step:
    """A constant and a weight for each of the last ``order`` items, by least squares.

    >>> step = autoregression([1.0, 2.0, 4.0, 8.0, 16.0], 1)
    >>> round(step([5.0]), 6)
    10.0
    """
    import numpy as np

    rows = [[1.0, *series[t - order : t]] for t in range(order, len(series))]
    solution = np.linalg.lstsq(np.array(rows), np.array(series[order:]), rcond=None)[0]
    constant, *weights = solution.tolist()

    def step(past: list[float]) -> float:
        return float(constant + sum(w * x for w, x in zip(weights, past[-order:], strict=True)))

    return step


def _step_of(model: Module, compiled: bool) -> Step:
    """The model's forecast; compiled, for there are some 600 to make, one after the other."""
    if compiled:
        program = autograd.compile(model)
        return lambda past: program(past[-LAGS:])

    def step(past: list[float]) -> float:
        with autograd.no_grad():
            return float(model(past[-LAGS:]).item())

    return step


def _flow(model: Module, X: Sequence[Any], y: Sequence[float]) -> GradientFlow:
    return gradient_flow(mse_loss(model.on_batch(X[::5]), list(y[::5])), model)


def _verdict(told: dict[str, list[list[float]]], truth: Sequence[float], ours: str) -> str:
    """Who is better one year ahead and five, in words, and how sure that is."""
    text = ""
    for h, ahead in ((0, "One year"), (4, "Five years")):
        error = {name: rmse(per_step[h], truth) for name, per_step in told.items()}
        linear = min(("AR(9)", "AR(9) of the roots"), key=lambda name: error[name])
        better = "the network" if error[ours] < error[linear] else "the linear model"
        sigmas = margin(told[ours][h], told[linear][h], truth)
        text += (
            f"{ahead} ahead, {ours} has {error[ours]:.1f} and {linear}, the better linear model, "
            f"{error[linear]:.1f}: {better} is better by {abs(sigmas):.1f} standard errors"
            f"{', which is no difference to speak of' if abs(sigmas) < 1 else ''}. "
        )
    return text + (
        f"The {HELD_OUT} years are four and a half cycles only. Persistence is worst at half a "
        "cycle of the sun, and gets better again as the cycle comes round."
    )


def margin(told: Sequence[float], other: Sequence[float], truth: Sequence[float]) -> float:
    """By how many standard errors the squared errors are smaller than another's, year by year.

    >>> margin([1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0])
    2.0
    """
    gains = [(o - t) ** 2 - (f - t) ** 2 for f, o, t in zip(told, other, truth, strict=True)]
    mean = math.fsum(gains) / len(gains)
    deviation = math.sqrt(math.fsum((gain - mean) ** 2 for gain in gains) / len(gains))
    return mean / deviation * math.sqrt(len(gains)) if deviation else 0.0


def _settings(options: Options, chosen: Choice, windows: int) -> dict[str, str]:
    return {
        "model": f"{chosen.title} on the {LAGS} years before"
        + ("" if options.model == "mlp" else ", read one after the other; Linear(8, 1)"),
        "loss": f"mean squared error of the normalised roots + {chosen.l2:g}·Σp²",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a twentieth, "
        f"batches of {min(BATCH, windows)}",
        "data": f"statsmodels' sunspots, {windows} windows to train, {HELD_OUT} years held out",
        "seed, epochs": f"{options.seed}, {options.epochs}",
        "how this was chosen": "on 1909 to 1958, with the years before to train on",
    }


TASK = Task(
    name="series",
    summary="a GRU forecasts yearly sunspots, against autoregression (extra [data])",
    data="309 years of sunspots, statsmodels; the last 50 held out",
    time="25 s",
    levels=(
        Level("one-step RMSE", 16.0, most=True, form=".1f", model="gru"),
        Level("five-step RMSE", 33.0, most=True, form=".1f", model="gru"),
    ),
    epochs=300,
    lr=0.02,
    run=run,
    models=tuple(MODELS),
)
