"""Which line of the program made a node? Remembered while ``detect_anomaly()`` is active."""

from __future__ import annotations

import functools
import itertools
import linecache
import os
import sys
from types import CodeType
from typing import Literal

from .primitives.origin import Record
from .value import Value

_ENGINE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_NN = os.path.join(os.path.dirname(os.path.dirname(_ENGINE)), "nn") + os.sep
_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep

# A place in the program: code and the instruction in it. Cheap to remember for each node;
# line, columns and text are found when an error asks for them.
Place = tuple[CodeType, int]


class Made(Record):
    """A Record that also knows where its node was made.

    ``places`` holds the innermost line of the user's own program and, before it, the line
    of nn (or another installed package) that it called, if there is one.
    """

    __slots__ = ("places",)

    def __init__(self, record: Record, places: tuple[Place, ...]) -> None:
        super().__init__(
            record.primitive,
            record.parents,
            record.partials,
            record.label,
            record.compared,
            record.scope,
        )
        self.hooks = record.hooks
        self.places = places


def remember_line(node: Value) -> None:
    """Note in a node, just made, which line of the program makes it."""
    if not isinstance(node.origin, Made):
        node.origin = Made(node.to_record(), places())


def line_that_made(node: Value) -> str:
    """Lines of text which say where a node was made; empty if that is not known.

    They look as in a traceback, the part of the line that made the node underlined.
    """
    if not isinstance(node.origin, Made):
        return ""
    texts = [text_of(place) for place in node.origin.places]
    return "".join(f"\n  {'called' if i else 'made'} by {text}" for i, text in enumerate(texts))


def places() -> tuple[Place, ...]:
    """The places of the calls that are under way, from the inside, as far as they tell a user."""
    library: Place | None = None
    frame = sys._getframe(1)
    while frame is not None:
        owner = owner_of(frame.f_code.co_filename)
        if owner == "user":
            place = (frame.f_code, frame.f_lasti)
            return (place,) if library is None else (library, place)
        if owner == "library" and library is None:
            library = (frame.f_code, frame.f_lasti)
        frame = frame.f_back  # type: ignore[assignment]
    return () if library is None else (library,)


def levels_to_user() -> int:
    """The ``stacklevel`` with which a warning of the caller points at the user's own line.

    How many frames the engine has depends on whether it is compiled.
    """
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and owner_of(frame.f_code.co_filename) == "engine":
        level, frame = level + 1, frame.f_back
    return level


@functools.lru_cache(maxsize=4096)
def owner_of(filename: str) -> Literal["engine", "library", "user"]:
    """Whose code a file is: the engine's (or Python's own), a package's, the user's."""
    if filename.startswith("<frozen"):
        return "engine"
    path = os.path.abspath(filename)
    if path.startswith(_ENGINE):
        return "engine"
    if path.startswith(_NN) or "site-packages" in path or "dist-packages" in path:
        return "library"
    return "engine" if path.startswith(_STANDARD_LIBRARY) else "user"


def text_of(place: Place) -> str:
    """A place as in a traceback: file, line, function, and the code, underlined."""
    code, instruction = place
    positions = next(itertools.islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    line, last_line, start, end = positions
    header = f'File "{code.co_filename}", line {line}, in {code.co_name}'
    text = linecache.getline(code.co_filename, line or 0).rstrip()
    if not text:
        return header
    shown = text.lstrip()
    header += f"\n    {shown}"
    if start is None or end is None:
        return header
    # Columns count bytes. Of code over several lines, the first is shown.
    first = len(text.encode()[:start].decode(errors="replace")) - (len(text) - len(shown))
    stop = len(text.encode()[:end].decode(errors="replace")) - (len(text) - len(shown))
    if last_line != line:
        stop = len(shown)
    return f"{header}\n    {' ' * first}{'^' * (stop - first)}"
