"""The command: ``python -m tests.trust``, from the root of the repository."""

from __future__ import annotations

import argparse
import platform
import sys
import time

from autograd import __version__

from .measures import FULL, MEASURES, QUICK, Row

DESCRIPTION = """\
Measure how far the engine can be trusted, and print a table: errors against hundreds of digits,
special points, PyTorch and JAX as recorded, random programs, mutants of the derivative rules,
and the conformance suite. Ends with an error if anything is out of bounds.
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=DESCRIPTION)
    parser.add_argument("--quick", action="store_true", help="fewer points and mutants: 2 minutes")
    parser.add_argument("--markdown", action="store_true", help="a table for the README")
    parser.add_argument("--only", nargs="+", choices=MEASURES, help="these measures alone")
    options = parser.parse_args(arguments)
    effort, rows, start = QUICK if options.quick else FULL, [], time.perf_counter()
    for name in options.only or MEASURES:
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        rows += list(MEASURES[name](effort))
        print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print(as_markdown(rows) if options.markdown else as_text(rows))
    print(
        f"\nscalar-autograd {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}" + (", reduced counts" if options.quick else "")
    )
    return 0 if all(row.ok for row in rows) else 1


def as_markdown(rows: list[Row]) -> str:
    """A table for the README."""
    lines = ["| what | how much | result |", "|---|---|---|"]
    lines += [f"| {r.what} | {r.amount} | {mark(r)}{r.result} |" for r in rows]
    return "\n".join(lines)


def as_text(rows: list[Row]) -> str:
    """The same for a terminal: a line for what was asked, one for the answer."""
    return "\n".join(f"{r.what}\n    {r.amount}: {mark(r)}{r.result}" for r in rows)


def mark(row: Row) -> str:
    """What is out of bounds says so."""
    return "" if row.ok else "WRONG: "


if __name__ == "__main__":
    sys.exit(main())
