"""Random programs, as plain data: run on Values, on floats, on fractions, on dual numbers."""

from fractions import Fraction

from hypothesis import strategies as st

import autograd as ag

BINARY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
SMOOTH = {
    "tanh": ag.tanh,
    "sin": ag.sin,
    "sigmoid": ag.sigmoid,
    "softplus": ag.softplus,
    "exp(-x²)": lambda x: ag.exp(-(x * x)),
    "1/(1+x²)": lambda x: 1.0 / (x * x + 1.0),
    "√(1+x²)": lambda x: ag.sqrt(x * x + 1.0),
    "max-free lse": lambda x: ag.logsumexp([x, 0.5, -x]),
}


@st.composite
def programs(draw, n_inputs=3, ops=tuple(BINARY), min_size=1, max_size=12):
    """Instructions (op, i, j): what to compute from the i-th and j-th number so far."""
    size = draw(st.integers(min_size, max_size))
    operand = [st.integers(0, n_inputs + k - 1) for k in range(size)]
    return [(draw(st.sampled_from(ops)), draw(operand[k]), draw(operand[k])) for k in range(size)]


def run(program, inputs, last=1):
    """The last number(s) of a program."""
    numbers = list(inputs)
    for op, i, j in program:
        if op in BINARY:
            numbers.append(BINARY[op](numbers[i], numbers[j]))
        else:
            numbers.append(SMOOTH[op](numbers[i]))
    return numbers[-1] if last == 1 else numbers[-last:]


class Dual:
    """a + b·ε with ε² = 0, over fractions: forward mode in a dozen lines."""

    def __init__(self, a, b=0):
        self.a, self.b = Fraction(a), Fraction(b)

    def __add__(self, other):
        return Dual(self.a + other.a, self.b + other.b)

    def __sub__(self, other):
        return Dual(self.a - other.a, self.b - other.b)

    def __mul__(self, other):
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)


def exact_gradient(program, point):
    """The gradient of a program of + − ×, in fractions, an input at a time."""
    n = len(point)
    return [run(program, [Dual(x, i == j) for j, x in enumerate(point)]).b for i in range(n)]


def largest_number(program, point):
    """A bound for every number and every partial sum of gradients: all signs made +."""
    pluses = [("+" if op == "-" else op, i, j) for op, i, j in program]
    sizes = [abs(x) + 1 for x in point]
    return max(run(pluses, map(Dual, sizes)).a, *exact_gradient(pluses, sizes))
