"""Is what the user handed over what a transform can work with? Errors that say how to mend it."""

from __future__ import annotations

from typing import Any

Argnums = int | tuple[int, ...]


def positions(name: str, argnums: Argnums, args: tuple[Any, ...]) -> list[int]:
    """argnums as positions in args, counted from the end if negative."""
    found = []
    for i in argnums if isinstance(argnums, tuple) else (argnums,):
        if not -len(args) <= i < len(args):
            raise ValueError(
                f"{name}: argnums={argnums!r}, but the function was called with {len(args)} "
                "positional arguments (only these can be differentiated, counted from 0)"
            )
        found.append(i % len(args))
    if len(set(found)) < len(found):
        raise ValueError(f"{name}: argnums={argnums!r} names an argument twice")
    return found


def check_argnums(name: str, argnums: Any) -> None:
    """``TypeError`` if argnums are not positions."""
    for i in argnums if isinstance(argnums, tuple) else (argnums,):
        if not isinstance(i, int) or isinstance(i, bool):
            raise TypeError(
                f"{name}: argnums must be a position or a tuple of positions, not {argnums!r}; "
                f"the arguments themselves go to what {name} returns: {name}(fun)(x)"
            )


def check_function(name: str, fun: Any, otherwise: str = "") -> None:
    """``TypeError`` if fun cannot be called."""
    if not callable(fun):
        raise TypeError(f"{name}: fun must be a function{otherwise}, not {fun!r}")


def check_primals(name: str, primals: Any) -> None:
    """``TypeError`` if primals are not a tuple (or list) of arguments."""
    if not isinstance(primals, (tuple, list)):
        raise TypeError(
            f"{name}: primals must be the tuple of fun's arguments, (x,) for one, not "
            f"{type(primals).__name__} ({primals!r})"
        )
