"""RNN, GRU and LSTM: cells unrolled over a sequence, in layers and in both directions.

A sequence is a list of vectors, of any length; a batch is a list of such sequences, and each is
given to the module by itself: ``[rnn(xs) for xs in batch]``. So sequences of unequal length need
no padding.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from typing import Any

from autograd import Value, scoped

from ._shapes import width
from .cells import Cell, GRUCell, LSTMCell, RNNCell
from .dropout import Dropout
from .init import generator
from .module import Module
from .unrolling import unroll


class Recurrent(Module):
    """The base of ``RNN``, ``GRU`` and ``LSTM``.

    Called with ``(xs, h0=None)``; returns ``(outputs, h_n)``: for each step the last layer's
    state (in both directions: forward's, then backward's numbers), and each layer's final
    state, ``[l0, l0_reverse, l1, …]``.

    The cell of layer k is the attribute ``lk``, that of the way back ``lk_reverse``; so what is
    ``weight_ih_l0[j][i]`` in PyTorch is ``l0.weight_ih[j][i]``.

    Args:
        input_size: the length of an input.
        hidden_size: the length of a state.
        num_layers: how many cells, each reading the outputs of the one below.
        bias: False leaves the biases out.
        dropout: between layers, while training.
        bidirectional: in each layer a second cell reads from the end to the beginning.
        rng: a ``random.Random``, a seed, or None.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: random.Random | int | None = None,
    ) -> None:
        self.input_size = width("input_size", input_size)
        self.hidden_size = width("hidden_size", hidden_size)
        self.num_layers = width("num_layers", num_layers)
        self.bidirectional = bidirectional
        self.directions = ("", "_reverse") if bidirectional else ("",)
        rng = generator(rng)
        below = input_size
        for layer in range(num_layers):
            for direction in self.directions:
                setattr(self, f"l{layer}{direction}", self._cell(below, bias, rng))
            below = hidden_size * len(self.directions)
        self.dropout = Dropout(dropout, rng=rng) if dropout else None
        if dropout and num_layers == 1:
            warnings.warn(
                f"{self.describe()}: dropout={dropout!r} does nothing, for dropout is between "
                "layers, and there is only one",
                stacklevel=3,
            )

    # --- what the kinds differ in ----------------------------------------------------------

    def _cell(self, input_size: int, bias: bool, rng: random.Random) -> Cell:
        raise NotImplementedError(f"{type(self).__name__} must define _cell(…)")

    def _starts(self, h0: Any) -> list[Any]:
        """The state that each cell starts from; None for zeros."""
        cells = self.num_layers * len(self.directions)
        if h0 is None:
            return [None] * cells
        if len(h0) != cells:
            raise ValueError(
                f"{self.describe()}: h0 must have a state for each of {cells} cells, not {len(h0)}"
            )
        return list(h0)

    def _shown(self, state: Any) -> Any:
        """What of a state is output."""
        return state

    def _gathered(self, finals: list[Any]) -> Any:
        """The final states, in the form of h0."""
        return finals

    # --- what they share ---------------------------------------------------------------------

    def forward(self, xs: Sequence[Any], h0: Any = None) -> tuple[list[list[Value]], Any]:
        if not len(xs):
            raise ValueError(f"{self.describe()} takes a sequence of at least one step, not none")
        starts = iter(self._starts(h0))
        finals: list[Any] = []
        outputs: list[Any] = list(xs)
        for layer in range(self.num_layers):
            if layer > 0 and self.dropout is not None and self.training:
                outputs = self.dropout(outputs)
            ways = []
            for direction in self.directions:
                states = self._unrolled(f"l{layer}{direction}", outputs, next(starts))
                finals.append(states[0] if direction else states[-1])
                ways.append([self._shown(state) for state in states])
            outputs = [[v for h in step for v in h] for step in zip(*ways, strict=True)]
        return outputs, self._gathered(finals)

    def _unrolled(self, name: str, xs: Sequence[Any], start: Any) -> list[Any]:
        """One layer in one direction, as a scope of that name, with the steps within."""
        cell, reverse = getattr(self, name), name.endswith("_reverse")
        states: list[Any] = scoped(
            name, lambda *args: unroll(cell, *args, reverse=reverse), xs, start, source=cell
        )
        return states

    def describe(self) -> str:
        text = f"{type(self).__name__}({self.input_size}, {self.hidden_size}"
        text += f", num_layers={self.num_layers}" if self.num_layers > 1 else ""
        return text + (", bidirectional)" if self.bidirectional else ")")


class RNN(Recurrent):
    """``RNNCell`` over a sequence. Arguments as for ``Recurrent``, and ``nonlinearity``.

    >>> outputs, h_n = RNN(1, 2, rng=0)([[1.0], [0.5], [-1.0]])
    >>> len(outputs), outputs[-1] == h_n[0]
    (3, True)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: random.Random | int | None = None,
    ) -> None:
        self.nonlinearity = nonlinearity
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            dropout=dropout,
            bidirectional=bidirectional,
            rng=rng,
        )

    def _cell(self, input_size: int, bias: bool, rng: random.Random) -> Cell:
        return RNNCell(input_size, self.hidden_size, bias, self.nonlinearity, rng=rng)


class GRU(Recurrent):
    """``GRUCell`` over a sequence. Arguments as for ``Recurrent``.

    >>> outputs, h_n = GRU(1, 2, num_layers=2, rng=0)([[1.0], [0.5], [-1.0]])
    >>> len(outputs), len(h_n), outputs[-1] == h_n[1]
    (3, 2, True)
    """

    def _cell(self, input_size: int, bias: bool, rng: random.Random) -> Cell:
        return GRUCell(input_size, self.hidden_size, bias, rng=rng)


class LSTM(Recurrent):
    """``LSTMCell`` over a sequence. States are pairs: called with ``(xs, (h0, c0)=None)``, it
    returns ``(outputs, (h_n, c_n))``.

    Arguments as for ``Recurrent``, and ``forget_bias`` as for ``LSTMCell``.

    >>> outputs, (h_n, c_n) = LSTM(1, 2, bidirectional=True, rng=0)([[1.0], [0.5], [-1.0]])
    >>> len(outputs[0]), len(h_n)
    (4, 2)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        forget_bias: float | None = None,
        rng: random.Random | int | None = None,
    ) -> None:
        self.forget_bias = forget_bias
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            dropout=dropout,
            bidirectional=bidirectional,
            rng=rng,
        )

    def _cell(self, input_size: int, bias: bool, rng: random.Random) -> Cell:
        return LSTMCell(input_size, self.hidden_size, bias, self.forget_bias, rng=rng)

    def _starts(self, h0: Any) -> list[Any]:
        if h0 is None:
            return super()._starts(None)
        if not isinstance(h0, (list, tuple)) or len(h0) != 2:
            raise ValueError(f"{self.describe()}: h0 must be a pair (h0, c0), not {h0!r}")
        return list(zip(*(super(LSTM, self)._starts(part) for part in h0), strict=True))

    def _shown(self, state: Any) -> Any:
        return state[0]

    def _gathered(self, finals: list[Any]) -> Any:
        return [h for h, _ in finals], [c for _, c in finals]
