"""LivePlot: a picture in a notebook that follows a run, without flicker."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from typing import Any

from ..checks import positive, whole
from ..history import History
from ..module import Module
from ..train import predict
from .figure import COLOURS, Picture, new_figure
from .training import boundary, grid_around, scores_over

MOST_POINTS = 400  # of the curve: more than the picture has room for
SHARE = 0.25  # of the time, at most, goes into drawing


class LivePlot:
    """A callback of ``fit``: the loss so far and, for points in the plane, the decision boundary.

    In a notebook, one picture of fixed size is shown once and then replaced in place, at most
    ``hertz`` times a second, and so seldom that drawing takes at most a quarter of the time. The
    last state is drawn when the cell ends, or by ``finish()``. Elsewhere it shows nothing, and
    ``.picture()`` draws what there is.

    Args:
        model: whose decision boundary to draw; None draws the loss alone.
        data: the points and their labels, 0 or 1: ``(X, labels)``.
        resolution: of the boundary: so many scores are computed along each axis.
        hertz: pictures a second, at most 10.

    >>> import nn
    >>> X, labels = nn.make_moons(20, rng=0)
    >>> model = nn.MLP(2, [4, 1], rng=0)
    >>> live = LivePlot(model, (X, labels), resolution=5)
    >>> history = nn.fit(model, (X, [2 * label - 1 for label in labels]), nn.hinge_loss,
    ...                  nn.SGD(model.parameters(), lr=0.1), epochs=3, callbacks=[live],
    ...                  progress=False)
    >>> live.picture()
    <Picture: After epoch 3>
    """

    def __init__(
        self,
        model: Module | None = None,
        data: tuple[Sequence[Sequence[float]], Sequence[int]] | None = None,
        *,
        resolution: int = 25,
        hertz: float = 10.0,
    ) -> None:
        if (model is None) != (data is None):
            raise ValueError("LivePlot: a decision boundary needs both, a model and its data")
        if positive("hertz", hertz) > 10.0:
            raise ValueError(f"hertz must be at most 10, not {hertz!r}: more only flickers")
        self.model = model
        self.data = data
        self.resolution = whole("resolution", resolution, 2)
        self.frames = 0
        self._wait = 1.0 / hertz
        self._due = 0.0
        self._stale = False
        self._history = History()
        self._handle: Any = None

    def __call__(self, history: History) -> None:
        """Draw, if it is time; what is drawn last waits for ``finish``."""
        self._history = history
        self._stale = True
        if in_notebook() and time.perf_counter() >= self._due:
            self._draw()

    def finish(self, *_: Any) -> None:
        """Draw the last state, if a later one was shown."""
        if self._stale and in_notebook():
            self._draw()

    def picture(self) -> Picture:
        """The present state, as a picture."""
        panels = 1 if self.data is None else 2
        with new_figure(1, panels, (4.6 * panels, 3.6), squeeze=False) as (figure, [row]):
            history = self._history
            steps, losses = thinned(history.losses)
            row[0].plot(steps, losses, color=COLOURS[5], linewidth=0.8, label="each step")
            if history.losses and history.epochs > 1:
                each = len(history.losses) / history.epochs
                ends = [each * (i + 1) for i in range(history.epochs)]
                kept, means = thinned(history.train_loss)
                ends = [ends[i - 1] for i in kept]
                row[0].plot(ends, means, color=COLOURS[0], label="mean of the epoch")
                seen, validation = thinned(history.validation_loss)
                ends = [each * i for i in seen]
                if validation:
                    row[0].plot(ends, validation, "--", color=COLOURS[1], label="held out")
                row[0].legend(frameon=False, loc="upper right")
            row[0].set_xlabel("step")
            row[0].set_ylabel("loss")
            title = f"After epoch {history.epochs}"
            row[0].set_title(title, loc="left", fontsize=10)
            if self.data is not None and self.model is not None:
                xs, ys = grid_around(self.data[0], self.resolution)
                model = self.model
                scores = scores_over(lambda points: predict(model, points), xs, ys)
                # A fixed scale, or the colours would jump from picture to picture.
                boundary(row[1], xs, ys, scores, 3.0, *self.data)
                row[1].set_title("score", loc="left", fontsize=10)
            return Picture(figure, title, repr(history))

    def _draw(self) -> None:
        from IPython.display import display

        started = time.perf_counter()
        first = self._handle is None
        frame = {
            "text/plain": f"After epoch {self._history.epochs}",
            "image/png": base64.b64encode(self.picture().png(dpi=80)).decode(),
        }
        if first:
            show: Any = display
            self._handle = show(frame, raw=True, display_id=True)
            redraw_after_the_cell(self.finish)
        else:
            self._handle.update(frame, raw=True)
        self.frames += 1
        self._stale = False
        now = time.perf_counter()
        self._due = max(started + self._wait, now + (now - started) * (1.0 / SHARE - 1.0))

    def __repr__(self) -> str:
        return f"<LivePlot: {self.frames} pictures shown>"


def thinned(numbers: Sequence[float]) -> tuple[list[int], list[float]]:
    """At most ``MOST_POINTS`` of the numbers, the last among them, with their places from 1."""
    every = max(1, -(-len(numbers) // MOST_POINTS))
    places = list(range(len(numbers) - 1, -1, -every))[::-1]
    return [i + 1 for i in places], [numbers[i] for i in places]


def in_notebook() -> bool:
    """Whether there is a kernel that can show a picture and replace it."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


def redraw_after_the_cell(finish: Any) -> None:
    """Call ``finish`` once, when the cell has run."""
    from IPython import get_ipython

    events = get_ipython().events

    def once(*result: Any) -> None:
        events.unregister("post_run_cell", once)
        finish()

    events.register("post_run_cell", once)
