"""Regularisation: what keeps a model from learning its data by heart.

Penalties are added to the loss (``fit(…, penalty=l2_penalty(1e-4))``), ``max_norm_`` is
called after a step, ``EarlyStopping`` after each epoch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd import Value, dot

from .checks import not_negative, number, one_of, same_names, whole
from .clip import vector_norm

Penalty = Callable[[Sequence[Value]], Value]


def l1_penalty(strength: float) -> Penalty:
    """strength·Σ |p| over the parameters; its slope, ±strength, pulls each to 0 and holds it there.

    >>> l1_penalty(0.5)([Value(1.0), Value(-2.0)])
    Value(1.5)
    """
    not_negative("l1_penalty: strength", strength)

    def penalty(parameters: Sequence[Value]) -> Value:
        sizes: Value = dot([strength] * len(parameters), [abs(p) for p in parameters])
        return sizes

    return penalty


def l2_penalty(strength: float) -> Penalty:
    """strength·Σ p² over the parameters; its slope, 2·strength·p, pulls each towards 0.

    >>> l2_penalty(0.5)([Value(1.0), Value(2.0)])
    Value(2.5)
    """
    not_negative("l2_penalty: strength", strength)

    def penalty(parameters: Sequence[Value]) -> Value:
        squares: Value = dot(parameters, parameters)
        return strength * squares

    return penalty


def elastic_net(l1: float, l2: float) -> Penalty:
    """l1·Σ |p| + l2·Σ p² [Zou & Hastie 2005]: few parameters, and small ones.

    >>> elastic_net(0.5, 0.5)([Value(1.0), Value(-2.0)])
    Value(4.0)
    """
    sparse, small = l1_penalty(l1), l2_penalty(l2)
    return lambda parameters: sparse(parameters) + small(parameters)


def max_norm_(vectors: Sequence[Sequence[Value]], max_norm: float) -> None:
    """Scale each vector of parameters that is longer than ``max_norm`` down to that length.

    For the incoming weights of every neuron: ``max_norm_([n.w for n in layer.neurons], 3.0)``
    after each step. (``torch.renorm``, which it follows, also leaves 1e-7 of room.)

    >>> w = [Value(3.0), Value(4.0)]
    >>> max_norm_([w], 1.0)
    >>> round(w[0].data, 6), round(w[1].data, 6)
    (0.6, 0.8)
    """
    not_negative("max_norm_: max_norm", max_norm)
    for i, vector in enumerate(vectors):
        if isinstance(vector, Value):
            raise TypeError(f"max_norm_: vectors[{i}] must be a list of Values, not {vector!r}")
        length = vector_norm([p.data for p in vector])
        if length > max_norm:
            for p in vector:
                p.data *= max_norm / (length + 1e-7)


class EarlyStopping:
    """Says when a number that should fall (or rise) has not done so for ``patience`` epochs.

    Args:
        patience: how many epochs without progress are allowed, at least 0.
        min_delta: what counts as progress: more than this.
        mode: ``"min"`` for losses, ``"max"`` for accuracies.

    ``best`` and ``best_epoch`` (from 0) tell how good it got, and when. nan is no progress.

    >>> stop = EarlyStopping(patience=1)
    >>> [stop.step(loss) for loss in [3.0, 2.0, 2.5, 2.4]]
    [False, False, False, True]
    >>> stop.best, stop.best_epoch
    (2.0, 1)
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0, mode: str = "min") -> None:
        self.patience = whole("EarlyStopping: patience", patience)
        self.min_delta = not_negative("EarlyStopping: min_delta", min_delta)
        self.mode = one_of("EarlyStopping: mode", mode, ("min", "max"))
        self.best = math.inf if mode == "min" else -math.inf
        self.best_epoch = -1
        self.epochs = 0

    def step(self, metric: float) -> bool:
        """Take note of an epoch's number; True if it is time to stop."""
        progress = self.best - metric if self.mode == "min" else metric - self.best
        if progress > self.min_delta:
            self.best, self.best_epoch = metric, self.epochs
        self.epochs += 1
        return self.epochs - 1 - self.best_epoch > self.patience

    @property
    def improved(self) -> bool:
        """True if the last epoch was the best: the moment to save the model."""
        return self.epochs > 0 and self.best_epoch == self.epochs - 1

    def state_dict(self) -> dict[str, Any]:
        """All there is to know, as plain numbers and words."""
        return dict(vars(self))

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from ``state_dict()``'s result; all or nothing, as an optimiser's."""
        what = "EarlyStopping.load_state_dict"
        same_names(what, state_dict, vars(self))
        fresh = EarlyStopping(*(state_dict[n] for n in ("patience", "min_delta", "mode")))
        fresh.epochs = whole(f"{what}: epochs", state_dict["epochs"])
        fresh.best_epoch = whole(f"{what}: best_epoch", state_dict["best_epoch"], least=-1)
        if not math.isinf(state_dict["best"]):
            number(f"{what}: best", state_dict["best"])
        fresh.best = float(state_dict["best"])
        vars(self).update(vars(fresh))
