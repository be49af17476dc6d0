"""compile: scalars in, BLAS out.

A loss that is written as loops over scalar Values is traced once; its graph is decompiled
into a short NumPy program with matrix products, which can be read and re-run.

The passes, each in a file of its own, in the order in which data flows::

    tracing     run the function once on Values
    columns     the graph as columns of integers (reading: and what else a program needs of a
                trace; batching: the columns of one sample, repeated for many)
    collapse    additions → wide sums of products
    schedule    what can be computed at the same time
    irregular   is that enough? If not, on to scalars
    hoist       what a recurrence gets from outside → sums of their own, before it
    grouping    nodes that do the same → groups of slots   (products: matrix products;
                layout, arrange: what is used together lies together)
    emit        groups → NumPy statements, forward and backward
                (operations, additions: of which group; symbols: from the table's entries;
                gradients, deferred: the chain rule; places: views and gathers)
    arrays      compiled, and bound to its arrays; or, for an irregular graph, scalars
                (scalar_tables): a line of Python for each node
    native      or run by a small vector machine in C, where it was built (lowering,
                lowered_calls, lowered_indices: its statements, as the source has them, as
                instructions; what has none stays Python; native_lines, templates: what an
                irregular graph computes, number by number)
    program     what is run, and guarded
    verify      a new program against the engine (nearby: at other numbers; randomness,
                surroundings: what it cannot see)

``origins`` knows which call of a module a statement comes from; ``export`` writes a program
as a file for other libraries (``export_texts``: what such a file has besides its statements),
``display`` shows one in a notebook, ``noticed`` warns of functions that are traced for nothing;
``fused`` does the same for a rule on arrays, such as an optimiser's (``native_rule``: natively).
"""

from __future__ import annotations

import gc
import os
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from .. import value as engine
from ..modes import paused_gc
from .arguments import by_position, flatten, objects_in
from .batching import batch_of, sample, samples_in
from .display import bundle
from .fusing import fused
from .noticed import Noticed
from .program import GuardError, Program
from .reading import Reading
from .surroundings import Surroundings
from .tracing import CompileError, trace
from .verify import KeptError, expected, verify, verify_batch

__all__ = ["CompileError", "Compiled", "compile", "fused"]


def compile(
    function: Callable[..., Any],
    *,
    batch: bool | Sequence[bool] = False,
    form: str | None = None,
    cache_size: int = 32,
    check: bool = True,
) -> Compiled:
    """A program that computes ``function`` and its gradients with array operations.

    ``function(*args)`` returns a Value, the loss. The compiled function takes the same
    arguments (numbers, and nested lists, tuples, dicts and arrays of numbers), returns the
    loss as a float and adds to the ``grad`` of every parameter what ``backward()`` would.
    Parameters are the leaves, made beforehand, that the loss depends on; their ``data`` may
    change between calls.

    It traces the function on the first call for each shape of arguments, again when a
    Python ``if`` on a value would go another way, and again when something else has changed
    that the function can see: a parameter was replaced, ``model.training`` switched, a list
    in its closure grew (to look takes time: large data are better passed as arguments). At
    most ``cache_size`` programs are kept.
    ``batch=True``: the function is written for one sample; the compiled one takes lists or
    arrays of samples, and computes the mean of their losses. ``batch=(True, False)`` says so
    of each argument; what all samples share has a False. Only one sample is traced, so that
    comparisons must come out the same for all samples of a batch, or ``CompileError``.
    ``form`` is "arrays" (NumPy statements), "scalars" (a line of Python for each node), or
    None: whichever will be faster. With ``check``, a new program is run against the eager
    engine, at the point at hand and at one near by, before it is trusted.

    Values that the function makes for itself (``total = Value(0.0)``) are numbers of the
    program; ``detach()`` and ``no_grad()`` inside mean what they always do.

    Raises ``CompileError`` for what would be frozen into the program: an argument used as
    a Python index (use ``autograd.pick``), ``.data`` and ``.item()`` read inside, randomness
    (use ``autograd.redrawn``), state that is changed inside (use ``autograd.assign``).

    >>> from autograd import Value, compile
    >>> w = [Value(2.0), Value(-1.0)]
    >>> program = compile(lambda x: sum(wi * xi for wi, xi in zip(w, x)).tanh())
    >>> round(program([0.5, 0.25]), 6)
    0.635149
    >>> round(w[0].grad, 6)
    0.298293
    >>> square = compile(lambda x, y: (w[0] * x + w[1] - y) ** 2, batch=True)
    >>> square([0.0, 1.0, 2.0], [1.0, 1.0, 1.0])
    2.6666666666666665
    """
    if not callable(function):
        raise TypeError(f"compile(function): a function is needed, not {function!r}")
    if cache_size < 1:
        raise ValueError(f"compile(cache_size): at least 1, not {cache_size!r}")
    if form not in (None, "arrays", "scalars"):
        raise ValueError(f'compile(form): "arrays", "scalars" or None, not {form!r}')
    return Compiled(function, batch, form, cache_size, check)


