"""Gathers, scatters, and the arithmetic of indices, as instructions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .instructions import Area, Instructions, UnsupportedError


class Indices:
    """Lowers what has to do with indices."""

    to: Instructions
    checks: dict[int, tuple[Area, int]]
    environment: Mapping[str, Any]
    large: int

    if TYPE_CHECKING:

        def expression(self, node: ast.expr) -> Area | float: ...
        def named(self, name: str) -> Area: ...

    def area(self, value: Area | float) -> Area:
        return value if isinstance(value, Area) else self.to.constant(value)

    def take(
        self, of: ast.expr, where: ast.expr, options: dict[Any, ast.expr], out: Area | None
    ) -> Area:
        source, index = self.area(self.expression(of)), self.index(where)
        if not source.shape or (len(source.shape) > 1 and "axis" not in options):
            raise UnsupportedError("take")
        across = source.shape[1:]
        shape = (*index.shape, *across)
        out = self.to.room(shape) if out is None else out
        if out.shape != shape or (out.meets(source) and out.base == source.base and across):
            raise UnsupportedError("take")
        here = Area(index.base, index.offset, shape, (*index.strides, *[0] * len(across)), "i")
        there = (*[0] * len(index.shape), *source.strides[1:])
        parts = [out, here, Area(source.base, source.offset, shape, there)]
        self.to.indexed("gather", shape, parts, source.strides[0])
        return out

    def scatter(self, name: str, place: Area, index: Area, numbers: Area, extra: int) -> None:
        if index.kind != "i" or index.shape != numbers.shape:
            raise UnsupportedError("indices and numbers that do not go together")
        self.to.indexed(name, index.shape, [place, index, numbers], extra)

    def bincount(self, out: Area, where: ast.expr, weights: ast.expr, onto: bool) -> None:
        index, numbers = self.index(where), self.area(self.expression(weights))
        flat = index.flat()
        if flat is None or len(numbers.shape) != 1 or numbers.meets(out):
            raise UnsupportedError("bincount of what does not lie in one piece")
        if not onto:
            self.to.each("copy", out, [self.to.constant(0.0)])
        self.scatter("scatter_add", Area(out.base, out.offset, flat.shape, (0,)), flat, numbers, 1)

    def reduceat(self, call: ast.Call, out: Area | None) -> Area:
        """Sums of runs: each number is added to the place of its run."""
        terms = self.area(self.expression(call.args[0]))
        first = self.constant_index(call.args[1])
        if len(terms.shape) != 1 or (np.diff(first) <= 0).any() or first[0] != 0:
            raise UnsupportedError(ast.unparse(call))
        run = np.zeros(terms.size, np.int64)
        run[first[1:]] = 1
        where = self.to.constant(np.cumsum(run))
        out = self.to.room((len(first),)) if out is None else out
        if out.meets(terms):
            raise UnsupportedError("sums onto their own terms")
        self.to.each("copy", out, [self.to.constant(-0.0)])
        place = Area(out.base, out.offset, terms.shape, (0,))
        self.scatter("scatter_add", place, where, terms, out.strides[0])
        return out

    def index(self, node: ast.expr) -> Area:
        area = self.expression(node)
        if not isinstance(area, Area) or area.kind != "i":
            raise UnsupportedError(ast.unparse(node))
        return area

    def constant_index(self, node: ast.expr) -> np.ndarray[Any, Any]:
        found = self.environment.get(node.id) if isinstance(node, ast.Name) else None
        if not isinstance(found, np.ndarray) or found.dtype.kind != "i" or not found.size:
            raise UnsupportedError(ast.unparse(node))
        return found

    def checked(self, call: ast.Call) -> Area:
        numbers, length = self.area(self.expression(call.args[0])), ast.literal_eval(call.args[1])
        out = self.to.room(numbers.shape, "i")
        self.checks[len(self.to.records)] = numbers, length
        self.to.indexed("checked", numbers.shape, [out, numbers], length)
        return out

    def index_sum(self, left: Area, right: Area, times: int) -> Area:
        """left + times · right."""
        shape = np.broadcast_shapes(left.shape, right.shape)
        out = self.to.room(shape, "i")
        parts = [out, left.broadcast(shape), right.broadcast(shape)]
        self.to.indexed("index_add", shape, parts, times)
        return out

    def index_arithmetic(self, node: ast.expr) -> Area:
        match node:
            case ast.BinOp(ast.Constant(int(times)), ast.Mult(), right):
                zero = self.to.constant(np.zeros((), np.int64))
                return self.index_sum(zero, self.index(right), times)
            case ast.BinOp(left, ast.Add(), right):
                return self.index_sum(self.index(left), self.index(right), 1)
            case ast.BinOp(left, ast.Sub(), ast.Constant(int(number))):
                less = self.to.constant(np.array(number, np.int64))
                return self.index_sum(self.index(left), less, -1)
            case ast.Subscript(table, ast.Tuple([row, column])):
                matrix = self.constant_index(table)
                place = self.index_sum(self.index(column), self.index(row), matrix.shape[1])
                source = self.to.constant(matrix)
                out = self.to.room(place.shape, "i")
                there = Area(source.base, source.offset, place.shape, (0,) * len(place.shape), "i")
                self.to.indexed("index_gather", place.shape, [out, place, there], 1)
                return out
        raise UnsupportedError(ast.unparse(node))


def widened(area: Area, axis: int, length: int) -> Area:
    """A row, repeated along a new axis."""
    shape, strides = list(area.shape), list(area.strides)
    shape.insert(axis, length)
    strides.insert(axis, 0)
    return Area(area.base, area.offset, tuple(shape), tuple(strides), area.kind)
