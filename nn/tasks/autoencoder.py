"""autoencoder: digits squeezed into two numbers and back, without any labels.

A narrow layer in the middle forces the network to find what images have in common. The same
idea cleans noisy images, and finds features with which 50 labels go further.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import autograd

from .. import charts, plots
from ..activations import Sigmoid
from ..containers import Sequential
from ..data import train_test_split
from ..history import History
from ..init import generator
from ..layers import MLP
from ..losses import mse_loss
from ..metrics import mse
from ..module import Module
from ..optim import Adam
from ..principal_components import principal_components
from ..real_data import load_digits
from ..report import Report
from ..train import fit, predict
from .few_labels import DRAWS, PER_CLASS, Images, Rows, few_labels, neighbours, verdict
from .task import Level, Options, Task

NOISE = 0.3


class Noise(Module):
    """Adds Gaussian noise to every number while training."""

    def __init__(self, deviation: float, rng: random.Random) -> None:
        self.deviation, self.rng = deviation, rng

    def forward(self, x: Sequence[Any]) -> list[Any]:
        if not self.training:
            return list(x)
        return [xi + autograd.redrawn(self._draw) for xi in x]

    def _draw(self) -> float:
        return self.rng.gauss(0.0, self.deviation)


class Autoencoder(Module):
    """An encoder 64-64-32-code and its mirror image; pixels come out of a sigmoid."""

    def __init__(self, code: int, noise: float, seed: int) -> None:
        rng = generator(seed)
        self.noise = Noise(noise, rng)
        self.encoder = MLP(64, [64, 32, code], "elu", init="xavier_uniform", rng=rng)
        decoder = MLP(code, [32, 64, 64], "elu", init="xavier_uniform", rng=rng)
        self.decoder = Sequential(decoder, Sigmoid())

    def forward(self, pixels: Sequence[float]) -> list[Any]:
        code = self.encoder(self.noise(pixels))
        image: list[Any] = self.decoder(code)
        return image


def run(options: Options) -> Report:
    """Train on 80 % of the images; everything is measured on the rest."""
    images, labels = load_digits()
    if options.quick:
        images, labels = images[:120], labels[:120]
        options = replace(options, compile=False)  # it does not pay for a few samples
    X, X_test, y, y_test = train_test_split(images, labels, test_size=0.2, rng=0)
    started = time.perf_counter()

    model, history = trained(Autoencoder(2, 0.0, options.seed), X, options)
    rebuilt = predict(model, X_test, compile=options.compile)
    codes, codes_test = (
        predict(model.encoder, rows, compile=options.compile) for rows in (X, X_test)
    )
    pca = principal_components(X, 2)
    flat, flat_test = pca.points, [pca.point(row) for row in X_test]
    error = mean_squared_error(rebuilt, X_test)
    pca_error = mean_squared_error([pca.rebuilt(point) for point in flat_test], X_test)

    denoiser, _ = trained(Autoencoder(16, NOISE, options.seed), X, options)
    rng = random.Random(options.seed)
    noisy = [[x + rng.gauss(0.0, NOISE) for x in row] for row in X_test]
    cleaned = predict(denoiser, noisy, compile=options.compile)

    features, features_test = (
        predict(denoiser.encoder, rows, compile=options.compile) for rows in (X, X_test)
    )
    few = few_labels(
        Images(X, features, y, X_test, features_test, y_test),
        options.seed, options.quick, options.compile,
    )  # fmt: skip
    seconds = time.perf_counter() - started

    near = {
        "two numbers of the autoencoder": neighbours(codes, y, codes_test, y_test, 5),
        "two principal components": neighbours(flat, y, flat_test, y_test, 5),
        "all 64 pixels": neighbours(X, y, X_test, y_test, 5),
    }
    report = Report(
        "Digits without labels",
        "An autoencoder squeezes an image of 64 pixels into two numbers, and draws it again from "
        "them. Nobody tells it which digit is which.",
    )
    report.model, report.parameters = "64-64-32-2-32-64-64, elu", len(model.parameters())
    report.measured = {
        "squared error": error,
        "5-NN in the plane": near["two numbers of the autoencoder"],
        "50 labels": few["pretrained features"],
    }
    report.baselines = {
        "PCA error": f"{pca_error:.3f}",
        "PCA 5-NN": f"{near['two principal components']:.1%}",
        "50 labels: 1-NN": f"{few['1-NN on pixels']:.1%}",
        "not pretrained": f"{few['the same network, not pretrained']:.1%}",
    }
    report.figures = {
        "squared error per pixel, held out": f"{error:.4f}",
        "of two principal components": f"{pca_error:.4f}",
        "denoising: error before and after": f"{mean_squared_error(noisy, X_test):.3f} → "
        f"{mean_squared_error(cleaned, X_test):.3f}",
        "training": f"{len(history.losses)} steps each, {seconds:.0f} s in all",
    }
    classes = [str(digit) for digit in range(10)]
    report.plot(
        "The map that it found",
        charts.scatter(codes_test, y_test, classes, "first number", "second number").svg,
        "Held-out images at the two numbers of their code. The colours are the digits, which the "
        "network never saw.",
    )
    report.plot(
        "The map of two principal components",
        charts.scatter(flat_test, y_test, classes, "first component", "second component").svg,
        "The best map that straight lines can make: the plane in which images differ most.",
    )
    report.plot(
        "How much of the digit is in the map",
        charts.bars(near, "images whose 5 neighbours say the right digit",
                    ours="two numbers of the autoencoder").svg,
        "By the majority of the 5 nearest training images, in two dimensions and in all 64.",
    )  # fmt: skip
    report.plot(
        "Images and what two numbers keep of them",
        charts.pictures(
            [picture(row) for row in [*X_test[:10], *rebuilt[:10],
                                      *[pca.rebuilt(point) for point in flat_test[:10]]]],
            [*map(str, y_test[:10]), *["autoencoder"] * 10, *["PCA"] * 10], columns=10, size=0.95,
        ).svg,
        "Above: held-out images. Then what the decoder draws, and what two components give.",
    )  # fmt: skip
    report.plot(
        "Drawn from points of the plane",
        charts.pictures(*sheet(model, codes), columns=9, size=0.8).svg,
        "The decoder at a grid of points between the 5th and 95th percentile of the codes: one "
        "digit turns into another.",
    )
    report.plot(
        "Noise taken away",
        charts.pictures(
            [picture(row) for row in [*noisy[:10], *cleaned[:10]]],
            [*map(str, y_test[:10]), *[""] * 10], columns=10, size=0.95,
        ).svg,
        "A second autoencoder, with a code of 16, was given images with noise (deviation "
        f"{NOISE:g}) and had to draw the clean ones. Above what it gets, below what it draws.",
    )  # fmt: skip
    report.plot(
        "What 50 labels are worth",
        charts.bars(few, f"held-out accuracy, mean of {DRAWS} draws of {PER_CLASS} per digit").svg,
        verdict(few),
    )
    groups, purity, pixel_purity = clusters(codes, y, X, options.seed)
    report.plot(
        "Groups that k-means finds in the map",
        charts.scatter(codes, y, classes, "first number", "second number", groups).svg,
        f"The centres (×) of ten groups. If each were called by its most frequent digit, "
        f"{purity:.0%} of the images would be named right; by groups of the 64 pixels, "
        f"{pixel_purity:.0%}.",
    )
    report.plot(
        "Loss", plots.training_curves(history, "squared error").svg,
        "The squared error per pixel: in each step, and after each epoch on held-out images.",
    )  # fmt: skip
    report.table("Settings", settings(options, len(X), len(X_test)))
    return report


def trained(model: Autoencoder, X: Rows, options: Options) -> tuple[Autoencoder, History]:
    """To give back what it is given."""
    history = fit(
        model,
        (X, X),
        mse_loss,
        Adam(model.parameters(), lr=options.lr),
        epochs=options.epochs,
        batch_size=32,
        metric=mean_squared_error,
        schedule=lambda epoch: options.lr * (1 - 0.95 * epoch / options.epochs),
        rng=options.seed,
        compile=options.compile,
    )
    return model, history


def clusters(codes: Rows, y: Sequence[int], X: Rows, seed: int) -> tuple[Rows, float, float]:
    """The centres of ten groups of codes, and how pure they and those of the pixels are."""
    from sklearn.cluster import KMeans

    def purity(groups: Any) -> float:
        pairs = list(zip(groups.tolist(), y, strict=True))
        most = [max(pairs.count((g, digit)) for digit in range(10)) for g in set(groups.tolist())]
        return sum(most) / len(pairs)

    found, of_pixels = (KMeans(10, n_init=10, random_state=seed).fit(rows) for rows in (codes, X))
    return found.cluster_centers_.tolist(), purity(found.labels_), purity(of_pixels.labels_)


def sheet(model: Autoencoder, codes: Rows, side: int = 9) -> tuple[list[Rows], list[str]]:
    """What the decoder draws at a grid of points in the middle of the codes."""
    axes = []
    for column in zip(*codes, strict=True):
        ordered = sorted(column)
        low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
        axes.append([low + (high - low) * i / (side - 1) for i in range(side)])
    points = [[a, b] for b in reversed(axes[1]) for a in axes[0]]
    return [picture(row) for row in predict(model.decoder, points)], [""] * len(points)


def picture(row: Sequence[float]) -> Rows:
    """64 pixels as 8 rows."""
    return [list(row[at : at + 8]) for at in range(0, 64, 8)]


def mean_squared_error(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """mean (o − t)² over all numbers of all rows."""
    return mse(list(chain(*outputs)), list(chain(*targets)))


def settings(options: Options, train: int, test: int) -> dict[str, str]:
    """What one would need to run it again."""
    return {
        "model": "encoder 64-64-32-2, decoder 2-32-64-64, elu; the code linear, pixels by sigmoid",
        "loss": "mean squared error per pixel",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a twentieth, batches of 32",
        "data": f"scikit-learn's digits, {train} to train (labels unused), {test} held out",
        "50 labels": f"{DRAWS} draws; a linear layer on the denoiser's code of 16 numbers",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="autoencoder",
    summary="digits to two numbers and back, denoising, 50 labels (extra [data])",
    data="1,797 images, 8×8, scikit-learn; labels unused",
    time="1 min",
    levels=(
        Level("squared error", 0.045, most=True, form=".4f"),
        Level("5-NN in the plane", 0.70),
        Level("50 labels", 0.79),
    ),
    epochs=60,
    lr=0.005,
    run=run,
)
