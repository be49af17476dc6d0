"""fit: the training loop, with progress, history, a clean stop, and checkpoints to resume from."""

from __future__ import annotations

import math
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from tqdm import tqdm

from autograd import Value, no_grad, paused_gc

from ._shapes import numbers, without_bools
from .callbacks import Callbacks, callables, told
from .checks import function, whole
from .data import batches, by_position
from .evaluation import evaluating
from .history import History
from .init import generator
from .interrupt import stop_requests
from .losses import BCELoss, binary_cross_entropy
from .metrics import accuracy, accuracy_of_probabilities
from .module import Module
from .optim import Optimizer
from .regularize import EarlyStopping
from .run import Data, Loss, Metric, Run


def fit(
    model: Module,
    data: Data,
    loss: Loss,
    optimizer: Optimizer,
    *,
    epochs: int = 10,
    batch_size: int | None = None,
    penalty: Callable[[Sequence[Value]], Value] | None = None,
    clip: Callable[[Sequence[Value]], Any] | None = None,
    schedule: Callable[[int], Any] | None = None,
    validation: Data | None = None,
    metric: Metric = accuracy,
    patience: int | EarlyStopping | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    callbacks: Callbacks = (),
    on_batch: Callbacks = (),
    rng: random.Random | int | None = None,
    progress: bool = True,
    compile: bool = False,
) -> History:
    """Train ``model`` on ``data``; what happened comes back as a ``History``.

    Each step: outputs of a mini-batch, its loss, ``backward()``, one step of the optimiser.
    The model is in train mode meanwhile, and in eval mode afterwards.

    Args:
        model: called with one sample, returns its output.
        data: samples and targets, ``(X, y)``.
        loss: ``loss(outputs, targets) -> Value`` for a batch.
        optimizer: holds the parameters. Those that compute the loss several times a step
            (``LBFGS``, ``ConjugateGradient``) get a closure that does.
        epochs: passes over the data, at least 1.
        batch_size: samples per step; None for all at once (best for ``LBFGS``).
        penalty: of the parameters, added to the loss (``l2_penalty``).
        clip: called with the parameters between ``backward()`` and the optimiser's step, to
            limit their gradients.
        schedule: a function, ``schedule(epoch) -> lr``, epochs counted from 0; or a schedule:
            ``StepLR`` goes on once an epoch, ``OneCycleLR`` after every step,
            ``ReduceLROnPlateau`` with the validation loss. None keeps the optimiser's rate.
        validation: ``(X, y)`` evaluated after each epoch.
        metric: ``metric(outputs, targets) -> float``, in the history beside the loss. For
            ``binary_cross_entropy``, whose outputs are probabilities, the accuracy is that of a
            threshold of a half.
        patience: so many epochs without a smaller validation loss are allowed (training loss,
            if there is no validation); after one more, training stops early and goes back to
            the parameters of the best epoch. ``EarlyStopping(…)`` has more to set.
        checkpoint: a file to which all state is written after each epoch. If it is there
            already, training goes on from it, to the bit as if it had never stopped (with the
            same data and settings).
        callbacks: each (or the only one) is called with the history after each epoch; one
            that returns True ends the run.
        on_batch: callbacks that are called after each step, number ``history.steps``, of a
            batch with the loss ``history.losses[-1]``. Parameters are as after the step, and
            may be changed (``max_norm_``); their ``grad`` is the batch's. One that returns True
            ends the run at once: the last epoch had a part of the data, which is no place to
            resume from, so no checkpoint is written.
        rng: order of samples: a ``random.Random``, a seed, or None.
        progress: show a progress bar.
        compile: train on NumPy programs with matrix products, made from the model and the loss
            (``autograd.compile``): the same numbers up to rounding, many times faster. There
            is one program for each size of batch.

    Ctrl-C ends training after the step at hand and keeps what was learned
    (``history.interrupted``); a second one raises KeyboardInterrupt at once.

    Raises ``ValueError`` for no data, lengths that differ, a nan or inf in the samples, a
    loss that depends on none of the parameters; ``FloatingPointError`` for a loss or
    gradient that is not finite, before the optimiser has moved anything; ``CheckpointError``
    for a file that is no whole checkpoint. A ``RuntimeWarning`` says, once, which gradients
    add up from step to step because nothing clears them.

    >>> import nn
    >>> model = nn.MLP(2, [4, 1], rng=0)
    >>> X, y = nn.make_moons(20, rng=0)
    >>> signs = [2 * label - 1 for label in y]
    >>> optimizer = nn.SGD(model.parameters(), lr=0.5)
    >>> history = fit(model, (X, signs), nn.hinge_loss, optimizer, epochs=5, progress=False)
    >>> history.epochs, history.train_loss[-1] < history.train_loss[0]
    (5, True)

    Stop in the middle of an epoch, as soon as a batch has a small loss:

    >>> def enough(history):
    ...     return history.losses[-1] < 0.2
    >>> history = fit(model, (X, signs), nn.hinge_loss, optimizer, epochs=50, batch_size=4,
    ...               on_batch=enough, rng=0, progress=False)
    >>> [loss < 0.2 for loss in history.losses].index(True) + 1 == history.steps
    True
    """
    if metric is accuracy and (loss is binary_cross_entropy or isinstance(loss, BCELoss)):
        metric = accuracy_of_probabilities
    callbacks, on_batch = callables("callbacks", callbacks), callables("on_batch", on_batch)
    _check_kind("fit: model", model, Module)
    _check_kind("fit: optimizer", optimizer, Optimizer)
    needed: dict[str, Any] = {"loss": loss, "metric": metric}
    for name, f in {**needed, "penalty": penalty, "clip": clip, "schedule": schedule}.items():
        if f is not None or name in needed:
            function(f"fit: {name}", f)
    data = _checked("data", data)
    if validation is not None:
        validation = _checked("validation", validation)
    whole("fit: epochs", epochs, 1)
    if batch_size is not None:
        whole("fit: batch_size", batch_size, 1)
    if patience is not None and not isinstance(patience, EarlyStopping):
        patience = EarlyStopping(patience)
    X, y = map(without_bools, data) if compile else data
    kind = _compiled_run(optimizer) if compile else Run
    run = kind(model, loss, optimizer, penalty, clip, schedule, patience, metric, generator(rng))
    steps = math.ceil(len(X) / batch_size) if batch_size else 1
    run.check_schedule(epochs * steps)
    history = run.resume(checkpoint)
    started = time.perf_counter() - history.seconds
    model.train()
    with stop_requests() as stop_requested, _bar(epochs, history.epochs, steps, progress) as bar:
        ended = False
        for epoch in range(history.epochs, epochs):
            if history.stopped_early or ended:
                break
            run.begin_epoch(epoch)
            seen, loss_sum, metric_sum = 0, 0.0, 0.0
            for samples, targets in batches(X, y, batch_size, run.rng):
                with paused_gc():
                    batch_loss, batch_metric = run.step(samples, targets, history)
                seen += len(samples)
                loss_sum += batch_loss * len(samples)
                metric_sum += batch_metric * len(samples)
                bar.update()
                bar.set_postfix_str(
                    f"epoch {epoch + 1}/{epochs}  loss {loss_sum / seen:.4f}"
                    f"  {_shown(metric, metric_sum / seen)}",
                    refresh=False,
                )
                if on_batch:
                    run.settle()
                    history.seconds = time.perf_counter() - started
                    ended = told(on_batch, history)
                    run.take()
                    if ended:
                        break
                if stop_requested():
                    history.interrupted = True
                    break
            run.settle()
            history.train_loss.append(loss_sum / seen)
            history.train_metric.append(metric_sum / seen)
            history.learning_rates.append(run.rate)
            if validation is not None:
                validation_loss, validation_metric = run.evaluate(validation)
                history.validation_loss.append(validation_loss)
                history.validation_metric.append(validation_metric)
            history.seconds = time.perf_counter() - started
            if history.interrupted:  # in the middle of an epoch: no place to resume from
                message = "stopped: the parameters are as after the last finished step"
                if sys.stderr is not None:
                    bar.write(message, file=sys.stderr)
                break
            if seen == len(X):  # not for a part of an epoch: there is no place to resume from
                run.end_epoch(history)
                if checkpoint is not None:
                    run.save(checkpoint, history)
            ended = told(callbacks, history) or ended
    if history.stopped_early:
        run.back_to_best()
    model.eval()
    return history


