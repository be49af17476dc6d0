"""All that a program needs of a trace, as plain data, so that the graph can be freed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..scopes import values_in
from ..value import Value
from .columns import read
from .tracing import Trace

HOLE = object()


class Reading:
    """The columns of a trace, and which of the kept nodes it watched for what.

    No Values but parameters, held constants and constants that are assigned: the rest of
    the graph lives no longer than the trace.
    """

    def __init__(self, trace: Trace) -> None:
        self.aside = without_values(trace.aside)
        watched = [v for pair in trace.compared for v in pair if isinstance(v, Value)]
        first = len(watched)
        watched += values_in((trace.aside,))
        aside = slice(first, len(watched))
        watched += [v for _, v in trace.assigned if isinstance(v, Value)]
        self.columns = read(trace.root, trace.inputs, watched, trace.recipes)
        self.inputs = [value.data for value in trace.inputs]
        self.draws = trace.draws
        # Where each watched value is among the kept nodes after the root.
        column = {id(value): i for i, value in enumerate(watched)}
        self.others = [column[id(v)] for v in watched[aside]]
        self.assigned = [
            (constant, column[id(v)] if isinstance(v, Value) else v)
            for constant, v in trace.assigned
        ]
        self.left = [column[id(a)] for a, _ in trace.compared]
        self.right = [column[id(b)] if isinstance(b, Value) else -1 for _, b in trace.compared]
        self.compared = [(a.data, b.data if isinstance(b, Value) else b) for a, b in trace.compared]
        self.fixed = [np.nan if isinstance(b, Value) else b for _, b in trace.compared]


def without_values(structure: Any) -> Any:
    """Nested lists and dicts with holes in place of Values, which would keep all graph alive."""
    if isinstance(structure, (list, tuple)):
        return [without_values(item) for item in structure]
    if isinstance(structure, dict):
        return {key: without_values(item) for key, item in structure.items()}
    return HOLE if isinstance(structure, Value) else structure
