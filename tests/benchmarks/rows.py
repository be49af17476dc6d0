"""The rows of the table, one function each, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from autograd._build import is_native

from .peers import MissingError, disagreement
from .process import Worker, alone, import_milliseconds, in_turns
from .programs import OPS_PER_SAMPLE
from .table import Row


@dataclass(frozen=True)
class Effort:
    """How often things are measured, and how large the large ones are."""

    rounds: int
    fresh_imports: int
    drawings: int


QUICK = Effort(rounds=3, fresh_imports=5, drawings=5)
FULL = Effort(rounds=11, fresh_imports=21, drawings=15)

# Steps in one turn: a slow peer takes fewer, so that turns stay short.
STEPS = {
    "autograd": 5,
    "autograd, paused": 5,
    "local_gradients": 2,
    "xad": 5,
    "xad, paused": 5,
    "micrograd": 1,
}


NATIVE = is_native()


def must(pure: float, native: float) -> float:
    """The bound for the build that is measured."""
    return native if NATIVE else pure


def moons(effort: Effort) -> Iterator[Row]:
    """The classic demo with each engine's own MLP."""
    row = Row(
        "moons demo, one step with nn.MLP: against micrograd", "×", 30, 60, more_is_better=True
    )
    yield from compared("moons", {"micrograd": row}, effort)


def raw(effort: Effort) -> Iterator[Row]:
    """64,400 scalar ops by hand: forward, backward, and the graph is freed."""
    what = "64,400 scalar ops by hand:"
    rows = {
        "micrograd": Row(
            f"{what} against micrograd", "×", must(20, 45), must(30, 60), more_is_better=True
        ),
        "local_gradients": Row(
            f"{what} against slots and local gradients",
            "×",
            must(2, 4),
            must(2.5, 6),
            more_is_better=True,
        ),
        "xad": Row(f"{what} time over XAD's, C++", "×", must(1.3, 0.6), must(1.15, 0.25)),
        "xad, paused": Row(
            f"{what} time over XAD's, collector paused", "×", must(1.0, 0.35), must(0.85, 0.2)
        ),
    }
    yield from compared("raw", rows, effort)


def compared(program: str, rows: dict[str, Row], effort: Effort) -> Iterator[Row]:
    """Our step against the peers'. All must compute the same before any is timed."""
    ours = {name: "autograd, paused" if "paused" in name else "autograd" for name in rows}
    problems: dict[str, Row] = {}
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for name in dict.fromkeys([*ours.values(), *rows]):
            engine, _, collector = name.partition(", ")
            try:
                worker = Worker(program, engine, collector=collector or "on")
            except MissingError as missing:
                if engine == "autograd":
                    yield from (replace(row, skipped=str(missing)) for row in rows.values())
                    return
                problems[name] = replace(rows[name], skipped=str(missing))
            else:
                workers[name] = stack.enter_context(worker)
        for name, difference in differences(workers, ours).items():
            problems[name] = replace(rows[name], wrong=f"gradients differ by {difference:.1e}")
        seconds = in_turns(workers, STEPS, effort.rounds)
    for name, row in rows.items():
        if name in problems:
            yield problems[name]
            continue
        mine, theirs = seconds[ours[name]], seconds[name]
        detail = f"{ours[name]} {mine * 1e3:.1f} ms a step, {name} {theirs * 1e3:.1f} ms"
        ratio = theirs / mine if row.more_is_better else mine / theirs
        yield replace(row, measured=ratio, detail=detail)


def differences(workers: dict[str, Worker], ours: dict[str, str]) -> dict[str, float]:
    """The peers that do not compute what we do, and by how much they are off."""
    found = {}
    for _ in range(2):  # the second step shows whether the first left something behind
        answers = {name: worker.ask(do="check") for name, worker in workers.items()}
        for name in ours.keys() & workers.keys():
            difference = disagreement(answers[ours[name]], answers[name])
            if difference is not None:
                found[name] = difference
    return found


def memory(effort: Effort) -> Iterator[Row]:
    """What a graph leaves in memory, and behind."""
    del effort
    yield Row(
        "bytes per binary-op node, its gradient included",
        " B",
        must(200, 130),
        must(155, 110),
        measured=alone("bytes_per_node", 200_000),
    )
    left = alone("cyclic_garbage", 100)
    yield Row("objects left to the cyclic collector by 100 graphs", "", 0, 0, measured=left)


def scaling(effort: Effort) -> Iterator[Row]:
    """Does a node of a large graph cost more than one of a small graph?"""
    for collector, must in (("paused", 1.5), ("on", 3.0)):
        with ExitStack() as stack:
            small, large = (round(nodes / OPS_PER_SAMPLE) for nodes in (1e4, 1e6))
            workers = {
                name: stack.enter_context(Worker("raw", "autograd", samples, collector))
                for name, samples in (("1e4", small), ("1e6", large))
            }
            seconds = in_turns(workers, {"1e4": 20, "1e6": 1}, max(2, effort.rounds // 2))
        cost = {
            name: seconds[name] / (workers[name].samples * OPS_PER_SAMPLE) * 1e9 for name in seconds
        }
        where = "inside paused_gc()" if collector == "paused" else "collector on"
        detail = ", ".join(f"{cost[name]:.0f} ns a node at {name}" for name in cost)
        what = f"cost per node at 1e6 nodes over that at 1e4, {where}"
        yield Row(what, "×", must, 1.2, measured=cost["1e6"] / cost["1e4"], detail=detail)


def importing(effort: Effort) -> Iterator[Row]:
    """The time until the first line of a program runs."""
    yield Row("import autograd", " ms", 100, 40, measured=import_milliseconds(effort.fresh_imports))


def drawing(effort: Effort) -> Iterator[Row]:
    """A small graph to SVG, and a large one, folded."""
    row = Row("draw of ≤ 300 nodes to SVG", " s", 0.3, 0.1)
    yield drawn(row, "draw_seconds", effort.drawings)
    row = Row("draw (folded) of a 100,000-node graph to SVG", " s", 2, 0.5)
    yield drawn(row, "fold_seconds", max(3, effort.drawings // 3))


def drawn(row: Row, job: str, rounds: int) -> Row:
    """A row with the seconds that a job of drawing took."""
    try:
        found = alone(job, rounds)
    except MissingError as missing:
        return replace(row, skipped=str(missing))
    boxes = f" in {found['boxes']} boxes" if "boxes" in found else ""
    detail = f"{found['nodes']:,} nodes{boxes}; the first, with the imports, {found['first']:.2f} s"
    return replace(row, measured=found["seconds"], detail=detail)


def depth(effort: Effort) -> Iterator[Row]:
    """A chain that would overflow a recursive engine's stack."""
    del effort
    seconds = alone("deep_chain", 1_000_000)
    detail = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    what = "a chain of 1,000,000 nodes: build, backward, free"
    yield Row(what, " s", measured=sum(seconds.values()), detail=detail)


ALL: tuple[Callable[[Effort], Iterator[Row]], ...] = (
    moons, raw, memory, scaling, importing, drawing, depth,
)  # fmt: skip
