"""Where a node came from: an op of the table, or none; and what rare nodes have to say beyond."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..value import Value


class Origin:
    """Where a node came from. The bare ones are LEAF and CONSTANT."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> Any:
        return _bare_origin, (self.name,)


LEAF = Origin("leaf")
CONSTANT = Origin("constant")


def _bare_origin(name: str) -> Origin:
    return LEAF if name == "leaf" else CONSTANT


class Record(Origin):
    """What a node needs to say beyond two operands: more of them, a missing edge, a label, hooks.

    Rare nodes carry one as their origin and leave the fast slots ``a`` and ``b`` empty.
    """

    __slots__ = ("compared", "hooks", "label", "parents", "partials", "primitive", "scope")

    def __init__(
        self,
        primitive: Origin,
        parents: tuple[Value, ...] = (),
        partials: tuple[float | None, ...] = (),
        label: str = "",
        compared: float | None = None,
        scope: Any = None,
    ) -> None:
        self.name = primitive.name
        self.primitive = primitive  # a Primitive, LEAF or CONSTANT
        self.parents = parents
        self.partials = partials
        self.label = label
        self.hooks: dict[object, Callable[[float], float | None]] | None = None
        self.scope = scope  # the module call that returned this node
        self.compared = compared  # the data that Python code may have branched on

    def add_hook(self, hook: Callable[[float], float | None]) -> Callable[[], None]:
        """Register a hook; the function that removes it."""
        if not callable(hook):
            raise TypeError(f"register_hook(hook): hook must be callable, not {hook!r}")
        if self.primitive is CONSTANT:
            raise RuntimeError("register_hook: a constant has no gradient that a hook could see")
        if self.hooks is None:
            self.hooks = {}
        hooks, key = self.hooks, object()
        hooks[key] = hook

        def remove() -> None:
            hooks.pop(key, None)

        return remove

    def after_hooks(self, grad: float) -> float:
        """A gradient after the hooks, in the order of their registration, have seen it.

        ``TypeError`` if one returned something other than a number or None.
        """
        from .table import real  # the table imports this module

        for hook in list(self.hooks.values()) if self.hooks else ():
            replacement = hook(grad)
            if replacement is not None:
                grad = real(replacement, "what a hook returned")
        return grad

    def __reduce__(self) -> Any:
        # Hooks and scopes belong to the running program, not to the graph's mathematics.
        return Record, (self.primitive, self.parents, self.partials, self.label, self.compared)


def folded(
    primitive: Any, operands: tuple[Value, ...], constant: Value, inspectors: tuple[Any, ...]
) -> Value:
    """What an op gives without a graph: a constant. Inspectors may note how it was made."""
    for inspector in inspectors:
        inspector.folded(primitive, operands, constant)
    return constant
