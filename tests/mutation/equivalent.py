"""Mutants that no test can kill, each with the proof that it computes the same numbers.

The key is the target and the changed line (of a closure, its body). An entry that no mutant
has any more, or whose mutant is killed, fails the run.
"""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {}
