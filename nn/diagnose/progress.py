"""Verdicts on a training run, from its history."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..history import History
from .verdicts import Verdict

FEW_EPOCHS = 5
OVERFIT = 1.1  # the validation loss over its smallest
STUCK = 0.01  # of the first loss: a change below is none


def judge_history(history: History) -> list[Verdict]:
    """What a run suffered from: divergence, no progress, overfitting. Empty: nothing was found.

    >>> history = History(losses=[1.0] * 6, train_loss=[1.0] * 6)
    >>> [verdict.illness for verdict in judge_history(history)]
    ['no progress']
    """
    if history.epochs < FEW_EPOCHS:
        return []
    return [*diverged(history), *no_progress(history), *overfit(history)]


def diverged(history: History) -> Iterator[Verdict]:
    """The loss ends far above where it began."""
    first, last = history.train_loss[0], history.train_loss[-1]
    if not math.isfinite(last) or last > 2.0 * abs(first):
        yield Verdict(
            "diverging",
            f"epoch {history.epochs}",
            f"the training loss went up, from {first:.3g} to {last:.3g}",
            "lower the learning rate (find_learning_rate), or clip gradients",
        )


def no_progress(history: History) -> Iterator[Verdict]:
    """The loss is where it was."""
    first, best = history.train_loss[0], min(history.train_loss)
    if first and first - best < STUCK * abs(first):
        yield Verdict(
            "no progress",
            f"epochs 1 to {history.epochs}",
            f"the training loss stays at {first:.3g}",
            "look at a checkup of the loss; a larger or smaller learning rate may help "
            "(find_learning_rate)",
        )


def overfit(history: History) -> Iterator[Verdict]:
    """The training loss goes on falling while the validation loss rises."""
    seen = history.validation_loss
    if not seen:
        return
    best = seen.index(min(seen))
    still_learning = history.train_loss[-1] < history.train_loss[best]
    if seen[-1] > OVERFIT * seen[best] and best < len(seen) - 2 and still_learning:
        yield Verdict(
            "overfitting",
            f"from epoch {best + 2}",
            f"the validation loss rose from {seen[best]:.3g} to {seen[-1]:.3g} while the training "
            f"loss fell from {history.train_loss[best]:.3g} to {history.train_loss[-1]:.3g}",
            "stop earlier (patience), or try more data, weight decay, dropout, a smaller network",
        )