def predict(model: Module, X: Sequence[Any], *, compile: bool = False) -> list[Any]:
    """The model's outputs as plain numbers (lists of numbers), without recording a graph.

    The model is in eval mode meanwhile. ``compile``: by a NumPy program made from the model,
    which pays for hundreds of samples of one shape, or from the second call on: the program
    stays with the model, and is made anew when the model has changed (but for the numbers of
    its parameters and buffers, which may).

    >>> import nn
    >>> predict(nn.MLP(2, [1], rng=0), [[0.0, 0.0]])
    [0.0]
    """
    _check_kind("predict: model", model, Module)
    X = by_position(X)
    with evaluating(model):
        if compile:
            from .compiled_outputs import compiled_outputs

            return compiled_outputs(model, X)
        with no_grad():
            return [numbers(output) for output in model.on_batch(X)]


def _shown(metric: Metric, number: float) -> str:
    """Shares in percent, other numbers as they are."""
    name = getattr(metric, "__name__", type(metric).__name__)
    return f"{name} {number:.1%}" if "accuracy" in name else f"{name} {number:.4g}"


def _compiled_run(optimizer: Optimizer) -> type[Run]:
    from . import compiled  # with the compiler, which an eager run never loads

    return compiled.CompiledClosureRun if optimizer.needs_closure else compiled.CompiledRun


