"""A new program against the eager engine: at the point of the trace, and at one near by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph import topological_order
from ..value import Value
from .batching import Batch
from .program import GuardError, Program
from .tracing import CompileError, Trace, trace

TOLERANCE = 1e-9
ROUNDING = 1e-12  # of what was added up: additions in another order round otherwise


@dataclass
class Expected:
    """What the eager engine computed for a trace: numbers, which do not keep its graph alive."""

    value: float
    gradients: dict[Value, float]  # of the parameters
    inputs: list[float]
    drawn: list[float]  # the last of the inputs: what was drawn at random


def expected(traced: Trace, parameters: Sequence[Value]) -> Expected:
    """Run the engine's backward pass on the graph; the gradients of leaves are put back."""
    before = [parameter.grad for parameter in parameters]
    for parameter in parameters:
        parameter.grad = 0.0
    if traced.root.requires_grad:
        traced.root.backward()
    gradients = {parameter: parameter.grad for parameter in parameters}
    for parameter, grad in zip(parameters, before, strict=True):
        parameter.grad = grad
    inputs = [v.data for v in traced.inputs]
    return Expected(traced.root.data, gradients, inputs, inputs[len(inputs) - len(traced.draws) :])


def verify(
    program: Program, eager: Expected, function: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    """Raise ``CompileError`` if the program and the engine differ; parameters are left alone.

    A second trace, with all numbers changed a little, finds what the first has frozen:
    numbers read with ``.data`` or ``.item()``, random draws, state that changes.
    """
    value, gradients = program.run(eager.inputs)

    def again() -> Value:
        return trace(function, args, eager.drawn).root

    if not values_agree(value, eager.value, again) or not gradients_agree(
        program, gradients, eager, again
    ):
        raise CompileError(
            "compile: the program differs from the eager engine, which is a bug of the compiler; "
            "please report it, and use the function uncompiled"
        )
    before = [p.data for p in program.parameters]
    try:
        for i, parameter in enumerate(program.parameters):
            parameter.data = nudge(parameter.data, i)
        state = [constant.data for constant in program.held]
        second = trace_nearby(function, args, eager.drawn)
        try:
            value, _ = program.run([v.data for v in second.inputs])
        except GuardError:
            return  # another branch: it will get a program of its own
        check_state(program, state)
        scale = max(abs(eager.value), 1.0) if math.isfinite(eager.value) else 1.0
        if not values_agree(value, second.root.data, lambda: second.root, scale):
            raise CompileError(
                "compile: the function does something that the program cannot repeat: for "
                f"slightly different numbers it returns {second.root.data!r}, the program "
                f"{value!r}. It may read .data or .item(), draw random numbers, keep a state, or "
                "make parameters of its own: a number in it needs no Value(…)"
            )
    finally:
        for parameter, data in zip(program.parameters, before, strict=True):
            parameter.data = data


def verify_batch(program: Program, single: Program, batch: Batch) -> None:
    """``CompileError`` if a program for many samples is not the mean of that for one."""
    value, gradients = program.run(batch.numbers)
    numbers = np.array(batch.numbers)
    total, totals = 0.0, np.zeros(len(single.parameters))
    sizes = np.zeros(len(single.parameters))  # of what is added up, whatever cancels
    for i in range(batch.count):
        try:
            loss, slopes = single.run(numbers[batch.first + i * batch.step].tolist())
        except GuardError:
            return  # the program will say so itself
        total += loss
        totals += slopes
        sizes += np.abs(slopes)
    found = dict(zip(map(id, program.parameters), gradients.tolist(), strict=True))
    theirs = np.array([found[id(p)] for p in single.parameters])
    ours = totals / batch.count
    scale = float(sizes[np.isfinite(sizes)].max(initial=0.0)) / batch.count
    same = np.isclose(theirs, ours, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)
    if not close(value, total / batch.count, 1.0) or not same.all():
        raise CompileError(
            "compile: the program for a batch differs from the mean over its samples, which is "
            "a bug of the compiler; please report it, and use the function without batch"
        )


def check_state(program: Program, before: list[float]) -> None:
    """``CompileError`` if a constant is not what it was before the function was traced again."""
    for constant, data in zip(program.held, before, strict=True):
        if constant.data != data and constant.data == constant.data:
            found, constant.data = constant.data, data
            raise CompileError(
                f"compile: the function changes a constant ({data!r} → {found!r}) while it runs, "
                "which a program would not repeat; use autograd.assign(constant, value)"
            )


def values_agree(
    value: float, eager: float, graph: Callable[[], Value], scale: float = 1.0
) -> bool:
    """True if a program's loss is the engine's, to the tolerance or but for rounding.

    ``graph()`` is the root of the graph, or of one like it: how large rounding errors may be
    is asked only where there is a difference.
    """
    if close(value, eager, scale):
        return True
    sizes = [abs(node.data) for node in topological_order(graph())]
    return abs(value - eager) <= ROUNDING * max(filter(math.isfinite, sizes), default=0.0)


def gradients_agree(
    program: Program, gradients: Any, eager: Expected, graph: Callable[[], Value]
) -> bool:
    """True if gradients are the engine's, to the tolerance or but for rounding."""
    theirs = np.array([eager.gradients.get(p, 0.0) for p in program.parameters])
    finite = np.isfinite(theirs)
    scale = float(np.abs(theirs[finite]).max(initial=0.0))
    same = np.isclose(gradients, theirs, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)
    if same.all():
        return True
    sizes = np.array(uncancelled(graph(), program.parameters))
    with np.errstate(invalid="ignore"):  # infinities and nan differ by nan: not but for rounding
        return bool((same | (np.abs(gradients - theirs) <= ROUNDING * sizes)).all())


def uncancelled(root: Value, parameters: Sequence[Value]) -> list[float]:
    """What each gradient would be if nothing cancelled: Σ |∏ local derivatives| over its paths.

    Gradients whose terms cancel, such as ½ − ½ for an output in two equal classes, are a
    rounding error of this size in one order of addition and 0 in another.
    """
    sizes = {root: 1.0}
    for node in reversed(topological_order(root)):
        size = sizes.pop(node, 0.0) if node.parents else 0.0
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if partial is not None:
                sizes[parent] = sizes.get(parent, 0.0) + size * abs(partial)
    return [sizes.get(parameter, 0.0) for parameter in parameters]


def close(a: float, b: float, scale: float) -> bool:
    """Equal to the tolerance, infinities and nan included."""
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) <= TOLERANCE * max(scale, abs(a), abs(b))
    return a == b or (a != a and b != b)


