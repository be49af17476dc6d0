"""What the leaves of a formula are called: by their labels, each by a name of its own."""

from __future__ import annotations

import re
from typing import Any

from ..drawing.exploded import exploded
from ..drawing.membership import scopes_in
from ..drawing.names import Names
from ..drawing.text import visible
from ..graph import topological_order
from ..value import Value

LONGEST = 60


def leaf_names(order: list[Value], names: Any = None) -> dict[int, str]:
    """A name for each variable of a graph, by its id: its label, else x1, x2 …

    Names that are there already get a number.
    """
    naming = Names(names, scopes_in(order))
    taken: set[str] = set()
    found: dict[int, str] = {}
    variables = [node for node in order if node.is_leaf and node.requires_grad]
    given = {id(leaf): visible(naming(leaf), LONGEST) for leaf in variables}
    free = (f"x{i}" for i in range(1, 2 * len(variables) + 1))
    for leaf in variables:
        name = given[id(leaf)]
        if not name:
            name = next(n for n in free if n not in given.values())
        base, n = name, 2
        while name in taken:
            name, n = f"{base} ({n})", n + 1
        taken.add(name)
        found[id(leaf)] = name
    return found


def in_small_steps(root: Value) -> list[Value]:
    """The graph, in topological order, with ``dot`` and ``sum`` as products and sums."""
    return exploded(topological_order(root))[0]


def latex_name(name: str) -> str:
    r"""A name as LaTeX: one letter as it is, digits at its end as an index; all else upright.

    >>> print(latex_name("x"), latex_name("w12"), latex_name("a_b"), latex_name("$"))
    x w_{12} \mathrm{a\_b} \mathrm{\$}
    """
    found = re.fullmatch(r"([A-Za-z])_?([0-9]*)", name)
    if found:
        return found[1] + (f"_{{{found[2]}}}" if found[2] else "")
    return rf"\mathrm{{{escaped(name)}}}"


# What would be a command, or markup of the page that shows the formula.
SPECIAL = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\wedge ",
    "~": r"\sim ",
    "<": r"\lt ",
    ">": r"\gt ",
    " ": r"\ ",
    "`": r"\text{`}",
}


def escaped(name: str) -> str:
    """Text in which nothing is a command."""
    return "".join(SPECIAL.get(c, c) for c in name)