def _bar(epochs: int, done: int, steps: int, progress: bool) -> Any:
    if sys.stderr is None:  # where there is no console, as under pythonw
        progress = False
    live = (progress and sys.stderr.isatty()) or "ipykernel" in sys.modules
    return tqdm(
        total=epochs * steps,
        initial=done * steps,
        disable=not progress,
        unit="step",
        dynamic_ncols=True,
        mininterval=0.1 if live else 5.0,  # a log file needs no animation
    )


def _check_kind(name: str, thing: Any, kind: type) -> None:
    if not isinstance(thing, kind):
        raise TypeError(f"{name} must be an nn.{kind.__name__}, not {thing!r}")


def _checked(name: str, data: Data) -> Data:
    try:
        X, y = map(by_position, data)
    except (TypeError, ValueError):
        raise TypeError(f"fit: {name} must be a pair (X, y) of samples and targets") from None
    for part in (X, y):
        if not hasattr(part, "__len__"):
            raise TypeError(f"fit: {name} must be two lists or arrays (X, y), not {part!r}")
    if len(X) != len(y):
        raise ValueError(f"fit: {name} has {len(X)} samples but {len(y)} targets")
    if not len(X):
        raise ValueError(f"fit: {name} is empty; there must be at least one sample")
    for part, rows in (("sample", X), ("target", y)):
        for i, row in enumerate(rows):
            number = _not_finite(row)
            if number is not None:
                raise ValueError(f"fit: {part} {i} of {name} contains {number!r}: {row!r}")
    return X, y


def _not_finite(sample: Any) -> Any:
    """A nan or inf in a sample, however deep (an image is a list of rows); None if there is none.

    Of NumPy's numbers, only float64 is a float.
    """
    if isinstance(sample, (list, tuple)) or getattr(sample, "ndim", False):
        for part in sample:
            if type(part) is not float:
                found = _not_finite(part)
                if found is not None:
                    return found
            elif not math.isfinite(part):
                return part
        return None
    real = isinstance(sample, Real) and not isinstance(sample, int)
    return sample if real and not math.isfinite(sample) else None
