"""Pictures of training, drawn by matplotlib: deterministic, labelled, colour-blind safe.

Each function returns a ``Picture`` (``figure``): a notebook shows it, ``.save`` writes it.
``training``: curves and decision boundaries. ``flow``: gradients over layers and time.
``landscapes``: the loss over a plane. ``functions``: activations. ``images``: of classifiers.
``comparison``: several of them side by side.
``live``: a picture that follows a run; ``film``: one that plays it again.
"""

from __future__ import annotations

from .comparison import compare_fits
from .figure import COLOURS, Picture, require_matplotlib
from .film import BoundaryFilm
from .flow import gradient_flow_map, histograms
from .functions import activation_functions
from .images import confusion, image_grid, kernels
from .landscapes import loss_landscape, rate_sweep
from .live import LivePlot
from .training import decision_boundary, gradient_norms, training_curves

__all__ = [
    "COLOURS",
    "BoundaryFilm",
    "LivePlot",
    "Picture",
    "activation_functions",
    "compare_fits",
    "confusion",
    "decision_boundary",
    "gradient_flow_map",
    "gradient_norms",
    "histograms",
    "image_grid",
    "kernels",
    "loss_landscape",
    "rate_sweep",
    "require_matplotlib",
    "training_curves",
]
