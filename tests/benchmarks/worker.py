"""The other side of ``process.py``: one engine, or one job, in a process of its own.

``python -m tests.benchmarks.worker serve PROGRAM ENGINE SAMPLES {on,paused}`` answers each
request on its standard input, a line of JSON, with a line of JSON.
``python -m tests.benchmarks.worker once JOB NUMBER`` prints one answer.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import Any

from .peers import MissingError, Peer, load


def serve(program: str, engine: str, samples: str, collector: str) -> None:
    """Say ready, then run what is asked for until the input ends."""
    sys.setrecursionlimit(100_000)  # some peers walk their graphs recursively
    peer = load(program, engine, int(samples))
    if collector == "paused":
        gc.disable()
    say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "check":
            say({"loss": peer.step(), "gradients": peer.gradients()})
        else:
            say({"seconds": timed(peer, request["steps"])})


def timed(peer: Peer, steps: int) -> list[float]:
    """Seconds of each step; the graph is built, used and dropped within it."""
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        peer.step()
        seconds.append(time.perf_counter() - start)
    return seconds


def once(job: str, number: str) -> None:
    """Run a job of ``alone.py``."""
    from .alone import JOBS

    say({"result": JOBS[job](int(number))})


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        if sys.argv[1] == "serve":
            serve(*sys.argv[2:])
        else:
            once(*sys.argv[2:])
    except (MissingError, ImportError) as error:
        say({"missing": str(error)})
