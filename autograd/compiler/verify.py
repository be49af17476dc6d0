"""A new program against the eager engine: at the point of the trace, and at one near by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph import leaves, topological_order
from ..primitives.table import Primitive
from ..value import Value
from .batching import Batch
from .nearby import nudge, traces_nearby
from .program import GuardError, Program
from .randomness import Randomness
from .surroundings import Surroundings
from .tracing import CompileError, Trace, trace

TOLERANCE = 1e-9
ROUNDING = 1e-12  # of what was added up: additions in another order round otherwise
DIFFERENT = (
    "compile: the program differs from the eager engine, which is a bug of the compiler; "
    "please report it, and use the function uncompiled"
)


class KeptError(CompileError):
    """The function makes parameters of its own, and somebody keeps them."""


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
) -> str:
    """Raise ``CompileError`` if the program and the engine differ; parameters are left alone.

    A second trace, with all numbers changed a little, finds what the first has frozen:
    numbers read with ``.data`` or ``.item()``, random draws, state that changes. What else
    the function has changed of what it sees comes back, in words.
    """
    value, gradients = program.run(eager.inputs)

    def graph() -> Value:
        return trace(function, args, eager.drawn).root

    same = values_agree(value, eager.value, graph) and gradients_agree(
        program, gradients, eager, graph
    )
    if not same and not at_an_edge(graph()):
        raise CompileError(DIFFERENT)
    before = [(p.data, p.grad) for p in program.parameters]
    surroundings = Surroundings(function)
    try:
        verify_nearby(program, eager, function, args, Randomness(surroundings), same)
    finally:
        for parameter, (data, grad) in zip(program.parameters, before, strict=True):
            parameter.data, parameter.grad = data, grad
    return surroundings.changed()


def verify_nearby(
    program: Program,
    eager: Expected,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    randomness: Randomness,
    same: bool,
) -> None:
    """The second trace; also of the gradients, if they were not the ``same`` in the first."""
    for i, parameter in enumerate(program.parameters):
        parameter.data, parameter.grad = nudge(parameter.data, i), nudge(parameter.grad, i)
    numbers = numbers_of(program)
    for second in traces_nearby(function, args, eager.drawn):
        if randomness.was_drawn():
            raise CompileError(
                "compile: the function draws random numbers, and a program would repeat the first. "
                "Draw them outside and pass them as arguments, or say autograd.redrawn(draw)"
            )
        check_state(numbers)
        if verify_against(second, program, eager, same):
            return


def verify_against(second: Trace, program: Program, eager: Expected, same: bool) -> bool:
    """False if the second trace took another branch: that will get a program of its own."""
    try:
        value, gradients = program.run([v.data for v in second.inputs])
    except GuardError:
        return False
    scale = max(abs(eager.value), 1.0) if math.isfinite(eager.value) else 1.0
    if not values_agree(value, second.root.data, lambda: second.root, scale):
        raise unrepeatable(program, second, value)
    if not same:
        nearby = expected(second, program.parameters)
        if not gradients_agree(program, gradients, nearby, lambda: second.root):
            raise CompileError(DIFFERENT)
    return True


def unrepeatable(program: Program, second: Trace, value: float) -> CompileError:
    """The error for a function that returned something else when it was traced again."""
    still = set(map(id, leaves(second.root)))
    if not all(id(p) in still for p in program.parameters):
        return KeptError(
            "compile: the function makes Values of its own, with Value(…), which something keeps "
            "when it is done (a list, an object); a program would not make them anew. Make them "
            "before, or let nothing keep them"
        )
    return CompileError(
        "compile: the function does something that the program cannot repeat: for slightly "
        f"different numbers it returns {second.root.data!r}, the program {value!r}. It may read "
        ".data or .item() (use .detach() for a number to which no gradient flows), draw random "
        "numbers (autograd.redrawn), or keep a state (autograd.assign)"
    )


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


def numbers_of(program: Program) -> list[tuple[Value, str, float]]:
    """What a function should not change while it runs: (Value, attribute, number)."""
    constants = [(c, "data", c.data) for c in program.held]
    parameters = program.parameters
    return constants + [
        (p, name, getattr(p, name)) for p in parameters for name in ("data", "grad")
    ]


def check_state(before: list[tuple[Value, str, float]]) -> None:
    """``CompileError`` if a number is not what it was before the function was traced again."""
    for value, name, number in before:
        found = getattr(value, name)
        if found == number or found != found:
            continue
        if value.requires_grad:
            raise CompileError(
                f"compile: the function changes the {name} of a parameter, which a program would "
                "not repeat. Compile only the loss: to call the compiled function adds to .grad as "
                "backward() does; set gradients to 0 and move parameters outside of it"
            )
        value.data = number
        raise CompileError(
            f"compile: the function changes a constant ({number!r} → {found!r}) while it runs, "
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


def at_an_edge(root: Value) -> bool:
    """True if an op has another slope, or jumps, a rounding error further: relu does at 0.

    Then the order of additions decides on which side of the edge a program is.
    """
    order = topological_order(root)
    sizes = [abs(node.data) for node in order if math.isfinite(node.data)]
    error = ROUNDING * max(sizes, default=0.0)
    for node in order:
        if not node.parents or not isinstance(node.primitive, Primitive):
            continue
        for sign in (1.0, -1.0):
            moved = [p.data + sign * (-1) ** i * error for i, p in enumerate(node.parents)]
            result = node.primitive.forward(*moved)
            slopes = node.primitive.partials(result, *moved)
            changes = [result - node.data]
            changes += [(a or 0.0) - (b or 0.0) for a, b in zip(slopes, node.partials, strict=True)]
            if any(abs(change) > 1e-3 for change in changes):
                return True
    return False


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
