"""Lowering: the NumPy statements of a program, as its source says them, as instructions.

A statement that the vector machine cannot run stays Python. Nothing else is known here of
what the statements are for, so that what runs is what one reads.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..primitives import table as primitives
from .instructions import Area, Instructions, UnsupportedError
from .lowered_calls import LARGE, Calls

NUMBERS, GRADIENTS = 0, 1  # the bases of U and D


class Lowering(Calls):
    """Lowers one statement after the other. ``areas``: where what has a name lies."""

    def __init__(
        self,
        module: Any,
        lengths: Sequence[int],
        areas: Mapping[str, Area],
        environment: Mapping[str, Any],
    ) -> None:
        self.to = Instructions(module.OPERATIONS, lengths)
        self.large = LARGE[module.use("")]
        self.areas = dict(areas)
        self.environment = environment
        self.checks: dict[int, tuple[Area, int]] = {}  # by instruction: indices into a table

    def statement(self, line: str, parsed: ast.stmt | None = None) -> bool:
        """Add the instructions of a statement; False if there are none for it."""
        before = len(self.to.records)
        try:
            self.lower(parsed or ast.parse(line).body[0])
        except UnsupportedError:
            del self.to.records[before:]
            self.checks = {k: check for k, check in self.checks.items() if k < before}
            for name in assigned(line):
                self.areas.pop(name, None)
            return False
        return True

    def lower(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Expr(ast.Call() as call):
                self.call_with_out(call)
            case ast.Assign([ast.Name(name)], value):
                self.areas[name] = self.fresh(value)
            case ast.Assign([ast.Tuple([target, ast.Name(slopes)])], ast.Call() as call):
                self.areas[slopes] = self.stacked(self.target(target), call)
            case ast.Assign([ast.Subscript() as target], value):
                self.store(target, value, onto=False)
            case ast.AugAssign(ast.Subscript() as target, ast.Add(), value):
                self.store(target, value, onto=True)
            case _:
                raise UnsupportedError(ast.unparse(statement))

    def fresh(self, value: ast.expr) -> Area:
        """Where the result lies that gets a name."""
        found = self.area(self.expression(value))
        if isinstance(value, (ast.Name, ast.Subscript)) and found.kind != "i":
            copy = self.to.room(found.shape, found.kind)
            self.to.each("copy", copy, [found])
            return copy
        return found

    def target(self, node: ast.expr) -> Area:
        """``name[...]``, ``D[a:b]``, ``D[k]``."""
        match node:
            case ast.Subscript(ast.Name(name), ast.Constant(value)) if value is Ellipsis:
                return self.named(name)
            case ast.Subscript(
                ast.Name("D"), ast.Slice(ast.Constant(int(a)), ast.Constant(int(b)))
            ):
                return Area(GRADIENTS, a, (b - a,), (1,))
            case ast.Subscript(ast.Name("D"), ast.Constant(int(k))):
                return Area(GRADIENTS, k, (), ())
        raise UnsupportedError(ast.unparse(node))

    def store(self, target: ast.Subscript, value: ast.expr, onto: bool) -> None:
        match target:
            case ast.Subscript(ast.Name("D"), ast.Name(name)):  # at indices
                index = self.named(name)
                contribution = self.scattered(value, index)
                place = Area(GRADIENTS, 0, index.shape, (0,) * len(index.shape))
                self.scatter("scatter_add" if onto else "scatter", place, index, contribution, 1)
                return
        area = self.target(target)
        match value:
            case ast.Call(ast.Attribute(ast.Name("np"), "bincount"), [where, weights]):
                self.bincount(area, where, weights, onto)
            case _ if onto:
                self.to.each("add", area, [area, self.area(self.expression(value))])
            case _:
                self.into(area, value)

    def scattered(self, value: ast.expr, index: Area) -> Area:
        """What is written to indices; sums of runs are spread over them first."""
        found = self.area(self.expression(value))
        return found.broadcast(index.shape)

    def expression(self, node: ast.expr) -> Area | float:
        """The value of an expression: a number, or where it lies."""
        match node:
            case ast.Constant(float(number) | int(number)):
                return float(number)
            case ast.UnaryOp(ast.USub(), operand):
                value = self.expression(operand)
                if isinstance(value, float):
                    return -value
            case ast.Attribute(ast.Name("np"), "inf" | "nan" as name):
                return float(name)
            case ast.Name(name):
                return self.named(name)
            case ast.Subscript(ast.Name(name), ast.Constant(int(k))):
                area = self.named(name)
                if not area.shape or not 0 <= k < area.shape[0]:
                    raise UnsupportedError(ast.unparse(node))
                offset = area.offset + k * area.strides[0]
                return area._replace(offset=offset, shape=area.shape[1:], strides=area.strides[1:])
            case ast.Subscript() | ast.BinOp():
                return self.index_arithmetic(node)
            case ast.Call():
                return self.call(node)
        raise UnsupportedError(ast.unparse(node))

    def named(self, name: str) -> Area:
        if name in self.areas:
            return self.areas[name]
        thing = self.environment.get(name)
        if name == "U":
            return Area(NUMBERS, 0, (len(self.environment["U"]),), (1,))
        if isinstance(thing, np.ndarray) and name != "D" and thing.dtype.kind in "if":
            return self.to.constant(thing)
        raise UnsupportedError(name)

    def primitive_of(self, function: ast.expr) -> Any:
        """The entry of the table that a helper function belongs to."""
        thing = self.environment.get(function.id) if isinstance(function, ast.Name) else None
        primitive = getattr(thing, "primitive", None)
        if primitive is None or primitives.get(primitive.name) is not primitive:
            raise UnsupportedError(ast.unparse(function))
        return primitive


def assigned(line: str) -> list[str]:
    """The names that a statement gives to results."""
    tree = ast.parse(line)
    return [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
