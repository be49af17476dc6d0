"""What an exported file consists of besides its statements, for each namespace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Head:
    """The fixed parts of a file."""

    about: list[str]
    imports: list[str]
    array: str
    integers: str
    helpers: list[str]
    tail: list[str]
    outputs: list[str]


def block(text: str) -> list[str]:
    """The lines of a text, with two empty lines before."""
    return ["", "", *text.strip("\n").split("\n")]


COMMON = '''
def numbers(args):
    """All numbers of the arguments, in order, as one array; None, bools and strings are none."""
    found = [flat([])]
    for arg in args:
        if isinstance(arg, dict):
            arg = list(arg.values())
        if isinstance(arg, (list, tuple)):
            found.append(numbers(arg))
        elif arg is not None and not isinstance(arg, (bool, str)):
            found.append(flat(arg))
    return np.concatenate(found)


def given(args):
    """The numbers of the arguments, then those that the program holds as constants."""
    return np.concatenate([numbers(args), flat(HELD)])


def largest(rows):
    out = amax(rows)
    hits = (rows == out) * 1.0
    return out, hits / hits.sum(0)


def smallest(rows):
    out = -amax(-rows)
    hits = (rows == out) * 1.0
    return out, hits / hits.sum(0)


def product(rows):
    before, after = [rows[0] ** 0], [rows[0] ** 0]
    for k in range(len(rows) - 1):
        before.append(before[-1] * rows[k])
        after.append(after[-1] * rows[-1 - k])
    return before[-1] * rows[-1], np.stack(before) * np.stack(after[::-1])


def length(rows):
    top = amax(abs(rows))
    scale = np.where((top > 0.0) & np.isfinite(top), top, 1.0)
    out = np.where(top == np.inf, np.inf, scale * np.sqrt(((rows / scale) ** 2).sum(0)))
    return out, np.where(out == 0.0, 0.0, rows / out)


def finite_top(rows):
    top = amax(rows)
    return np.where(np.isfinite(top), top, 0.0)


def excess(rows):
    powers = np.exp(rows - finite_top(rows))
    return np.log(powers.sum(0)), powers / powers.sum(0)


def logsumexp(rows):
    above, weights = excess(rows)
    return finite_top(rows) + above, weights


def shift(rows):
    return finite_top(rows), None


def normal_cdf(x):
    return 0.5 * erfc(-0.7071067811865476 * x)


def gelu(x):
    return np.where(x == -np.inf, -0.0, x * normal_cdf(x))
'''

# Primitives that an exported file has a function for: of single numbers, and of many.
OF_NUMBERS = ("erf", "normal_cdf", "gelu")
STACKED = {
    "max": "largest",
    "min": "smallest",
    "logsumexp": "logsumexp",
    "excess": "excess",
    "shift": "shift",
    "prod": "product",
    "norm": "length",
}

NUMPY_HELPERS = '''
def flat(arg):
    return np.asarray(arg, float).reshape(-1)


def amax(rows):
    return rows.max(0)


def erf(x):
    return np.array([math.erf(each) for each in x])


def erfc(x):
    return np.array([math.erfc(each) for each in x])


def full(a, shape):
    return np.broadcast_to(a, shape)


def scatter(size, index, a):
    return np.bincount(index.reshape(-1), a, minlength=size)


def chosen(index, length):
    """Which element of a table of that length each index means: a column of one True each."""
    hits = np.arange(length)[:, None] == index
    if not hits.any(0).all():
        raise IndexError(f"an index is none of the integers from 0 to {length - 1}: {index}")
    return hits
'''

JAX_HELPERS = '''
def flat(arg):
    return np.asarray(arg, float).reshape(-1)


def amax(rows):
    return rows.max(0)


erf, erfc = jax.scipy.special.erf, jax.scipy.special.erfc


def full(a, shape):
    return np.broadcast_to(a, shape)


def scatter(size, index, a):
    return np.zeros(size, a.dtype).at[index.reshape(-1)].add(a)


def chosen(index, length):
    """Which element of a table of that length each index means (a wrong one: none)."""
    return np.arange(length)[:, None] == index
'''

TORCH_HELPERS = '''
class Functions:
    """PyTorch's functions under NumPy's names; numbers among their operands become tensors."""

    inf, nan = float("inf"), float("nan")

    def __getattr__(self, name):
        function = getattr(torch, NAMES.get(name, name))

        def call(*operands):
            return function(
                *[torch.tensor(a, dtype=DTYPE) if isinstance(a, float) else a for a in operands]
            )

        return call

    def concatenate(self, arrays):
        return torch.cat(arrays)

    def stack(self, arrays):
        return torch.stack(arrays)


DTYPE = torch.float64
NAMES = {
    "abs": "abs", "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le",
    "greater": "gt", "greater_equal": "ge", "power": "pow",
}
np = Functions()


def flat(arg):
    return torch.as_tensor(arg, dtype=DTYPE).reshape(-1)


def ones(count):
    return torch.ones(count, dtype=DTYPE)


def amax(rows):
    return rows.amax(0)


erf, erfc = torch.erf, torch.erfc


def full(a, shape):
    return torch.broadcast_to(torch.as_tensor(a, dtype=DTYPE), shape)


def scatter(size, index, a):
    return torch.zeros(size, dtype=a.dtype).index_add(0, index.reshape(-1), a)


def chosen(index, length):
    """Which element of a table of that length each index means: a column of one True each."""
    hits = torch.arange(length)[:, None] == index
    if not bool(hits.any(0).all()):
        raise IndexError(f"an index is none of the integers from 0 to {length - 1}: {index}")
    return hits
'''

NUMPY_TAIL = '''
def loss(p, *args):
    """The loss for parameters p, an array of PARAMETERS numbers."""
    with np.errstate(all="ignore"):
        return forward(flat(p), given(args))[0]


def value_and_grad(p, *args):
    """The loss, and its gradient, an array like p."""
    with np.errstate(all="ignore"):
        return forward_and_backward(flat(p), given(args))[:2]
'''

JAX_TAIL = '''
@jax.custom_vjp
def value(p, x):
    return forward(p, x)[0]


def value_forward(p, x):
    out, for_p, for_x = forward_and_backward(p, x)
    return out, (for_p, for_x)


def value_backward(gradients, upstream):
    return tuple(upstream * gradient for gradient in gradients)


value.defvjp(value_forward, value_backward)


def loss(p, *args):
    """The loss for parameters p; for jax.jit, jax.grad, jax.vmap."""
    return value(flat(p), given(args))


value_and_grad = jax.value_and_grad(loss)
'''

TORCH_TAIL = '''
class Value(torch.autograd.Function):
    @staticmethod
    def forward(context, p, x):
        value, for_p, for_x = forward_and_backward(p, x)
        context.save_for_backward(for_p, for_x)
        return value.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context, upstream):
        for_p, for_x = context.saved_tensors
        return upstream * for_p, upstream * for_x


def loss(p, *args):
    """The loss for parameters p, a tensor of PARAMETERS numbers; backward() works on it."""
    return Value.apply(flat(p), given(args))


def value_and_grad(p, *args):
    """The loss, and its gradient, a tensor like p."""
    value, for_p, _ = forward_and_backward(flat(p).detach(), given(args))
    return value, for_p
'''

OUTPUTS = '''
def outputs(p, *args):
    """What the function returned beside its loss: all numbers of it, in order."""
    return forward(flat(p), given(args))[1]
'''


HEADS = {
    "numpy": Head(
        [
            "loss(p, *args), value_and_grad(p, *args): p is an array of PARAMETERS numbers, args",
            "are what the compiled function took, of the same shapes. INITIAL are the parameters",
            "as they were. Needs NumPy only.",
        ],
        ["import math", "", "import numpy as np"],
        "np.array",
        "np.array",
        [*block(NUMPY_HELPERS), *block(COMMON), "", ""],
        block(NUMPY_TAIL),
        block(OUTPUTS),
    ),
    "jax": Head(
        [
            "loss(p, *args) for jax.jit, jax.grad, jax.vmap; value_and_grad(p, *args). p is an",
            "array of PARAMETERS numbers, args are what the compiled function took, of the same",
            "shapes. INITIAL are the parameters as they were. Needs JAX only; numbers are",
            'float64 after jax.config.update("jax_enable_x64", True), else float32.',
            "",
            "Of a loss for one sample, that of a batch of any size is",
            "    lambda p, X, y: jax.vmap(loss, (None, 0, 0))(p, X, y).mean()",
            "and with X and y sharded over devices along their first axis it runs on all of them.",
        ],
        ["import jax", "import jax.numpy as np"],
        "np.array",
        "np.array",
        [*block(JAX_HELPERS), *block(COMMON), "", ""],
        block(JAX_TAIL),
        block(OUTPUTS),
    ),
    "torch": Head(
        [
            "loss(p, *args), on which backward() works; value_and_grad(p, *args). p is a float64",
            "tensor of PARAMETERS numbers, args are what the compiled function took, of the same",
            "shapes. INITIAL are the parameters as they were. Needs PyTorch only.",
        ],
        ["import torch"],
        "torch.tensor",
        "torch.tensor",
        [*block(TORCH_HELPERS), *block(COMMON), "", ""],
        block(TORCH_TAIL),
        block(OUTPUTS),
    ),
}

# NumPy's functions that a program may call, and that PyTorch has under this or another name.
TORCH_NAMES = """
abs add arccos arccosh arcsin arcsinh arctan arctan2 arctanh ceil concatenate copysign cos cosh
divide equal exp exp2 expm1 float_power floor floor_divide fmax fmin fmod greater greater_equal
hypot inf isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp logical_and
logical_not logical_or logical_xor maximum minimum multiply nan negative not_equal power reciprocal
remainder round sign signbit sin sinh sqrt square stack subtract tan tanh trunc where
"""
