"""Record what PyTorch and JAX compute: ``python -m tests.references.record``.

Writes ``recorded.json``, which the tests hold the engine against where neither is installed.
Needs both: pip install 'scalar-autograd[oracle]'.
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import Any

from .cases import GRIDS, cases
from .compare import same_bits
from .libraries import LIBRARIES, Row, load, reference_rows

PATH = Path(__file__).with_name("recorded.json")
Table = dict[str, list[Row]]  # for each case, a row per point of its grid


def main() -> None:
    """Compute and write everything; what was recorded before is replaced."""
    libraries = {name: load(name) for name in LIBRARIES}
    versions = {name: library.__version__ for name, library in libraries.items()}
    tables: dict[str, Table] = {
        name: {
            case.name: reference_rows(case, library)
            for case in cases()
            if case.counterpart(library) is not None
        }
        for name, library in libraries.items()
    }
    machine = f"{platform.system()} {platform.machine()}"
    PATH.write_text(written({**versions, "machine": machine}, tables), encoding="utf-8")
    print(f"{PATH}: {PATH.stat().st_size / 1e3:.0f} kB", file=sys.stderr)


def written(versions: dict[str, str], tables: dict[str, Table]) -> str:
    """JSON with a case per line, so that a change of one reads as such in a diff.

    Python writes a float as the shortest decimal that reads back as the same float. A row of
    JAX is null where it is that of PyTorch, bit for bit.
    """
    torch = tables["torch"]
    jax = {
        case: [
            None if case in torch and all(map(same_bits, row, torch[case][i])) else row
            for i, row in enumerate(rows)
        ]
        for case, rows in tables["jax"].items()
    }
    parts: dict[str, dict[str, Any]] = {
        "versions": versions,
        "grids": {str(arity): grid for arity, grid in GRIDS.items()},
        "torch": torch,
        "jax": jax,
    }
    return "{\n" + ",\n".join(f'"{name}": {_lines(part)}' for name, part in parts.items()) + "\n}\n"


def _lines(part: dict[str, Any]) -> str:
    def line(x: Any) -> str:
        return json.dumps(x, separators=(",", ":"), ensure_ascii=False)

    return "{\n" + ",\n".join(f" {line(key)}: {line(x)}" for key, x in part.items()) + "\n}"


def read() -> tuple[dict[str, str], dict[int, list[float]], dict[str, Table]]:
    """The recording: versions, grids by number of operands, and the tables."""
    recorded = json.loads(PATH.read_text(encoding="utf-8"))
    torch: Table = {case: [tuple(row) for row in rows] for case, rows in recorded["torch"].items()}
    jax: Table = {
        case: [torch[case][i] if row is None else tuple(row) for i, row in enumerate(rows)]
        for case, rows in recorded["jax"].items()
    }
    grids = {int(arity): grid for arity, grid in recorded["grids"].items()}
    return recorded["versions"], grids, {"torch": torch, "jax": jax}


if __name__ == "__main__":
    main()
