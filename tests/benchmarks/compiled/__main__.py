"""``python -m tests.benchmarks.compiled [W1 W2 …] [--quick]``: the table, then growth."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported

import argparse

from autograd._build import executor, executor_info

from .. import gpt_training
from . import digits, gpt, growth, irregular, moons, recurrent
from .contestants import compiled, peers
from .measure import disagreements, medians
from .operations import operations_in
from .workload import Workload

WORKLOADS = {
    "W1": moons.whole,
    "W1b": moons.single,
    "W2": digits.batch,
    "W3": lambda: recurrent.sequences(32),
    "W3b": lambda: recurrent.sequences(1),
    "W4": gpt.document,
    "W4+": lambda: gpt.document(16),
    "W5": irregular.graph,
    "W5b": irregular.motion,
}
PEERS = ("NumPy", "torch f64", "torch f32", "jax.jit", "engine")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.compiled", description=__doc__
    )
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds, growth to 1e5 nodes")
    options = parser.parse_args()
    others = ("GPT", "growth")
    unknown = set(options.workloads) - {*WORKLOADS, *others}
    if unknown:
        parser.error(
            f"no workload {sorted(unknown)[0]!r}; there are {', '.join([*WORKLOADS, *others])}"
        )
    chosen = options.workloads or [*WORKLOADS, *others]
    print("one training step, float64: time of the compiled program over that of each peer")
    print("(in brackets what it must be at most); medians, in turns, collector on, one thread")
    print(
        "first step: traced, compiled, checked and run; in brackets, processor time for a node of"
    )
    print("the graph and for a scalar operation (must: 2 µs)")
    print("NumPy runs the program; last, natively, the vector machine. " + executor_info() + "\n")
    print(
        f"{'':4} {'nodes':>8} {'first step (a node, an operation)':>34} {'step':>9}  "
        + " ".join(f"{p:>15}" for p in PEERS)
    )
    for name in chosen:
        if name in WORKLOADS:
            print(row(name, rounds=7 if options.quick else 21), flush=True)
    if "GPT" in chosen:
        print(gpt_line(8 if options.quick else 50), flush=True)
    if "growth" in chosen:
        print("\nprocessor time (must: 2 µs) and peak memory (must: 300 MB): moons, more samples")
        for nodes in (10_000, 100_000) if options.quick else (10_000, 100_000, 1_000_000):
            print(grown(nodes), flush=True)


def row(name: str, rounds: int) -> str:
    """The line of one workload."""
    workload = WORKLOADS[name]()
    step, program, seconds = compiled(workload)
    steps = {"compiled": step, **peers(workload)}
    natively = executor() is not None and program.code.native is None
    if natively:
        steps["native"], _, seconds = compiled(workload, native=True)
    wrong = disagreements(steps)
    took = medians(steps, rounds)
    mine = took["compiled"]
    cells = []
    for peer in PEERS:
        if peer not in took:
            cells.append(f"{'–':>15}")
            continue
        ratio = mine / took[peer]
        must = workload.must.get(peer)
        text = f"{ratio:.3f}" if ratio < 0.01 else f"{ratio:.2f}"
        cells.append(f"{text + (f' ({must})' if must else '  '):>15}")
    waited, worked = seconds
    first = (
        f"{1e3 * waited:7,.0f} ms ({1e6 * worked / program.nodes:5.2f} µs, "
        f"{1e6 * worked / operations_in(workload):5.2f} µs)"
    )
    line = f"{name:4} {program.nodes:8,} {first:>34} {mine * 1e6:6.0f} µs  " + " ".join(cells)
    if "ns per node" in workload.must:
        line += (
            f"   {mine * 1e9 / program.nodes:.0f} ns per node ({workload.must['ns per node']:.0f})"
        )
    if natively:
        line += "   " + native_text(took, workload, program.nodes)
    if wrong:
        line += "   OTHER LOSSES: " + ", ".join(f"{n} {off:.1e}" for n, off in wrong.items())
    return line


def native_text(took: dict[str, float], workload: Workload, nodes: int) -> str:
    """The time of the vector machine, over that of NumPy by hand and of JAX, or for a node."""
    mine = took["native"]
    if "NumPy" not in took:
        return f"natively {mine * 1e6:4.0f} µs, {mine * 1e9 / nodes:.1f} ns per node"
    must = f" ({workload.native})" if workload.native else ""
    text = f"natively {mine * 1e6:4.0f} µs, {mine / took['NumPy']:.2f}{must} of NumPy"
    if "jax.jit" in took:
        text += f", {mine / took['jax.jit']:.2f} (1.0) of jax.jit"
    return text


def gpt_line(documents: int) -> str:
    """Names learned by the scalar GPT, one a step: against slots and local gradients."""
    seconds = gpt_training.ratio(gpt_training.documents(documents))
    times = seconds["reference"] / seconds["compiled"]
    return (
        f"\nGPT on {documents} names: {1000 * seconds['compiled']:.2f} ms a step, {times:.0f}× "
        f"as fast as on slots and local gradients (must: 300×); programs compiled in "
        f"{seconds['compile']:.1f} s"
    )


def grown(nodes: int) -> str:
    """The line of one size, measured in a process of its own."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(growth.compile_moons, (nodes,))
    n = found["nodes"]
    parts = [
        f"{phase} {1e6 * found[f'{phase} s'] / n:5.2f} µs/node, {found[f'{phase} MB']:4.0f} MB"
        for phase in ("trace", "compile", "check")
    ]
    return f"{n:>10,.0f} nodes: " + "; ".join(parts)


if __name__ == "__main__":
    main()
