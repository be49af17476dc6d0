"""The options of ``draw``: what is wrong with one is said by name, value and way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..value import Value
from .drawing import Drawing
from .scene import Scene

LARGEST = 2000  # nodes in a picture: beyond, a layout takes minutes and helps nobody
MOST_PATHS = 20
MOST_HOPS = 50
MOST_WORST = 50


@dataclass(frozen=True, slots=True)
class Options:
    """What ``draw`` was asked for, as its documentation explains."""

    scopes: bool = True
    parameters: bool = True
    direction: str = "LR"
    max_nodes: int = 300
    title: str = ""
    mark: Value | Iterable[Value] = ()
    depth: int | None = None
    unfold: Value | Iterable[Value] = ()
    focus: Value | Iterable[Value] | None = None
    hops: int | None = None
    path_from: Value | None = None
    paths: int = 3
    worst: int | None = None

    @property
    def shows_a_part(self) -> bool:
        """Whether only a part of the graph is to be drawn."""
        return not (self.focus is None and self.path_from is None and self.worst is None)

    def check(self) -> None:
        """``ValueError`` or ``TypeError`` for what no graph could be drawn with."""
        if self.direction not in ("LR", "TB"):
            raise ValueError(f'draw(…, direction): must be "LR" or "TB", not {self.direction!r}')
        whole("max_nodes", self.max_nodes, 1, LARGEST, "a larger graph is folded")
        whole("paths", self.paths, 1, MOST_PATHS, "the first contribute most")
        at_most_one(depth=self.depth, focus=self.focus, path_from=self.path_from, worst=self.worst)
        if self.depth is not None:
            whole("depth", self.depth, 0, None, "0 shows the outermost scopes, folded")
        if self.hops is not None:
            whole("hops", self.hops, 0, MOST_HOPS, "0 is the focus alone")
        if self.worst is not None:
            whole("worst", self.worst, 1, MOST_WORST, "5 is a good start")

    def drawing(self, scene: Scene, tree: str, summary: str) -> Drawing:
        """A scene as a drawing with these options."""
        return Drawing(scene, tree, summary, title=self.title, direction=self.direction)


def whole(
    name: str, number: Any, low: int, high: int | None, way_out: str, *, function: str = "draw"
) -> int:
    """A whole number in bounds, or an error that names the option."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{function}(…, {name}): must be a whole number, not {number!r}; {way_out}")
    if number < low or (high is not None and number > high):
        bounds = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{function}(…, {name}): must be {bounds}, not {number!r}; {way_out}")
    return number


def at_most_one(**given: Any) -> None:
    """``ValueError`` if several options ask for different pictures."""
    names = [name for name, option in given.items() if option is not None]
    if len(names) > 1:
        raise ValueError(
            f"draw(…, {', '.join(names)}): each asks for a picture of its own; give one of them, "
            "and call draw again for the other"
        )


def in_graph(name: str, given: Value | Iterable[Value], order: list[Value]) -> list[Value]:
    """The Values that an option names, all of the graph, each once."""
    try:
        values = [given] if isinstance(given, Value) else list(given)
    except TypeError:
        raise TypeError(
            f"draw(…, {name}): must be a Value or several, not {type(given).__name__}"
        ) from None
    known = set(map(id, order))
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"draw(…, {name}): must be Values, not {type(value).__name__}")
        if id(value) not in known:
            raise ValueError(
                f"draw(…, {name}): {value!r} is not in the graph that is drawn; draw a value that "
                "was computed from it, or itself"
            )
    return list({id(value): value for value in values}.values())


def one_in_graph(name: str, given: Value | Iterable[Value], order: list[Value]) -> Value:
    """The one Value that an option names."""
    values = in_graph(name, given, order)
    if len(values) != 1:
        raise ValueError(
            f"draw(…, {name}): must be one Value, not {len(values)}; draw each by itself"
        )
    return values[0]


def results_in_graph(name: str, given: Value | Iterable[Value], order: list[Value]) -> list[Value]:
    """The results of ops that an option names."""
    values = in_graph(name, given, order)
    for value in values:
        if value.is_leaf:
            raise ValueError(
                f"draw(…, {name}): {value!r} is a leaf, in no scope; give a result of an op"
            )
    return values
