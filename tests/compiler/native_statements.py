"""Statements on views of U and D, run by the vector machine and by NumPy."""

import numpy as np

from autograd import _build
from autograd.compiler.instructions import Area
from autograd.compiler.lowering import Lowering
from autograd.compiler.runtime import view


def compare(line, environment, specs, rtol, signs=False):
    """Both must leave the same numbers in U and D. The native U is returned."""
    executor = _build.executor()
    theirs = {k: v.copy() if k in "UD" else v for k, v in environment.items()} | {"np": np}
    theirs |= {name: view(theirs[spec[0]], *spec[1:]) for name, spec in specs.items()}
    with np.errstate(all="ignore"):
        exec(line, theirs)
    areas = {
        name: Area("UD".index(array), offset, shape, strides)
        for name, (array, offset, shape, strides) in specs.items()
    }
    U, D = environment["U"].copy(), environment["D"].copy()
    lowering = Lowering(executor, (len(U), len(D)), areas, environment)
    for statement in line.split("\n"):
        assert lowering.statement(statement), f"not lowered: {statement}"
    scratch, places = lowering.to.buffers()
    scratch[:] = np.nan  # nothing may depend on it
    assert lowering.to.table(executor.Table, lowering.to.records).run(U, D, scratch, places) == -1
    for ours, expected in ((U, theirs["U"]), (D, theirs["D"])):
        message = f"{line} {specs}"
        np.testing.assert_allclose(ours, expected, rtol=rtol, atol=1e-13, err_msg=message)
        if signs:
            zero = expected == 0.0
            assert (np.signbit(ours) == np.signbit(expected))[zero].all(), line
    return U


def random_view(rng, array, length, shape, writable):
    """A view of that shape somewhere in an array: turned, with gaps, or repeated."""
    order = rng.permutation(len(shape))
    strides, step = [0] * len(shape), int(rng.integers(1, 3))
    for axis in order:
        if not writable and rng.random() < 0.2:
            continue  # repeated
        strides[axis] = step
        step *= max(1, shape[axis]) + int(rng.integers(0, 2))
    extent = sum((n - 1) * s for n, s in zip(shape, strides, strict=True)) + 1
    offset = int(rng.integers(0, length - extent))
    return array, offset, tuple(shape), tuple(strides)


def random_statement(rng):
    """(line, environment, views): the result in D, the operands in U."""
    n = 30_000
    U, D = rng.normal(size=n), rng.normal(size=n)
    environment = {"U": U, "D": D}
    nd = int(rng.integers(0, 4))
    shape = [int(rng.choice([0, 1, 1, 2, 3, 5, 8, 11, 17])) for _ in range(nd)]
    specs = {name: random_view(rng, "U", n, shape, False) for name in ("v1", "v2")}
    specs["d1"] = random_view(rng, "D", n, shape, True)
    kind = rng.choice(["each", "onto", "reduce", "matmul", "gather", "scatter", "count", "runs"])
    ufunc = rng.choice(["add", "multiply", "subtract", "maximum", "divide"])
    if kind == "each":
        inner = f"np.{rng.choice(['negative', 'exp', 'tanh', 'sign'])}(v1)"
        second = rng.choice(["v2", "0.5", "np.greater(v1, v2)"])
        return f"np.{ufunc}({inner}, {second}, out=d1)", environment, specs
    if kind == "onto":
        return "np.add(d1, np.multiply(v1, v2), out=d1)", environment, specs
    if kind == "reduce" and nd:
        axes = tuple(int(k) for k in range(nd) if rng.random() < 0.6) or (0,)
        kept = rng.random() < 0.5
        outer = [1 if k in axes else m for k, m in enumerate(shape) if kept or k not in axes]
        specs["d1"] = random_view(rng, "D", n, outer, True)
        how = f"axis={axes}" + (", keepdims=True" if kept else "")
        return f"np.add.reduce(v1, {how}, out=d1)", environment, specs
    if kind == "matmul":
        many = [int(rng.integers(1, 4))] if rng.random() < 0.3 else []
        m, k, p = (int(rng.choice([1, 1, 2, 3, 4, 7, 9, 16, 19])) for _ in range(3))
        specs["v1"] = random_view(rng, "U", n, [*many, m, k], False)
        specs["v2"] = random_view(rng, "U", n, [*many, k, p], False)
        specs["d1"] = random_view(rng, "D", n, [*many, m, p], True)
        product = "np.matmul(v1, v2"
        if rng.random() < 0.5:
            return f"np.add(d1, {product}), out=d1)", environment, specs
        return f"{product}, out=d1)", environment, specs
    size = int(rng.choice([1, 2, 7, 30]))
    specs["v1"] = random_view(rng, "U", n, [size], False)
    if kind == "gather":
        environment["i1"] = rng.integers(0, n, size)
        specs["d1"] = random_view(rng, "D", n, [size], True)
        return "np.add(U.take(i1), v1, out=d1)", environment, specs
    if kind == "scatter":
        environment["i1"] = rng.permutation(n)[:size]
        return f"D[i1] {rng.choice(['=', '+='])} v1", environment, specs
    if kind == "count":
        environment["i1"] = rng.integers(0, 40, size)
        sign = rng.choice(["=", "+="])
        return f"D[100:140] {sign} np.bincount(i1, v1, minlength=40)", environment, specs
    first = np.unique(np.append(0, rng.integers(0, size, 3)))
    environment["i1"] = first
    specs["d1"] = random_view(rng, "D", n, [len(first)], True)
    return "np.add(d1, np.add.reduceat(np.ravel(v1), i1), out=d1)", environment, specs
