"""DOT to SVG, PNG or PDF: with the ``pygraphviz`` wheel, else with a system ``dot``.

The wheel carries the Graphviz libraries, so that pictures work after ``pip install`` alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

FORMATS = ("svg", "png", "pdf")
PIXELS_PER_INCH = 144  # of a PNG: sharp on today's screens
STACK = 64 << 20  # bytes for the layout, which recurses over the graph in C

_one_at_a_time = threading.Lock()
_started = False


class RenderError(RuntimeError):
    """There is no renderer, or none of those at hand could draw the picture."""


def render(dot: str, format: str) -> bytes:
    """A picture from DOT source. ``RenderError`` if that cannot be done."""
    reasons = []
    for renderer in (_with_pygraphviz, _with_system_dot):
        try:
            return renderer(dot, format)
        except RenderError as error:
            reasons.append(str(error))
    raise RenderError(
        f"no {format.upper()} could be drawn ({'; '.join(reasons)}). Install a renderer with: "
        "pip install 'pygraphviz>=2' (it carries Graphviz), or install Graphviz itself "
        "(https://graphviz.org/download) so that `dot` is on the PATH. "
        "The text picture needs neither: print(drawing.tree)"
    )


def _with_pygraphviz(dot: str, format: str) -> bytes:
    try:
        import pygraphviz
    except (ImportError, OSError) as error:
        raise RenderError(f"pygraphviz cannot be imported: {error}") from error

    def draw(dot: str, format: str) -> bytes:
        graph = pygraphviz.AGraph(string=dot)
        try:
            if format == "png":
                graph.graph_attr["dpi"] = str(PIXELS_PER_INCH)
            # Set so that the program can be named in `args`: when it is named by `prog`,
            # AGraph.draw writes a warning of its own to stderr from 1000 nodes on.
            graph.has_layout = True
            return bytes(graph.draw(format=format, args="-Kdot"))
        finally:
            graph.close()

    def start_and_draw() -> bytes:
        global _started
        if not _started:
            with _without_fontconfig_warnings():
                draw("digraph { a [label=a] }", "svg")
            _started = True
        return draw(dot, format)

    try:
        with _one_at_a_time:  # Graphviz keeps state between layout and output
            return _on_a_deep_stack(start_and_draw)
    except (ValueError, OSError, AttributeError) as error:
        raise RenderError(f"pygraphviz {pygraphviz.__version__} failed: {error}") from error


def _with_system_dot(dot: str, format: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise RenderError("there is no `dot` on the PATH")
    command = [program, f"-T{format}", *([f"-Gdpi={PIXELS_PER_INCH}"] if format == "png" else [])]
    done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip()
        raise RenderError(f"{program} failed with code {done.returncode}: {message}")
    return done.stdout


def _on_a_deep_stack(function: Callable[[], T]) -> T:
    """Call a function on a thread with room to recurse: the caller's may have little."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="autograd.draw")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


@contextmanager
def _without_fontconfig_warnings() -> Iterator[None]:
    """Hold back what C code writes to stderr; pass all of it on but Fontconfig's warnings.

    Reading its configuration, the wheel's Fontconfig warns of settings which only the
    system's own, newer Fontconfig knows. That is harmless, and noise in a notebook.
    """
    try:
        stderr = os.dup(2)
    except OSError:  # there is no stderr, hence no noise
        yield
        return
    with tempfile.TemporaryFile() as held:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if not line.startswith(b"Fontconfig warning:"):
                    os.write(2, line)
