"""What is mutated: every local-derivative closure, what it calls, and the engine's inlined rules.

Each target is a function in the running process. A mutant is its code object exchanged for
another: whoever holds the function sees the mutant, and it is undone by putting the old one back.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import autograd
from autograd import graph, numerics, primitives, value
from autograd.primitives import table

from .operators import mutations


@dataclass(frozen=True)
class Target:
    """A function, its syntax, and the tests to try first (by words in their names)."""

    name: str
    path: str
    tree: ast.Lambda | ast.FunctionDef
    function: FunctionType
    words: tuple[str, ...]
    caches: tuple[Callable[[], None], ...] = ()  # to be cleared when the function changes


@dataclass(frozen=True)
class Mutant:
    """One change of one target."""

    target: Target
    line: int
    before: str
    after: str
    tree: ast.AST
    within: str  # the statement or lambda as it becomes

    @property
    def key(self) -> tuple[str, str]:
        """What the list of equivalent mutants knows it by."""
        return self.target.name, self.within

    def __str__(self) -> str:
        return f"{self.target.path}:{self.line} {self.target.name}: {self.before}  →  {self.after}"

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Inside, the target behaves as the mutant."""
        function, original = self.target.function, self.target.function.__code__
        function.__code__ = _code(self.tree, function)
        self._clear()
        try:
            yield
        finally:
            function.__code__ = original
            self._clear()

    def _clear(self) -> None:
        for clear in self.target.caches:
            clear()


def mutants() -> list[Mutant]:
    """Every mutant of every target, in the order of the source."""
    found = []
    for target in targets():
        root = _partials_of_maker(target.tree) or target.tree
        for part, replacement, whole in mutations(root):
            if root is target.tree:
                tree = whole
            else:  # the closure inside the maker
                tree = copy.deepcopy(target.tree, {id(root): whole})
                ast.fix_missing_locations(tree)
            found.append(
                Mutant(
                    target,
                    getattr(part, "lineno", root.lineno),
                    _short(part),
                    _short(replacement),
                    tree,
                    _within(root, whole),
                )
            )
    return found


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    if isinstance(node, ast.Lambda):
        text = ast.unparse(node.body)
    return text if len(text) < 200 else text[:197] + "…"


def _within(old: ast.AST, new: ast.AST) -> str:
    """The line that changed, as it becomes; of a lambda, its body."""
    if isinstance(new, ast.Lambda):
        return ast.unparse(new.body)
    lines = zip(ast.unparse(old).splitlines(), ast.unparse(new).splitlines(), strict=True)
    return "; ".join(b.strip() for a, b in lines if a != b)


# --- finding them -------------------------------------------------------------------------------


def targets() -> Iterator[Target]:
    """Closures of the table, of families with constants, what they call, and inlined rules."""
    modules = [
        importlib.import_module(f"{primitives.__name__}.{m.name}")
        for m in pkgutil.iter_modules(primitives.__path__)
    ]
    called: set[str] = set()
    slopes: set[str] = set()
    for module in modules:
        tree = _parse(module)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == "primitive" and node.args:
                first, rule = node.args[0], node.args[2] if len(node.args) > 2 else None
                if isinstance(first, ast.Constant) and isinstance(rule, ast.Lambda):
                    entry = table[str(first.value)]
                    words = (entry.name, _forward_name(node.args[1]))
                    yield Target(entry.name, _path(module), rule, _function(entry.partials), words)
                    called |= _names(rule)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and _partials_of_maker(node):
                maker = getattr(module, node.name)
                word = node.name.removesuffix("_constant").removeprefix("pow")
                yield Target(
                    node.name,
                    _path(module),
                    node,
                    maker.__wrapped__,
                    (word or "**", "pow"),
                    tuple(_caches(maker)),
                )
                called |= _names(_partials_of_maker(node) or node)
    yield from _helpers(modules, called)
    for name in called:
        forward = getattr(table.get(_entry_named(name)), "forward", None)
        if getattr(forward, "__module__", "") == numerics.__name__:
            slopes.add(forward.__name__)
    in_one_go = {entry.both.__name__ for entry in table.values() if entry.both}
    yield from _numerics(slopes | in_one_go)
    for owner, names in (
        (value.Value, ("__add__", "__sub__", "__mul__", "relu")),
        (graph, ("sweep",)),
    ):
        yield from _inlined(owner, names)


