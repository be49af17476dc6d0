"""The judges: bits, ulps, 60-digit arithmetic, and derivatives of any order.

All tests of the engine measure with these, and nothing here is computed by the code under
test, except ``derivative_graph``, which applies the primitives' closures to Values.
"""

import itertools
import math
import struct

import mpmath

from autograd import Value, topological_order

inf, nan = math.inf, math.nan

# Where float functions go wrong: zeros, infinities, nan, subnormals, huge and tiny, kinks.
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 40.0, 710.0, -746.0, 1e300, -1e300]
EDGES += [5e-324, -2.2e-308, 1e-200, inf, -inf, nan]
FEWER_EDGES = [0.0, -0.0, 1.0, -2.5, 1e300, 5e-324, inf, -inf, nan]


def edge_points(arity):
    """Every combination of edges for up to two operands; of fewer edges for more."""
    return list(itertools.product(EDGES if arity < 3 else FEWER_EDGES, repeat=arity))


def bits(x):
    """The 64 bits of a float; all nans alike."""
    return "nan" if x != x else struct.pack(">d", x)


def same_bits(x, y):
    """Equal, the sign of zero included; nan equals nan."""
    return type(x) is type(y) is float and bits(x) == bits(y)


def ulps(x, y):
    """How many floats apart: 0 for the same (and for two nans), inf if only one is nan."""
    if x != x or y != y:
        return 0 if x != x and y != y else inf
    return abs(_rank(x) - _rank(y))


def _rank(x):
    (n,) = struct.unpack(">q", struct.pack(">d", x))
    return n if n >= 0 else -(n & 0x7FFFFFFFFFFFFFFF)


def close(x, y, units=4):
    """Within so many ulps, and the same zero, infinity or nan."""
    if x == 0.0 or y == 0.0 or math.isinf(x) or math.isinf(y):
        return bits(x) == bits(y)
    return ulps(x, y) <= units


# --- 60 digits ------------------------------------------------------------------------------


def exactly(function, *point):
    """A function of mpmath numbers at a point of floats, in 60 digits, rounded to a float."""
    with mpmath.workdps(60):
        return float(function(*map(mpmath.mpf, point)))


def _phi(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def _sigma(x):
    return 1 / (1 + mpmath.exp(-x))


# name: (function, its derivative), written out as in a textbook
EXACT = {
    "exp": (mpmath.exp, mpmath.exp),
    "log": (mpmath.log, lambda x: 1 / x),
    "sqrt": (mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x))),
    "sin": (mpmath.sin, mpmath.cos),
    "cos": (mpmath.cos, lambda x: -mpmath.sin(x)),
    "tanh": (mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    "sigmoid": (_sigma, lambda x: _sigma(x) * _sigma(-x)),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), _sigma),
    "silu": (lambda x: x * _sigma(x), lambda x: _sigma(x) + x * _sigma(x) * _sigma(-x)),
    "gelu": (lambda x: x * mpmath.ncdf(x), lambda x: mpmath.ncdf(x) + x * _phi(x)),
}


# --- derivatives of derivatives ---------------------------------------------------------------


def derivative_graph(root, leaf):
    """d root/d leaf as a Value that can be differentiated again.

    The backward pass, with every closure applied to Values instead of to floats. That it
    works for any primitive is what "written once, in generic arithmetic" means.
    """
    adjoints = {id(root): Value(1.0, requires_grad=False)}
    for node in reversed(topological_order(root)):
        adjoint = adjoints.get(id(node))
        if adjoint is None or node.is_leaf:
            continue
        partials = node.primitive.partials(node, *node.parents)
        for parent, partial in zip(node.parents, partials, strict=True):
            if partial is not None and parent.requires_grad:
                term = adjoint * partial
                before = adjoints.get(id(parent))
                adjoints[id(parent)] = term if before is None else before + term
    return adjoints.get(id(leaf), Value(0.0, requires_grad=False))


def derivatives(function, at, order):
    """[f, f′, …] at a point, up to an order."""
    x = Value(at)
    found = [function(x)]
    for _ in range(order):
        found.append(derivative_graph(found[-1], x))
    return [y.data for y in found]


def value_and_gradient(function, *point):
    """What the engine computes: the value, and the gradient as a tuple."""
    xs = [Value(x) for x in point]
    y = function(*xs)
    y.backward()
    return y.data, tuple(x.grad for x in xs)
