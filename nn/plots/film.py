"""BoundaryFilm: how a decision boundary formed, as a GIF or as a page with a slider."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from ..checks import positive, whole
from ..history import History
from ..module import Module
from ..train import predict
from .figure import Picture, new_figure, require_matplotlib
from .training import boundary, grid_around, scores_over


class Frame(NamedTuple):
    """The scores over the plane, and when that was."""

    epoch: int
    loss: float
    step: int
    step_loss: float
    scores: list[list[float]]


class BoundaryFilm:
    """A callback of ``fit`` that keeps the scores over the plane, and plays them back.

    After each epoch, or each step: ``callbacks=[film]`` or ``on_batch=[film]``.

    Args:
        model: a binary classifier of points in the plane, whose score is > 0 for class 1.
        X, labels: the points to show, and their classes, 0 or 1.
        resolution: so many scores are computed along each axis.
        most: how many frames; when there are more, every other one is dropped, and from then on
            every other call is kept.

    Raises ``ValueError`` when saved before anything was kept.

    >>> import nn
    >>> X, labels = nn.make_moons(20, rng=0)
    >>> model = nn.MLP(2, [4, 1], rng=0)
    >>> film = BoundaryFilm(model, X, labels, resolution=5)
    >>> history = nn.fit(model, (X, [2 * label - 1 for label in labels]), nn.hinge_loss,
    ...                  nn.SGD(model.parameters(), lr=0.1), epochs=3, callbacks=[film],
    ...                  progress=False)
    >>> film
    <BoundaryFilm: 3 frames>
    """

    def __init__(
        self,
        model: Module,
        X: Sequence[Sequence[float]],
        labels: Sequence[int],
        *,
        resolution: int = 30,
        most: int = 40,
    ) -> None:
        self.model = model
        self.X, self.labels = X, labels
        self.xs, self.ys = grid_around(X, whole("resolution", resolution, 2))
        self.most = whole("most", most, 2)
        self.calls = 0
        self.every = 1
        self._drawn: dict[str, bytes] = {}  # by title
        self.frames: list[Frame] = []

    def __call__(self, history: History) -> None:
        """Keep the present scores."""
        self.calls += 1
        if (self.calls - 1) % self.every:
            return
        scores = scores_over(lambda points: predict(self.model, points), self.xs, self.ys)
        losses = history.train_loss or history.losses
        self.frames.append(
            Frame(history.epochs, losses[-1], history.steps, history.losses[-1], scores)
        )
        if len(self.frames) > self.most:
            self.every *= 2
            self.frames = self.frames[::2]

    def picture(self, frame: int = -1) -> Picture:
        """One frame; the last by default."""
        title, scores = self.titles()[frame], self.frames[frame].scores
        with new_figure(1, 1, (5.2, 4.0)) as (figure, axes):
            boundary(axes, self.xs, self.ys, scores, 3.0, self.X, self.labels)
            axes.set_title(title, loc="left", fontsize=10)
            axes.legend(frameon=True, loc="lower left")
            return Picture(figure, title, f"The score over the plane after {title}")

    def titles(self) -> list[str]:
        """What the frames are called: by epochs, or by steps if they were taken ``on_batch``."""
        if self.frames[0].epoch == 0:
            return [f"step {frame.step}, loss {frame.step_loss:.3f}" for frame in self.frames]
        return [f"epoch {frame.epoch}, loss {frame.loss:.3f}" for frame in self.frames]

    def save(self, path: str | os.PathLike[str], seconds: float = 0.2) -> Path:
        """Write a .gif, or a self-contained .html page with a slider; the path comes back.

        ``seconds`` is how long each frame stays; the last stays two seconds.
        """
        path = Path(path)
        if path.suffix.lower() not in (".gif", ".html"):
            raise ValueError(f"save(path): {path.name!r} must end in .gif or .html")
        if not self.frames:
            raise ValueError("save: the film has no frames; give it to fit as a callback first")
        milliseconds = round(1000 * positive("seconds", seconds))
        pngs = self._pngs()
        if path.suffix.lower() == ".gif":
            path.write_bytes(gif(pngs, milliseconds))
        else:
            path.write_text(page(pngs, self.titles(), milliseconds), encoding="utf-8")
        return path

    def _pngs(self) -> list[bytes]:
        """Every frame as PNG; drawn once, for that is slow."""
        titles = self.titles()
        for i, title in enumerate(titles):
            if title not in self._drawn:
                self._drawn[title] = self.picture(i).png(dpi=90)
        return [self._drawn[title] for title in titles]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        try:
            if self.frames:
                film = gif(self._pngs(), 200)
                bundle["image/gif"] = base64.b64encode(film).decode()
        except Exception as error:  # a display must not raise, whatever the reason
            bundle["text/plain"] += f"\n{type(error).__name__}: {error}"
        return bundle

    def __repr__(self) -> str:
        return f"<BoundaryFilm: {len(self.frames)} frames>"


def gif(pngs: Sequence[bytes], milliseconds: int) -> bytes:
    """An endless animation; all frames share the colours of the last, so that nothing shimmers."""
    require_matplotlib()
    from PIL import Image  # which matplotlib depends on

    images = [Image.open(io.BytesIO(png)).convert("RGB") for png in pngs]
    palette = images[-1].quantize(colors=256)
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, format="GIF", save_all=True, append_images=frames[1:], loop=0, optimize=False,
        duration=[milliseconds] * (len(frames) - 1) + [max(2000, milliseconds)],
    )  # fmt: skip
    return buffer.getvalue()


def page(pngs: Sequence[bytes], texts: Sequence[str], milliseconds: int) -> str:
    """A page with the frames, a slider and a button; only its own script runs, without network."""
    data = [base64.b64encode(png).decode() for png in pngs]
    images = "\n".join(
        f'<img alt="Decision boundary, {escape(text)}" src="data:image/png;base64,{image}"'
        f"{'' if i == 0 else ' hidden'}>"
        for i, (text, image) in enumerate(zip(texts, data, strict=True))
    )
    script = SCRIPT.replace("MILLISECONDS", str(milliseconds))
    return PAGE.format(
        images=images,
        last=len(pngs) - 1,
        style=STYLE,
        script=script,
        script_hash=sha256(script),
        style_hash=sha256(STYLE),
    )


def sha256(text: str) -> str:
    """A hash as content-security policies write it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


