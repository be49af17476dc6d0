"""Many operands, one node: sum, mean, prod, norm, dot, max, min, logsumexp.

One n-ary node where a loop of ``+`` would make n: graphs stay small, and a neuron is one
node in the picture.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
from collections.abc import Iterable
from typing import Any

from .. import numerics
from .arithmetic import div
from .elementary import exp
from .selection import equal, where
from .table import Primitive, primitive


def sum(values: Iterable[Any]) -> Any:
    """Σ xᵢ as one node; slope 1 to each. The sum of nothing is 0.0.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    return _apply(_sum, tuple(values))


def mean(values: Iterable[Any]) -> Any:
    """Σ xᵢ/n; slope 1/n to each. ``ValueError`` if there are no values.

    >>> mean([1.0, 2.0, 3.0])
    2.0
    """
    return _apply(_mean, _some("mean", values))


def prod(values: Iterable[Any]) -> Any:
    """∏ xᵢ; slope ∏ⱼ≠ᵢ xⱼ, right also where factors are 0. The product of nothing is 1.0.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return _apply(_prod, tuple(values))


def norm(values: Iterable[Any]) -> Any:
    """√Σxᵢ², the Euclidean length, without overflow; slopes xᵢ/out, all 0 where all xᵢ are 0.

    The norm of nothing is 0.0.

    >>> norm([3.0, 4.0]), norm([1e200, 0.0])
    (5.0, 1e+200)
    """
    return _apply(_norm, tuple(values))


def max(values: Iterable[Any]) -> Any:
    """The largest of several; slope 1 to it, 1/k to each of k that tie. nan if any is nan.

    ``ValueError`` if there are no values.

    >>> max([1.0, 3.0, 2.0])
    3.0
    """
    return _apply(_max, _some("max", values))


def min(values: Iterable[Any]) -> Any:
    """The smallest of several; slope 1 to it, 1/k to each of k that tie. nan if any is nan.

    ``ValueError`` if there are no values.

    >>> min([1.0, 3.0, 2.0])
    1.0
    """
    return _apply(_min, _some("min", values))


def dot(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = None) -> Any:
    """Σ wᵢxᵢ + bias as one node; slopes xᵢ to wᵢ, wᵢ to xᵢ, 1 to the bias.

    ``ValueError`` if the lengths differ.

    >>> dot([1.0, 2.0], [3.0, 4.0], bias=5.0)
    16.0
    """
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs):
        raise ValueError(
            f"dot(weights, inputs): lengths must be equal, not {len(weights)} weights and "
            f"{len(inputs)} inputs"
        )
    return _apply(_dot, weights + inputs if bias is None else (*weights, *inputs, bias))


def logsumexp(values: Iterable[Any]) -> Any:
    """ln Σ eˣⁱ without overflow; slopes are the softmax of the values.

    ``ValueError`` if there are no values.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return _apply(_logsumexp, _some("logsumexp", values))


