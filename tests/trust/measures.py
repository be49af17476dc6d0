"""What is measured, each as rows of one table."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Row:
    """One line of the table: what was asked, how often, and what came out."""

    what: str
    amount: str
    result: str
    ok: bool = True


@dataclass(frozen=True)
class Effort:
    """How much to do."""

    points: int  # per function, for precision
    mutants: int | None  # None: all of them
    examples: list[str]  # options of pytest for the tests that draw examples


FULL = Effort(points=200, mutants=None, examples=["-m", ""])
QUICK = Effort(points=8, mutants=150, examples=["-m", "not slow"])


# --- precision ----------------------------------------------------------------------------------


def precision(effort: Effort) -> Iterator[Row]:
    """Errors against arithmetic of hundreds of digits."""
    tool: Any = importlib.import_module("tests.autograd.precision")
    found = {name: tool.worst(case, effort.points) for name, case in tool.CASES.items()}
    missed = [n for n, errors in found.items() if not tool.within_bounds(tool.CASES[n], errors)]
    for measure, unit in tool.textbook.__dict__.items():
        if measure not in ("ULP", "TERMS", "TAIL"):
            continue
        names = [name for name, case in tool.CASES.items() if case.measure == unit]
        parts = []
        for k, what in enumerate(("value", "slope")):
            worst = max(names, key=lambda name, k=k: found[name][k][0])
            parts.append(f"{what} {found[worst][k][0]:.2f} ({worst})")
        what = {"ulp": "ulp", "tail": "ulp, in tails", "terms": "ε of the largest term"}[unit]
        yield Row(
            f"worst error against hundreds of digits, in {what}",
            f"{len(names)} functions, {effort.points * len(names):,} points",
            ", ".join(parts) + (f"; OUT OF BOUNDS: {missed}" if missed else ""),
            not missed,
        )


# --- edges --------------------------------------------------------------------------------------


def edges(effort: Effort) -> Iterator[Row]:
    """The rows of kinks, poles, tails and overflow, as the tests hold them."""
    outcome = run_pytest("tests/autograd/test_edge_cases.py")
    for name, what in (
        ("to_the_bit", "kinks, poles, overflow: value and gradient, bit for bit"),
        ("order_0_to_5", "derivatives of order 0 to 5 at special points"),
        ("published", "published test functions, to 1e-12"),
    ):
        rows = {n: ok for n, ok in outcome.tests.items() if name in n}
        if rows:
            good = sum(rows.values())
            yield Row(what, f"{len(rows)} rows", f"{good} right", good == len(rows))


def recorded(effort: Effort) -> Iterator[Row]:
    """Every number of the recording of PyTorch and JAX, and how ours agrees."""
    from tests.references.cases import cases, points
    from tests.references.compare import disagreements, same_bits
    from tests.references.differences import unexplained
    from tests.references.libraries import our_rows
    from tests.references.record import read

    versions, _, tables = read()
    known = [case for case in cases() if case.name in tables["jax"]]
    ours = {case.name: our_rows(case) for case in known}
    for library in ("torch", "jax"):
        numbers = equal = differ = bad = functions = 0
        for case in known:
            theirs = tables[library].get(case.name)
            if theirs is None:
                continue
            functions += 1
            found = list(
                disagreements(library, case.name, points(case.arity), ours[case.name], theirs)
            )
            differ += len(found)
            bad += len(unexplained(found).splitlines())
            for a, b in zip(ours[case.name], theirs, strict=True):
                numbers += len(a)
                equal += sum(map(same_bits, a, b))
        name = {"torch": "PyTorch", "jax": "JAX"}[library]
        yield Row(
            f"recorded values and slopes of {name} {versions[library]}, edges and tails",
            f"{functions} functions, {numbers:,} numbers",
            f"{equal / numbers:.1%} the same bits, {1 - differ / numbers:.1%} within 1e-12; "
            f"{differ - bad:,} differ for a reason given, {bad:,} without",
            bad == 0,
        )


# --- examples -----------------------------------------------------------------------------------

EXAMPLES = ("exact", "properties", "programs")


def examples(effort: Effort) -> Iterator[Row]:
    """Random programs that Hypothesis drew."""
    outcome = run_pytest(
        *[f"tests/references/test_{name}.py" for name in EXAMPLES],
        "tests/autograd/test_closures.py",
        "--hypothesis-show-statistics",
        *effort.examples,
    )
    drawn = [int(n) for n in re.findall(r"(\d+) passing", outcome.text)]
    failed = [name for name, ok in outcome.tests.items() if not ok]
    yield Row(
        "random programs and points: fractions, complex steps, libraries at hand, invariants",
        f"{len(drawn)} properties, {sum(drawn):,} examples",
        f"{len(failed)} failed" if failed else "all hold",
        not failed and bool(drawn),
    )


# --- mutants ------------------------------------------------------------------------------------


def mutants(effort: Effort) -> Iterator[Row]:
    """Mistakes put into every rule on purpose."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutants.json"
        chosen = [] if effort.mutants is None else ["--sample", str(effort.mutants)]
        run("-m", "tests.mutation", "--json", str(path), *chosen)
        found = json.loads(path.read_text(encoding="utf-8"))
    killed, same, total = len(found["killed"]), len(found["equivalent"]), found["total"]
    yield Row(
        "mistakes put into the derivative rules (mutants), and found by the tests",
        f"{total:,} mutants" + ("" if effort.mutants is None else ", a sample"),
        f"{killed:,} killed, {same} proved equivalent, {len(found['survivors'])} survived",
        not found["survivors"] and not found["mistaken"],
    )


# --- conformance --------------------------------------------------------------------------------


def conformance(effort: Effort) -> Iterator[Row]:
    """The staged suite for anybody's engine, on ours and on micrograd."""
    for name, engine in (
        ("this engine", "autograd:Value"),
        ("micrograd", "micrograd.engine:Value"),
    ):
        if importlib.util.find_spec(engine.partition(".")[0].partition(":")[0]) is None:
            yield Row(f"conformance: {name}", "not installed", "–")
            continue
        text = run("-m", "pytest", "tests/conformance", "--engine", engine, "-q", "--tb=no")
        stages = re.findall(r"^stage (\d+) .*: (\d+)/(\d+) passed", text, re.M)
        whole = sum(passed == asked for _, passed, asked in stages)
        good, asked = (sum(int(s[i]) for s in stages) for i in (1, 2))
        yield Row(
            f"conformance: {name}",
            f"{len(stages)} stages, {asked} tests",
            f"{whole} stages passed, {good} tests",
            bool(stages) and (whole == len(stages) or name != "this engine"),
        )


MEASURES: dict[str, Callable[[Effort], Iterator[Row]]] = {
    "precision": precision,
    "edges": edges,
    "recorded": recorded,
    "examples": examples,
    "mutants": mutants,
    "conformance": conformance,
}


# --- running other commands ---------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a run of pytest printed, and which tests passed (those that were skipped aside)."""

    text: str
    tests: dict[str, bool]


def run(*arguments: str) -> str:
    """What a command of Python prints, from the root of the repository."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout


def run_pytest(*arguments: str) -> Outcome:
    """Run tests in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xml"
        text = run("-m", "pytest", "-q", "--tb=short", f"--junit-xml={path}", *arguments)
        cases = ElementTree.parse(path).iter("testcase")
        tests = {
            f"{case.get('classname')}::{case.get('name')}": case.find("failure") is None
            and case.find("error") is None
            for case in cases
            if case.find("skipped") is None
        }
    return Outcome(text, tests)
