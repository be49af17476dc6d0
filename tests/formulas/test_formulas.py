"""LaTeX and SymPy: the formula that is written is the one that was computed."""

import math
import random

import pytest

import autograd
from autograd import Value, dot, grad, to_latex, to_sympy
from autograd.primitives import Primitive, table


def variables():
    return [Value(v, label=n) for n, v in (("x", 0.7), ("w", 1.3), ("b", 0.4))]


# --- LaTeX ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "latex"),
    [
        (lambda x, w, b: w * x + b, r"w \cdot x + b"),
        (lambda x, w, b: (w + x) * b, r"\left(w + x\right) \cdot b"),
        (lambda x, w, b: x - (w - b), r"x - \left(w - b\right)"),
        (lambda x, w, b: x - w - b, r"x - w - b"),
        (lambda x, w, b: x / (w + b), r"\frac{x}{w + b}"),
        (lambda x, w, b: -(x**2), r"-x^{2}"),
        (lambda x, w, b: (-x) ** 2, r"{\left(-x\right)}^{2}"),
        (lambda x, w, b: (x + w).sin() * b, r"\sin\left(x + w\right) \cdot b"),
        (lambda x, w, b: x.exp() ** 2, r"{\left(e^{x}\right)}^{2}"),
        (lambda x, w, b: 1.0 * x + 0.0, "x"),
        (lambda x, w, b: x * -2.5, r"-2.5 \cdot x"),
        (lambda x, w, b: x * 1e-7, r"10^{-7} \cdot x"),
        (lambda x, w, b: dot([x, w], [w, b], 1.0), r"x \cdot w + w \cdot b + 1"),
        (lambda x, w, b: abs(x - w).sqrt(), r"\sqrt{\left|x - w\right|}"),
        (lambda x, w, b: autograd.logsumexp([x, w]), r"\operatorname{logsumexp}\left(x, w\right)"),
    ],
)
def test_formulas_have_the_parentheses_that_they_need(build, latex):
    assert str(to_latex(build(*variables()))) == f"y = {latex}"


def read(latex):
    """The Python expression that a formula means."""
    text = without_fractions(latex.split("= ", 1)[1])
    for old, new in (("\\left(", "("), ("\\right)", ")"), ("\\cdot", "*"), ("{", "("), ("}", ")"),
                     ("^", "**"), ("e**", "E**"), ("\\", "")):  # fmt: skip
        text = text.replace(old, new)
    return text


def without_fractions(text):
    """Each \\frac{a}{b} as ((a)/(b))."""
    while "\\frac" in text:
        start = text.rindex("\\frac")  # the innermost, or one without any within
        middle = closing(text, start + len("\\frac"))
        end = closing(text, middle + 1)
        above, below = text[start + len("\\frac{") : middle], text[middle + 2 : end]
        text = f"{text[:start]}(({above})/({below})){text[end + 1 :]}"
    return text


