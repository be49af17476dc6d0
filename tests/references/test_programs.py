"""Random programs against the PyTorch and the JAX that are installed, if they are."""

import functools

import pytest
from hypothesis import given, settings

from autograd import Value, topological_order

from .libraries import load
from .programs import ENGINE, smooth_programs


def functions(library):
    """Each operation as PyTorch or JAX has it."""
    by_torch = library.__name__ == "torch"
    np = library if by_torch else library.numpy
    nn = library.nn.functional if by_torch else library.nn
    lse = functools.partial(library.logsumexp, dim=0) if by_torch else library.nn.logsumexp
    erf = library.erf if by_torch else library.scipy.special.erf
    gelu = nn.gelu if by_torch else functools.partial(nn.gelu, approximate=False)
    same_name = ("abs", "atan", "asinh", "cos", "cosh", "exp", "expm1", "hypot", "log", "log1p")
    same_name += ("maximum", "minimum", "sin", "sinh", "sqrt", "tanh")
    other = {"atan": "arctan", "asinh": "arcsinh"}

    def dot(*operands):
        n = len(operands) // 2
        pairs = zip(operands[:n], operands[n : 2 * n], strict=True)
        return sum([w * x for w, x in pairs], *operands[2 * n :])

    return {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "square": lambda x: x**2,
        "cube": lambda x: x**3,
        "inverse": lambda x: x**-1,
        "half": lambda x: x * 0.5,
        "scaled": lambda x: -1.75 * x,
        "leaky_relu": lambda x: nn.leaky_relu(x, 0.125),
        "where": lambda c, x, y: np.where(c > 0, x, y),
        "sum": lambda *xs: np.stack(xs).sum(0),
        "mean": lambda *xs: np.stack(xs).mean(0),
        "prod": lambda *xs: np.stack(xs).prod(0),
        "max": lambda *xs: np.stack(xs).max(),
        "min": lambda *xs: np.stack(xs).min(),
        "dot": dot,
        "logsumexp": lambda *xs: lse(np.stack(xs)),
        "softmax": lambda *xs: nn.softmax(np.stack(xs), 0)[0],
        "erf": erf,
        "gelu": gelu,
        "relu": nn.relu,
        "sigmoid": library.sigmoid if by_torch else nn.sigmoid,
        "silu": nn.silu,
        "mish": nn.mish,
        # PyTorch's own returns x beyond 20
        "softplus": functools.partial(nn.softplus, threshold=1e3) if by_torch else nn.softplus,
        **{name: getattr(np, name if by_torch else other.get(name, name)) for name in same_name},
    }


def torch_gradient(torch, program):
    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.inputs]
    root = program.root(functions(torch), xs)
    root.backward()
    return [root.item(), *[0.0 if x.grad is None else x.grad.item() for x in xs]]


def jax_gradient(jax, program):
    root, pull = jax.vjp(lambda *xs: program.root(functions(jax), xs), *program.inputs)
    return [float(root), *map(float, pull(jax.numpy.ones_like(root)))]


def by_the_engine(program):
    """Value and slopes, and the largest number on the way: data, or |slopes| summed over paths."""
    xs = [Value(x) for x in program.inputs]
    root = program.root(ENGINE, xs)
    root.backward()
    order = topological_order(root)
    paths = {id(node): 0.0 for node in order}
    paths[id(root)] = 1.0
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            paths[id(parent)] += paths[id(node)] * abs(partial or 0.0)
    largest = max(1.0, *[abs(node.data) for node in order]) * max(1.0, *paths.values())
    return [root.data, *[x.grad for x in xs]], largest


def agree(library, program):
    found, largest = by_the_engine(program)
    theirs = (torch_gradient if library.__name__ == "torch" else jax_gradient)(library, program)
    for ours, other in zip(found, theirs, strict=True):
        assert abs(ours - other) <= 1e-12 * largest, (ours, other)


@functools.cache
def torch():
    pytest.importorskip("torch")
    return load("torch")


@functools.cache
def jax():
    pytest.importorskip("jax")
    return load("jax")


programs = smooth_programs(sorted(ENGINE))


@settings(max_examples=120)
@given(program=programs)
def test_random_programs_agree_with_pytorch(program):
    agree(torch(), program)


@settings(max_examples=30)
@given(program=programs)
def test_random_programs_agree_with_jax(program):
    agree(jax(), program)


@pytest.mark.slow
@settings(max_examples=1000)
@given(program=smooth_programs(sorted(ENGINE), steps=40))
def test_many_long_programs_agree_with_pytorch(program):
    agree(torch(), program)


@pytest.mark.slow
@settings(max_examples=100)
@given(program=smooth_programs(sorted(ENGINE), steps=40))
def test_more_long_programs_agree_with_jax(program):
    agree(jax(), program)
