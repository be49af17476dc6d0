"""A graph as an expression of SymPy, to simplify it, or to differentiate it by other means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import topological_order
from ..primitives.table import Primitive
from ..value import Value
from .names import in_small_steps, leaf_names


def to_sympy(y: Value, *, names: Any = None) -> tuple[Any, dict[Any, float]]:
    """The expression that ``y`` was computed by, and the number that each of its symbols has.

    So ``expression.subs(numbers)`` is about ``y.data``, and ``expression.diff(symbol)`` the
    derivative, found without this engine. Symbols are called as the leaves are. They are real,
    so take them from ``numbers``: ``sympy.Symbol("x")`` is another one, which may be complex.
    Ops that SymPy has no form for become functions without a definition.

    Raises ``ImportError`` that says what to install if SymPy is missing.

    >>> x = Value(2.0, label="x")
    >>> expression, numbers = to_sympy((x**2 + 3 * x).exp())
    >>> expression, numbers
    (exp(x**2 + 3*x), {x: 2.0})
    >>> (symbol,) = numbers
    >>> expression.diff(symbol)
    (2*x + 3)*exp(x**2 + 3*x)
    """
    sympy = imported()
    if not isinstance(y, Value):
        raise TypeError(f"to_sympy(y): must be a Value, not {type(y).__name__}")
    called = leaf_names(topological_order(y), names)
    forms, numbers = forms_of(sympy), {}
    found: dict[int, Any] = {}
    expression = None
    for node in in_small_steps(y):
        if not node.is_leaf:
            expression = applied(sympy, forms, node, [found[id(p)] for p in node.parents])
        elif id(node) in called:
            expression = sympy.Symbol(called[id(node)], real=True)
            numbers[expression] = node.data
        else:
            expression = exact(sympy, node.data)
        found[id(node)] = expression
    return expression, numbers


def imported() -> Any:
    """SymPy."""
    try:
        import sympy
    except ImportError:
        raise ImportError("to_sympy needs SymPy: pip install 'scalar-autograd[symbolic]'") from None
    return sympy


def exact(sympy: Any, x: float) -> Any:
    """A number: an integer where it is one."""
    return sympy.Integer(int(x)) if x.is_integer() and abs(x) < 1e15 else sympy.Float(x)


def applied(sympy: Any, forms: dict[str, Callable[..., Any]], node: Value, xs: list[Any]) -> Any:
    """An op of the table, by its form; else a function of its name."""
    primitive = node.primitive
    assert isinstance(primitive, Primitive)
    constants: list[Any] = []
    if primitive.family is not None:
        maker, numbers = primitive.family
        name = maker.__name__.removesuffix("_constant")
        constants = [exact(sympy, number) for number in numbers]
    else:
        name = primitive.name
    if name in forms:
        return forms[name](*xs, *constants)
    return sympy.Function(primitive.name)(*xs)


def forms_of(sympy: Any) -> dict[str, Callable[..., Any]]:
    """SymPy's form of the table's ops, by name; most functions are called the same there."""
    s = sympy
    same = "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp log sqrt erf sign"
    forms: dict[str, Callable[..., Any]] = {name: getattr(s, name) for name in same.split()}

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + s.exp(-x))

    def softplus(x: Any) -> Any:
        return s.log(1 + s.exp(x))

    def relu(x: Any) -> Any:
        return s.Max(x, 0)

    def between(x: Any, low: Any, high: Any) -> Any:
        return s.Min(s.Max(x, low), high)

    forms |= {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "neg": lambda a: -a,
        "pow": lambda a, n: a**n,
        "**": lambda a, b: a**b,
        "1-x²": lambda x: 1 - x**2,
        "abs": s.Abs,
        "expm1": lambda x: s.exp(x) - 1,
        "log1p": lambda x: s.log(1 + x),
        "log2": lambda x: s.log(x, 2),
        "log10": lambda x: s.log(x, 10),
        "cbrt": lambda x: s.sign(x) * s.Abs(x) ** s.Rational(1, 3),
        "xlogy": lambda x, y: x * s.log(y),
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "maximum": s.Max,
        "minimum": s.Min,
        "max": s.Max,
        "min": s.Min,
        "norm": lambda *xs: s.sqrt(sum(x**2 for x in xs)),
        "logsumexp": lambda *xs: s.log(sum(s.exp(x) for x in xs)),
        "sech2": lambda x: 1 - s.tanh(x) ** 2,
        "sigmoid": sigmoid,
        "sigmoid_slope": lambda x: sigmoid(x) * sigmoid(-x),
        "softplus": softplus,
        "logsigmoid": lambda x: -softplus(-x),
        "silu": lambda x: x * sigmoid(x),
        "mish": lambda x: x * s.tanh(softplus(x)),
        "softsign": lambda x: x / (1 + s.Abs(x)),
        "normal_cdf": lambda x: (1 + s.erf(x / s.sqrt(2))) / 2,
        "normal_pdf": lambda x: s.exp(-(x**2) / 2) / s.sqrt(2 * s.pi),
        "erf_slope": lambda x: 2 / s.sqrt(s.pi) * s.exp(-(x**2)),
        "gelu": lambda x: x * (1 + s.erf(x / s.sqrt(2))) / 2,
        "relu": relu,
        "relu6": lambda x: between(x, 0, 6),
        "hardsigmoid": lambda x: between(x / 6 + s.Rational(1, 2), 0, 1),
        "hardtanh": between,
        "clip": between,
        "leaky_relu": lambda x, a: relu(x) - a * relu(-x),
        "elu": lambda x, a: s.Piecewise((x, x > 0), (a * (s.exp(x) - 1), True)),
        "celu": lambda x, a: s.Piecewise((x, x > 0), (a * (s.exp(x / a) - 1), True)),
        "where": lambda c, a, b: s.Piecewise((a, c > 0), (b, True)),
        "equal": lambda a, b: s.Piecewise((1, s.Eq(a, b)), (0, True)),
        "step": lambda x: s.Piecewise((1, x > 0), (0, True)),
        "larger": lambda a, b: (1 + s.sign(a - b)) / 2,
        "floor": s.floor,
        "ceil": s.ceiling,
    }
    return forms
