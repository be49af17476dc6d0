"""How compile time and memory grow with the graph: the moons demo with more and more samples."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from autograd import paused_gc
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace
from autograd.compiler.verify import expected, verify

from .moons import scalars

NODES_PER_SAMPLE = 648


def compile_moons(nodes: int) -> dict[str, float]:
    """Processor seconds and megabytes to trace, compile and check about so many nodes.

    The megabytes are the peak of the process, less what it held before; each of them
    includes the ones before.
    """
    loss, args, _ = scalars(samples=max(1, nodes // NODES_PER_SAMPLE))
    before = peak()
    times, peaks = [time.process_time()], []

    def done() -> None:
        times.append(time.process_time())
        peaks.append(peak() - before)

    with paused_gc():  # as compile does, step by step
        traced = trace(loss, args)
        done()
        reading = Reading(traced)
        eager = expected(traced, reading.columns.parameters)
        del traced
        program = Program(reading)
        del reading
        done()
        verify(program, eager, loss, args)
        done()
    phases = ("trace", "compile", "check")
    return {
        "nodes": program.nodes,
        **{f"{phase} s": times[i + 1] - times[i] for i, phase in enumerate(phases)},
        **{f"{phase} MB": peaks[i] for i, phase in enumerate(phases)},
    }


def peak() -> float:
    """The most memory that this process has held so far, in megabytes."""
    status = Path("/proc/self/status")  # Linux: getrusage would count the parent's, before exec
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
