"""What a network suffers from: plain data, and verdicts in words with their cure.

In the order in which data flows: ``sweep`` (gradients of any seed, after which ``.grad`` is as
it was), ``distribution`` (many numbers in a few), ``flow`` (signals and gradients, layer by layer
and step by step; with ``units`` and ``through_time``), ``updates`` (what the next step would
move), ``verdicts`` (the illnesses, one rule each), ``examination`` (all of it).

Beside them: ``surface`` (the loss around a point), ``learning_rate`` (a sweep of rates),
``recorder`` (weights and gradients over a run), ``progress`` (verdicts on a history).
Nothing here draws: ``nn.plots`` does.
"""

from __future__ import annotations

from .distribution import Distribution
from .examination import Checkup, checkup
from .flow import GradientFlow, gradient_flow
from .learning_rate import RateSweep, find_learning_rate
from .progress import judge_history
from .recorder import Recorder
from .surface import Landscape, Trace, landscape, trace_path
from .updates import update_ratios
from .verdicts import Verdict

__all__ = [
    "Checkup",
    "Distribution",
    "GradientFlow",
    "Landscape",
    "RateSweep",
    "Recorder",
    "Trace",
    "Verdict",
    "checkup",
    "find_learning_rate",
    "gradient_flow",
    "judge_history",
    "landscape",
    "trace_path",
    "update_ratios",
]
