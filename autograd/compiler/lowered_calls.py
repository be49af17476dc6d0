"""The calls that occur in a program's statements, as instructions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from .instructions import Area, UnsupportedError, row_major
from .lowered_indices import Indices, widened

# By NumPy's names: what is done number by number.
EACH = {
    "positive": "copy", "negative": "negative", "abs": "absolute", "absolute": "absolute",
    "exp": "exp_", "expm1": "expm1_", "log": "log_", "tanh": "tanh_", "sqrt": "sqrt_",
    "log1p": "log1p_", "log2": "log2_", "log10": "log10_", "cbrt": "cbrt_", "sin": "sin_",
    "cos": "cos_", "tan": "tan_", "arcsin": "arcsin_", "arccos": "arccos_",
    "arctan": "arctan_", "sinh": "sinh_", "cosh": "cosh_", "arcsinh": "arcsinh_",
    "arccosh": "arccosh_", "arctanh": "arctanh_", "floor": "floor_", "ceil": "ceil_",
    "rint": "rint_", "sign": "sign_", "add": "add", "subtract": "subtract",
    "multiply": "multiply", "divide": "divide", "maximum": "maximum", "minimum": "minimum",
    "float_power": "power", "arctan2": "arctan2_", "hypot": "hypot_", "fmod": "fmod_",
    "where": "choose",
}  # fmt: skip
TRUTH = {
    "less": "less", "less_equal": "less_equal", "greater": "greater",
    "greater_equal": "greater_equal", "equal": "equal", "not_equal": "not_equal",
    "logical_and": "and_", "logical_or": "or_", "logical_not": "not_", "isnan": "isnan_",
    "isinf": "isinf_", "isfinite": "isfinite_",
}  # fmt: skip
STACKED = {"max", "min", "logsumexp", "excess", "shift"}
# Multiplications, from which a matrix product is left to BLAS, by the vectors that there are.
LARGE = {"plain": 2**15, "avx2": 2**18, "avx512": 2**21}


class Calls(Indices):
    """Lowers calls. ``call`` returns where the result lies, ``into`` says where it shall lie."""

    if TYPE_CHECKING:

        def primitive_of(self, function: ast.expr) -> Any: ...

    def into(self, out: Area, value: ast.expr) -> None:
        """Write the value of an expression to an area."""
        if isinstance(value, ast.Call):
            self.call(value, out)
        else:
            self.to.each("copy", out, [self.area(self.expression(value))])

    def call_with_out(self, call: ast.Call) -> None:
        """A statement that is a call with ``out=``."""
        out = [keyword.value for keyword in call.keywords if keyword.arg == "out"]
        if len(out) != 1 or not isinstance(out[0], ast.Name):
            raise UnsupportedError(ast.unparse(call))
        self.call(call, self.named(out[0].id))

    def call(self, call: ast.Call, out: Area | None = None) -> Area:
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        match call.func:
            case ast.Attribute(ast.Name("np"), name):
                return self.numpy(name, call, out)
            case ast.Attribute(ast.Attribute(ast.Name("np"), "add"), "reduce"):
                return self.reduce(call, options, out)
            case ast.Attribute(ast.Attribute(ast.Name("np"), "add"), "reduceat"):
                return self.reduceat(call, out)
            case ast.Attribute(of, "swapaxes"):
                return self.result(self.area(self.expression(of)).turned(), out)
            case ast.Attribute(of, "take"):
                return self.take(of, call.args[0], options, out)
            case ast.Attribute(of, "ravel"):
                return self.result(self.ravel(of), out)
            case ast.Name("checked"):
                return self.checked(call)
            case ast.Name():
                return self.slopes(call, out)
            case ast.Attribute(ast.Attribute(ast.Name("np"), "add"), "outer"):
                left, right = (self.index(argument) for argument in call.args)
                return self.index_sum(
                    widened(right, 0, left.shape[0]), widened(left, 1, right.shape[0]), 1
                )
        raise UnsupportedError(ast.unparse(call))

    def result(self, found: Area, out: Area | None) -> Area:
        """What lies somewhere already, copied if it shall lie elsewhere."""
        if out is None:
            return found
        self.to.each("copy", out, [found])
        return out

    def numpy(self, name: str, call: ast.Call, out: Area | None) -> Area:
        arguments = call.args
        if name == "matmul":
            left, right = (self.area(self.expression(x)) for x in arguments)
            return self.matmul(left, right, out, onto=False)
        if name == "ravel":
            return self.result(self.ravel(arguments[0]), out)
        if name in ("full", "broadcast_to"):
            shape, value = arguments if name == "full" else arguments[::-1]
            area = self.area(self.expression(value)).broadcast(ast.literal_eval(shape))
            return self.result(area, out)
        if name == "clip":
            low = ast.Call(ast.Attribute(ast.Name("np"), "maximum"), arguments[:2], [])
            high = ast.Call(ast.Attribute(ast.Name("np"), "minimum"), [low, arguments[2]], [])
            return self.call(high, out)
        if name not in EACH and name not in TRUTH:
            raise UnsupportedError(ast.unparse(call))
        if name == "add" and out is not None and self.add_onto(out, arguments):
            return out
        return self.each(name, [self.expression(x) for x in arguments], out)

    def each(self, name: str, values: list[Area | float], out: Area | None) -> Area:
        code = EACH.get(name) or TRUTH[name]
        if name == "float_power" and isinstance(exponent := values[1], float):
            base = self.area(values[0])
            if exponent == 2.0:
                code, values = "multiply", [base, base]
            elif exponent == -0.5:
                code, values = "inverse_root_", [base]
        operands = [self.area(value) for value in values]
        if any(operand.kind == "i" for operand in operands):
            raise UnsupportedError("arithmetic with indices")
        truth = all(operand.kind == "b" for operand in operands)
        if truth and name in ("add", "subtract", "negative", "absolute"):
            raise UnsupportedError("arithmetic with truth values alone")
        shape = np.broadcast_shapes(*[operand.shape for operand in operands])
        if out is None:
            out = self.to.room(shape, "b" if name in TRUTH else "d")
        self.to.each(code, out, operands)
        return out

    def add_onto(self, out: Area, arguments: list[ast.expr]) -> bool:
        """``np.add(out, …, out=out)`` without a result in between, if it can be done."""
        first, second = arguments
        if not isinstance(first, ast.Name) or not isinstance(second, ast.Call):
            return False
        if not self.named(first.id).is_same(out):
            return False
        match second.func:
            case ast.Attribute(ast.Name("np"), "multiply"):
                factors = [self.area(self.expression(x)) for x in second.args]
                self.to.each("add_product", out, [out, *factors])
                return True
            case ast.Attribute(ast.Name("np"), "matmul"):
                left, right = (self.area(self.expression(x)) for x in second.args)
                self.matmul(left, right, out, onto=True)
                return True
        return False

    def matmul(self, left: Area, right: Area, out: Area | None, onto: bool) -> Area:
        many = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        shape = (*many, *left.shape[-2:-1], *right.shape[-1:])
        if len(shape) < 2:
            raise UnsupportedError("products of vectors")
        if int(np.prod(shape)) * left.shape[-1] > self.large:
            raise UnsupportedError("a matrix product so large that BLAS is faster")
        out = self.to.room(shape) if out is None else out
        self.to.matmul(out, left, right, onto)
        return out

    def reduce(self, call: ast.Call, options: dict[Any, ast.expr], out: Area | None) -> Area:
        terms = self.area(self.expression(call.args[0]))
        axis = ast.literal_eval(options["axis"])
        axes = [axis] if isinstance(axis, int) else list(axis)
        kept = tuple(1 if k in axes else n for k, n in enumerate(terms.shape))
        outer = tuple(n for k, n in enumerate(terms.shape) if k not in axes)
        shape = kept if "keepdims" in options else outer
        if set(options) - {"axis", "keepdims", "out"} or terms.kind != "d":
            raise UnsupportedError(ast.unparse(call))
        if out is None:
            out = self.to.room(shape)
        if out.shape != shape:
            raise UnsupportedError("shapes that do not go together")
        if out.meets(terms):
            raise UnsupportedError("sums onto their own terms")
        # −0 is what adds nothing: a sum of −0 alone is −0, one of nothing is 0.
        self.to.each("copy", out, [self.to.constant(-0.0 if terms.size else 0.0)])
        strides = list(out.strides)
        if shape is outer or shape != kept or "keepdims" not in options:
            steps = iter(strides)
            strides = [0 if k in axes else next(steps) for k in range(len(kept))]
        self.to.reduce(Area(out.base, out.offset, kept, tuple(strides)), terms, axes)
        return out

    def ravel(self, node: ast.expr) -> Area:
        area = self.area(self.expression(node))
        flat = area.flat()
        if flat is not None:
            return flat
        copy = self.to.room(area.shape, area.kind)
        self.to.each("copy", copy, [area])
        return Area(copy.base, copy.offset, (copy.size,), (1,), copy.kind)

    def slopes(self, call: ast.Call, out: Area | None) -> Area:
        """The local derivatives of a primitive that says itself how to compute them."""
        primitive = self.primitive_of(call.func)
        given = [self.expression(x) for x in call.args]
        if primitive.name not in ("tanh", "sigmoid"):
            raise UnsupportedError(ast.unparse(call))
        operands = [self.area(value) for value in given]
        out = self.to.room(operands[0].shape) if out is None else out
        self.to.each(f"{primitive.name}_slope_", out, operands)
        return out

    def stacked(self, out: Area, call: ast.Call) -> Area:
        """A primitive of many operands, the rows of an array; returns where its slopes lie."""
        primitive = self.primitive_of(call.func)
        rows = self.area(self.expression(call.args[0]))
        if primitive.name not in STACKED or len(rows.shape) != 2 or 0 in rows.shape:
            raise UnsupportedError(ast.unparse(call))
        (k, n), strides = rows.shape, row_major(rows.shape)
        slopes = self.to.room(rows.shape)
        if rows.strides[0] == 1:
            strides = (1, k)
        slopes = Area(slopes.base, slopes.offset, rows.shape, strides)
        if out.shape != (n,) or out.meets(rows):
            raise UnsupportedError(ast.unparse(call))
        parts = [Area(out.base, out.offset, rows.shape, (0, *out.strides)), slopes, rows]
        self.to.add(f"stacked_{primitive.name}", rows.shape, parts)
        return slopes
