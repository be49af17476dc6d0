"""A graph as plain data for the page: columns of numbers, and the texts that go with them.

Numbers travel as base64 of little-endian bytes: exact, nan and inf included, and quick for
graphs of 100,000 nodes. The page's ``graph.js`` reads what is written here.
"""

from __future__ import annotations

import base64
import os
import re
import sys
from array import array
from collections.abc import Iterable
from typing import Any

from ..drawing.membership import results, scopes_in
from ..drawing.names import Names
from ..drawing.scene import kind_of
from ..drawing.text import visible
from ..lines import Made, line_that_made
from ..primitives.origin import Record
from ..primitives.table import Primitive, table
from ..value import Value
from .log import Log
from .parts import parts_of
from .symbols import formula

KINDS = ("op", "parameter", "input", "constant")
NO_OP = 0  # the op of a leaf


def snapshot(log: Log, names: Any, title: str, unfold: Iterable[Value] = ()) -> dict[str, Any]:
    """Everything that the explorer shows of a graph, ready for ``json.dumps``."""
    order, index = log.order, log.index
    scopes = scopes_in(order)
    called = Names(names, scopes)
    ops = _Ops()
    made = results(order)
    parts, part_of_made = parts_of(made, scopes, len(order))
    part_of = [-1] * len(order)
    for node, part in zip(made, part_of_made, strict=True):
        part_of[index[id(node)]] = part
    found = {i: visible(name, 60) for i, node in enumerate(order) if (name := called(node))}
    return {
        "title": visible(title, 100),
        "size": len(order),
        "ops": ops,  # filled in by the next line but one
        "kinds": packed("B", [kind_number(node, called) for node in order]),
        "op": packed("H", [ops.number(node) for node in order]),
        "first": packed("I", log.edges.first),
        "from": packed("I", log.edges.sources),
        "names": [list(found), list(found.values())],
        "parts": [[visible(p.name, 60), p.kind, p.outer] for p in parts],
        "part": packed("i", part_of),
        "unfold": [part_of[index[id(value)]] for value in unfold],
        "lines": lines_of(order),
        "compared": compared_in(order),
        **numbers(log),
    } | {"ops": ops.entries}


def numbers(log: Log) -> dict[str, Any]:
    """What changes when a leaf does: data, gradients, local derivatives and the log."""
    partials = log.edges.partials
    return {
        "data": packed("d", [node.data for node in log.order]),
        "grad": packed("d", log.grads),
        "partial": packed("d", [0.0 if p is None else p for p in partials]),
        "dead": [edge for edge, p in enumerate(partials) if p is None],
        "log": None if log.is_plain else packed("i", log.events),
        "changes": [list(log.changes), packed("d", log.changes.values())],
    }


def kind_number(node: Value, names: Names) -> int:
    """What a node is, as a number in ``KINDS``."""
    return 0 if node.a is not None else KINDS.index(kind_of(node, names))


class _Ops:
    """The distinct ops of a graph, each with so many operands; number 0 is no op at all."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = [{}]
        self._numbers: dict[tuple[int, int], int] = {}

    def number(self, node: Value) -> int:
        """The number of the op that made a node."""
        origin = node.origin
        primitive = origin.primitive if isinstance(origin, Record) else origin
        if not isinstance(primitive, Primitive):
            return NO_OP
        arity = len(node.parents) if node.a is None else 1 + (node.b is not None)
        key = id(primitive), arity
        if key not in self._numbers:
            self._numbers[key] = len(self.entries)
            self.entries.append(described(primitive, arity))
        return self._numbers[key]


def described(primitive: Primitive, arity: int) -> dict[str, Any]:
    """An op: its name and sign, its formula and local derivatives in symbols, its rule in words.

    ``form`` and ``constants`` say where its JavaScript form is to be found.
    """
    form, constants = "", ()
    if primitive.family is not None:
        maker, constants = primitive.family
        form = maker.__name__
    elif table.get(primitive.name) is primitive:
        form = primitive.name
    text, partials = formula(primitive, arity)
    doc = (primitive.__doc__ or "").strip().split("\n", 1)[0]
    return {
        "name": visible(primitive.name, 60),
        "symbol": visible(primitive.symbol, 40),
        "form": form,
        "constants": packed("d", constants),
        "formula": text,
        "partials": partials,
        "rule": visible(doc, 300),
    }


def lines_of(order: list[Value]) -> list[list[Any]]:
    """The distinct lines of the program that made nodes, each with the nodes it made."""
    found: dict[str, list[int]] = {}
    for i, node in enumerate(order):
        if isinstance(node.origin, Made) and (line := line_that_made(node)):
            found.setdefault(line, []).append(i)
    return [[without_folders(line), nodes] for line, nodes in found.items()]


def without_folders(line: str) -> str:
    """A line as in a traceback, files without their folders: a page may go to others."""
    line = re.sub(r'File "([^"\n]*)"', lambda f: f'File "{os.path.basename(f[1])}"', line)
    return "\n".join(visible(part, 200) for part in line.strip("\n").split("\n"))


def compared_in(order: list[Value]) -> list[int]:
    """The nodes that Python code compared with a number, by which it may have chosen a branch."""
    records = ((i, node.origin) for i, node in enumerate(order))
    return [i for i, r in records if isinstance(r, Record) and r.compared is not None]


def packed(code: str, items: Iterable[Any]) -> str:
    """Numbers as base64 of their little-endian bytes; ``code`` is one of ``array``'s."""
    column = array(code, items)
    if sys.byteorder == "big":
        column.byteswap()
    return base64.b64encode(column.tobytes()).decode()
