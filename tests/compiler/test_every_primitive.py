"""Every entry of the table compiles from that one entry, and agrees with the engine."""

import pytest

from autograd import Value
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace
from autograd.compiler.verify import expected, verify
from autograd.primitives import table

# Operands inside the domain of everything of that arity.
POINTS = {1: [0.3, 0.62, 0.9], 2: [0.3, 0.7, 0.45], 3: [0.4, 0.8, 1.7]}
SPECIAL = {"acosh": [1.2, 1.7, 3.0]}
WIDE = {"sum", "mean", "prod", "norm", "max", "min", "logsumexp", "shift", "excess", "dot"}


def arity_of(primitive):
    if primitive.name in WIDE:
        return 4
    for n in (1, 2, 3):
        try:
            primitive.partials(primitive.forward(*[0.5] * n), *[0.5] * n)
            return n
        except TypeError:
            continue
    raise AssertionError(primitive)


def loss_of(primitive):
    """A loss in which it stands at several points."""
    arity = arity_of(primitive)
    points = SPECIAL.get(primitive.name) or POINTS.get(arity, [0.3, 0.7, -0.2])
    rows = [[Value(p + 0.01 * i) for i in range(arity)] for p in points]
    return lambda scale: sum(primitive(*row) for row in rows) * scale


@pytest.mark.parametrize("name", [name for name in table if name != "pick" and "(" not in name])
def test_it_compiles_and_agrees(name):
    loss = loss_of(table[name])
    traced = trace(loss, (2.0,))
    reading = Reading(traced)
    eager = expected(traced, reading.columns.parameters)
    for form in ("arrays", "scalars"):
        verify(Program(reading, form=form), eager, loss, (2.0,))  # raises if they differ
