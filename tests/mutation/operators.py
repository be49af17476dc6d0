"""What a mutation is: one small change to the syntax tree of a rule.

Flip a sign, drop a term or a factor, change a constant, swap operands, turn a comparison,
swap two branches, take another variable, leave a function out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any

TURNED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
SYMMETRIC = {"equal", "hypot", "constants"}  # to swap their operands changes nothing
OTHER_OPERATOR = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}


def mutations(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, ast.AST]]:
    """(the part, what replaces it, the whole with it replaced), each different from the rest."""
    seen = {ast.unparse(tree)}
    for part in _parts(tree):
        for replacement in _replacements(part, tree):
            whole = copy.deepcopy(tree, {id(part): ast.copy_location(replacement, part)})
            ast.fix_missing_locations(whole)
            text = ast.unparse(whole)
            if text not in seen:
                seen.add(text)
                yield part, replacement, whole


def _parts(tree: Any) -> Iterator[ast.AST]:
    """Every expression in it, but no annotations, defaults, slices, and no None after ``is``."""
    yield tree
    for name, child in ast.iter_fields(tree):
        if name in ("args", "returns", "annotation", "slice", "decorator_list") and not isinstance(
            tree, ast.Call
        ):
            continue
        if name == "comparators" and isinstance(tree.ops[0], ast.Is | ast.IsNot):
            continue
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, ast.AST):
                yield from _parts(node)


def _replacements(part: ast.AST, tree: ast.AST) -> Iterator[ast.AST]:
    match part:
        case ast.Lambda(body=ast.Tuple(elts=elements)):
            yield from _of_partials(part, elements)
        case ast.Constant(value=None):
            yield ast.Constant(1.0)
        case ast.Constant(value=bool() | str()):
            return
        case ast.Constant(value=int() | float() as number):
            yield ast.Constant(number + 1)
            if number:
                yield ast.UnaryOp(ast.USub(), part)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OTHER_OPERATOR:
            yield ast.BinOp(left, OTHER_OPERATOR[type(op)](), right)
            yield left
            yield right
            if isinstance(op, ast.Sub | ast.Div):
                yield ast.BinOp(right, op, left)
        case ast.Compare(left=left, ops=[op, *more], comparators=comparators):
            for other in TURNED.get(type(op), ()):
                yield ast.Compare(left, [other(), *more], comparators)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Call(func=ast.Name(id="tuple" | "type" | "zip" | "map")):
            return  # a matter of Python, not of the rule
        case ast.Call(func=func, args=args, keywords=keywords):
            symmetric = isinstance(func, ast.Name) and func.id in SYMMETRIC
            if (
                len(args) > 1
                and not symmetric
                and not any(isinstance(a, ast.Starred) for a in args)
            ):
                for i in range(len(args) - 1):
                    swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
                    yield ast.Call(func, swapped, keywords)
            if len(args) == 1 and not isinstance(args[0], ast.Starred):
                yield args[0]
        case ast.Name(id=name, ctx=ast.Load()):
            names = _parameters(tree)
            if name in names:
                yield ast.Name(names[(names.index(name) + 1) % len(names)], ast.Load())


def _of_partials(rule: ast.Lambda, elements: list[ast.expr]) -> Iterator[ast.AST]:
    """One partial with the other sign, or left out; two neighbours swapped."""

    def with_elements(*changed: ast.expr) -> ast.Lambda:
        return ast.Lambda(rule.args, ast.Tuple(list(changed), ast.Load()))

    for i, e in enumerate(elements):
        before, after = elements[:i], elements[i + 1 :]
        if not (isinstance(e, ast.Constant) and e.value in (None, 0.0)):
            yield with_elements(*before, ast.UnaryOp(ast.USub(), e), *after)
            yield with_elements(*before, ast.Constant(0.0), *after)
        if after:
            yield with_elements(*before, after[0], e, *after[1:])


def _parameters(tree: ast.AST) -> list[str]:
    """The parameters of the function or lambda, without * and **."""
    if isinstance(tree, ast.Lambda | ast.FunctionDef):
        return [a.arg for a in tree.args.args if a.arg != "self"]
    return []
