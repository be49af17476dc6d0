"""Tables and lines with random mistakes: each is refused, or does no harm."""

import numpy as np

DIMS, PARTS = 4, 4
PART = 2 + DIMS
RECORD = 4 + DIMS + PARTS * PART


def addition(executor):
    """U[0:100] += U[0:100], as a record."""
    part = [0, 0, 1, 0, 0, 0]
    return [executor.OPERATIONS["add"], 3, 1, 0, 100, 0, 0, 0, *part * 3, *[0] * PART]


def table(executor, record):
    """Of one instruction, on 100 numbers and 4 indices."""
    lengths = np.array([100, 4], np.int64)
    return executor.Table(
        np.array(record, np.int64), "di", lengths, np.zeros(3), np.arange(4, dtype=np.int64)
    )


def run(executor, count):
    """Build, and run what could be built; how many were refused."""
    refused = 0
    rng = np.random.default_rng(0)
    kinds = list(executor.OPERATIONS.values())
    sizes = [-(2**62), -7, -1, 0, 1, 2, 3, 5, 50, 99, 100, 2**20, 2**33, 2**41, 2**62]
    for _ in range(count):
        parts, nd = int(rng.integers(2, 5)), int(rng.integers(0, 5))
        record = [int(rng.choice(kinds)), parts, nd, int(rng.choice([0, 1, 3, 100]))]
        record += [int(n) for n in rng.choice([0, 1, 2, 3, 4], DIMS)]
        for _ in range(PARTS):
            record += [int(rng.integers(0, 4)), int(rng.integers(0, 8))]
            record += [int(s) for s in rng.choice([0, 1, 2, 4], DIMS)]
        for _ in range(int(rng.integers(0, 3))):
            record[int(rng.integers(RECORD))] = int(rng.choice(sizes))
        try:
            made = table(executor, record)
        except ValueError:
            refused += 1
            continue
        places = rng.choice([0, 1, 3, 50, 99, 100, -1, 2**40], 4).astype(np.int64)
        made.run(rng.normal(size=100), places)
    return refused


def run_lines(executor, count):
    """The same for a few lines on 20 numbers, with tables of 6 places."""
    refused = 0
    rng = np.random.default_rng(0)
    sizes = [-(2**31), -1, 0, 3, 5, 6, 7, 19, 20, 21, 60, 2**31 - 1]
    for _ in range(count):
        lines = rng.integers(0, 20, (4, 5))
        lines[:, 0] = rng.choice(list(executor.OPERATIONS.values()), 4)
        looks_up = rng.random(4) < 0.3
        names = rng.choice(["gather", "scatter_add"], 4)
        lines[looks_up, 0] = [executor.OPERATIONS[name] for name in names[looks_up]]
        lines[looks_up, 2:4] = rng.integers(0, 4, (looks_up.sum(), 2))
        places = rng.integers(0, 20, 6)
        if rng.random() < 0.4:
            lines[int(rng.integers(4)), int(rng.integers(5))] = int(rng.choice(sizes))
        if rng.random() < 0.1:
            places[int(rng.integers(6))] = int(rng.choice(sizes))
        try:
            made = executor.Lines(lines.astype(np.int32), places.astype(np.int32), 20)
        except ValueError:
            refused += 1
            continue
        made.run(rng.choice([0.0, 1.0, 2.0, 3.0, 4.5, -1.0, 1e300, np.nan, np.inf], 20))
    return refused