class Compiled:
    """A function with its programs, one for each shape of arguments and branch."""

    def __init__(
        self,
        function: Callable[..., Any],
        batch: bool | Sequence[bool],
        form: str | None,
        cache_size: int,
        check: bool,
    ) -> None:
        self.function = function
        self.batch = batch
        self.form = form
        self.cache_size = cache_size
        self.check = check
        self.programs: OrderedDict[Any, Program] = OrderedDict()
        self.traces = 0
        self.noticed = Noticed()
        self.latest: Program | None = None

    def __call__(self, *args: Any, **named: Any) -> float:
        """The loss; gradients are added to the parameters' ``grad``, but under ``no_grad()``."""
        value, program, gradients = self.run(self.by_position(args, named))
        if engine.grad_enabled.get():
            for parameter, gradient in zip(program.parameters, gradients.tolist(), strict=True):
                parameter.grad += gradient
        return value

    def outputs(self) -> Any:
        """What the function returned beside its loss in the last call, as numbers.

        A function may return a pair: its loss, and nested lists of Values.
        """
        return self.program.outputs()

    def value_and_grad(self, *args: Any, **named: Any) -> tuple[float, list[float]]:
        """The loss and the gradients in the order of ``parameters``, which stay as they are."""
        value, _, gradients = self.run(self.by_position(args, named))
        return value, gradients.tolist()

    def by_position(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments of a call as the function takes them, in order."""
        return by_position(self.function, args, named)

    def run(
        self,
        args: tuple[Any, ...],
        vector: Callable[[Program], Any] | None = None,
        before_tracing: Callable[[], None] | None = None,
        look: bool = True,
    ) -> tuple[float, Program, Any]:
        """Find a program whose branch these arguments take, or make one.

        ``vector(program)``, if given, are the numbers of its parameters; then
        ``before_tracing()`` has to bring the parameters themselves up to date. Without
        ``look``, what else the function can see is taken to be as ``look()`` found it.
        """
        inputs = array("d")
        shape = tuple([flatten(argument, inputs) for argument in args])
        for key in [key for key in reversed(self.programs) if key[0] == shape]:
            program = self.programs[key]
            if look:
                program.stale = program.surroundings.changed()
            if program.stale:
                continue
            try:
                value, gradients = program.run(inputs, vector(program) if vector else None)
            except (GuardError, IndexError):  # another branch; or what is looked up is not there
                continue
            self.programs.move_to_end(key)
            self.latest = program
            program.assign()
            return value, program, gradients
        if before_tracing is not None:
            before_tracing()
        self.noticed.tracing(shape, self.programs, self.cache_size)
        try:
            numbers, program = self.new_program(shape, args)
        except KeptError:  # perhaps only by garbage, such as a function that calls itself
            numbers, program = self.new_program(shape, args, gc.collect)
        value, gradients = program.run(numbers)
        program.assign()
        return value, program, gradients

    def look(self) -> None:
        """Look whether anything has changed that the function can see besides its arguments."""
        for program in self.programs.values():
            program.stale = program.surroundings.changed()

    @paused_gc()
    def new_program(
        self,
        shape: Any,
        args: tuple[Any, ...],
        before_reading: Callable[[], Any] = lambda: None,
    ) -> tuple[list[float], Program]:
        """Trace and compile for these arguments; the oldest program may have to go."""
        first, batch = args, None
        if self.batch is not False:
            batched = [True] * len(args) if self.batch is True else list(self.batch)
            first = sample(args, batched, 0) if samples_in(args, batched) else args
        traced = trace(self.function, first)
        before_reading()
        if self.batch is not False:
            batch = batch_of(traced, args, batched)
        reading = Reading(traced)
        eager = expected(traced, reading.columns.parameters) if self.check else None
        del traced  # and with it the graph, before there is a program in memory
        numbers = batch.numbers if batch else reading.inputs
        program = Program(reading, form=self.form, batch=batch)
        single = Program(reading) if batch and self.check else program
        del reading
        if eager is not None:
            self.noticed.effects(verify(single, eager, self.function, first))
            if batch:
                verify_batch(program, single, batch)
        program.surroundings = Surroundings(self.function, list(objects_in(shape)))
        self.traces += 1
        self.programs[shape, self.traces] = program
        if len(self.programs) > self.cache_size:
            self.programs.popitem(last=False)
        self.latest = program
        return numbers, program

    @property
    def program(self) -> Program:
        """The program that ran last; ``RuntimeError`` before the first call."""
        if self.latest is None:
            raise RuntimeError("compile: call the function once, so that there is a program")
        return self.latest

    @property
    def parameters(self) -> list[Any]:
        """The parameters of the program that ran last."""
        return list(self.program.parameters)

    @property
    def source(self) -> str:
        """The NumPy program that ran last, as text."""
        return self.program.source

    def export(self, namespace: str = "numpy", path: str | os.PathLike[str] | None = None) -> str:
        """The program that ran last as one source file for "numpy", "jax" or "torch".

        The file has ``loss(p, *args)`` and ``value_and_grad(p, *args)``: parameters in one
        array ``p``, in the order of ``parameters`` here (``INITIAL`` has their numbers), the
        arguments as this function takes them, and what is drawn at random after them. It
        needs nothing but NumPy, JAX (``jit``, ``grad``, ``vmap``) or PyTorch (``backward``).
        ``path``: where to write it. Derivatives are this engine's, at kinks too.

        Raises ``CompileError`` for a program with branches in Python code (guards), one that
        assigns a state, or one with an op that has no array form.

        >>> from autograd import Value, compile
        >>> w = [Value(2.0), Value(-1.0)]
        >>> program = compile(lambda x: sum(wi * xi for wi, xi in zip(w, x)).tanh())
        >>> value = program([0.5, 0.25])
        >>> file = {}
        >>> exec(program.export("numpy"), file)
        >>> float(file["loss"](file["INITIAL"], [0.5, 0.25])) == value
        True
        """
        return self.program.export(namespace, path)

    def explain(self) -> str:
        """What became of the scalar nodes: how many statements, matrix products, gathers.

        And why older programs of this function do not hold any more.
        """
        stale = {p.stale for p in self.programs.values() if p.stale}
        reasons = [f"traced again: {why}" for why in sorted(stale)]
        return "\n".join([self.program.explain(), *reasons])

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", type(self.function).__name__)
        number = len(self.programs)
        return f"<compiled {name}: {number} program{'' if number == 1 else 's'}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: what became of the scalar nodes, and the program."""
        return bundle(self)
