"""locate: a convolution says which digit lies on a larger canvas, and where.

A net that reads 8×8 digits is slid over the canvas: for each place it has ten logits, and the
softmax is over all places and digits at once. One index says both what and where.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from autograd import Value

from .. import charts, plots
from ..activations import ReLU
from ..containers import Flatten
from ..convolution import Conv2d
from ..data import train_test_split
from ..init import generator
from ..metrics import confusion_matrix
from ..module import Module
from ..real_data import load_digits
from ..report import Report
from .locate_canvases import DIGIT, ROOM, SIDE, Array, baselines, read, scattered
from .task import Level, Options, Task
from .training import Training


class Slid(Module):
    """Small kernels find strokes; kernels as large as a digit, slid over those, find digits."""

    def __init__(self, seed: int) -> None:
        rng = generator(seed)
        self.strokes = Conv2d(1, 6, 3, rng=rng)  # 6 channels of 14×14
        self.digits = Conv2d(6, 10, 6, rng=rng)  # 10 channels of 9×9: places of a corner
        self.relu, self.flatten = ReLU(), Flatten()

    def forward(self, canvas: Any) -> list[Value]:
        """Logits of digit 0 at all places, row by row, then those of digit 1, …."""
        logits: list[Value] = self.flatten(self.digits(self.relu(self.strokes([canvas]))))
        return logits


def run(options: Options) -> Report:
    """Train on 80 % of the digits, on new canvases in each epoch; test on the others."""
    images, labels = load_digits()
    if options.quick:
        options = replace(options, epochs=min(options.epochs, 3))
        images, labels = images[:50], labels[:50]
    # The split and the test canvases are always the same, whatever the seed.
    X, X_test, y, y_test = map(np.array, train_test_split(images, labels, test_size=0.2, rng=0))
    twice = 1 if options.quick else 2
    test = scattered(np.tile(X_test, (twice, 1)), np.tile(y_test, twice), np.random.default_rng(0))
    X, y = np.tile(X, (twice, 1)), np.tile(y, twice)

    started = time.perf_counter()
    model = Slid(options.seed)
    training = Training(model, options, batch=2 if options.quick else 32)

    def new_canvases(rng: np.random.Generator) -> tuple[Array, Array]:
        canvases = scattered(X, y, rng)
        return canvases.pictures, canvases.targets

    losses = training.fit(new_canvases)
    seconds = time.perf_counter() - started
    logits = training.logits(test.pictures)
    found = read(logits)
    simple = baselines(scattered(X, y, np.random.default_rng(options.seed)), test)
    overlap = float(found.overlap(test).mean())

    report = Report(
        "Digits on a canvas",
        f"A convolution names a digit of 8×8 pixels and finds it on a canvas of {SIDE}×{SIDE}.",
    )
    report.model = "Conv2d(1, 6, 3), Conv2d(6, 10, 6)"
    report.parameters = len(model.parameters())
    report.measured = {"test accuracy": found.correct(test), "overlap of the boxes": overlap}
    report.baselines = {
        "most frequent digit": f"{max(np.bincount(test.digits)) / len(test.digits):.1%}",
        "linear": f"{simple['linear'].correct(test):.1%}, "
        f"overlap {simple['linear'].overlap(test).mean():.1%}",
        "centre of mass: overlap": f"{simple['centre of mass'].overlap(test).mean():.1%}",
    }
    exact = float(np.mean(found.overlap(test) == 1.0))
    report.figures = {
        "digits named right": f"{found.correct(test):.1%}",
        "overlap of the boxes": f"{overlap:.1%}",
        "found to the pixel": f"{exact:.1%}",
        "parameters": str(report.parameters),
        "training": f"{len(losses)} epochs, {seconds:.0f} s",
    }
    wrong = [*np.argsort((found.digits == test.digits) * 1.0 + found.overlap(test), kind="stable")]
    shown = [*wrong[:8], *wrong[-16:]]
    report.plot(
        "Canvases it has not seen",
        charts.boxes(
            list(test.pictures[shown]),
            [
                f"{test.digits[i]} ✓" if test.digits[i] == found.digits[i]
                else f"{test.digits[i]} → {found.digits[i]}"
                for i in shown
            ],
            {
                "is": [(test.rows[i], test.columns[i]) for i in shown],
                "said": [(found.rows[i], found.columns[i]) for i in shown],
            },
            DIGIT,
        ).svg,
        "The first row has the worst of all, the others are usual. Full line: where the digit is; "
        "dashed: where it was said to be.",
    )  # fmt: skip
    report.grid(
        "Against simpler methods",
        ("method", "digits named right", "mean overlap", "to the pixel"),
        [
            (
                name,
                f"{said.correct(test):.1%}" if name != "centre of mass" else "–",
                f"{said.overlap(test).mean():.1%}",
                f"{np.mean(said.overlap(test) == 1.0):.1%}",
            )
            for name, said in {"the slid net": found, **simple}.items()
        ],
        "Overlap is what two boxes share, of what they cover together. Linear: least squares from "
        "all pixels to class, row and column, as good as blind for the class, since a stroke may "
        "lie anywhere. The centre of mass is corrected by a straight line for what the noise adds.",
    )
    best = logits[shown[8:16]]
    shares = np.exp(best - best.max(axis=1, keepdims=True))
    maps = shares.reshape(-1, 10, ROOM, ROOM).sum(axis=1)
    maps /= maps.max(axis=(1, 2), keepdims=True)
    report.plot(
        "Where it looks",
        charts.pictures(
            list(np.maximum(maps, 0.1)), [str(test.digits[i]) for i in shown[8:16]]
        ).svg,
        "For the second row above: the probability of each place of the upper left corner.",
    )
    weights = [[[w.data for w in row] for row in kernel] for (kernel,) in model.strokes.weight]
    report.plot(
        "The strokes that it looks for",
        plots.kernels(weights).svg,
        "The kernels of the first convolution, the same over the whole canvas.",
    )
    report.plot(
        "Confusion matrix",
        plots.confusion(
            confusion_matrix(np.eye(10)[found.digits].tolist(), test.digits.tolist(), classes=10)
        ).svg,
        "Test canvases: the digit that it is (row), the digit that was read (column).",
    )
    epochs = list(range(1, len(losses) + 1))
    report.plot(
        "Loss",
        charts.lines({"loss": (epochs, losses)}, "epoch", "cross-entropy", log_y=True).svg,
        f"Over {10 * ROOM * ROOM} digits and places; to say nothing costs "
        f"{math.log(10 * ROOM * ROOM):.1f}. Each epoch has new canvases.",
    )
    report.table("Settings", _settings(options, len(X), len(test.digits)))
    return report


def _settings(options: Options, train: int, test: int) -> dict[str, str]:
    return {
        "model": "Conv2d(1, 6, 3), relu, Conv2d(6, 10, 6): 10 logits for each of "
        f"{ROOM}×{ROOM} places",
        "loss": "cross-entropy of one softmax over digits and places",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a tenth, batches of 32",
        "data": f"scikit-learn's digits on noise up to 0.4 and four specks; {train} canvases an "
        f"epoch, {test} of other digits to test (fixed)",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="locate",
    summary="name a digit on a larger canvas, and find it (needs the extra [data])",
    data="1,797 digits on canvases of 16×16, scikit-learn",
    time="30 s",
    levels=(Level("test accuracy", 0.9), Level("overlap of the boxes", 0.95)),
    epochs=12,
    lr=0.02,
    run=run,
)
