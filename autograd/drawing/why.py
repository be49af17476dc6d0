"""why: the paths that a gradient is the sum of, the most important first."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from ..graph import topological_order
from ..value import Value
from .drawing import Drawing
from .membership import scopes_in
from .names import Names
from .options import Options, whole
from .parts import called, count_paths, shortened, usable
from .paths import Path, best_paths
from .pictures import of_a_part
from .places import Places
from .text import number

MOST = 20


@dataclass(frozen=True, slots=True)
class Way:
    """One path up from a node: what it contributes, and its share of the whole derivative.

    ``nodes`` are names (or ops) from the node to the root, ``slopes`` the local derivatives
    between them: ``contribution`` is their product. ``share`` is None where the whole is 0 or
    not finite; shares of paths that cancel may be negative, or above 1.
    """

    nodes: tuple[str, ...]
    slopes: tuple[float, ...]
    contribution: float
    share: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a derivative is what it is: ``print`` it for the table; ``.picture`` draws the paths.

    ``gradient`` is ∂root/∂value, the sum over all ``paths``; ``ways`` are those that contribute
    most.
    """

    value: str
    root: str
    gradient: float
    paths: float
    ways: tuple[Way, ...]
    picture: Drawing

    @property
    def explained(self) -> float:
        """The sum over the ways that are listed."""
        return sum(way.contribution for way in self.ways)

    @property
    def heading(self) -> str:
        """The whole in one line."""
        return (
            f"∂{self.root}/∂{self.value} = {number(self.gradient)}, the sum over "
            f"{count_paths(self.paths)} path{'' if self.paths == 1 else 's'}"
        )

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The table: rank, contribution, share, path."""
        return [
            (
                str(rank),
                number(way.contribution),
                "" if way.share is None else f"{100 * way.share:.3g} %",
                way.text,
            )
            for rank, way in enumerate(self.ways, 1)
        ]

    def __str__(self) -> str:
        rows = [("", "product", "share", "path"), *self.rows()]
        wide = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = [
            "  ".join([*(text.rjust(n) for text, n in zip(row, wide, strict=False)), row[3]])
            for row in rows
        ]
        rest = self.gradient - self.explained
        others = self.paths - len(self.ways)
        if others > 0:
            lines.append(f"{count_paths(others)} more, which sum up to {number(rest)}")
        return "\n".join([self.heading, *lines])

    def __repr__(self) -> str:
        return f"<Why: {self.heading}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        try:
            body = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                for row in self.rows()
            )
            head = "<tr><th></th><th>product</th><th>share</th><th>path</th></tr>"
            table = f"<p>{html.escape(self.heading)}</p><table>{head}{body}</table>"
            bundle["text/html"] = table + self.picture.svg
        except Exception as error:  # a display must not raise, whatever the reason
            bundle["text/plain"] += f"\n\n{type(error).__name__}: {error}"
        return bundle


def why(root: Value, value: Value, *, most: int = 5, names: Any = None) -> Why:
    """Why ∂root/∂value is what it is: the paths between them that contribute most.

    By the chain rule the derivative is a sum over all paths from ``value`` up to ``root``, of
    the product of the local derivatives along each. It needs no ``backward()``, and is not
    ``value.grad`` where that has accumulated over several passes.

    Args:
        root: what is differentiated, say a loss.
        value: a Value that it was computed from, say a parameter.
        most: how many paths to list, up to 20.
        names: names for Values, as for ``draw``.

    Raises ``ValueError`` if ``value`` is not in the graph of ``root``.

    >>> x = Value(3.0, label="x")
    >>> print(why(x * x + 5 * x, x))
    ∂+/∂x = 11, the sum over 3 paths
       product   share  path
    1        5  45.5 %  x → × → +
    2        3  27.3 %  x → × → +
    3        3  27.3 %  x → × → +
    """
    for name, given in (("root", root), ("value", value)):
        if not isinstance(given, Value):
            raise TypeError(f"why({name}): must be a Value, not {type(given).__name__}")
    whole("most", most, 1, MOST, "the first contribute most", function="why")
    order = topological_order(root)
    if all(node is not value for node in order):
        raise ValueError(
            f"why(value): {value!r} is not in the graph of {root!r}: its derivative is 0, for "
            "there is no path. Was it used, and not only its .data?"
        )
    naming = Names(names, scopes_in(order))
    places = Places(order, naming)
    found = best_paths(order, value, most)
    options = Options(path_from=value, paths=most)
    return Why(
        called(value, naming),
        called(root, naming),
        found.total,
        found.number,
        tuple(way(path, found.total, places) for path in found.best),
        of_a_part(order, naming, options, set()),
    )


def way(path: Path, total: float, places: Places) -> Way:
    """A path as plain data."""
    share = path.product / total if usable(total) else None
    nodes = places.along(path.nodes)
    return Way(tuple(nodes), path.slopes, path.product, share, shortened(nodes))
