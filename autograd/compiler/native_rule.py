"""An optimiser's rule, as ``fused`` writes it down, as one table for the vector machine."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any

from .._build import executor
from .instructions import Area
from .lowering import Lowering
from .runtime import Array

NAME = re.compile(r"\b[A-Za-z_]\w*\b")


def native_lines(
    body: list[str], arrays: Sequence[Array], buffers: int, scalars: Sequence[str]
) -> tuple[list[str], dict[str, Any]]:
    """Lines that do what ``body`` does, and what they refer to; no lines if there are none.

    ``body`` works on arrays a0, a1, … and buffers b1, b2, …; ``scalars`` are the names of
    numbers that may occur in it. Arrays that do not lie in one piece are left to ``body``.
    """
    module = executor()
    if module is None or any(array.shape != arrays[0].shape for array in arrays):
        return [], {}
    mentioned = {name for line in body for name in NAME.findall(line)}
    scalars = [name for name in dict.fromkeys(scalars) if name in mentioned]
    n, shape = len(arrays), (arrays[0].size,)
    areas = {f"a{i}": Area(i, 0, shape, (1,)) for i in range(n)}
    areas |= {name: Area(n, i, (), ()) for i, name in enumerate(scalars)}
    lengths = [*[arrays[0].size] * n, len(scalars) + 1]
    lowering = Lowering(module, lengths, areas, {})
    lowering.areas |= {f"b{i}": lowering.to.room(shape) for i in range(1, buffers + 1)}
    if not all(lowering.statement(line) for line in body):
        return [], {}
    numbers = bytearray(8 * (len(scalars) + 1))
    scratch, places = lowering.to.buffers()
    given = {
        "table_run": lowering.to.table(module.Table, lowering.to.records).run,
        "table_pack": struct.Struct(f"{len(scalars)}d").pack_into,
        "table_bytes": numbers,
        "table_numbers": memoryview(numbers).cast("d"),
        "table_scratch": scratch,
        "table_places": places,
    }
    operands = [*[f"a{i}" for i in range(n)], "table_numbers", "table_scratch", "table_places"]
    lines = [
        f"table_pack({', '.join(['table_bytes', '0', *scalars])})",
        "try:",
        f"    table_run({', '.join(operands)})",
        "except (ValueError, BufferError):",
        "    with np.errstate(all='ignore'):",
        *[f"        {line}" for line in body],
    ]
    return lines, given
