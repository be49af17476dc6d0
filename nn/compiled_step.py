"""CompiledStep: loss, gradients and the optimiser's update as NumPy programs on flat vectors."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, compile, fused

from .optim import Optimizer


class Inside(threading.local):
    """The steps whose ``with`` blocks this thread is in."""

    def __init__(self) -> None:
        self.steps: list[CompiledStep] = []


INSIDE = Inside()


class CompiledStep:
    """``step(*args)`` is one step of training with a loss written in scalars, compiled.

    The same as ``optimizer.zero_grad()``, ``loss(*args).backward()``, ``optimizer.step()``, up
    to rounding; it returns the loss as a float. Within ``with step:`` the numbers of
    parameters, gradients and optimiser state lie in vectors, which is many times faster. The
    Values are as they were before until the block ends, or ``settle()`` writes the numbers
    back, or the loss of another step needs them (that of a generator its discriminator);
    options of the optimiser (``lr``) may change at any time.

    Args:
        loss: a function that returns a Value; it is compiled for each shape of its arguments
            (``autograd.compile``: what it must not do stands there).
        optimizer: one that goes step by step; its parameters are trained.
        clip: called with the parameters between gradients and update, as ``nn.fit`` does.
        batch: True if the loss is that of one sample, and the step is called with batches: what
            is trained is the mean over the samples (``autograd.compile``, also for a list of
            which arguments are batches).
        cache_size: how many programs are kept.

    Raises ``ValueError`` for an optimiser that needs a closure, ``RuntimeError`` when a block
    ends whose parameters somebody has changed in the meantime: those changes are lost.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(0.0)
    >>> with CompiledStep(lambda x, y: (w * x - y) ** 2, nn.SGD([w], lr=0.1)) as step:
    ...     losses = [step(1.0, 2.0) for _ in range(3)]
    >>> [round(loss, 4) for loss in losses], round(w.data, 4)
    ([4.0, 2.56, 1.6384], 0.976)
    """

    def __init__(
        self,
        loss: Callable[..., Any],
        optimizer: Optimizer,
        clip: Callable[[Sequence[Value]], Any] | None = None,
        batch: bool | Sequence[bool] = False,
        cache_size: int = 16,
    ) -> None:
        if optimizer.needs_closure:
            raise ValueError(
                f"CompiledStep: {type(optimizer).__name__} needs a closure; use an optimizer that "
                "goes step by step, such as Adam, or nn.fit(compile=True)"
            )
        self.optimizer = optimizer
        self.clip = clip
        self.compiled = compile(loss, batch=batch, cache_size=cache_size)
        self.place = {id(p): i for i, p in enumerate(optimizer.parameters)}
        states = range(2, 2 + len(optimizer.state_names))
        self.updates = [
            fused(optimizer.whole_rule, into=(0, *states)) for _ in optimizer.param_groups
        ]
        self.rows: weakref.WeakKeyDictionary[Any, Rows] = weakref.WeakKeyDictionary()
        self.inside = False  # a with block
        self.held = False  # True while the vectors are ahead of the Values
        self.take()

    def __call__(self, *args: Any, **named: Any) -> float:
        """One step; the loss as it was before."""
        if not self.inside:
            with self:
                return self(*args, **named)
        loss, _ = self.compute(self.compiled.by_position(args, named))
        self.move()
        return loss

    def __enter__(self) -> CompiledStep:
        self.take()
        self.inside = True
        INSIDE.steps.append(self)
        return self

    def __exit__(self, *exception: Any) -> None:
        self.inside = False
        INSIDE.steps = [step for step in INSIDE.steps if step is not self]
        changed = self.held and [p.data for p in self.optimizer.parameters] != self.taken
        self.settle()
        if changed and exception[0] is None:
            raise RuntimeError(
                "CompiledStep: parameters were changed within the block, where their numbers lie "
                "in a vector: the changes are lost. End the block first, or call settle(), change "
                "them, and call take()"
            )

    def compute(self, args: tuple[Any, ...], look: bool = True) -> tuple[float, Any]:
        """The loss and the program that computed it; fills ``gradients``, and clips them.

        Without ``look``, what else the loss can see is taken to be as it was.
        """
        loss, program, found = self.compiled.run(
            args, vector=self.numbers_of, before_tracing=self.settle_all, look=look
        )
        rows = self.rows_of(program)
        self.gradients = np.zeros(len(self.numbers))
        if rows.others:  # parameters of somebody else, to whom the gradients are added
            self.gradients[rows.mine] = found[rows.is_mine]
            for column in rows.others:
                program.parameters[column].grad += float(found[column])
        else:
            self.gradients[rows.mine] = found
        if self.clip is not None:
            parameters = self.optimizer.parameters
            for parameter, gradient in zip(parameters, self.gradients.tolist(), strict=True):
                parameter.grad = gradient
            self.clip(parameters)
            self.gradients = np.array([p.grad for p in parameters])
        return loss, program

    def move(self) -> None:
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

    def take(self) -> None:
        """Fill the vectors from the Values and the optimiser."""
        self.taken = [p.data for p in self.optimizer.parameters]
        self.numbers = np.array(self.taken)
        self.gradients = np.zeros(len(self.numbers))
        self.states = np.array(self.optimizer.state).reshape(len(self.numbers), -1).T.copy()
        self.held = False

    def settle(self) -> None:
        """Write the vectors back to the Values and the optimiser."""
        if not self.held:
            return
        self.taken = self.numbers.tolist()
        for parameter, number, gradient in zip(
            self.optimizer.parameters, self.taken, self.gradients.tolist(), strict=True
        ):
            parameter.data, parameter.grad = number, gradient
        self.optimizer.state = list(map(tuple, self.states.T.tolist()))
        self.held = False

    def settle_all(self) -> None:
        """Write the vectors of all steps back, because a loss may see any parameters."""
        self.settle()
        for step in INSIDE.steps:
            step.settle()

    def rows_of(self, program: Any) -> Rows:
        """Where in the vectors the parameters of a program are."""
        rows = self.rows.get(program)
        if rows is None:
            rows = self.rows[program] = Rows([self.place.get(id(p)) for p in program.parameters])
        return rows

    def numbers_of(self, program: Any) -> Any:
        """The numbers of a program's parameters."""
        rows = self.rows_of(program)
        if not rows.others:
            return self.numbers[rows.mine]
        for step in INSIDE.steps:
            if step is not self and any(
                id(program.parameters[c]) in step.place for c in rows.others
            ):
                step.settle()
        numbers = np.array([p.data for p in program.parameters])
        numbers[rows.is_mine] = self.numbers[rows.mine]
        return numbers


class Rows:
    """The places of a program's parameters in the vectors; None for one that is not in them."""

    def __init__(self, places: list[int | None]) -> None:
        self.is_mine = np.array([place is not None for place in places], bool)
        self.mine = np.array([place for place in places if place is not None], np.intp)
        self.others = [column for column, place in enumerate(places) if place is None]
