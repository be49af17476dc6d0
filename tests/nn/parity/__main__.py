"""The command: ``python -m tests.nn.parity``, from the root of the repository."""

from __future__ import annotations

import argparse
import sys

from . import FAMILIES, FIXTURES, HAS_TORCH, cases, deviation, is_own, live, record, recorded


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if a case deviates by more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.nn.parity", description=__doc__)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--recorded", action="store_true", help="use the fixtures in any case")
    parser.add_argument("--record", action="store_true", help="write the fixtures (needs torch)")
    options = parser.parse_args(arguments)
    unknown = [family for family in options.families if family not in FAMILIES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    families = options.families or FAMILIES
    if options.record:
        for family in families:
            if is_own(family):
                print(f"{family}: see tests/nn/parity/{family}.py")
                continue
            print(f"wrote {record(family)}")
        return 0
    now = HAS_TORCH and not options.recorded
    if now:
        import torch

        print(f"against PyTorch {torch.__version__}, live, in float64")
    else:
        print(f"against PyTorch's numbers in {FIXTURES}")
    print(f"\n{'':31} cases  largest deviation  allowed")
    wrong = total = 0
    for family in families:
        print(family)
        rows: dict[str, list[tuple[float, float, str]]] = {}
        for case in cases(family):
            reference = live(case) if now else recorded(family)[case.key]
            found = (deviation(case.ours(), reference), case.tolerance, case.label)
            rows.setdefault(case.name, []).append(found)
        for name, row in rows.items():
            worst, tolerance, label = max(row)
            bad = [entry for entry in row if not entry[0] <= entry[1]]
            verdict = f"   WRONG: {len(bad)}, the worst: {label}" if bad else ""
            print(f"  {name:29} {len(row):5}  {worst:17.1e}  {tolerance:7.0e}{verdict}")
            wrong, total = wrong + len(bad), total + len(row)
    print(f"\n{total} cases, {wrong} beyond what is allowed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
