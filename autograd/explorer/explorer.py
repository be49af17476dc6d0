"""Explorer: what ``explore`` returns. A widget in notebooks, and one HTML file elsewhere."""

from __future__ import annotations

import os
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

from ..drawing import Drawing, draw
from ..drawing.text import count, number
from ..modes import paused_gc
from ..replaying import replay
from ..value import Value
from .log import Change, Log, Step
from .page import page
from .snapshot import numbers, snapshot
from .widget import make_widget


class Explorer:
    """The backward pass of a graph, to be watched step by step.

    A notebook shows the live explorer (``.widget``), or a picture where there is none;
    ``.save("graph.html")`` writes it as a page that needs neither Python nor a network;
    ``.steps`` are the steps as data.

    It holds the graph: where a kernel runs, its sliders set the ``data`` of leaves, and then
    ``data`` and ``grad`` of all nodes are those of the picture.
    """

    def __init__(
        self, order: list[Value], names: Any, title: str, unfold: list[Value], predict: bool
    ) -> None:
        self.order = order
        with paused_gc():  # there are many objects for a while, and no cycles among them
            self.log = Log(self.order)
            self.snapshot = snapshot(self.log, names, title, unfold)
        self.snapshot["predict"] = predict
        self._names = names
        self._title = title

    @property
    def steps(self) -> list[Step | Change]:
        """The backward pass as it happened: one step for each edge, in the engine's order.

        >>> from autograd import explore
        >>> x = Value(3.0, label="x")
        >>> for step in explore(x * x).steps:
        ...     print(f"{step.before} + {step.upstream} × {step.local} = {step.after}")
        0.0 + 1.0 × 3.0 = 3.0
        3.0 + 1.0 × 3.0 = 6.0
        """
        return self.log.steps()

    def set(self, leaf: Value, data: float) -> float:
        """Move a slider: set a leaf's data, and compute the graph and its gradients anew.

        Returns the output. ``ValueError`` if the Value is no leaf of this graph.

        >>> from autograd import explore
        >>> x = Value(3.0)
        >>> explore(x * x).set(x, 4.0), x.grad
        (16.0, 8.0)
        """
        if not any(leaf is node for node in self.order) or not leaf.is_leaf:
            raise ValueError(
                f"Explorer.set(leaf): {leaf!r} is not a leaf of this graph; give one of "
                "autograd.leaves(loss)"
            )
        leaf.data = float(data)
        notice = self.replay()
        if notice:
            warnings.warn(notice, RuntimeWarning, stacklevel=2)
        return self.order[-1].data

    def replay(self) -> str:
        """Compute graph and gradients anew from the leaves; what there is to warn of, or ""."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            replay(self.order[-1])
        self.log = Log(self.order)
        for node, grad in zip(self.order, self.log.grads, strict=True):
            node.grad = grad
        self.snapshot |= numbers(self.log)
        return " ".join(str(warning.message) for warning in caught)

    @cached_property
    def widget(self) -> Any:
        """The live explorer. ``ImportError`` if anywidget is missing, and what to install."""
        return make_widget(self)

    @property
    def html(self) -> str:
        """The explorer as a page of its own."""
        return page(self.snapshot)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the explorer as one HTML file, and return its path.

        ``ValueError`` for another suffix than ``.html``; for pictures there is ``draw``.
        """
        path = Path(path)
        if path.suffix.lower() != ".html":
            raise ValueError(
                f"save(path): {path.name!r} must end in .html; draw(loss).save(path) writes "
                "pictures: .svg, .png, .pdf"
            )
        path.write_bytes(self.html.encode())
        return path

    @property
    def drawing(self) -> Drawing:
        """The picture that is shown where nothing can run, with the gradients of this pass."""
        kept = [node.grad for node in self.order]
        try:
            for node, grad in zip(self.order, self.log.grads, strict=True):
                node.grad = grad
            return draw(self.order[-1], names=self._names, title=self._title)
        finally:
            for node, grad in zip(self.order, kept, strict=True):
                node.grad = grad

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """What a notebook shows: the widget; a picture where no kernel runs; else text."""
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        try:  # a display must not raise, whatever the reason
            bundle |= self.drawing._repr_mimebundle_()
            bundle["text/plain"] = f"{self!r}\n\n{bundle['text/plain']}"
        except Exception as error:
            bundle["text/plain"] += f"\n\n{type(error).__name__}: {error}"
        try:
            shown = self.widget._repr_mimebundle_(include=include, exclude=exclude)
            data = shown[0] if isinstance(shown, tuple) else shown
            bundle |= {kind: text for kind, text in (data or {}).items() if kind not in bundle}
        except Exception as error:
            bundle["text/plain"] += f"\n\n{type(error).__name__}: {error}"
        return bundle

    def _display_(self) -> Any:
        """What marimo shows."""
        try:
            return self.widget
        except ImportError:
            return self.drawing

    def __repr__(self) -> str:
        nodes, steps = count(len(self.order), "node"), count(len(self.log.events), "step")
        output = number(self.order[-1].data)
        return f"<Explorer: {nodes}, {steps} of the backward pass, output {output}>"