def softmax(values: Iterable[Any]) -> list[Any]:
    """eˣⁱ/Σeˣʲ for every i: n nodes over one shared logsumexp, kept in two parts.

    The parts are the largest of the values and what the logsumexp has beyond it; their sum
    would be rounded, to 1e-13 for values around 1,000, and the probabilities with it.

    ``ValueError`` if there are no values.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    values = _some("softmax", values)
    top, above = _apply(shift, values), _apply(_excess, values)
    return [_softmax(x, top, above) for x in values]


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """xᵢ − ln Σeˣʲ for every i, over one shared logsumexp, kept in two parts as in ``softmax``.

    ``ValueError`` if there are no values.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """
    values = _some("log_softmax", values)
    top, above = _apply(shift, values), _apply(_excess, values)
    return [_log_softmax(x, top, above) for x in values]


def _apply(primitive: Primitive, operands: tuple[Any, ...]) -> Any:
    """``primitive(*operands)``, without packing many operands anew."""
    for x in operands:
        if isinstance(x, Primitive.node_type):
            return Primitive.record(primitive, operands)
    return primitive(*operands)


def _some(name: str, values: Iterable[Any]) -> tuple[Any, ...]:
    values = tuple(values)
    if not values:
        raise ValueError(f"{name}(values): there must be at least one value")
    return values


# --- the entries --------------------------------------------------------------------------


def _equal_shares(out: Any, xs: tuple[Any, ...]) -> tuple[Any, ...]:
    """1/k for each of the k operands that attain the result."""
    hits = [equal(x, out) for x in xs]
    count = _sum(*hits)
    return tuple([div(hit, count) for hit in hits])


def _products_of_the_others(xs: tuple[Any, ...]) -> tuple[Any, ...]:
    """∏ⱼ≠ᵢ xⱼ for every i, from prefix and suffix products: right where out/xᵢ is 0/0."""
    before = itertools.accumulate(xs[:-1], operator.mul, initial=1.0)
    after = list(itertools.accumulate(xs[:0:-1], operator.mul, initial=1.0))
    return tuple([b * a for b, a in zip(before, reversed(after), strict=True)])


def _directions(out: Any, xs: tuple[Any, ...]) -> tuple[Any, ...]:
    """xᵢ/out for every i, and 0 where out is 0."""
    zero = equal(out, 0.0)
    return tuple([where(zero, 0.0, div(x, out)) for x in xs])


def _swapped(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Of w₁…wₙ, x₁…xₙ (and a bias), the partials x₁…xₙ, w₁…wₙ (and 1)."""
    n = len(operands) // 2
    swapped = operands[n : 2 * n] + operands[:n]
    return swapped if len(operands) == 2 * n else (*swapped, 1.0)


def _softmax_weights(xs: tuple[Any, ...]) -> tuple[Any, ...]:
    """eˣⁱ/Σeˣ, with the (detached) largest taken out of every exponent."""
    top = shift(*xs)
    weights = [exp(x - top) for x in xs]
    total = _sum(*weights)
    return tuple([div(w, total) for w in weights])


# fmt: off
_sum = primitive("sum", numerics.total, lambda out, *xs: (1.0,) * len(xs),
    array=lambda np, *xs: builtins.sum(xs, 0.0), symbol="Σ")
_mean = primitive("mean", numerics.mean, lambda out, *xs: (1.0 / len(xs),) * len(xs),
    array=lambda np, *xs: builtins.sum(xs, 0.0) / len(xs))
_prod = primitive("prod", numerics.product, lambda out, *xs: _products_of_the_others(xs),
    array=lambda np, *xs: np.prod(np.broadcast_arrays(*xs), axis=0), symbol="∏")
_norm = primitive("norm", numerics.hypot, lambda out, *xs: _directions(out, xs),
    array=lambda np, *xs: _norm_of_arrays(np, np.abs(np.broadcast_arrays(*xs))), symbol="‖x‖")
_dot = primitive("dot", numerics.dot, lambda out, *wxb: _swapped(wxb),
    array=lambda np, *wxb: numerics.dot(*wxb))
_max = primitive("max", numerics.largest, lambda out, *xs: _equal_shares(out, xs),
    array=lambda np, *xs: np.max(np.broadcast_arrays(*xs), axis=0))
_min = primitive("min", numerics.smallest, lambda out, *xs: _equal_shares(out, xs),
    array=lambda np, *xs: np.min(np.broadcast_arrays(*xs), axis=0))
_logsumexp = primitive("logsumexp", numerics.logsumexp, lambda out, *xs: _softmax_weights(xs),
    array=lambda np, *xs: np.logaddexp.reduce(np.broadcast_arrays(*xs), axis=0))
_dot.both = numerics.dot_and_partials
_logsumexp.both = numerics.logsumexp_and_partials
# The largest operand as a plain number (0 if it is infinite): no edges, so no slope.
shift = primitive("shift", numerics.shift, lambda out, *xs: (None,) * len(xs),
    array=lambda np, *xs: np.nan_to_num(np.max(np.broadcast_arrays(*xs), axis=0), nan=0.0, posinf=0.0, neginf=0.0), doc="""The largest of several if it is finite, else 0; no slope.

    >>> shift(1.0, 3.0), shift(1.0, float("inf"))
    (3.0, 0.0)
    """)
