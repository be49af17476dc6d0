"""Recorder: weights and gradients in the course of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..checks import whole
from ..history import History
from ..module import Module


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One layer's parameters at one time: their numbers, gradients, and how far they moved.

    ``moved`` is ‖w − w at the snapshot before‖ / ‖w at the snapshot before‖ (0 for the first).
    """

    time: int
    weights: tuple[float, ...]
    gradients: tuple[float, ...]
    moved: float


class Recorder:
    """Keeps the weights and gradients of each layer whenever it is called.

    As a callback of ``fit`` it is called after each epoch (``callbacks``) or each step
    (``on_batch``); in a loop of your own, call it after the optimiser's step. ``layers`` are
    the first two parts of the parameters' names.

    Args:
        model: whose parameters to keep.
        most: how many snapshots, at least 2. When there are more, every other one is dropped,
            and from then on every other call is kept: memory is bounded, times stay even.

    >>> import nn
    >>> model = nn.MLP(2, [4, 1], rng=0)
    >>> X, y = nn.make_moons(20, rng=0)
    >>> recorder = Recorder(model)
    >>> optimizer = nn.SGD(model.parameters(), lr=0.1)
    >>> fit = nn.fit(model, (X, y), nn.mse_loss, optimizer, epochs=3, callbacks=[recorder],
    ...              progress=False)
    >>> [snapshot.time for snapshot in recorder.layers["layers.0"]]
    [1, 2, 3]
    """

    def __init__(self, model: Module, most: int = 100) -> None:
        self.most = whole("most", most, 2)
        self.calls = 0
        self.every = 1
        self._groups: dict[str, list[Any]] = {}
        for name, parameter in model.named_parameters():
            self._groups.setdefault(".".join(name.split(".")[:2]), []).append(parameter)
        self.layers: dict[str, list[Snapshot]] = {name: [] for name in self._groups}

    def __call__(self, history: History | None = None) -> None:
        """Take a snapshot (``history``, which ``fit`` hands over, is not looked at)."""
        self.calls += 1
        if (self.calls - 1) % self.every:
            return
        for name, group in self._groups.items():
            weights = tuple(p.data for p in group)
            before = self.layers[name][-1].weights if self.layers[name] else weights
            moved = math.hypot(*[a - b for a, b in zip(weights, before, strict=True)])
            size = math.hypot(*before)
            gradients = tuple(p.grad for p in group)
            ratio = moved / size if size else (math.inf if moved else 0.0)
            self.layers[name].append(Snapshot(self.calls, weights, gradients, ratio))
        if len(next(iter(self.layers.values()), ())) > self.most:
            self.every *= 2
            for name, snapshots in self.layers.items():
                self.layers[name] = snapshots[::2]

    def plot(self, what: str = "weights") -> Any:
        """Histograms over time, a picture: "weights" or "gradients"; needs ``[plots]``."""
        from ..plots import histograms

        return histograms(self, what)

    def __repr__(self) -> str:
        kept = len(next(iter(self.layers.values()), ()))
        return f"<Recorder: {kept} snapshots of {len(self.layers)} layers>"
