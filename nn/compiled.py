"""A training run on compiled programs: parameters and optimiser state lie in flat vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd import Value, compile, no_grad

from ._shapes import as_value, mapped
from .compiled_outputs import compiled_outputs
from .compiled_step import CompiledStep
from .evaluation import evaluating
from .history import History
from .run import Data, Run, check_finite, total_loss


class CompiledRun(Run):
    """``Run`` with the same steps, on arrays.

    Loss and gradients come from a compiled program; the optimiser's rule, written in generic
    arithmetic, moves all parameters of a group at once. ``settle`` writes everything back.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.leftovers.held = []  # theirs are in a vector, made anew in every step
        self.training = CompiledStep(loss_and_outputs(self), self.optimizer, self.clip)
        self.rows = {
            name: np.array([self.training.place[id(p)] for p in group])
            for name, group in self.groups.items()
        }

    def begin_epoch(self, epoch: int) -> None:
        """Set the epoch's learning rate; callbacks and checkpoints may have changed anything."""
        super().begin_epoch(epoch)
        self.take()

    def step(self, samples: list[Any], targets: list[Any], history: History) -> tuple[float, float]:
        """One mini-batch; its loss and metric, as they were before the optimiser's step."""
        self.leftovers.check()
        try:
            return self._step(samples, targets, history)
        except BaseException:
            self.settle()
            raise

    def _step(
        self, samples: list[Any], targets: list[Any], history: History
    ) -> tuple[float, float]:
        number, training = len(history.losses), self.training
        before = training.gradients
        with checking(number == 0):
            total, _ = training.compute((samples, targets), look=False)
        with np.errstate(over="ignore"):
            norms = {
                name: float(np.sqrt(np.square(training.gradients[rows]).sum()))
                for name, rows in self.rows.items()
            }
        try:
            check_finite(total, f"the loss is {total!r} at step {number + 1}")
            for name, norm in norms.items():
                check_finite(norm, f"the gradient of {name} is not finite at step {number + 1}")
        except FloatingPointError:
            training.gradients = before
            raise
        training.move()
        self.after_step(norms, total, history)
        return total, self.measured(training.compiled.outputs(), targets)

    def settle(self) -> None:
        """Have parameters and the optimiser's state where anybody looks for them."""
        self.training.settle()

    def take(self) -> None:
        """Take over what somebody may have changed there."""
        self.training.take()
        self.training.compiled.look()

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on; outputs by a compiled program."""
        self.settle()
        return evaluated(self, data)


class CompiledClosureRun(Run):
    """``Run`` for optimisers that compute the loss wherever they try, with compiled programs."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.compiled = compile(loss_and_outputs(self))

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on; outputs by a compiled program."""
        return evaluated(self, data)

    def _loss(
        self, samples: list[Any], targets: list[Any], check: bool = False
    ) -> tuple[list[Any], Value]:
        """The outputs, and the loss as a number: ``_backward`` has the gradients."""
        with checking(check):
            total, self.program, self.gradients = self.compiled.run((samples, targets))
        return self.compiled.outputs(), Value(total)

    def _backward(self, total: Value) -> None:
        gradients = self.gradients.tolist()
        for parameter, gradient in zip(self.program.parameters, gradients, strict=True):
            parameter.grad += gradient
        self._clip()


def loss_and_outputs(run: Run) -> Callable[..., Any]:
    """What is compiled; it sees the model and the loss, but not the run, which changes."""
    model, loss, penalty = run.model, run.loss, run.penalty
    parameters = run.optimizer.parameters

    def loss_and_outputs(samples: list[Any], targets: list[Any]) -> tuple[Value, list[Any]]:
        # It is checked here, for the program has the parameters of the outputs, too, from which a
        # loss may be cut off.
        check = CHECK.get()
        outputs, total = total_loss(model, loss, penalty, parameters, samples, targets, check)
        return total, outputs

    return loss_and_outputs


CHECK: ContextVar[bool] = ContextVar("CHECK", default=False)
"""Whether a loss that is traced must depend on a parameter; the program is the same."""


@contextmanager
def checking(check: bool) -> Iterator[None]:
    """In the first step, it must; later, a loss may be constant where nothing is wrong any more."""
    token = CHECK.set(check)
    try:
        yield
    finally:
        CHECK.reset(token)


def evaluated(run: Run, data: Data) -> tuple[float, float]:
    """Loss and metric, in eval mode."""
    with evaluating(run.model):
        outputs = compiled_outputs(run.model, data[0])
        with no_grad():
            loss = run.loss(mapped(as_value, outputs), data[1])
    return loss.item(), run.measured(outputs, data[1])
