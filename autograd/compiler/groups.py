"""What the passes after the fourth work with: groups of slots, and what fills them.

A *slot* is a place in one long array of numbers; a node of the graph is from pass 4 on the
number of its slot. A group is a range of slots that one statement, or a few, will compute.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..primitives.table import Primitive
from .columns import Ints
from .products import MatrixProduct


@dataclass
class Elementwise:
    """A primitive of a few operands, applied slot by slot."""

    primitive: Primitive
    base: int
    size: int
    operands: list[Ints]  # each (size,)


@dataclass
class Wide:
    """A primitive over many operands (max, logsumexp, pick …), applied row by row."""

    primitive: Primitive
    base: int
    size: int
    operands: Ints  # (K, size)


@dataclass
class Sum:
    """Σ of matrix products, products and plain terms."""

    base: int
    size: int
    matrix: MatrixProduct | None
    terms: list[tuple[Ints, Ints | None]]  # each (size, K), the second factor or None


@dataclass
class Pick:
    """Elements of tables by numbers that are known only when the program runs."""

    base: int
    size: int
    table: Ints  # (K, size)
    index: Ints  # (size,), the slots that hold the numbers


Group = Elementwise | Wide | Sum | Pick


@dataclass
class Grouped:
    """The groups in the order of computation, and where everything lies."""

    parameters: int  # how many; theirs are the first slots
    place: Ints  # where each node stands in the trace
    groups: list[Group] = field(default_factory=list)
    slots: int = 0
    numbers: np.ndarray = field(default_factory=lambda: np.empty(0))
    first_number: int = 0
    zero: int = 0
    slot: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # of every node
