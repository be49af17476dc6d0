"""Where numbers lie: names for views of the long arrays, for index arrays and gathers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Ints
from .deferred import Share, ViewSpec
from .groups import Elementwise, Grouped
from .layout import loop_nest, strides_of
from .runtime import checked, view
from .symbols import number_text


@dataclass
class Access:
    """An array of slots that a statement reads, and how it is reached."""

    index: Ints
    affine: tuple[int, tuple[int, ...]] | None  # offset and strides of a view
    text: str


class NewNames:
    """A prefix and the next number. No method of ``Places``, which all notes would keep alive."""

    def __init__(self) -> None:
        self.used = 0

    def __call__(self, prefix: str) -> str:
        self.used += 1
        return f"{prefix}{self.used}"


class Places:
    """What the statements written so far refer to, and the statements themselves."""

    def __init__(self, grouped: Grouped) -> None:
        self.grouped = grouped
        self.groups = grouped.groups
        n = grouped.slots
        self.environment: dict[str, Any] = {"np": np}
        self.setup: list[str] = []
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.reasons: list[str] = []  # why something did not become array code
        self.counts = {"matmul": 0, "gather": 0, "each": 0}
        self.names: dict[Any, str] = {}
        self.specs: dict[str, ViewSpec] = {}  # of each view, by its name
        self.deferred: dict[Any, list[Share]] = {}  # to parameters, by what they have in common
        self.steps: dict[Any, dict[int, Any]] = {}  # groups that are alike, by their bases
        self.slopes_together: dict[Any, Any] = {}
        self.new_name = NewNames()
        self.needs = np.zeros(n, bool)  # slots that depend on a parameter
        self.needs[: grouped.parameters] = True
        self.touched = np.zeros(n, bool)  # slots of D that hold a gradient by now
        self.to_clear = np.zeros(n, bool)
        self.U = np.zeros(n)
        self.D = np.zeros(n)
        first = grouped.first_number
        self.U[first : first + len(grouped.numbers)] = grouped.numbers
        self.constants = (first, first + len(grouped.numbers))
        self.masked = any(
            isinstance(g, Elementwise) and g.primitive.name == "where" for g in grouped.groups
        )
        self.environment |= {"U": self.U, "D": self.D, "view": view, "checked": checked}

    def bind(self, prefix: str, thing: Any) -> str:
        """A name for something that the program finds ready."""
        name = self.new_name(prefix)
        self.environment[name] = thing
        return name

    def view(self, array: str, offset: int, shape: tuple[int, ...], strides: Any) -> str:
        """The name of a view of U or D, made once before the program runs."""
        strides = tuple(int(s) for s in strides)
        key = (array, offset, shape, strides)
        if key not in self.names:
            name = self.bind(
                self.letter(array, offset), view(self.environment[array], offset, shape, strides)
            )
            self.names[key] = name
            self.specs[name] = key
            self.setup.append(f"{name} = view({array}, {offset}, {shape}, {strides})")
        return self.names[key]

    def letter(self, array: str, offset: int) -> str:
        """w for a parameter, x for an argument, v for what was computed; d for gradients."""
        if array == "D":
            return "dw" if offset < self.grouped.parameters else "d"
        if offset < self.grouped.parameters:
            return "w"
        return "x" if offset < self.constants[0] else "v"

    def indices(self, index: Ints) -> str:
        key = ("index", index.shape, index.tobytes())
        if key not in self.names:
            self.names[key] = self.bind("i", np.ascontiguousarray(index, np.intp))
        return self.names[key]

    def access(self, index: Ints) -> Access:
        """What the program reads to have the numbers in these slots."""
        number = self.number(index)
        if number is not None:
            return Access(index, None, number_text(number))
        if self.is_constant(index):
            return Access(index, None, self.bind("c", self.U[index]))
        affine = strides_of(index)
        if affine is not None:
            return Access(index, affine, self.view("U", affine[0], index.shape, affine[1]))
        return Access(index, None, self.gather(index))

    def is_constant(self, index: Ints) -> bool:
        """True if all these slots hold numbers that never change."""
        low, high = self.constants
        return bool(((index >= low) & (index < high)).all())

    def number(self, index: Ints) -> float | None:
        """The number that all these slots hold for ever, or None."""
        if not self.is_constant(index):
            return None
        numbers = self.U[index]
        return float(numbers.flat[0]) if (numbers == numbers.flat[0]).all() else None

    def gather(self, index: Ints) -> str:
        key = ("gather", index.shape, index.tobytes())
        if key not in self.names:
            name = self.names[key] = self.new_name("g")
            self.counts["gather"] += 1
            self.forward.append(f"{name} = U.take({self.indices(index)})")
        return self.names[key]

    def together(
        self, columns: list[Ints], shape: tuple[int, ...] | None = None
    ) -> tuple[tuple[int, ...], list[Access]]:
        """Columns of equal length, in the shape of a loop nest in which most of them are views."""
        nests = (self.nest(some) for some in (columns, *[[column] for column in columns]))
        shape = shape or next(filter(None, nests), (len(columns[0]),))
        return shape, [self.access(column.reshape(shape)) for column in columns]

    def nest(self, columns: list[Ints]) -> tuple[int, ...] | None:
        """The shape of a loop nest in which all that can be views are views, if there is one."""
        regular = [column for column in columns if loop_nest(column[:, None])]
        shape = loop_nest(np.stack(regular, 1)) if regular else None
        if shape is not None and len(shape) > 1 and shape[-1] < 3 and len(columns[0]) < 512:
            return (len(columns[0]),)  # short rows: a gather is faster
        return shape

    def result(self, array: str, base: int, shape: tuple[int, ...]) -> str:
        strides = [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]
        return self.view(array, base, shape, strides)
