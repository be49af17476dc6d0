"""fit: the training loop, with progress, history and a clean stop."""

from __future__ import annotations

import math
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from autograd import Value, leaves, no_grad, paused_gc

from .data import batches
from .init import generator
from .leftovers import Leftovers
from .metrics import accuracy
from .module import Module
from .optim import Optimizer

Loss = Callable[[Any, Any], Value]
Data = tuple[Sequence[Any], Sequence[Any]]


@dataclass
class History:
    """What happened in ``fit``, per step (losses, gradient norms) and per epoch (the rest)."""

    losses: list[float] = field(default_factory=list)
    gradient_norms: dict[str, list[float]] = field(default_factory=dict)
    train_loss: list[float] = field(default_factory=list)
    train_metric: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_metric: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.train_loss)

    def __repr__(self) -> str:
        if not self.train_loss:
            return f"History({len(self.losses)} steps)"
        text = f"History({self.epochs} epochs, {len(self.losses)} steps, {self.seconds:.1f} s"
        text += f": train loss {self.train_loss[-1]:.4g}, metric {self.train_metric[-1]:.4g}"
        if self.validation_loss:
            text += f"; validation loss {self.validation_loss[-1]:.4g}"
            text += f", metric {self.validation_metric[-1]:.4g}"
        return text + (", interrupted)" if self.interrupted else ")")


def fit(
    model: Module,
    data: Data,
    loss: Loss,
    optimizer: Optimizer,
    *,
    epochs: int = 10,
    batch_size: int | None = None,
    penalty: Callable[[Sequence[Value]], Value] | None = None,
    schedule: Callable[[int], float] | None = None,
    validation: Data | None = None,
    metric: Callable[[Sequence[Any], Sequence[Any]], float] = accuracy,
    rng: random.Random | int | None = None,
    progress: bool = True,
) -> History:
    """Train ``model`` on ``data``; what happened comes back as a ``History``.

    Each step: outputs of a mini-batch, its loss, ``backward()``, one step of the optimiser.

    Args:
        model: called with one sample, returns its output.
        data: samples and targets, ``(X, y)``.
        loss: ``loss(outputs, targets) -> Value`` for a batch.
        optimizer: holds the parameters.
        epochs: passes over the data, at least 1.
        batch_size: samples per step; None for all at once.
        penalty: of the parameters, added to the loss (``l2_penalty``).
        schedule: ``schedule(epoch) -> lr``, epochs counted from 0; None keeps the optimiser's.
        validation: ``(X, y)`` evaluated after each epoch.
        metric: ``metric(outputs, targets) -> float``, in the history beside the loss.
        rng: order of samples: a ``random.Random``, a seed, or None.
        progress: show a progress bar.

    Ctrl-C ends training after the step at hand and keeps what was learned
    (``history.interrupted``); a second one raises KeyboardInterrupt at once.

    Raises ``ValueError`` for no data, lengths that differ, a nan or inf in the samples, a
    loss that depends on none of the parameters; ``FloatingPointError`` for a loss or
    gradient that is not finite, before the optimiser has moved anything. A
    ``RuntimeWarning`` says, once, which gradients add up from step to step because nothing
    clears them.

    >>> import nn
    >>> model = nn.MLP(2, [4, 1], rng=0)
    >>> X, y = nn.make_moons(20, rng=0)
    >>> signs = [2 * label - 1 for label in y]
    >>> optimizer = nn.SGD(model.parameters(), lr=0.5)
    >>> history = fit(model, (X, signs), nn.hinge_loss, optimizer, epochs=5, progress=False)
    >>> history.epochs, history.train_loss[-1] < history.train_loss[0]
    (5, True)
    """
    _check_data("data", data)
    if validation is not None:
        _check_data("validation", validation)
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
        raise ValueError(f"fit: epochs must be an int of at least 1, not {epochs!r}")
    X, y = data
    rng = generator(rng)
    groups = _groups(model, optimizer.parameters)
    leftovers = Leftovers(model, optimizer)
    history = History(gradient_norms={name: [] for name in groups})
    steps = math.ceil(len(X) / batch_size) if batch_size else 1
    started = time.perf_counter()
    model.train()
    live = sys.stderr.isatty() or "ipykernel" in sys.modules
    bar = tqdm(
        total=epochs * steps,
        disable=not progress,
        unit="step",
        dynamic_ncols=True,
        mininterval=0.1 if live else 5.0,  # a log file needs no animation
    )
    with _stop_requests() as stop_requested, bar:
        for epoch in range(epochs):
            if schedule is not None:
                optimizer.lr = schedule(epoch)
            seen, loss_sum, metric_sum = 0, 0.0, 0.0
            for samples, targets in batches(X, y, batch_size, rng):
                with paused_gc():
                    batch_loss, batch_metric = _step(
                        model,
                        samples,
                        targets,
                        loss,
                        optimizer,
                        penalty,
                        metric,
                        groups,
                        history,
                        leftovers,
                    )
                seen += len(samples)
                loss_sum += batch_loss * len(samples)
                metric_sum += batch_metric * len(samples)
                bar.update()
                bar.set_postfix_str(
                    f"epoch {epoch + 1}/{epochs}  loss {loss_sum / seen:.4f}"
                    f"  {metric.__name__} {metric_sum / seen:.1%}",
                    refresh=False,
                )
                if stop_requested():
                    history.interrupted = True
                    break
            history.train_loss.append(loss_sum / seen)
            history.train_metric.append(metric_sum / seen)
            history.learning_rates.append(optimizer.lr)
            if validation is not None:
                model.eval()
                with no_grad():
                    outputs = [model(x) for x in validation[0]]
                    history.validation_loss.append(loss(outputs, validation[1]).item())
                    history.validation_metric.append(metric(outputs, validation[1]))
                model.train()
            if history.interrupted:
                message = "stopped: the parameters are as after the last finished step"
                bar.write(message, file=sys.stderr)
                break
    history.seconds = time.perf_counter() - started
    model.eval()
    return history


