"""One call of a user's function, recorded: with fresh variables in, and its outputs checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .. import value as engine
from ..primitives.origin import CONSTANT, Origin
from ..value import Value, constant
from .fresh import same
from .linear import Linear, recording
from .rules import alias
from .structures import flatten, matching, number, rebuild

# A variable of a call that is over: a constant, except that a checkpoint may have to record
# again what depended on it.
PAST_VARIABLE = Origin("past variable")


class Recorded:
    """``fun(*args, **kwargs)``, recorded with respect to the arguments at some positions.

    The numbers in these arguments become new variables, and so do Values, even if fun
    closes over the same ones: that keeps nested derivatives apart (d/dx x·d/dy(x + y)).

    What comes out are floats if numbers went in. If a Value went in, or fun closes over one
    that requires a gradient, they are Values which depend on it, to be differentiated in
    turn. Under ``no_grad()`` they depend on nothing.
    """

    def __init__(
        self,
        name: str,
        fun: Callable[..., Any],
        args: tuple[Any, ...],
        positions: Iterable[int],
        kwargs: dict[str, Any],
    ) -> None:
        self.name = name
        self.positions = list(positions)
        self.args = args
        arguments = list(args)
        inputs: list[Value] = []
        numbers: list[Value] = []  # variables for this call only
        self.values_went_in = False
        linked = engine.grad_enabled.get()
        with recording():
            for i in self.positions:
                fresh = []
                for path, item in flatten(args[i], f"{name}: argument {i}"):
                    x = number(item, path)
                    self.values_went_in |= isinstance(x, Value)
                    if isinstance(x, Value) and x.requires_grad and linked:
                        fresh.append(alias(x))
                    else:
                        fresh.append(Value(x.data if isinstance(x, Value) else x))
                        numbers.append(fresh[-1])
                inputs += fresh
                arguments[i] = rebuild(args[i], fresh)
            self.result = fun(*arguments, **kwargs)
        items = flatten(self.result, f"{name}: what the function returned")
        outputs = [constant(number(item, path)) for path, item in items]
        self.linear = Linear(outputs, inputs)
        self.depends_on_values = linked and (
            len(numbers) < len(inputs) or any(map(is_variable, self.linear.leaves))
        )
        for x in numbers:
            x.origin = PAST_VARIABLE if self.linear.has_pieces() else CONSTANT

    def value(self) -> Any:
        """What fun returned, as floats or Values."""
        outputs = self.linear.outputs
        if self.depends_on_values:
            return rebuild(self.result, outputs)
        if self.values_went_in:
            return rebuild(self.result, [x.detach() for x in outputs])
        return rebuild(self.result, [x.data for x in outputs])

    def pull(self, cotangents: list[Any]) -> list[Any]:
        """u·J, as floats or Values; an entry per number in the arguments. None counts as 0."""
        return self.through(self.linear.pull, cotangents)

    def push(self, tangents: list[Any]) -> list[Any]:
        """J·v, as floats or Values; an entry per number in the result. None counts as 0."""
        return self.through(self.linear.push, tangents)

    def through(self, direction: Callable[..., list[Any]], vector: list[Any]) -> list[Any]:
        """Pull or push a vector, on floats if that is enough."""
        on_values = self.depends_on_values
        as_values = on_values or self.values_went_in or any(isinstance(x, Value) for x in vector)
        if on_values:
            vector = [x if x is None else constant(x) for x in vector]
        return [finished(x, as_values) for x in direction(vector, on_values)]

    def arguments(self, items: list[Any]) -> tuple[Any, ...]:
        """An entry per number, in the form of the arguments at the positions."""
        return rebuild(tuple(self.args[i] for i in self.positions), items)  # type: ignore[no-any-return]

    def outputs_like(self, structure: Any, name: str) -> list[Any]:
        """The numbers of a structure that must have the form of what fun returned."""
        return matching(structure, self.result, name, "the function's result")


def is_variable(leaf: Value) -> bool:
    """True for a leaf that requires a gradient, and not only for the length of another call."""
    return leaf.requires_grad and leaf.primitive is not PAST_VARIABLE


def finished(x: Any, as_value: bool) -> Any:
    """A result: 0 where nothing flowed, and +0 for −0, as ``backward()`` has it."""
    if x is None:
        x = 0.0
    if isinstance(x, Value):
        return x + 0.0 if same(x.data, -0.0) else x
    return constant(x + 0.0) if as_value else x + 0.0
