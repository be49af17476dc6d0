"""The colour of a node: blue for a positive gradient, orange for a negative one.

The pair can be told apart with every kind of colour blindness. The stronger the gradient
beside the largest of the picture, the stronger the colour. Even the strongest leave the
dark text a contrast above 4.5 (WCAG AA); what is not finite is drawn light on black.
"""

from __future__ import annotations

import math

INK = "#1f2328"
LINE = "#8c959f"
PAPER = "#ffffff"
NEUTRAL = "#f3f4f6"
POSITIVE = "#74b3ea"
NEGATIVE = "#f7a35c"
POSITIVE_LINE = "#0d6ab8"  # lines are thin, and so need more colour than areas
NEGATIVE_LINE = "#c2560c"
LARGE = "#c3a6e8"  # violet: a size, which has no sign
NO_LINE = "#d8dde3"
MARK = "#b5103f"  # a border: its contrast is 3 or more beside white and every fill but black
DECADES = 6
ALARM = "#111111"
ALARM_INK = "#ffe45c"


def fill(gradient: float, largest: float) -> str:
    """A node's colour.

    The square root spreads small gradients out: one hundredth of the largest still shows
    a tenth of the colour.

    >>> fill(0.0, 1.0) == NEUTRAL, fill(2.0, 2.0) == POSITIVE, fill(-2.0, 2.0) == NEGATIVE
    (True, True, True)
    """
    if not math.isfinite(gradient):
        return ALARM
    if gradient == 0.0 or largest == 0.0:
        return NEUTRAL
    strength = math.sqrt(min(abs(gradient) / largest, 1.0))
    return mix(NEUTRAL, POSITIVE if gradient > 0 else NEGATIVE, strength)


def fill_by_size(size: float, largest: float) -> str:
    """The colour of many nodes, whose gradients may have either sign: by decades of their size.

    What is a millionth of the largest, or less, has no colour left.

    >>> fill_by_size(2.0, 2.0) == LARGE, fill_by_size(1e-6, 1.0) == NEUTRAL
    (True, True)
    """
    if not math.isfinite(size):
        return ALARM
    if size == 0.0 or largest == 0.0:
        return NEUTRAL
    decades = math.log10(min(size / largest, 1.0) or 5e-324)
    return mix(NEUTRAL, LARGE, max(0.0, 1.0 + decades / DECADES))


def stroke(contribution: float, largest: float) -> dict[str, str]:
    """An edge's colour and width by what it passes back, beside the largest of the picture.

    >>> stroke(-2.0, 2.0) == {"color": NEGATIVE_LINE, "penwidth": "2.00"}
    True
    """
    if not math.isfinite(contribution):
        return {"color": ALARM, "penwidth": "2.00"}
    if contribution == 0.0 or largest == 0.0:
        return {"color": NO_LINE, "penwidth": "0.60"}
    strength = math.sqrt(min(abs(contribution) / largest, 1.0))
    strong = POSITIVE_LINE if contribution > 0 else NEGATIVE_LINE
    return {"color": mix(NO_LINE, strong, strength), "penwidth": f"{0.6 + 1.4 * strength:.2f}"}


def ink(background: str) -> str:
    """A text colour to read on a background."""
    return ALARM_INK if background == ALARM else INK


def mix(start: str, end: str, t: float) -> str:
    """The colour a fraction ``t`` of the way from one to another.

    >>> mix("#000000", "#ff8000", 0.5)
    '#804000'
    """
    pairs = zip(channels(start), channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * t):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [c / 255 for c in channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def channels(colour: str) -> list[int]:
    """Red, green and blue of "#rrggbb"."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