def trace_nearby(function: Callable[..., Any], args: tuple[Any, ...], drawn: list[float]) -> Trace:
    """A trace with other arguments; if the function refuses them, with others again.

    A probability of 1, say, can only be made smaller.
    """
    for change in (lambda x: nudge(x, 0), lambda x: 0.998 * x):
        try:
            return trace(function, changed_arguments(args, change), drawn)
        except CompileError:
            raise
        except (ValueError, TypeError, ArithmeticError, LookupError):
            continue
    return trace(function, args, drawn)


def nudge(x: float, i: int) -> float:
    """A number near x, not always in the same direction."""
    return x + (1e-3 + 1e-3 * abs(x)) * (1.0 + 0.1 * (i % 7)) * (-1.0 if i % 2 else 1.0)


def changed_arguments(argument: Any, change: Callable[[Any], Any]) -> Any:
    """The arguments with every number that is no int changed a little."""
    if isinstance(argument, tuple):
        return tuple(changed_arguments(item, change) for item in argument)
    if isinstance(argument, list):
        return [changed_arguments(item, change) for item in argument]
    if isinstance(argument, dict):
        return {key: changed_arguments(item, change) for key, item in argument.items()}
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return change(argument)
    if isinstance(argument, float):
        return change(argument)
    return argument
