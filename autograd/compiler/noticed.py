"""What is worth a warning: a function that is traced again and again, or that has effects."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..lines import levels_to_user
from .arguments import without_objects
from .program import Program

OFTEN = 10


class Noticed:
    """What happened to a compiled function, so that each thing is said once."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()

    def tracing(self, shape: Any, programs: Mapping[Any, Program], cache_size: int) -> None:
        """It will be traced for arguments of this shape: say so if that was so too often."""
        kind, reason = why_traced(shape, programs)
        often = OFTEN if kind != "shape" else max(4 * OFTEN, 2 * cache_size)
        self.times[kind] += 1
        if self.times[kind] == often:
            say(
                f"compile: the function was traced anew {often} times, which takes far longer than "
                f"to run its program, because {reason}"
            )

    def effects(self, change: str) -> None:
        """It changes what it sees (in words; "" if not): it counts its calls, it remembers."""
        self.times["effect"] += bool(change)
        if change and self.times["effect"] == 1:
            say(
                f"compile: the function changes what it sees while it runs ({change}). A program "
                "only computes: it happens when the function is traced, and not in every call"
            )


def why_traced(shape: Any, programs: Mapping[Any, Program]) -> tuple[str, str]:
    """Why none of the programs holds, in a word and in words."""
    stale = [program.stale for key, program in programs.items() if key[0] == shape]
    if stale and all(stale):
        return "stale", (
            f"of what it sees besides its arguments: {stale[-1]}. Let it see nothing that "
            "changes from call to call (a method sees its whole object), or pass that as an "
            "argument"
        )
    if stale:
        return "branch", (
            "Python branched on its Values (if, max, min, sorted …) in ever new ways. Use "
            "autograd.where, maximum, relu …, which are part of one program"
        )
    alike = without_objects(shape)
    if any(without_objects(key[0]) == alike for key in programs):
        return "object", (
            "of other bools, strings or objects in its arguments, which are part of a program. "
            "Pass what changes as numbers: 1.0 and 0.0 for bools"
        )
    return "shape", (
        "its arguments came in ever new shapes. Pad them to a few (nn.pad_sequence, "
        "nn.bucket_length), or sort samples by length"
    )


def say(text: str) -> None:
    """A warning, at the line of the user's that is to blame."""
    warnings.warn(text, RuntimeWarning, stacklevel=levels_to_user())
