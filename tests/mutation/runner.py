"""Run tests against mutants, in one process: collect once, then exchange code and run again."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from .targets import Mutant

# Fast tests of the rules. What they miss is a gap in them, even if a slow test would see it.
FILES = [f"tests/autograd/test_{n}.py" for n in ("edge_cases", "closures", "primitives")]
FILES += [
    f"tests/autograd/test_{n}.py" for n in ("value", "operands", "backward", "graph", "picking")
]
FILES += [f"tests/references/test_{n}.py" for n in ("recorded", "exact", "properties", "rules")]
# Of these, not those that draw many examples or are slow for another reason.
SLOW = ("no_floats_whatever", "central_differences", "fractions", "complex_steps", "still_occurs")
SLOW += ("memory_flat", "copies", "deepcopy", "change_no_bit")
SLOWEST = 1.0  # seconds, while it is observed: slower tests are left out
PATIENCE = 30  # seconds, after which a test that a mutant holds up counts as failed


@dataclass
class Runner:
    """A pytest plugin that takes the place of the loop over tests."""

    mutants: Sequence[Mutant]
    report: Callable[[Mutant, str], None]  # called with the test that killed it, or ""
    tests: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    covers: dict[str, set[str]] = field(default_factory=dict)  # the targets that a test runs
    kills: dict[str, int] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        items = self._fast_ones(session.items)
        self.tests = len(items)
        for mutant in self.mutants:
            with mutant.alive():
                self.report(mutant, self._killer(mutant, items))
        return True

    def _fast_ones(self, items: list[Any]) -> list[Any]:
        """Those tests that are fast; all must pass without a mutant."""
        targets = {m.target.name: m.target for m in self.mutants}.values()
        names = {id(code): t.name for t in targets for code in codes(t.function.__code__)}
        chosen = []
        for item in items:
            start = time.perf_counter()
            with observed(names) as found:
                failed = not passes(item)
            self.seconds[item.nodeid] = time.perf_counter() - start
            self.covers[item.nodeid] = found
            if failed:
                raise pytest.UsageError(f"fails without any mutant: {item.nodeid}")
            if self.seconds[item.nodeid] <= SLOWEST:
                chosen.append(item)
        return chosen

    def _killer(self, mutant: Mutant, items: list[Any]) -> str:
        """The first test that fails, or "": of those that run the target, likely ones first."""

        def order(item: Any) -> tuple[float, ...]:
            relevant = sum(word in item.nodeid for word in mutant.target.words if word)
            name = item.nodeid.partition("[")[0]
            return -relevant, -self.kills.get(name, 0), self.seconds[item.nodeid]

        concerned = [item for item in items if mutant.target.name in self.covers[item.nodeid]]
        for item in sorted(concerned, key=order):
            if not passes(item):
                name = item.nodeid.partition("[")[0]
                self.kills[name] = self.kills.get(name, 0) + 1
                return str(item.nodeid)
        return ""


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


@contextmanager
def observed(names: dict[int, str]) -> Iterator[set[str]]:
    """Inside, collect the names of those of these codes that run."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if id(frame.f_code) in names:
            found.add(names[id(frame.f_code)])

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


def passes(item: Any) -> bool:
    """Run one test, set up and torn down on its own; True unless it fails."""
    with _patience():
        reports = runtestprotocol(item, log=False, nextitem=None)
    return not any(report.failed for report in reports)


@contextmanager
def _patience() -> Iterator[None]:
    """A mutant may loop for ever: where there are signals, a test gets so much time."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError("the mutant holds the test up")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(mutants: Sequence[Mutant], report: Callable[[Mutant, str], None]) -> int:
    """Try every mutant; the number of tests that each of them met."""
    # No shrinking: that a test fails is enough.
    settings.register_profile(
        "mutation", derandomize=True, deadline=None, max_examples=30, phases=[Phase.generate]
    )
    runner = Runner(mutants, report)
    options = ["-q", "--no-header", "--no-summary", "-p", "no:cacheprovider", "--capture=sys"]
    options += ["-o", "addopts=", "-m", "not slow"]
    options += ["-k", " and ".join(f"not {name}" for name in SLOW)]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # Hypothesis is here already
    code = pytest.main([*options, "--hypothesis-profile=mutation", *FILES], plugins=[runner])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(f"the tests do not run (pytest's exit code {code})")
    return runner.tests
