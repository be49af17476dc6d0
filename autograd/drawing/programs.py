"""A compiled program as a picture: a box for each group of numbers that is computed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .drawing import Drawing
from .scene import Edge, Fold, Scene
from .text import visible

if TYPE_CHECKING:
    from ..compiler import Compiled
    from ..compiler.groups import Group

MOST = 300  # boxes
MEANINGS = ("a box: numbers computed at once", "very thick border: matrix product",
            "double border: the loss")  # fmt: skip


def picture(compiled: Compiled, title: str = "", direction: str = "LR") -> Drawing:
    """The forward part of the program that ran last; matrix products stand out.

    ``ValueError`` for a program of scalar lines, and for one of more than 300 groups.
    """
    import numpy as np

    from ..compiler.arrays import ArrayCode
    from ..compiler.emit import slots_read
    from ..compiler.groups import Pick

    code = compiled.program.code
    if not isinstance(code, ArrayCode):
        raise ValueError(
            "draw(program): it is plain Python, a line for each node, with no arrays to show; "
            'use draw(loss), or compile(function, form="arrays")'
        )
    groups = code.emitter.groups
    if len(groups) > MOST:
        raise ValueError(
            f"draw(program): {len(groups):,} groups are too many to draw (at most {MOST}); "
            "print program.explain() or program.source"
        )
    owner = np.full(code.emitter.grouped.slots, -1)
    owner[: code.count] = -2
    owner[code.inputs] = -3
    for i, group in enumerate(groups):
        owner[group.base : group.base + group.size] = i
    folds, edges = [], []
    for i, group in enumerate(groups):
        reads = slots_read(group)
        if isinstance(group, Pick):
            reads = np.append(reads, group.index)
        is_output = group.base <= code.kept[0] < group.base + group.size
        folds.append(box(i, group, is_output))
        used, count = np.unique(owner[np.unique(reads)], return_counts=True)
        for source, many in zip(used.tolist(), count.tolist(), strict=True):
            if source != -1:  # constants
                plain = many if many > 1 else 0  # an edge of 1 would show a derivative
                edges.append(Edge(key_of(source), f"b{i}", 0, 1.0, plain, 0.0))
    for source, name, size in ((-3, "arguments", code.inputs.stop - code.inputs.start),
                               (-2, "parameters", code.count)):  # fmt: skip
        key = key_of(source)
        if any(edge.source == key for edge in edges):
            about = (f"{size:,} numbers",)
            folds.insert(0, Fold(key, "leaves", name, "", about, size, 0.0, 0.0, 0.0, None))
    summary = compiled.program.explain().split("\n")[0]
    lines = [f"{visible(fold.name, 100)}: {', '.join(fold.about)}" for fold in folds]
    tree = "\n".join([summary, *lines])
    scene = Scene((), tuple(edges), (), folds=tuple(folds), meanings=MEANINGS)
    return Drawing(scene, tree, summary, title=title, direction=direction)


def key_of(owner: int) -> str:
    """The id of a group's box, or of that of the leaves."""
    return f"b{owner}" if owner >= 0 else f"b_{-owner}"


def box(i: int, group: Group, is_output: bool) -> Fold:
    """What one group computes."""
    from ..compiler.groups import Pick, Sum

    marked, shape = False, f"{group.size:,}"
    numbers = "number" if group.size == 1 else "numbers"
    if isinstance(group, Sum):
        marked = group.matrix is not None
        terms = sum(left.shape[1] for left, _ in group.terms)
        name = "matrix product" if marked else "Σ"
        if group.matrix is not None:
            terms += sum(a.shape[2] for a, _ in group.matrix.factors)
            shape = " × ".join(map(str, [n for n in group.matrix.shape if n > 1] or [1]))
        about = [f"{shape} {numbers}", f"{terms:,} terms each"]
    else:
        name = "pick" if isinstance(group, Pick) else group.primitive.symbol
        about = [f"{shape} {numbers}"]
    return Fold(f"b{i}", "ops", name, "", tuple(about), group.size, 0.0, 0.0, 0.0, None,
                is_output=is_output, is_marked=marked)  # fmt: skip
