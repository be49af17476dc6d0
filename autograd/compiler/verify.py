"""A new program against the eager engine: at the point of the trace, and at one near by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..graph import leaves, topological_order
from .batching import Batch
from .program import GuardError, Program
from .tracing import CompileError, Trace, trace

if TYPE_CHECKING:
    from ..value import Value

TOLERANCE = 1e-9
ROUNDING = 1e-12  # of what was added up: additions in another order round otherwise


def verify(
    program: Program, traced: Trace, function: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    """Raise ``CompileError`` if the program and the engine differ; parameters are left alone.

    A second trace, with all numbers changed a little, finds what the first has frozen:
    numbers read with ``.data`` or ``.item()``, random draws, state that changes.
    """
    value, gradients = program.run([v.data for v in traced.inputs])
    if not values_agree(value, traced) or not gradients_agree(program, traced, gradients):
        raise CompileError(
            "compile: the program differs from the eager engine, which is a bug of the compiler; "
            "please report it, and use the function uncompiled"
        )
    before = [p.data for p in program.parameters]
    try:
        for i, parameter in enumerate(program.parameters):
            parameter.data = nudge(parameter.data, i)
        drawn = [v.data for v in traced.inputs[len(traced.inputs) - len(traced.draws) :]]
        state = [constant.data for constant in program.held]
        second = trace_nearby(function, args, drawn)
        try:
            value, _ = program.run([v.data for v in second.inputs])
        except GuardError:
            return  # another branch: it will get a program of its own
        check_state(program, state)
        scale = max(abs(traced.root.data), 1.0) if math.isfinite(traced.root.data) else 1.0
        if not close(value, second.root.data, scale) and not values_agree(value, second):
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


def values_agree(value: float, traced: Trace) -> bool:
    """True if a program's loss is the engine's, to the tolerance or but for rounding."""
    expected = traced.root.data
    if close(value, expected, 1.0):
        return True
    sizes = [abs(node.data) for node in topological_order(traced.root)]
    return abs(value - expected) <= ROUNDING * max(filter(math.isfinite, sizes), default=0.0)


def gradients_agree(program: Program, traced: Trace, gradients: Any) -> bool:
    """True if eager gradients, computed aside, agree to the tolerance or but for rounding."""
    reached = leaves(traced.root)
    before = [leaf.grad for leaf in reached]
    for leaf in reached:
        leaf.grad = 0.0
    if reached:
        traced.root.backward()
    eager = np.array([p.grad for p in program.parameters])
    for leaf, grad in zip(reached, before, strict=True):
        leaf.grad = grad
    finite = np.isfinite(eager)
    scale = float(np.abs(eager[finite]).max(initial=0.0))
    same = np.isclose(gradients, eager, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)
    if same.all():
        return True
    sizes = np.array(uncancelled(traced.root, program.parameters))
    with np.errstate(invalid="ignore"):  # infinities and nan differ by nan: not but for rounding
        return bool((same | (np.abs(gradients - eager) <= ROUNDING * sizes)).all())


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
