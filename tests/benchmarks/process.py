"""Measuring in other processes, in turns.

Each engine has a process of its own, so that no heap, collector or recursion limit is
shared. All are warm before the first round, and rounds take turns (A B C, A B C …): what
else the machine does then hits all alike.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from .peers import MissingError

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """A process that holds one engine with a program. Use it in a ``with``.

    Raises ``MissingError`` if the engine is not installed.
    """

    def __init__(
        self, program: str, engine: str, samples: int = 100, collector: str = "on"
    ) -> None:
        self.samples = samples
        self.process = start("serve", program, engine, str(samples), collector)
        try:
            self.receive()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request, wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.receive()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return parse(self.process.stdout.readline(), self.process)

    def close(self) -> None:
        """End the input, which ends the process."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.wait()


def in_turns(workers: dict[str, Worker], steps: dict[str, int], rounds: int) -> dict[str, float]:
    """The median seconds of a step for every worker, over all rounds but a first, for warm-up."""
    seconds: dict[str, list[float]] = {name: [] for name in workers}
    for turn in range(rounds + 1):
        for name, worker in workers.items():
            measured = worker.ask(do="time", steps=steps[name])["seconds"]
            if turn:
                seconds[name] += measured
    return {name: statistics.median(values) for name, values in seconds.items()}


def alone(job: str, number: int) -> Any:
    """The answer of a job of ``alone.py``, run in a fresh process."""
    process = start("once", job, str(number))
    output, _ = process.communicate()
    return parse(output, process)["result"]


def import_milliseconds(rounds: int) -> float:
    """The median time that ``import autograd`` takes in a fresh process.

    Nothing is subtracted: modules of the standard library that it needs are included.
    """
    code = "import time; t = time.perf_counter(); import autograd; print(time.perf_counter() - t)"
    seconds = []
    for _ in range(rounds + 1):
        output = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        seconds.append(float(output.stdout))
    return statistics.median(seconds[1:]) * 1000  # the first may have had to compile the source


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.worker", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


def environment() -> dict[str, str]:
    """The same hash seed for all: a peer that walks sets then does so in one order."""
    return {**os.environ, "PYTHONHASHSEED": "0"}


def parse(line: str, process: subprocess.Popen[str]) -> dict[str, Any]:
    if not line:
        assert isinstance(process.args, list)
        command = " ".join(map(str, process.args[2:]))
        raise RuntimeError(f"{command} ended with status {process.wait()}")
    answer: dict[str, Any] = json.loads(line)
    if "missing" in answer:
        raise MissingError(answer["missing"])
    return answer