def closing(text, start):
    """Where the brace that opens at ``start`` closes."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if not depth:
            return i
    raise AssertionError(text)


def random_expression(rng, leaves, depth):
    if depth == 0:
        return rng.choice(leaves)
    a, b = (random_expression(rng, leaves, depth - 1 - rng.randrange(2) % depth) for _ in range(2))
    return rng.choice(
        [
            lambda: a + b, lambda: a - b, lambda: a * b, lambda: -a, lambda: a**2,
            lambda: a.tanh(), lambda: a.sin() * b, lambda: a / (b * b + 1.0),
            lambda: (a * 0.1).exp(), lambda: a * -3.0, lambda: 2.0 - b,
        ]
    )()  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_a_formula_read_back_gives_the_number(seed):
    rng = random.Random(seed)
    leaves = variables()
    y = random_expression(rng, leaves, 4) + leaves[0] * 0.5
    names = {leaf.label: leaf.data for leaf in leaves}
    scope = {**names, "E": math.e, "sin": math.sin, "tanh": math.tanh}
    read_back = eval(read(str(to_latex(y))), scope)
    assert read_back == pytest.approx(y.data, rel=1e-9)


def test_derivatives_are_written_below():
    x, w, b = variables()
    latex = str(to_latex((w * x + b).tanh(), wrt=[x, w]))
    slope = r"\operatorname{sech}^2\left(w \cdot x + b\right)"
    assert latex.splitlines() == [
        r"\begin{aligned}",
        r"y &= \tanh\left(w \cdot x + b\right) \\",
        rf"\frac{{\partial y}}{{\partial x}} &= {slope} \cdot w \\",
        rf"\frac{{\partial y}}{{\partial w}} &= {slope} \cdot x",
        r"\end{aligned}",
    ]
    assert r"\frac{\partial y}{\partial x} &= 3" in str(to_latex(3.0 * x, wrt=x))
    assert x.grad == 0.0


def test_a_notebook_shows_mathematics():
    x, _, _ = variables()
    assert to_latex(x * x)._repr_latex_() == r"$\displaystyle y = x \cdot x$"


def test_names_are_text():
    hostile = r"$\input{/etc/passwd}<img src=x onerror=alert(1)>"
    x = Value(1.0, label=hostile)
    text = to_latex(x * x)._repr_latex_()
    assert text.count("$") == 2 + text.count(r"\$")
    assert r"\input" not in text
    assert "<" not in text
    names = [Value(1.0, label=n) for n in ("w1", "w1", "", "", "loss_rate")]
    written = str(to_latex(autograd.sum(names)))
    assert written == r"y = w_{1} + \mathrm{w1\ (2)} + x_{1} + x_{2} + \mathrm{loss\_rate}"


def test_what_is_too_large_to_be_read_is_refused():
    x, w, _ = variables()
    y = x
    for _ in range(40):  # doubles each time
        y = y * y + w
    with pytest.raises(ValueError, match="has more than 20,000 characters"):
        to_latex(y)
    with pytest.raises(TypeError, match="must be a Value"):
        to_latex(3.0)


# --- SymPy ----------------------------------------------------------------------------------------

UNARY = [
    "abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan",
    "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "sigmoid", "softplus",
    "logsigmoid", "silu", "gelu", "mish", "softsign", "erf", "relu", "relu6", "hardsigmoid",
    "leaky_relu", "elu", "celu", "floor", "ceil", "sign",
]  # fmt: skip


@pytest.fixture(scope="module")
def sympy():
    return pytest.importorskip("sympy")


@pytest.mark.parametrize("name", UNARY)
def test_sympy_agrees_on_value_and_slope(name, sympy):
    x = Value(0.37, label="x")
    y = getattr(autograd, name)(x)
    expression, numbers = to_sympy(y)
    assert float(expression.subs(numbers)) == pytest.approx(y.data, rel=1e-12)
    y.backward()
    if name not in ("floor", "ceil", "sign"):  # there, SymPy leaves a derivative unevaluated
        slope = expression.diff(*numbers)
        assert float(slope.subs(numbers).evalf()) == pytest.approx(x.grad, rel=1e-12)


def test_sympy_agrees_on_a_composite_and_its_second_derivative(sympy):
    x, w, b = variables()
    y = dot([x, w], [w, b], x * 2.0).tanh() / (autograd.hypot(x, w) + x**3)
    expression, numbers = to_sympy(y)
    assert {s.name for s in numbers} == {"x", "w", "b"}
    symbol = sympy.Symbol("x", real=True)
    slope = grad(y, x, create_graph=True)
    assert float(expression.diff(symbol, 2).subs(numbers)) == pytest.approx(grad(slope, x))
    again, _ = to_sympy(slope)  # the engine's derivative, and SymPy's, are one function
    difference = (again - expression.diff(symbol)).subs(numbers)
    assert abs(float(difference)) < 1e-14


def test_every_op_has_a_form_or_is_a_function_without_one(sympy):
    from autograd.formulas.symbolic import forms_of

    known = {name.removesuffix("_constant") for name in forms_of(sympy)}
    ours = {name for name in table if name not in known}
    # Selections, roundings, and parts of others: SymPy has no plain form of them.
    assert ours <= {
        "finite", "between", "selu", "hardswish", "pick",
        "sum", "mean", "prod", "dot", "shift", "excess", "softmax", "log_softmax", "round", "//",
        "%", "fmod", "gelu_tanh",
    }  # fmt: skip
    new = autograd.primitive("mystery (test)", lambda x: x, lambda out, x: (1.0,))
    try:
        assert isinstance(new, Primitive)
        x = Value(1.0, label="x")
        expression, _ = to_sympy(new(x) + 1.0)
        assert str(expression) == "mystery (test)(x) + 1"
        assert str(to_latex(new(x))) == r"y = \operatorname{mystery\ (test)}\left(x\right)"
    finally:
        del table["mystery (test)"]


def test_sympy_is_asked_for_by_its_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sympy", None)
    with pytest.raises(ImportError, match=r"pip install 'scalar-autograd\[symbolic\]'"):
        to_sympy(Value(1.0) * 2.0)
