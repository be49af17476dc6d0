"""Inspector: what the engine calls while a mode is active; each mode overrides what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .value import Value


class Inspector:
    """Looks on, and does nothing."""

    def forward(self, node: Value) -> None:
        """A node was made."""

    def folded(self, primitive: Any, operands: tuple[Value, ...], constant: Value) -> None:
        """An op on constants alone, or under ``no_grad()``, made a constant, without a graph."""

    def detached(self, value: Value, constant: Value) -> None:
        """``value.detach()`` made a constant."""

    def compared(self, value: Value, other: Value | float) -> None:
        """Python code compared a value, and may branch on it."""

    def backward(self, order: list[Value]) -> None:
        """A backward pass is done; ``order`` is what it swept, operands first."""
