"""speech: a GRU hears digits that were spoken by voices it has never heard.

It reads a spectrogram frame by frame, 30 of them, and its last state is asked for the digit.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from autograd import Value

from .. import charts, plots
from ..init import generator
from ..layers import Linear
from ..metrics import confusion_matrix
from ..module import Module
from ..real_data import load_spoken_digits
from ..recurrent import GRU
from ..report import Report
from .task import Level, Options, Task
from .training import Array, Training


class Listener(Module):
    """A GRU of 24 over the frames; ten logits from its last state."""

    def __init__(self, seed: int) -> None:
        rng = generator(seed)
        self.gru = GRU(16, 24, rng=rng)
        self.head = Linear(24, 10, rng=rng)

    def forward(self, frames: Any) -> list[Value]:
        outputs, _ = self.gru(frames)
        return self.head(outputs[-1])


def run(options: Options) -> Report:
    """Train on three voices of four, test on every fourth."""
    spectrograms, labels, names = load_spoken_digits()
    X, y = evened(np.array(spectrograms)), np.array(labels)
    voices = list(dict.fromkeys(names))
    unseen = {voice for i, voice in enumerate(voices) if i % 4 == 3}
    held_out = np.array([name in unseen for name in names])
    X, X_test, y, y_test = X[~held_out], X[held_out], y[~held_out], y[held_out]
    tested = [name for name in names if name in unseen]
    if options.quick:
        options = replace(options, epochs=min(options.epochs, 3))
        X, y, X_test, y_test, tested = X[::40], y[::40], X_test[::40], y_test[::40], tested[::40]

    model = Listener(options.seed)
    started = time.perf_counter()
    training = Training(model, options, batch=4 if options.quick else 32)
    losses = training.fit(lambda rng: (varied(X, rng), y))
    seconds = time.perf_counter() - started
    said = training.logits(X_test).argmax(axis=1)
    right = said == y_test
    trained = float(np.mean(training.logits(X).argmax(axis=1) == y))
    linear = _linear(X, y, X_test, y_test)

    report = Report(
        "Spoken digits", "A GRU names digits that are spoken by voices it has never heard."
    )
    report.model, report.parameters = "GRU(16, 24), Linear(24, 10)", len(model.parameters())
    report.measured = {"accuracy on unseen voices": float(right.mean())}
    report.baselines = {"linear": f"{linear:.1%}"}
    report.figures = {
        "accuracy on unseen voices": f"{right.mean():.1%}",
        "of a linear model": f"{linear:.1%}",
        "on the voices of training": f"{trained:.1%}",
        "parameters": str(report.parameters),
        "training": f"{len(losses)} epochs, {seconds:.0f} s",
    }
    usual = [np.flatnonzero(right & (y_test == digit))[:1] for digit in range(10)]
    shown = np.concatenate([np.flatnonzero(~right)[:10], *usual])
    report.plot(
        "What it hears",
        charts.pictures(
            [X_test[i].T[::-1] for i in shown],
            [f"{y_test[i]} ✓" if right[i] else f"{y_test[i]} → {said[i]}" for i in shown],
            10,
            signed=True,
            size=0.95,
        ).svg,
        "Spectrograms of unseen voices, the first that were wrong, then one of each digit: a "
        "second from left to right, low bands at the bottom; purple is louder than the band's "
        "mean, orange softer.",
    )
    report.plot(
        "Confusion matrix",
        plots.confusion(
            confusion_matrix(np.eye(10)[said].tolist(), y_test.tolist(), classes=10), what="clips"
        ).svg,
        "Unseen voices: the digit that it is (row), the digit that was heard (column).",
    )
    by_voice = {
        voice: float(np.mean([r for r, name in zip(right, tested, strict=True) if name == voice]))
        for voice in sorted(set(tested))
    }
    report.plot(
        "Voice by voice",
        charts.bars(by_voice, "digits heard right").svg,
        "An accent of espeak-ng, and a variant of its voice. One program made them all: they are "
        "more alike than people are, and people would be harder to understand.",
    )
    epochs = list(range(1, len(losses) + 1))
    report.plot(
        "Loss",
        charts.lines({"loss": (epochs, losses)}, "epoch", "cross-entropy", log_y=True).svg,
        "On the clips of training, which are varied anew in each epoch.",
    )
    report.table("Settings", _settings(options, len(X), len(X_test), len(voices), len(unseen)))
    return report


def evened(spectrograms: Array) -> Array:
    """Each band of each clip with mean 0 and deviation 1: voices differ in their colour.

    >>> clip = evened(np.array([[[0.0], [1.0]]]))
    >>> clip.round(1).tolist()  # a little less than 1, so that silence stays silent
    [[[-0.9], [0.9]]]
    """
    deviations = spectrograms.std(axis=1, keepdims=True) + 0.05
    even: Array = (spectrograms - spectrograms.mean(axis=1, keepdims=True)) / deviations
    return even


def varied(spectrograms: Array, rng: np.random.Generator) -> Array:
    """The clips up to three frames earlier or later, a band up or down, with some noise."""
    clips = np.empty_like(spectrograms)
    shifts = rng.integers(-3, 4, len(clips)), rng.integers(-1, 2, len(clips))
    for clip, original, later, higher in zip(clips, spectrograms, *shifts, strict=True):
        clip[:] = np.roll(original, later, axis=0)
        bands = np.clip(np.arange(clip.shape[1]) - higher, 0, clip.shape[1] - 1)
        clip[:] = clip[:, bands]
    clips += rng.normal(0.0, 0.05, clips.shape)
    clips += rng.normal(0.0, 0.1, (len(clips), 1, clips.shape[2]))
    return clips


def _linear(X: Array, y: Array, X_test: Array, y_test: Array) -> float:
    """What least squares with a ridge, from all frames at once, make of the same numbers."""
    rows = np.hstack([X.reshape(len(X), -1), np.ones((len(X), 1))])
    weights = np.linalg.solve(rows.T @ rows + 10.0 * np.eye(rows.shape[1]), rows.T @ np.eye(10)[y])
    asked = np.hstack([X_test.reshape(len(X_test), -1), np.ones((len(X_test), 1))])
    return float(np.mean((asked @ weights).argmax(axis=1) == y_test))


def _settings(options: Options, train: int, test: int, voices: int, unseen: int) -> dict[str, str]:
    return {
        "model": "GRU(16, 24) over 30 frames, Linear(24, 10) from its last state",
        "loss": "cross-entropy",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a tenth, batches of 32",
        "data": f"spoken by espeak-ng in {voices} voices (nn/corpora/spoken_digits.txt): {train} "
        f"clips to train, {test} of {unseen} other voices to test",
        "baseline": "least squares with a ridge, from the 480 numbers of a clip",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="speech",
    summary="spoken digits, heard by a GRU, from voices that it does not know",
    data="2,400 clips in 48 synthetic voices, 30×16 log-mel",
    time="1 min",
    levels=(Level("accuracy on unseen voices", 0.93),),
    epochs=25,
    lr=0.01,
    run=run,
)
