"""linear: many weighted sums of the same inputs, recorded in one go."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

from . import value as engine
from .primitives import dot
from .primitives.origin import CONSTANT, Record
from .primitives.table import lookup
from .value import Value

_dot = lookup("dot")


def linear(
    inputs: Iterable[Any], weights: Iterable[Sequence[Any]], biases: Iterable[Any]
) -> list[Any]:
    """Σᵢ weightsⱼᵢ·inputsᵢ + biasesⱼ for every j: a layer's sums, one ``dot`` node for each.

    The same nodes as ``[dot(row, inputs, bias=b) for row, b in zip(weights, biases)]``, made
    faster, because the inputs are read once.

    Args:
        inputs: n Values or numbers.
        weights: a row of n for each output.
        biases: one for each output.

    ``ValueError`` if the lengths differ.

    >>> w = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    >>> linear([Value(1.0), Value(1.0)], w, [Value(0.0), Value(1.0)])
    [Value(3.0), Value(8.0)]
    """
    inputs, weights, biases = tuple(inputs), list(weights), list(biases)
    if len(weights) != len(biases):
        raise ValueError(
            "linear(inputs, weights, biases): there must be one bias per row of weights, not "
            f"{len(weights)} rows and {len(biases)} biases"
        )
    xs = [x.data for x in inputs if type(x) is Value]
    regular = len(xs) == len(inputs) and not engine.busy
    outputs = []
    for row, bias in zip(weights, biases, strict=True):
        ws = [w.data for w in row if type(w) is Value] if regular else []
        if not regular or len(ws) != len(xs) or len(ws) != len(row) or not variable(bias):
            outputs.append(dot(row, inputs, bias))  # which also says what is wrong
            continue
        data = sum(map(operator.mul, ws, xs), bias.data)
        record = Record(_dot, (*row, *inputs, bias), (*xs, *ws, 1.0))
        outputs.append(Value(data, record))
    return outputs


def variable(x: Any) -> bool:
    """True for a Value that requires a gradient: then what is computed from it does, too."""
    return type(x) is Value and x.primitive is not CONSTANT