def predict(model: Module, X: Sequence[Any]) -> list[Any]:
    """The model's outputs as plain numbers (lists of numbers), without recording a graph.

    >>> import nn
    >>> predict(nn.MLP(2, [1], rng=0), [[0.0, 0.0]])
    [0.0]
    """
    training = model.training
    model.eval()
    try:
        with no_grad():
            return [_numbers(model(x)) for x in X]
    finally:
        model.train(training)


def _step(
    model: Module,
    samples: list[Any],
    targets: list[Any],
    loss: Loss,
    optimizer: Optimizer,
    penalty: Callable[[Sequence[Value]], Value] | None,
    metric: Callable[[Sequence[Any], Sequence[Any]], float],
    groups: dict[str, list[Value]],
    history: History,
    leftovers: Leftovers,
) -> tuple[float, float]:
    """One mini-batch; its loss and metric."""
    step = len(history.losses)
    outputs = [model(x) for x in samples]
    total = loss(outputs, targets)
    if penalty is not None:
        total = total + penalty(optimizer.parameters)
    if not isinstance(total, Value):
        raise TypeError(f"fit: loss(outputs, targets) must return a Value, not {total!r}")
    if step == 0:
        _check_dependence(total, optimizer)
    if not math.isfinite(total.data):
        raise FloatingPointError(
            f"fit: the loss is {total.data!r} at step {step + 1}; the parameters are as after the "
            "step before. A smaller learning rate often helps; autograd.detect_anomaly() names "
            "the op that went wrong"
        )
    optimizer.zero_grad()
    leftovers.check()
    total.backward()
    norms = {
        name: math.sqrt(math.fsum(p.grad * p.grad for p in group)) for name, group in groups.items()
    }
    for name, norm in norms.items():
        if not math.isfinite(norm):
            raise FloatingPointError(
                f"fit: the gradient of {name} is not finite at step {step + 1} (the loss is "
                f"{total.data:.6g}); the parameters are as after the step before. "
                "autograd.detect_anomaly() names the op that went wrong"
            )
    optimizer.step()
    for name, norm in norms.items():
        history.gradient_norms[name].append(norm)
    history.losses.append(total.data)
    return total.data, metric(outputs, targets)


def _check_data(name: str, data: Data) -> None:
    try:
        X, y = data
    except (TypeError, ValueError):
        raise TypeError(f"fit: {name} must be a pair (X, y) of samples and targets") from None
    if len(X) != len(y):
        raise ValueError(f"fit: {name} has {len(X)} samples but {len(y)} targets")
    if not len(X):
        raise ValueError(f"fit: {name} is empty; there must be at least one sample")
    for part, rows in (("sample", X), ("target", y)):
        for i, row in enumerate(rows):
            for number in row if hasattr(row, "__iter__") else (row,):
                if isinstance(number, float) and not math.isfinite(number):
                    raise ValueError(f"fit: {part} {i} of {name} contains {number!r}: {row!r}")


def _check_dependence(total: Value, optimizer: Optimizer) -> None:
    used = {id(leaf) for leaf in leaves(total)}
    if not any(id(parameter) in used for parameter in optimizer.parameters):
        raise ValueError(
            f"fit: the loss ({total!r}) depends on none of the optimiser's "
            f"{len(optimizer.parameters)} parameters. Was it computed from .data or under "
            "no_grad(), or does the optimiser hold another model's parameters?"
        )


def _groups(model: Module, parameters: list[Value]) -> dict[str, list[Value]]:
    """The optimiser's parameters by the layer they belong to: the first two parts of the name."""
    names = {id(p): name for name, p in model.named_parameters()}
    groups: dict[str, list[Value]] = {}
    for parameter in parameters:
        name = names.get(id(parameter), "other parameters")
        groups.setdefault(".".join(name.split(".")[:2]), []).append(parameter)
    return groups


@contextmanager
def _stop_requests() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a request that the loop asks for between steps."""
    requested = False

    def request(signum: int, frame: Any) -> None:
        nonlocal requested
        if requested:
            raise KeyboardInterrupt
        requested = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals go to the main thread
        return
    previous = signal.signal(signal.SIGINT, request)
    try:
        yield lambda: requested
    finally:
        signal.signal(signal.SIGINT, previous)


def _numbers(output: Any) -> Any:
    return [_numbers(x) for x in output] if isinstance(output, (list, tuple)) else output.item()
