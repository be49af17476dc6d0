"""Module: what has parameters. Layers and models derive from it."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from autograd import Value, scoped

from .checks import flag


class Module:
    """The base of layers and models. Subclasses define ``forward``; users call the module.

    Parameters are the Values among its attributes that require a gradient; buffers are the
    Values that do not (what is kept but not learned, such as running statistics); children
    are the Modules among them. All may sit in (nested) lists, tuples, dicts and NumPy arrays
    of objects. Nothing needs to be registered.

    A call records a scope, so that pictures can show which module made which part of a
    graph.

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = Value(2.0)
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> model = Scale()
    >>> model(3.0)
    Value(6.0)
    >>> dict(model.named_parameters())
    {'factor': Value(2.0)}
    """

    training: bool = True
    batchwise: bool = False
    """True if it is called with a whole batch, a list of samples, and returns a list."""
    _scope_name: str = ""

    def forward(self, *inputs: Any) -> Any:
        """What the module computes."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(…)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        name = self._scope_name or type(self).__name__
        if not options:
            return scoped(name, self.forward, *inputs, source=self)
        count, names = len(inputs), list(options)

        def forward(*args: Any) -> Any:
            return self.forward(*args[:count], **dict(zip(names, args[count:], strict=True)))

        return scoped(name, forward, *inputs, *options.values(), source=self)

    def on_batch(self, samples: Iterable[Any]) -> list[Any]:
        """The outputs for a list of samples: all in one call if ``batchwise``, else one by one."""
        samples = list(samples)
        return list(self(samples)) if self.batchwise else [self(sample) for sample in samples]

    def __setattr__(self, name: str, attribute: Any) -> None:
        for path, item in _items(name, attribute):
            if isinstance(item, Module):
                item._set_scope_name(path)
        super().__setattr__(name, attribute)

    def _set_scope_name(self, name: str) -> None:
        self.__dict__["_scope_name"] = name

    # --- what it holds -------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly within this one, with their names (``layers.0``)."""
        for path, item in self._attributes():
            if isinstance(item, Module):
                yield path, item

    def children(self) -> list[Module]:
        """The modules directly within this one."""
        return [child for _, child in self.named_children()]

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module (named ``prefix``) and all modules below it, each once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield path, module
            children = [(_join(path, name), child) for name, child in module.named_children()]
            stack.extend(reversed(children))

    def modules(self) -> list[Module]:
        """This module and all modules below it, each once."""
        return [module for _, module in self.named_modules()]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """All parameters here and below, each once, named like ``layers.0.neurons.3.w.1``."""
        return (pair for pair in self._named_leaves() if pair[1].requires_grad)

    def parameters(self) -> list[Value]:
        """All parameters here and below, each once, in the order of their names."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, Value]]:
        """All buffers here and below, each once, with their names."""
        return (pair for pair in self._named_leaves() if not pair[1].requires_grad)

    def buffers(self) -> list[Value]:
        """All buffers here and below, each once: Values that require no gradient."""
        return [buffer for _, buffer in self.named_buffers()]

    def _named_leaves(self) -> Iterator[tuple[str, Value]]:
        # Without results of ops: a state that a module remembers is not a parameter of it.
        seen: set[int] = set()
        for prefix, module in self.named_modules():
            for path, item in module._attributes():
                if isinstance(item, Value) and item.is_leaf and id(item) not in seen:
                    seen.add(id(item))
                    yield _join(prefix, path), item

    def _attributes(self) -> Iterator[tuple[str, Any]]:
        return itertools.chain.from_iterable(_items(name, a) for name, a in vars(self).items())

    # --- what one does with it -----------------------------------------------------------

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below (layers such as dropout ask it); returns self.

        ``TypeError`` if ``mode`` is neither True nor False.
        """
        flag("train: mode", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``."""
        return self.train(False)

    def state_dict(self) -> dict[str, float]:
        """The numbers of parameters and buffers by name: all that needs to be saved.

        ``json`` keeps them to the bit, nan and inf included.
        """
        state: dict[str, float] = {}
        for name, leaf in self._state():
            if name in state:
                raise ValueError(f"state_dict: two parameters have the name {name!r}; rename one")
            state[name] = leaf.data
        return state

    def _state(self) -> Iterator[tuple[str, Value]]:
        return itertools.chain(self.named_parameters(), self.named_buffers())

    def load_state_dict(self, state_dict: Mapping[str, float]) -> None:
        """Set parameters and buffers from ``state_dict()``'s result.

        All or nothing: ``KeyError`` names what is missing or unknown, ``TypeError`` what is
        not a number, ``OverflowError`` what is too large for a float, and then nothing has changed.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"load_state_dict: a dict of names and numbers is needed, not {state_dict!r}"
            )
        leaves = dict(self._state())
        missing = [name for name in leaves if name not in state_dict]
        unknown = [name for name in state_dict if name not in leaves]
        if missing or unknown:
            raise KeyError(
                f"load_state_dict: this {type(self).__name__} and the state differ: "
                f"{len(missing)} missing {missing[:3]}, {len(unknown)} unknown {unknown[:3]}"
            )
        loaded: dict[str, float] = {}
        for name, number in state_dict.items():
            if isinstance(number, bool) or not isinstance(number, numbers.Real):
                raise TypeError(f"load_state_dict: {name!r} must be a number, not {number!r}")
            try:
                loaded[name] = float(number)
            except OverflowError:
                raise OverflowError(f"load_state_dict: {name!r} is too large for a float") from None
        for name, leaf in leaves.items():
            leaf.data = loaded[name]

    # --- as text -------------------------------------------------------------------------

    def describe(self) -> str:
        """This module in a few words, without what is below it."""
        return type(self).__name__

    def __repr__(self) -> str:
        count = len(self.parameters())
        lines = [f"{self.describe()}  ({count} parameter{'' if count == 1 else 's'})"]
        lines += _tree(self, "")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: a table of the layers, with shapes and numbers of parameters."""
        from .module_table import as_table

        try:  # a display must not raise, whatever a subclass does
            return {"text/plain": repr(self), "text/html": as_table(self)}
        except Exception as error:
            return {"text/plain": f"{type(self).__name__} ({type(error).__name__}: {error})"}


def _items(path: str, item: Any) -> Iterator[tuple[str, Any]]:
    """The Values and Modules in an attribute, with their paths."""
    if isinstance(item, (Value, Module)):
        yield path, item
    elif isinstance(item, (list, tuple)):
        for i, element in enumerate(item):
            yield from _items(f"{path}.{i}", element)
    elif isinstance(item, dict):
        for key, element in item.items():
            yield from _items(f"{path}.{key}", element)
    elif getattr(getattr(item, "dtype", None), "hasobject", False) and item.ndim:
        for i, element in enumerate(item):
            yield from _items(f"{path}.{i}", element)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _tree(module: Module, indent: str, above: tuple[Module, ...] = ()) -> Iterator[str]:
    """One line per child; a run of children that look alike is one line with their number.

    A child that is also above (``self.parent = parent``) is not gone into again.
    """
    above = (*above, module)
    runs: list[list[tuple[str, Module]]] = []
    for name, child in module.named_children():
        if runs and _outline(runs[-1][0][1], above) == _outline(child, above):
            runs[-1].append((name, child))
        else:
            runs.append([(name, child)])
    for i, run in enumerate(runs):
        last = i == len(runs) - 1
        (name, child), times = run[0], len(run)
        count = sum(len(c.parameters()) for _, c in run)
        label = f"{name}: " if times == 1 else f"{name} … {run[-1][0]}: {times} × "
        yield f"{indent}{'└─' if last else '├─'} {label}{child.describe()}  ({count})"
        if child not in above:
            yield from _tree(child, indent + ("   " if last else "│  "), above)


def _outline(module: Module, above: tuple[Module, ...]) -> str:
    below = () if module in above else _tree(module, "", above)
    return module.describe() + "".join(below)