# The logsumexp of a softmax in two parts: shift, and what lies above it, which carries the slope.
_excess = primitive("excess", numerics.excess, lambda out, *xs: _softmax_weights(xs),
    array=lambda np, *xs: _excess_of_arrays(np, np.stack(np.broadcast_arrays(*xs))), doc="""How far logsumexp lies above the (finite) largest, which counts as a constant; slopes as logsumexp's.

    >>> _excess(1000.0, 960.0)
    4.248354255291589e-18
    """)
_excess.both = numerics.excess_and_partials
# One probability, e^(x − logsumexp), and its logarithm.
_softmax = primitive("softmax", numerics.softmax, lambda out, x, top, above: (out, None, -out),
    array=lambda np, x, top, above: np.exp((x - top) - above))
_log_softmax = primitive("log_softmax", numerics.log_softmax, lambda out, x, top, above: (1.0, None, -1.0),
    array=lambda np, x, top, above: (x - top) - above)
# fmt: on


def _norm_of_arrays(np: Any, xs: Any) -> Any:
    top = np.max(xs, axis=0)
    scale = np.where((top > 0.0) & np.isfinite(top), top, 1.0)
    length = scale * np.sqrt(np.sum((xs / scale) ** 2, axis=0))
    return np.where(np.any(np.isinf(xs), axis=0), np.inf, length)


def _excess_of_arrays(np: Any, xs: Any) -> Any:
    top = np.max(xs, axis=0)
    return np.logaddexp.reduce(xs - np.where(np.isfinite(top), top, 0.0), axis=0)


# --- many at once: the operands are the rows of an array (see Primitive.stacked) -------------


def _extreme_stacked(np: Any, rows: Any, out: Any) -> tuple[Any, Any]:
    hits = np.equal(rows, out)
    if np.count_nonzero(hits) == out.size and not math.isnan(out.dot(out)):
        return out, hits  # no tie, no nan: the usual case
    return out, np.divide(hits, np.add.reduce(hits, axis=0, dtype=float))


def _logsumexp_stacked(np: Any, rows: Any) -> tuple[Any, Any]:
    top, above, weights = _weights_stacked(np, rows)
    return np.add(top, above, out=above), weights


def _excess_stacked(np: Any, rows: Any) -> tuple[Any, Any]:
    return _weights_stacked(np, rows)[1:]


def _finite_or_zero(np: Any, x: Any) -> Any:
    if math.isfinite(x.dot(x)):  # the usual case; a product is quicker than a sum
        return x
    return np.where(np.isfinite(x), x, 0.0)


def _weights_stacked(np: Any, rows: Any) -> tuple[Any, Any, Any]:
    """The largest, ln Σ eˣ⁻ᵗᵒᵖ, and the softmax of the rows."""
    rows = np.ascontiguousarray(rows)  # reductions of rows that lie in one piece are quicker
    top = _finite_or_zero(np, np.maximum.reduce(rows, axis=0))
    weights = np.subtract(rows, top)
    np.exp(weights, out=weights)
    total = np.add.reduce(weights, axis=0)
    weights /= total
    return top, np.log(total, out=total), weights


_max.stacked = lambda np, rows: _extreme_stacked(np, rows, np.maximum.reduce(rows))
_min.stacked = lambda np, rows: _extreme_stacked(np, rows, np.minimum.reduce(rows))
_logsumexp.stacked = _logsumexp_stacked
_excess.stacked = _excess_stacked
shift.stacked = lambda np, rows: (_finite_or_zero(np, np.maximum.reduce(rows)), None)
_max.neutral = _logsumexp.neutral = _excess.neutral = shift.neutral = -numerics.inf
_min.neutral = numerics.inf


# --- what they consist of (see Primitive.parts) ----------------------------------------------


def _added(terms: Iterable[Any]) -> Any:
    return functools.reduce(operator.add, terms)


def _dot_parts(*operands: Any) -> Any:
    n = len(operands) // 2
    products = [w * x for w, x in zip(operands[:n], operands[n : 2 * n], strict=True)]
    return _added([*products, *operands[2 * n :]])


_sum.parts = lambda *xs: _added(xs)
_mean.parts = lambda *xs: _added(xs) * (1.0 / len(xs))
_prod.parts = lambda *xs: functools.reduce(operator.mul, xs)
_dot.parts = _dot_parts
