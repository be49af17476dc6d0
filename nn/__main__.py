"""The command: ``python -m nn TASK`` trains a network and writes a report.

Try ``python -m nn --help``.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from .plots import require_matplotlib
from .tasks import Options, Task, tasks
from .tasks.table import table

EXAMPLES = """examples:
  python -m nn moons                      train, then write reports/moons/report.html
  python -m nn moons --open               and open it in the browser
  python -m nn digits --epochs 5 --seed 2
  python -m nn digits --eager             on the graph of scalars, instead of compiled programs
  python -m nn digits --model cnn         a small convolution instead of the MLP
  python -m nn moons --lr 0.5 --out runs/slow
  python -m nn --list                     every task: what, how long, how good
  python -m nn --table --seeds 1,2,3      run them all, and print what they reached
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code: 0, 1 if training failed, 2 for bad options, 130 for Ctrl-C.

    (During training, Ctrl-C ends only that: the report of what was learned is still made.)
    """
    known = tasks()
    parser = _parser(known)
    options = parser.parse_args(arguments)
    if options.list:
        for task in known.values():
            print(f"{task.name:12} {task.summary}; about {task.time}; {task.quality}")
        return 0
    if options.seeds and not options.table:
        parser.error("argument --seeds: goes with --table; for one report, --seed")
    if options.open and options.table:
        parser.error("argument --open: there is no report to open with --table")
    if options.table and options.model is None:
        return _table(list(known.values()), options)
    if options.task is None:
        parser.error(f"name a task: {', '.join(known)}")
    task = known[options.task]
    if options.model is not None and options.model not in task.models:
        choice = f"one of {', '.join(task.models)}" if task.models else "left out"
        parser.error(f"argument --model: for {task.name}, must be {choice}, not {options.model!r}")
    if options.table:
        return _table([task], options)
    model = options.model or next(iter(task.models), "")
    settings = Options(
        seed=options.seed,
        epochs=task.epochs if options.epochs is None else options.epochs,
        lr=task.lr if options.lr is None else options.lr,
        model=model,
        compile=not options.eager,
        quick=options.quick,
    )
    folder = f"{task.name}-{model}" if model in task.models[1:] else task.name
    path = Path(options.out or Path("reports") / folder) / "report.html"
    try:
        require_matplotlib()
        _check_writable(path)
        print(f"{task.name}: {task.summary}" + (f"; model: {model}" if model else ""))
        report = task.run(settings)
        report.save(path)
    except FAILURES as error:
        return _fail(error, path)
    for name, figure in report.figures.items():
        print(f"  {name}: {figure}")
    usual = (settings.epochs, settings.lr, settings.quick) == (task.epochs, task.lr, False)
    for level in task.levels_of(model) if usual else []:
        short = level.what in report.measured and not level.reached(report.measured[level.what])
        print(f"  must: {level}" + (" (short of it)" if short else ""))
    print(f"report: {path}")
    if options.open and not webbrowser.open(path.resolve().as_uri()):
        print("python -m nn: no browser was found; open the report yourself", file=sys.stderr)
    return 0


def _table(known: list[Task], options: argparse.Namespace) -> int:
    """The table of the tasks, line by line as they are done."""
    chosen = [task for task in known if options.task in (None, task.name)]
    seeds = options.seeds or [options.seed]
    out = Path(options.out) if options.out else None
    asked = {"model": options.model, "epochs": options.epochs, "lr": options.lr}
    given = {name: choice for name, choice in asked.items() if choice is not None}
    changes = {"compile": not options.eager, "quick": options.quick} | given
    try:
        require_matplotlib()
        if out is not None:
            _check_writable(out / "report.html")
        for line in table(chosen, seeds, out, **changes):
            print(line, flush=True)
    except FAILURES as error:
        return _fail(error, out)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, exit code 2."""
        self.exit(2, f"python -m nn: {message} (--help shows the options)\n")


def _parser(known: dict[str, Task]) -> argparse.ArgumentParser:
    listing = "\n".join(f"  {task.name:12}{task.summary}; {task.time}" for task in known.values())
    parser = _Parser(
        prog="python -m nn",
        description="Train a small network on scalar Values, and write a report.",
        epilog=f"tasks:\n{listing}\n\n{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("task", nargs="?", choices=list(known), metavar="TASK", help="see below")
    parser.add_argument("--seed", type=_whole(0), default=1, help="start of all randomness (1)")
    parser.add_argument("--epochs", type=_whole(1), help="passes over the data")
    parser.add_argument("--lr", type=_rate, metavar="RATE", help="learning rate")
    models = "; ".join(f"{t.name}: {', '.join(t.models)}" for t in known.values() if t.models)
    parser.add_argument("--model", metavar="NAME", help=f"which network ({models})")
    parser.add_argument(
        "--eager",
        action="store_true",
        help="train on the graph of scalars itself, not on NumPy programs made from it: the same "
        "numbers to rounding, many times slower",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a few steps on a little data, to see that it works"
    )
    parser.add_argument(
        "--out", metavar="FOLDER", help="for report.html (reports/TASK, or reports/TASK-MODEL)"
    )
    parser.add_argument("--open", action="store_true", help="open the report in the browser")
    parser.add_argument("--list", action="store_true", help="list the tasks, and stop")
    parser.add_argument(
        "--table", action="store_true", help="run TASK, or all, and print a table in Markdown"
    )
    parser.add_argument(
        "--seeds", type=_seeds, metavar="1,2,3", help="with --table: the seeds (that of --seed)"
    )
    return parser


def _whole(least: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least}, not {text!r}")
        return number

    return convert


def _seeds(text: str) -> list[int]:
    return [_whole(0)(part) for part in text.split(",")]


def _rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text!r}")
    return number


def _check_writable(path: Path) -> None:
    """Before training rather than after it; a file that was not there is not left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    there = path.exists()
    with path.open("a"):
        pass
    if not there:
        path.unlink()


FAILURES = (ImportError, OSError, FloatingPointError, KeyboardInterrupt)


def _fail(error: BaseException, path: Path | None) -> int:
    """One line about one of these failures; the exit code."""
    if isinstance(error, BrokenPipeError):
        raise error  # of the output, not of the report
    message, code = str(error), 1 if isinstance(error, FloatingPointError) else 2
    if isinstance(error, OSError):
        message = f"cannot write {path}: {error.strerror or error}"
    elif isinstance(error, KeyboardInterrupt):
        message, code = "stopped, without a report", 130
    print(f"python -m nn: {message}", file=sys.stderr)
    return code


def _run_in_terminal() -> int:
    """``main``, for a terminal or file that cannot show every sign, and a reader who goes away."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="namereplace")  # ≥ is not in every encoding
    try:
        code = main()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # as after `| head`: nobody reads the rest
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(_run_in_terminal())
