"""A training run on compiled programs: parameters and optimiser state lie in flat vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, compile, fused, no_grad
from autograd import sum as total_of  # type: ignore[attr-defined]  # (public, not in __all__)

from ._shapes import as_value, flat, mapped, shape_of
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
        if self.optimizer.needs_closure:
            raise ValueError(
                f"fit(compile=True): {type(self.optimizer).__name__} needs a closure; use "
                "compile=False, or an optimizer that goes step by step, such as Adam"
            )
        self.compiled = compile(self._loss_and_outputs())
        self.forward = CompiledOutputs(self.model)
        self.place = {id(p): i for i, p in enumerate(self.optimizer.parameters)}
        self.rows = {
            name: np.array([self.place[id(p)] for p in group])
            for name, group in self.groups.items()
        }
        states = range(2, 2 + len(self.optimizer.state_names))
        self.updates = [
            fused(self.optimizer.whole_rule, into=(0, *states)) for _ in self.optimizer.param_groups
        ]
        self.held = False  # True while the vectors are ahead of the Values
        self.take()

    def take(self) -> None:
        """Fill the vectors from the Values and the optimiser."""
        self.numbers = np.array([p.data for p in self.optimizer.parameters])
        self.gradients = np.zeros(len(self.numbers))
        self.states = np.array(self.optimizer.state).reshape(len(self.numbers), -1).T.copy()

    def settle(self) -> None:
        """Write the vectors back to the Values and the optimiser."""
        if not self.held:
            return
        for parameter, number, gradient in zip(
            self.optimizer.parameters, self.numbers.tolist(), self.gradients.tolist(), strict=True
        ):
            parameter.data, parameter.grad = number, gradient
        self.optimizer.state = list(map(tuple, self.states.T.tolist()))
        self.held = False

    def begin_epoch(self, epoch: int) -> None:
        """Take over what callbacks, schedules and checkpoints may have changed."""
        super().begin_epoch(epoch)
        self.take()
        self.compiled.look()

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
        number = len(history.losses)
        total, program, gradients = self.compiled.run(
            (samples, targets), vector=self._numbers_of, before_tracing=self.settle, look=False
        )
        if number == 0:
            check_reached({id(p) for p in program.parameters}, repr(total), self.optimizer)
        check_finite(total, f"the loss is {total!r} at step {number + 1}")
        before = self.gradients
        self.gradients = np.zeros(len(self.numbers))
        rows = self._rows_of(program)
        self.gradients[rows[rows >= 0]] = gradients[rows >= 0]
        if self.clip is not None:
            self._clip(self.clip)
        norms = {
            name: float(np.sqrt(np.square(self.gradients[rows]).sum()))
            for name, rows in self.rows.items()
        }
        for name, norm in norms.items():
            if not np.isfinite(norm):
                self.gradients = before
            check_finite(norm, f"the gradient of {name} is not finite at step {number + 1}")
        self._move()
        self.after_step(norms, total, history)
        return total, self.metric(self.compiled.outputs(), targets)

    def _loss_and_outputs(self) -> Callable[..., Any]:
        """What is compiled; it sees the model and the loss, but not the run, which changes."""
        model, loss, penalty = self.model, self.loss, self.penalty
        parameters = self.optimizer.parameters

        def loss_and_outputs(samples: list[Any], targets: list[Any]) -> tuple[Value, list[Any]]:
            outputs, total = total_loss(model, loss, penalty, parameters, samples, targets)
            return total, outputs

        return loss_and_outputs

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on; outputs by a compiled program."""
        self.settle()
        self.model.eval()
        outputs = self.forward(data[0])
        with no_grad():
            loss = self.loss(mapped(as_value, outputs), data[1])
        self.model.train()
        return loss.item(), self.metric(outputs, data[1])

    def _rows_of(self, program: Any) -> Any:
        """Where in the vectors each parameter of a program is; −1 for one that stays fixed."""
        return np.array([self.place.get(id(p), -1) for p in program.parameters])

    def _numbers_of(self, program: Any) -> Any:
        rows = self._rows_of(program)
        fixed = np.array([p.data for p in program.parameters])
        return np.where(rows >= 0, self.numbers[rows], fixed)

    def _clip(self, clip: Callable[[Any], Any]) -> None:
        parameters = self.optimizer.parameters
        for parameter, gradient in zip(parameters, self.gradients.tolist(), strict=True):
            parameter.grad = gradient
        clip(parameters)
        self.gradients = np.array([p.grad for p in parameters])

    def _move(self) -> None:
        """The optimiser's step, on all parameters of a group at once."""
        first = 0
        for group, update in zip(self.optimizer.param_groups, self.updates, strict=True):
            group["steps"] += 1
            part = slice(first, first + len(group["params"]))
            update(
                self.numbers[part],
                self.gradients[part],
                *self.states[:, part],
                **self.optimizer.options_for(group),
            )
            first = part.stop
        self.held = True


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
        X = list(X)
        shapes = {shape_of(mapped(lambda number: number, sample)) for sample in X}
        if len(shapes) != 1 or None in shapes:
            with no_grad():
                return [_numbers(output) for output in self.model.on_batch(X)]
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


def _numbers(output: Any) -> Any:
    return mapped(lambda value: value.item(), output)
