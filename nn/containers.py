"""Modules that hold modules: Sequential, ModuleList, ModuleDict, Residual, Flatten, Identity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, overload

from ._shapes import as_value, flat, mapped
from .module import Module


class Holder(Module):
    """The base of ``ModuleList`` and ``ModuleDict``: modules by name, to be called one by one."""

    def _hold(self, name: str, module: Any) -> None:
        setattr(self, name, _module(type(self).__name__, module))
        self._set_scope_name(self._scope_name)

    def _set_scope_name(self, name: str) -> None:
        super()._set_scope_name(name)
        for key, module in self.named_children():  # which appear as if there were no holder
            module._set_scope_name(f"{name}.{key}" if name else key)

    def __len__(self) -> int:
        return len(self.children())


class ModuleList(Holder):
    """Modules in a list, named ``0``, ``1`` … as PyTorch's are.

    A plain list as an attribute does as well; this one is a Module of its own.

    >>> from nn import Linear
    >>> layers = ModuleList([Linear(2, 3), Linear(3, 1)])
    >>> len(layers), layers[-1].describe()
    (2, 'Linear(3, 1)')
    >>> layers[-1] = Linear(3, 5)  # a layer is replaced (before the optimiser is made)
    >>> [layer.describe() for layer in layers[1:]]
    ['Linear(3, 5)']
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        for module in modules:
            self.append(module)

    def append(self, module: Module) -> Self:
        """Add a module at the end; returns the list."""
        self._hold(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end; returns the list."""
        for module in modules:
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add a module before the one with that index; those after it count one more."""
        modules = self.children()
        modules.insert(index, module)
        return self._renew(modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.children())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Module | Self:
        """A module; or some of them (the same, not copies) in a list of this kind."""
        found = self.children()[index]
        if isinstance(found, Module):
            return found
        part = type(self)()
        vars(part).update((str(i), module) for i, module in enumerate(found))
        return part

    def __setitem__(self, index: int, module: Module) -> None:
        """Put another module in the place of one."""
        name, _ = list(self.named_children())[index]
        self._hold(name, module)

    def __delitem__(self, index: int | slice) -> None:
        modules = self.children()
        del modules[index]
        self._renew(modules)

    def _renew(self, modules: Iterable[Module]) -> Self:
        """Hold these and no others."""
        modules = [_module(type(self).__name__, module) for module in modules]
        for name, _ in list(self.named_children()):
            delattr(self, name)
        return self.extend(modules)


class ModuleDict(Holder):
    """Modules by name.

    >>> from nn import Linear
    >>> heads = ModuleDict({"mean": Linear(2, 1), "spread": Linear(2, 1)})
    >>> list(heads.keys()), len(heads["mean"].parameters())
    (['mean', 'spread'], 3)
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        for name, module in (modules or {}).items():
            self[name] = module

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise KeyError(f"ModuleDict: a name must be a text without dots, not {name!r}")
        if hasattr(self, name) and name not in self.keys():
            raise KeyError(f"ModuleDict: {name!r} is the name of a method; choose another")
        self._hold(name, module)

    def __getitem__(self, name: str) -> Module:
        return dict(self.named_children())[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def keys(self) -> list[str]:
        """The names, in the order in which they came."""
        return [name for name, _ in self.named_children()]

    def values(self) -> list[Module]:
        """The modules."""
        return self.children()

    def items(self) -> list[tuple[str, Module]]:
        """Names with modules."""
        return list(self.named_children())


class Sequential(ModuleList):
    """Modules one after the other: each one's output is the next one's input.

    Called with a sample. If one of the modules asks for a batch (``BatchNorm1d``), the whole
    does: it is then called with a list of samples, and applies the others to each of them.

    >>> from nn import Linear, Tanh
    >>> Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    Sequential  (13 parameters)
    ├─ 0: Linear(2, 3)  (9)
    ├─ 1: Tanh()  (0)
    └─ 2: Linear(3, 1)  (4)
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    @property
    def batchwise(self) -> bool:  # type: ignore[override]
        """True if one of the modules takes a whole batch."""
        return any(module.batchwise for module in self)

    def forward(self, x: Any) -> Any:
        whole = self.batchwise
        for module in self:
            x = module.on_batch(x) if whole else module(x)
        return x

    def _set_scope_name(self, name: str) -> None:
        Module._set_scope_name(self, name)  # a module that is called: its modules are within


class Residual(Module):
    """x + module(x): what the module adds to its input, which must have the same shape.

    >>> from nn import Identity
    >>> Residual(Identity())([1.0, 2.0])
    [Value(2.0), Value(4.0)]
    """

    def __init__(self, module: Module) -> None:
        self.module = _module("Residual", module)

    @property
    def batchwise(self) -> bool:  # type: ignore[override]
        """As the module within."""
        return self.module.batchwise

    def forward(self, x: Any) -> Any:
        return added(mapped(as_value, x), self.module(x), self)


class Flatten(Module):
    """Nested lists as one list, the last index running fastest.

    >>> Flatten()([[1.0, 2.0], [3.0, 4.0]])
    [Value(1.0), Value(2.0), Value(3.0), Value(4.0)]
    """

    def forward(self, x: Any) -> Any:
        return list(flat(mapped(as_value, x)))


class Identity(Module):
    """x itself: a place where a module may come."""

    def forward(self, x: Any) -> Any:
        return x


def added(a: Any, b: Any, module: Module) -> Any:
    """a + b, element by element of nested lists of the same shape."""
    if not isinstance(a, (list, tuple)) and not isinstance(b, (list, tuple)):
        return a + b
    lengths = [len(x) if isinstance(x, (list, tuple)) else "no list" for x in (a, b)]
    if lengths[0] != lengths[1]:
        raise ValueError(
            f"{module.describe()}: what the module returns must have the shape of its input, "
            f"not lengths {lengths[1]} and {lengths[0]}"
        )
    return [added(x, y, module) for x, y in zip(a, b, strict=True)]


def _module(owner: str, module: Any) -> Module:
    if not isinstance(module, Module):
        raise TypeError(f"{owner} holds modules, not {module!r}")
    return module
