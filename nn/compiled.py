"""A training run on compiled programs: parameters and optimiser state lie in flat vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, compile, no_grad
from autograd import sum as total_of  # type: ignore[attr-defined]  # (public, not in __all__)

from ._shapes import as_value, flat, mapped, numbers, shape_of, without_bools
from .compiled_step import CompiledStep
from .history import History
from .module import Module
from .run import Data, Run, check_finite, check_reached, total_loss


class CompiledRun(Run):
    """``Run`` with the same steps, on arrays.

    Loss and gradients come from a compiled program; the optimiser's rule, written in generic
    arithmetic, moves all parameters of a group at once. ``settle`` writes everything back.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.forward = CompiledOutputs(self.model)
        self.training = CompiledStep(loss_and_outputs(self), self.optimizer, self.clip)
        self.rows = {
            name: np.array([self.training.place[id(p)] for p in group])
            for name, group in self.groups.items()
        }

    def begin_epoch(self, epoch: int) -> None:
        """Take over what callbacks, schedules and checkpoints may have changed."""
        super().begin_epoch(epoch)
        self.training.take()
        self.training.compiled.look()

    def step(self, samples: list[Any], targets: list[Any], history: History) -> tuple[float, float]:
        """One mini-batch; its loss and metric, as they were before the optimiser's step."""
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
        total, program = training.compute((samples, targets), look=False)
        if number == 0:
            check_reached({id(p) for p in program.parameters}, repr(total), self.optimizer)
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
        return total, self.metric(training.compiled.outputs(), targets)

    def settle(self) -> None:
        """Have parameters and the optimiser's state where anybody looks for them."""
        self.training.settle()

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on; outputs by a compiled program."""
        self.settle()
        return evaluated(self, self.forward, data)


class CompiledClosureRun(Run):
    """``Run`` for optimisers that compute the loss wherever they try, with compiled programs."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.forward = CompiledOutputs(self.model)
        self.compiled = compile(loss_and_outputs(self))

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on; outputs by a compiled program."""
        return evaluated(self, self.forward, data)

    def _loss(self, samples: list[Any], targets: list[Any]) -> tuple[list[Any], Value]:
        """The outputs, and the loss as a number: ``_backward`` has the gradients."""
        total, self.program, self.gradients = self.compiled.run((samples, targets))
        return self.compiled.outputs(), Value(total)

    def _backward(self, total: Value) -> None:
        gradients = self.gradients.tolist()
        for parameter, gradient in zip(self.program.parameters, gradients, strict=True):
            parameter.grad += gradient
        self._clip()

    def _reached(self, total: Value) -> set[int]:
        return {id(p) for p in self.program.parameters}


def loss_and_outputs(run: Run) -> Callable[..., Any]:
    """What is compiled; it sees the model and the loss, but not the run, which changes."""
    model, loss, penalty = run.model, run.loss, run.penalty
    parameters = run.optimizer.parameters

    def loss_and_outputs(samples: list[Any], targets: list[Any]) -> tuple[Value, list[Any]]:
        outputs, total = total_loss(model, loss, penalty, parameters, samples, targets)
        return total, outputs

    return loss_and_outputs


def evaluated(run: Run, forward: CompiledOutputs, data: Data) -> tuple[float, float]:
    """Loss and metric, in eval mode."""
    run.model.eval()
    outputs = forward(data[0])
    with no_grad():
        loss = run.loss(mapped(as_value, outputs), data[1])
    run.model.train()
    return loss.item(), run.metric(outputs, data[1])


class CompiledOutputs:
    """A model's outputs, as numbers, by one compiled program for batches of one size.

    Samples must be of one shape, or each new mixture of shapes would need a program of its
    own; others are computed without one.
    """

    def __init__(self, model: Module, size: int = 64) -> None:
        self.model = model
        self.size = size
        self.compiled = compile(self._sum_and_outputs)

    def __call__(self, X: Sequence[Any]) -> list[Any]:
        X = list(map(without_bools, X))
        shapes = {shape_of(mapped(lambda number: number, sample)) for sample in X}
        if len(shapes) != 1 or None in shapes:
            with no_grad():
                return [numbers(output) for output in self.model.on_batch(X)]
        size, outputs = min(self.size, len(X)), []
        for start in range(0, len(X), size):
            batch = X[start : start + size]
            filled = batch + [batch[-1]] * (size - len(batch))
            self.compiled.run((filled,))
            outputs += self.compiled.outputs()[: len(batch)]
        return outputs

    def _sum_and_outputs(self, samples: list[Any]) -> tuple[Value, list[Any]]:
        outputs = self.model.on_batch(samples)
        return total_of(list(flat(outputs))), outputs
