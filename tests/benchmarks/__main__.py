"""The command: ``python -m tests.benchmarks``, from the root of the repository."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
from pathlib import Path

from autograd._build import info

from .rows import ALL, FULL, QUICK
from .table import Row, as_markdown, as_text

DESCRIPTION = """\
Measure the engine against its targets and its peers, and print a table.

Ratios are of medians within this run. Every peer runs in a process of its own, warmed up,
in turns with the others, after all have been seen to compute the same loss and gradients.
Python's garbage collector is on unless a row says otherwise. Peers come with
pip install 'scalar-autograd[bench]'; without them, their rows are skipped.

Verdicts: "ok" reaches the must, "aim met" the aim too; "SHORT" reaches neither; "SKIPPED"
says what to install; "WRONG" means that a peer computed something else.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run all rows; 1 with ``--strict`` if one fails."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds: under a minute, noisier"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write all figures to FILE")
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 if a row is SHORT or WRONG"
    )
    options = parser.parse_args(arguments)

    about = environment()
    print("\n".join(f"{name}: {text}" for name, text in about.items()), end="\n\n", flush=True)
    rows: list[Row] = []
    start = time.perf_counter()
    for measure in ALL:
        progress(f"{time.perf_counter() - start:4.0f} s  {measure.__name__} …")
        try:
            for row in measure(QUICK if options.quick else FULL):
                rows.append(row)
        except RuntimeError as error:  # a process died: its own message is on the screen
            rows.append(Row(measure.__name__, wrong=str(error)))
    progress("")
    print(as_markdown(rows) if options.markdown else as_text(rows))
    if options.json:
        report = {"environment": about, "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    return int(options.strict and any(row.failed for row in rows))


def environment() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "build": info(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.platform()}, {os.cpu_count()} CPUs",
        "peers": ", ".join(f"{name} {version(name)}" for name in ("micrograd", "xad")),
    }


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def progress(text: str) -> None:
    """One line on a terminal that the next one overwrites; nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
