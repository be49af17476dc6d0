"""Tables with random mistakes: each is refused, or does no harm."""

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