def _helpers(modules: list[ModuleType], called: set[str]) -> Iterator[Target]:
    """Functions of the table's modules that closures call, and those that these call."""
    for module in modules:
        functions = {n.name: n for n in _parse(module).body if isinstance(n, ast.FunctionDef)}
        pending = sorted(called & functions.keys())
        done: set[str] = set()
        while pending:
            name = pending.pop(0)
            function = getattr(module, name)
            plain = isinstance(function, FunctionType) and not hasattr(function, "__wrapped__")
            if name not in done and plain and name not in autograd.__dict__:
                node = functions[name]
                pending += sorted(_names(node) & functions.keys())
                yield Target(name, _path(module), node, function, (name.strip("_"),))
            done.add(name)


def _numerics(names: set[str]) -> Iterator[Target]:
    """Float functions that are slopes, and those that these call."""
    functions = {n.name: n for n in _parse(numerics).body if isinstance(n, ast.FunctionDef)}
    wanted = names & functions.keys()
    while more := {n for w in wanted for n in _names(functions[w])} & functions.keys() - wanted:
        wanted |= more
    for name, node in functions.items():
        if name in wanted:
            words = (name, name.removesuffix("_slope"))
            yield Target(f"numerics.{name}", _path(numerics), node, getattr(numerics, name), words)


def _inlined(owner: Any, names: tuple[str, ...]) -> Iterator[Target]:
    module = inspect.getmodule(owner)
    assert module is not None
    for node in ast.walk(_parse(module)):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            words = (node.name.strip("_"), "value", "backward")
            function = getattr(owner, node.name)
            yield Target(f"{owner.__name__}.{node.name}", _path(module), node, function, words)


# --- small tools --------------------------------------------------------------------------------


def _partials_of_maker(tree: ast.AST) -> ast.Lambda | None:
    """The closure in ``return Primitive(name, forward, closure, …)`` of a family's maker."""
    if isinstance(tree, ast.FunctionDef):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == "Primitive":
                return next((a for a in node.args[2:3] if isinstance(a, ast.Lambda)), None)
    return None


def _code(tree: ast.AST, function: FunctionType) -> CodeType:
    if isinstance(tree, ast.Lambda):
        made = eval(compile(ast.Expression(tree), "<mutant>", "eval"), function.__globals__)
    else:
        assert isinstance(tree, ast.FunctionDef)
        plain = ast.FunctionDef(**{**dict(ast.iter_fields(tree)), "decorator_list": []})
        module = ast.fix_missing_locations(
            ast.Module([ast.copy_location(plain, tree)], type_ignores=[])
        )
        # Annotations are not evaluated, as in the module itself.
        flags = __import__("__future__").annotations.compiler_flag
        scratch = dict(function.__globals__)
        exec(compile(module, "<mutant>", "exec", flags), scratch)
        made = scratch[tree.name]
    return made.__code__  # type: ignore[no-any-return]


def _caches(maker: Any) -> Iterator[Callable[[], None]]:
    for cell in maker.__closure__ or ():
        if hasattr(cell.cell_contents, "cache_clear"):
            yield cell.cell_contents.cache_clear


def _function(partials: Any) -> FunctionType:
    assert isinstance(partials, FunctionType)
    return partials


def _parse(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _path(module: ModuleType) -> str:
    assert module.__file__ is not None
    return str(Path(module.__file__).relative_to(Path(autograd.__file__).parent.parent))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _forward_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _entry_named(name: str) -> str:
    """The entry that a module of the table calls so: ``div`` is "/"."""
    for module in vars(primitives).values():
        entry = getattr(module, name, None) if isinstance(module, ModuleType) else None
        if getattr(entry, "name", None) in table:
            return str(entry.name)  # type: ignore[union-attr]
    return ""
