"""The explorer as a widget of a notebook: sliders move the Values that the program holds.

``anywidget`` carries two texts: questions from the page, answers from here. So it is one and
the same in JupyterLab, marimo and wherever else anywidget runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .assets import script, style
from .snapshot import numbers

if TYPE_CHECKING:
    from .explorer import Explorer


def make_widget(explorer: Explorer) -> Any:
    """The widget. ``ImportError`` that says what to install if there is no anywidget."""
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            "the live explorer of a notebook needs anywidget: pip install "
            "'scalar-autograd[notebook]'. Without it, explore(…).save('graph.html') writes the "
            "same explorer as a page of its own"
        ) from error

    class ExplorerWidget(anywidget.AnyWidget):
        _esm = f"{script()}export default {{ render: renderWidget }};\n"
        _css = style()
        snapshot = traitlets.Unicode().tag(sync=True)
        question = traitlets.Unicode().tag(sync=True)
        reply = traitlets.Unicode().tag(sync=True)

    widget = ExplorerWidget(snapshot=json.dumps(explorer.snapshot))
    widget.observe(lambda change: answer(widget, explorer, change["new"]), names="question")
    return widget


def answer(widget: Any, explorer: Explorer, question: str) -> None:
    """Do what the page asks, and send it the numbers that came of it."""
    asked = json.loads(question)
    reply: dict[str, Any] = {"serial": asked["serial"], "notice": ""}
    try:
        if "check" in asked:
            reply["differences"] = differences(explorer, asked["check"])
        else:
            for number, data in asked["leaves"]:
                explorer.order[number].data = float(data)
            reply["notice"] = explorer.replay()
    except Exception as error:  # it must reach the reader, who sees the page and no traceback
        reply["notice"] = f"{type(error).__name__}: {error}"
    if "check" not in asked:
        reply |= numbers(explorer.log)
    widget.reply = json.dumps(reply)


def differences(explorer: Explorer, number: int) -> dict[str, float]:
    """Central differences of the output against a leaf, and both one-sided ones.

    Data and gradients are as they were afterwards.
    """
    leaf, root = explorer.order[number], explorer.order[-1]
    x, here = leaf.data, root.data
    h = 1e-5 * max(1.0, abs(x))
    grads = [node.grad for node in explorer.order]

    def output(at: float) -> float:
        leaf.data = at
        return root.replay()

    try:
        return _slopes(output, x, here, h)
    finally:
        output(x)
        for node, grad in zip(explorer.order, grads, strict=True):
            node.grad = grad


def _slopes(output: Callable[[float], float], x: float, here: float, h: float) -> dict[str, float]:
    above, below = output(x + h), output(x - h)
    wide = (above - below) / (2.0 * h)
    narrow = (output(x + h / 2.0) - output(x - h / 2.0)) / h
    return {
        "central": narrow + (narrow - wide) / 3.0,  # Richardson: the error in h² is gone
        "left": (here - below) / h,
        "right": (above - here) / h,
    }