STYLE = """
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 40rem; padding: 0 1rem;
  font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif; color: #1f2328; background: #f6f8fa; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
img { display: block; width: 100%; height: auto; background: #ffffff; border-radius: .5rem; }
img[hidden] { display: none; }
.controls { display: flex; gap: 1rem; margin: 1rem 0; }
button { font: inherit; min-width: 6rem; min-height: 2.75rem; }
input { flex: 1; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } }
"""

SCRIPT = """
const frames = [...document.images];
const slider = document.querySelector("input");
const button = document.querySelector("button");
let timer = null;
function show(n) {
  slider.value = n;
  frames.forEach((frame, i) => { frame.hidden = i !== n; });
  slider.setAttribute("aria-valuetext", frames[n].alt);
}
function stop() { clearInterval(timer); timer = null; button.textContent = "Play"; }
function play() {
  if (Number(slider.value) === frames.length - 1) show(0);
  button.textContent = "Pause";
  timer = setInterval(() => {
    const next = Number(slider.value) + 1;
    if (next < frames.length) show(next); else stop();
  }, MILLISECONDS);
}
button.addEventListener("click", () => { if (timer) stop(); else play(); });
slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
show(0);
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) play();
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src '{style_hash}'; script-src '{script_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A decision boundary forms</title>
<style>{style}</style>
</head>
<body>
<h1>A decision boundary forms</h1>
<div>
{images}
</div>
<div class="controls">
<button type="button">Play</button>
<input type="range" min="0" max="{last}" value="0" aria-label="frame">
</div>
<script>{script}</script>
</body>
</html>
"""
