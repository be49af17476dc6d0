"""Cells: one time step of a recurrent network, from a state and an input to the next state.

``nn.unroll`` calls one step after step; ``RNN``, ``GRU`` and ``LSTM`` (in ``recurrent``) do so in
layers and directions. Parameters as PyTorch's: the rows of ``weight_ih`` (from the input) and
``weight_hh`` (from the state before) belong to the gates, one block of ``hidden_size`` each.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from autograd import Value

from ._shapes import as_values, constants, uniform, width
from .init import generator
from .layers import weighted_sums
from .module import Module


class Cell(Module):
    """The base of the cells: their parameters, uniform on ±1/√hidden_size at the start.

    Args:
        input_size: the length of an input.
        hidden_size: the length of the state.
        bias: False leaves both biases out.
        rng: a ``random.Random``, a seed, or None.
    """

    GATES = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.input_size = width("input_size", input_size)
        self.hidden_size = width("hidden_size", hidden_size)
        rng, bound, rows = generator(rng), 1.0 / math.sqrt(hidden_size), self.GATES * hidden_size
        self.weight_ih: list[list[Value]] = uniform(bound, rng, rows, input_size)
        self.weight_hh: list[list[Value]] = uniform(bound, rng, rows, hidden_size)
        self.bias_ih: list[Value] | None = uniform(bound, rng, rows) if bias else None
        self.bias_hh: list[Value] | None = uniform(bound, rng, rows) if bias else None

    def initial(self) -> Any:
        """The state before the first step: zeros."""
        return constants(0.0, self.hidden_size)

    def _gates(self, x: Sequence[Any], h: Sequence[Any]) -> tuple[list[list[Value]], ...]:
        """W_ih·x + b_ih and W_hh·h + b_hh, each cut into a list for every gate."""
        inputs = as_values(x, self.input_size, self)
        state = as_values(h, self.hidden_size, self, "numbers of state")
        return (
            self._by_gate(weighted_sums(inputs, self.weight_ih, self.bias_ih)),
            self._by_gate(weighted_sums(state, self.weight_hh, self.bias_hh)),
        )

    def _by_gate(self, sums: list[Value]) -> list[list[Value]]:
        n = self.hidden_size
        return [sums[gate * n : (gate + 1) * n] for gate in range(self.GATES)]

    def describe(self) -> str:
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size})"


class RNNCell(Cell):
    """h′ = tanh(W_ih·x + b_ih + W_hh·h + b_hh), Elman's network.

    Called with ``(x, h=None)``; returns h′. Without h, a state of zeros. Arguments as for
    ``Cell``; ``nonlinearity`` is "tanh" or "relu".

    >>> cell = RNNCell(1, 2, rng=0)
    >>> h = cell([1.0])
    >>> h = cell([0.5], h)
    >>> len(h)
    2
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f'nonlinearity must be "tanh" or "relu", not {nonlinearity!r}')
        super().__init__(input_size, hidden_size, bias, rng=rng)
        self.nonlinearity = nonlinearity

    def forward(self, x: Sequence[Any], h: Sequence[Any] | None = None) -> list[Value]:
        (from_x,), (from_h,) = self._gates(x, self.initial() if h is None else h)
        sums = [a + b for a, b in zip(from_x, from_h, strict=True)]
        return [s.tanh() if self.nonlinearity == "tanh" else s.relu() for s in sums]


class GRUCell(Cell):
    """A gated recurrent unit: a gate z decides, number by number, how much of h is kept.

    | r = σ(W_ir·x + b_ir + W_hr·h + b_hr)
    | z = σ(W_iz·x + b_iz + W_hz·h + b_hz)
    | n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn))
    | h′ = (1 − z)·n + z·h

    Called with ``(x, h=None)``; returns h′. The gates' order in the parameters: r, z, n.

    >>> len(GRUCell(1, 2, rng=0)([1.0]))
    2
    """

    GATES = 3

    def forward(self, x: Sequence[Any], h: Sequence[Any] | None = None) -> list[Value]:
        state = self.initial() if h is None else h
        (xr, xz, xn), (hr, hz, hn) = self._gates(x, state)
        after = []
        for i in range(self.hidden_size):
            r = (xr[i] + hr[i]).sigmoid()
            z = (xz[i] + hz[i]).sigmoid()
            n = (xn[i] + r * hn[i]).tanh()
            after.append((1.0 - z) * n + z * state[i])
        return after


class LSTMCell(Cell):
    """A long short-term memory: c is kept, forgotten and written through gates, h read from it.

    | i = σ(W_ii·x + b_ii + W_hi·h + b_hi)     what to write
    | f = σ(W_if·x + b_if + W_hf·h + b_hf)     what to keep
    | g = tanh(W_ig·x + b_ig + W_hg·h + b_hg)  the new content
    | o = σ(W_io·x + b_io + W_ho·h + b_ho)     what to show
    | c′ = f·c + i·g
    | h′ = o·tanh(c′)

    Called with ``(x, (h, c)=None)``; returns (h′, c′). The gates' order in the parameters: i,
    f, g, o. Arguments as for ``Cell``, and ``forget_bias``: if given, the sum of f's two
    biases starts there; 1 lets a network remember from the start.

    >>> h, c = LSTMCell(1, 2, rng=0)([1.0])
    >>> len(h), len(c)
    (2, 2)
    """

    GATES = 4

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        forget_bias: float | None = None,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng=rng)
        if forget_bias is not None:
            if self.bias_ih is None or self.bias_hh is None:
                raise ValueError("forget_bias needs a bias: leave out bias=False")
            for i in range(hidden_size, 2 * hidden_size):
                self.bias_ih[i].data = float(forget_bias)
                self.bias_hh[i].data = 0.0

    def initial(self) -> tuple[list[Value], list[Value]]:
        return constants(0.0, self.hidden_size), constants(0.0, self.hidden_size)

    def forward(
        self, x: Sequence[Any], state: tuple[Sequence[Any], Sequence[Any]] | None = None
    ) -> tuple[list[Value], list[Value]]:
        h, c = self._pair(state)
        (xi, xf, xg, xo), (hi, hf, hg, ho) = self._gates(x, h)
        h_after, c_after = [], []
        for j in range(self.hidden_size):
            i = (xi[j] + hi[j]).sigmoid()
            f = (xf[j] + hf[j]).sigmoid()
            g = (xg[j] + hg[j]).tanh()
            o = (xo[j] + ho[j]).sigmoid()
            c_after.append(f * c[j] + i * g)
            h_after.append(o * c_after[-1].tanh())
        return h_after, c_after

    def _pair(self, state: Any) -> tuple[Sequence[Any], list[Value]]:
        if state is None:
            return self.initial()
        if not isinstance(state, (list, tuple)) or len(state) != 2:
            raise ValueError(f"{self.describe()}: the state must be a pair (h, c), not {state!r}")
        return state[0], as_values(state[1], self.hidden_size, self, "numbers of state c")
