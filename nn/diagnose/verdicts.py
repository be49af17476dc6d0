"""The illnesses of networks, one rule each: what is seen, in words and numbers, and the cure.

The thresholds are rules of thumb, each in one place. A network at the start of training is
expected to be healthy by all of them; later, some (saturated gates) may be what was learned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .flow import GradientFlow
from .through_time import Steps

FALL = 1e-3  # of gradients or signals, from end to end: less is vanishing, 1/FALL is exploding
FEW_STEPS = 5  # of time, or layers: in fewer, nothing is said of vanishing
FEW_CALLS = 10  # of a unit: in fewer, a unit that is always off may just be choosy
MANY_DEAD = 0.5  # of a layer's units: deep in a healthy network a third may be
MANY_SATURATED = 0.5  # of what a layer's squashing functions put out
FAST, SLOW = 0.1, 1e-6  # update-to-weight ratios


@dataclass(frozen=True, slots=True)
class Verdict:
    """An illness: its name, where it is, what is seen there, and what usually helps."""

    illness: str
    where: str
    evidence: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.evidence}; {self.cure}"


Rule = Callable[[GradientFlow], Iterator[Verdict]]


def judge(flow: GradientFlow, updates: Mapping[str, float] | None = None) -> list[Verdict]:
    """All verdicts on a network, the gravest first. None is good news."""
    found = [verdict for rule in RULES for verdict in rule(flow)]
    return found + list(wrong_pace(updates or {}))


def not_finite(flow: GradientFlow) -> Iterator[Verdict]:
    """nan or inf, where the numbers first go wrong."""
    for layer in flow.layers:
        if layer.signals.not_finite:
            yield Verdict(
                "not finite",
                layer.name,
                f"{layer.signals.not_finite:,} of {layer.signals.count:,} signals are nan or inf",
                "autograd.detect_anomaly() names the op they are born in; a smaller learning rate "
                "and stable losses (with logits) prevent most of them",
            )
            return
    for group in reversed(flow.groups):
        if group.gradients.not_finite:
            yield Verdict(
                "not finite",
                group.name,
                f"{group.gradients.not_finite:,} of {group.gradients.count:,} gradients are nan or "
                "inf",
                "autograd.detect_anomaly() names the op they are born in",
            )
            return


def unreached(flow: GradientFlow) -> Iterator[Verdict]:
    """Parameters that the loss was not computed from."""
    names = [name for group in flow.groups for name in group.unreached]
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        yield Verdict(
            "unreached",
            shown,
            f"no gradient reaches {plural(len(names), 'parameter')}: the loss was not computed "
            "from them",
            "call the layer in forward(), and do not go through .data, .item() or no_grad()",
        )


def no_signal(flow: GradientFlow) -> Iterator[Verdict]:
    """No parameter has a gradient, though the loss depends on some."""
    reached = [g for g in flow.groups if len(g.unreached) < g.weights.count]
    if reached and all(group.gradients.norm == 0.0 for group in reached):
        yield Verdict(
            "no signal",
            "all parameters",
            f"every gradient is exactly 0 at a loss of {flow.loss:.3g}",
            "if the loss is as good as it gets, stop; else something is flat: dead relus, a "
            "saturated output under a loss without logits, a margin that is met",
        )


def fading(flow: GradientFlow) -> Iterator[Verdict]:
    """Gradients that vanish or explode from layer to layer."""
    sizes = [(layer.name, layer.gradients.rms) for layer in flow.layers if layer.gradients.norm]
    if len(sizes) < FEW_STEPS:
        return
    (first, early), (last, late) = sizes[0], sizes[-1]
    where = f"{first} … {last}"
    steps = f"over {len(sizes)} layers, from {late:.1e} in {last} to {early:.1e} in {first}"
    if early < FALL * late:
        yield Verdict(
            "vanishing over layers",
            where,
            f"gradients vanish: they fall {times(late / early)} {steps}",
            "try relu or tanh instead of sigmoid, He or Xavier init, residual connections, "
            "normalisation",
        )
    elif early > late / FALL:
        yield Verdict(
            "exploding over layers",
            where,
            f"gradients explode: they grow {times(early / late)} {steps}",
            "try He or Xavier init (smaller weights), normalisation, clipping (clip_grad_norm_)",
        )


def fading_through_time(flow: GradientFlow) -> Iterator[Verdict]:
    """Gradients that vanish or explode on the way back through the time steps."""
    for layer in flow.layers:
        n = len(layer.steps.numbers)
        if n < FEW_STEPS or not layer.steps.carried[-1]:
            continue
        change = layer.steps.change
        if change < FALL:
            yield Verdict(
                "vanishing through time",
                layer.name,
                f"gradients vanish: {fall_of(layer.steps)}",
                "try an LSTM (with forget_bias) or a GRU, orthogonal init of weight_hh, shorter "
                "sequences",
            )
        elif change > 1.0 / FALL or not math.isfinite(change):
            yield Verdict(
                "exploding through time",
                layer.name,
                f"gradients explode: the norm grows {times(change)} back over {n} steps",
                "clip them (clip_grad_norm_), or try orthogonal init of weight_hh, an LSTM or a "
                "GRU, truncated backpropagation (tbptt)",
            )


def fall_of(steps: Steps) -> str:
    """How far the carried gradient falls, in words."""
    if steps.change:
        return f"the norm falls {times(1.0 / steps.change)} over {len(steps.numbers)} steps"
    alive = sum(size > 0.0 for size in steps.carried)
    return f"the norm falls to 0 within {alive} of {len(steps.numbers)} steps"


def fading_signal(flow: GradientFlow) -> Iterator[Verdict]:
    """Signals that shrink or grow from layer to layer."""
    layers = [layer for layer in flow.layers if layer.signals.count > layer.signals.not_finite]
    if len(layers) < FEW_STEPS:
        return
    first, last = layers[0], layers[-2]  # the last layer's scale is the task's
    if not first.signals.rms:
        return
    change = last.signals.rms / first.signals.rms
    if FALL <= change <= 1.0 / FALL:
        return
    word, size = ("shrink", 1 / change if change else math.inf) if change < 1 else ("grow", change)
    yield Verdict(
        "shrinking signal" if change < 1 else "growing signal",
        f"{first.name} … {last.name}",
        f"signals {word} {times(size)} over {len(layers) - 1} layers",
        "try the init that fits the activation (He for relu, Xavier for tanh), or normalisation",
    )


def dead_units(flow: GradientFlow) -> Iterator[Verdict]:
    """Relus that are off for every sample: nothing flows back through them, so they stay off."""
    for layer in flow.layers:
        units = layer.units
        if units.calls >= FEW_CALLS and units.dead > MANY_DEAD * units.units:
            yield Verdict(
                "dead units",
                layer.name,
                f"{units.dead} of {plural(units.units, 'unit')} are off in all {units.calls:,} "
                "calls, and get no gradient",
                "try a smaller learning rate, leaky_relu, He init, biases that start at 0 or above",
            )


def saturated_units(flow: GradientFlow) -> Iterator[Verdict]:
    """tanh and sigmoid in their flat ends, in layers before the last."""
    layers = flow.layers[:-1] if len(flow.layers) > 1 else flow.layers
    for layer in layers:
        if layer.units.squashed and layer.units.saturated > MANY_SATURATED:
            yield Verdict(
                "saturated units",
                layer.name,
                f"{layer.units.saturated:.0%} of {layer.units.squashed:,} tanh or sigmoid outputs "
                "are in the flat ends, where almost nothing flows back",
                "try smaller weights (Xavier init), inputs scaled to mean 0 and spread 1 "
                "(Normalizer), a smaller learning rate",
            )


def copied_units(flow: GradientFlow) -> Iterator[Verdict]:
    """Units that start equal and so stay equal."""
    for layer in flow.layers:
        if layer.units.copies:
            yield Verdict(
                "copies",
                layer.name,
                "its units have equal weights and equal gradients: they will stay copies of one "
                "another",
                "start from random weights, not from a constant",
            )


def wrong_pace(updates: Mapping[str, float]) -> Iterator[Verdict]:
    """Steps that are too large or too small beside the weights."""
    for name, size in updates.items():
        if size > FAST:
            yield Verdict(
                "steps too large",
                name,
                f"one step moves the weights by {size:.2g} of their size (1e-3 is usual)",
                "lower the learning rate (find_learning_rate), warm up, or clip",
            )
        elif 0.0 < size < SLOW:
            yield Verdict(
                "steps too small",
                name,
                f"one step moves the weights by {size:.1e} of their size (1e-3 is usual)",
                "raise the learning rate (find_learning_rate), or see whether its gradients vanish",
            )


RULES: list[Rule] = [
    not_finite,
    unreached,
    no_signal,
    fading,
    fading_through_time,
    fading_signal,
    dead_units,
    saturated_units,
    copied_units,
]


def times(size: float) -> str:
    """A factor in words.

    >>> times(1234567.0), times(40.0)
    ('1e6-fold', '40-fold')
    """
    if not math.isfinite(size):
        return "beyond all bounds"
    return f"{size:.0f}-fold" if size < 1000 else f"1e{math.floor(math.log10(size))}-fold"


def plural(n: int, noun: str) -> str:
    """A number of things."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
