"""The command: ``python -m tests.mutation``, from the root of the repository."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, field

os.environ["AUTOGRAD_PURE"] = "1"  # mutants change code that Python runs, not compiled code

from .equivalent import EQUIVALENT
from .runner import run
from .targets import Mutant, mutants


@dataclass
class Result:
    """What became of the mutants."""

    total: int = 0
    tests: int = 0
    seconds: float = 0.0
    killed: list[tuple[str, str]] = field(default_factory=list)  # and the test that did it
    equivalent: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)  # listed as equivalent, but killed or gone

    @property
    def ok(self) -> bool:
        """Every mutant is killed or equivalent, and the list of equivalents is right."""
        return not self.survivors and not self.mistaken

    def __str__(self) -> str:
        lines = [f"SURVIVED  {s}" for s in self.survivors]
        lines += [f"MISTAKEN  {s}: listed as equivalent" for s in self.mistaken]
        lines.append(
            f"{self.total} mutants: {len(self.killed)} killed, {len(self.equivalent)} equivalent "
            f"(with proof), {len(self.survivors)} survived; {self.tests} tests, "
            f"{self.seconds:.0f} s"
        )
        return "\n".join(lines)


def examine(chosen: list[Mutant], progress: bool = True) -> Result:
    """Run the tests against these mutants."""
    result, start = Result(total=len(chosen)), time.perf_counter()

    def report(mutant: Mutant, killer: str) -> None:
        listed = mutant.key in EQUIVALENT
        if killer:
            result.killed.append((str(mutant), killer))
            if listed:
                result.mistaken.append(str(mutant))
        elif listed:
            result.equivalent.append(str(mutant))
        else:
            result.survivors.append(f"{mutant}   (becomes {mutant.within})")
        if progress and sys.__stderr__:
            done = len(result.killed) + len(result.equivalent) + len(result.survivors)
            print(f"\r{done}/{len(chosen)} ", end="", file=sys.__stderr__, flush=True)

    result.tests = run(chosen, report)
    result.seconds = time.perf_counter() - start
    return result


def sample(found: list[Mutant], count: int | None) -> list[Mutant]:
    """So many of them, evenly spread; all if count is None."""
    if count is None or count >= len(found):
        return found
    return [found[i * len(found) // count] for i in range(count)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants, evenly spread")
    parser.add_argument("--only", metavar="WORD", help="targets whose name contains the word")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    parser.add_argument("--json", metavar="FILE", help="write the result there, too")
    options = parser.parse_args(arguments)
    found = mutants()
    chosen = sample([m for m in found if (options.only or "") in m.target.name], options.sample)
    if options.list:
        print(*chosen, sep="\n")
        return 0
    result = examine(chosen)
    if len(chosen) == len(found):
        known = {m.key for m in found}
        result.mistaken += [f"{k}, which no mutant has" for k in EQUIVALENT if k not in known]
    print("\n" + str(result))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(vars(result), file, indent=1)
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
