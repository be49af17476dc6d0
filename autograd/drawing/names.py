"""What the nodes of a picture are called, and which of them are parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..scopes import Scope
from ..value import Value


class Names:
    """Names of Values, by identity.

    In order of preference: what the caller of ``draw`` says, the value's own label, the
    name that a module of the graph gives to it (the outermost module first, which knows
    the longest path: "layers.0.neurons.1.w.0").
    """

    def __init__(self, given: Any, scopes: Iterable[Scope]) -> None:
        self.given: dict[int, str] = {}
        self.from_modules: dict[int, str] = {}
        self.parameters: set[int] = set()
        self._kept: list[Value] = []  # an id means something only while its Value lives
        for name, value, is_parameter in named_values(given):
            self._add(self.given, name, value, is_parameter)
        for name, value in module_parameters(scopes):
            self._add(self.from_modules, name, value, True)

    def __call__(self, node: Value) -> str:
        return self.given.get(id(node)) or node.label or self.from_modules.get(id(node), "")

    def is_parameter(self, node: Value) -> bool:
        """True for what a module lists among its parameters."""
        return id(node) in self.parameters

    def take_over(self, twins: Mapping[int, Value]) -> None:
        """Call the twins of Values, given by the Values' ids, as these are called."""
        for names in (self.given, self.from_modules):
            for key in names.keys() & twins.keys():
                names.setdefault(id(twins[key]), names[key])
        self._kept += twins.values()

    def _add(self, names: dict[int, str], name: str, value: Value, is_parameter: bool) -> None:
        names.setdefault(id(value), name)
        self._kept.append(value)
        if is_parameter:
            self.parameters.add(id(value))


def named_values(given: Any) -> Iterator[tuple[str, Value, bool]]:
    """Names, Values, and whether each is a parameter, from what was given as ``names``.

    A module or (name, value) pairs, as from ``named_parameters()``, name parameters; a
    dict just names. A list of Values in a dict is named "x[0]", "x[1]" …
    """
    if given is None:
        return
    if is_module(given):
        given = given.named_parameters()
    are_parameters = not isinstance(given, Mapping)
    try:
        pairs = list(given.items()) if isinstance(given, Mapping) else [(n, v) for n, v in given]
    except (TypeError, ValueError):
        raise TypeError(
            "draw(…, names): names must be a dict of name to Value, a module, or a list of "
            f"(name, Value) pairs, not {type(given).__name__}"
        ) from None
    for name, value in pairs:
        if not isinstance(name, str):
            raise TypeError(f"draw(…, names): a name must be a str, not {name!r}")
        if is_module(value):
            for path, parameter in value.named_parameters():
                yield f"{name}.{path}", parameter, True
            continue
        items = enumerate(value) if isinstance(value, (list, tuple)) else None
        for path, item in [(f"{name}[{i}]", v) for i, v in items] if items else [(name, value)]:
            if not isinstance(item, Value):
                raise TypeError(
                    f"draw(…, names): {path!r} must name a Value, not {type(item).__name__}"
                )
            yield path, item, are_parameters


def module_parameters(scopes: Iterable[Scope]) -> Iterator[tuple[str, Value]]:
    """Names and parameters of the modules whose calls made a graph, outermost first.

    If there are several outermost modules, the scope's name goes before each name.
    """
    by_depth = sorted(scopes, key=lambda scope: len(scope.path))
    modules: dict[int, tuple[str, Any]] = {}
    for scope in by_depth:
        if is_module(scope.source):
            modules.setdefault(id(scope.source), (scope.name, scope.source))
    named: set[int] = set()
    parts = []
    for scope_name, module in modules.values():
        parameters = [(n, v) for n, v in module.named_parameters() if id(v) not in named]
        named.update(id(value) for _, value in parameters)
        if parameters:
            parts.append((scope_name, parameters))
    for scope_name, parameters in parts:
        for name, value in parameters:
            yield f"{scope_name}.{name}" if len(parts) > 1 else name, value


def is_module(x: Any) -> bool:
    """True for whatever has ``named_parameters()``, as nn's modules do."""
    return callable(getattr(x, "named_parameters", None)) and not isinstance(x, type)
