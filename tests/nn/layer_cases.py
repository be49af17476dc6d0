"""The layers that are held against PyTorch's: ``CASES``. How, is in ``layers_and_torch``."""

import random
from dataclasses import dataclass, field
from typing import Any

import nn


@dataclass
class Case:
    """One configuration: our module's class and arguments are theirs, unless said otherwise."""

    name: str
    kind: str
    arguments: tuple[Any, ...]
    shapes: list[tuple[int, ...]]  # of the inputs that are differentiated
    options: dict[str, Any] = field(default_factory=dict)
    extra: tuple[Any, ...] = ()  # more inputs: indices, masks
    style: str = "sample"  # sample, batch, rows (a vector at a time), recurrent, attention …
    mode: str = "train"
    calls: int = 1  # the last is compared; those before, on other inputs, move statistics
    tolerance: float = 1e-12

    def inputs(self, call=0):
        rng = random.Random(f"{self.name} {call}")
        return [_numbers(rng, *shape) for shape in self.shapes]

    def ours(self):
        random.seed(self.name)
        module = getattr(nn, self.kind)(*self.arguments, **self.options)
        rng = random.Random(self.name)
        for parameter in module.parameters():  # normalisation starts at 0 and 1: move it
            parameter.data += rng.uniform(-0.3, 0.3)
        return module


def _numbers(rng, *shape):
    if not shape:
        return rng.uniform(-2.0, 2.0)
    return [_numbers(rng, *shape[1:]) for _ in range(shape[0])]


def _recurrent(kind, name, *arguments, steps=5, **options):
    size, hidden, *layers = arguments
    states = (layers[0] if layers else 1) * (2 if options.get("bidirectional") else 1)
    shapes = [(steps, size), (states, hidden)]
    shapes += [(states, hidden)] if kind == "LSTM" else []
    return Case(name, kind, arguments, shapes, options, style="recurrent")


def _cell(kind, *arguments, **options):
    shapes = [(arguments[0],), (arguments[1],)]
    shapes += [(arguments[1],)] if kind == "LSTMCell" else []
    name = f"{kind} {arguments} {options or ''}".strip()
    return Case(name, kind, arguments, shapes, options, style="cell")


def _plain(kind, shape, *arguments, **options):
    settings = ", ".join([*map(str, arguments), *(f"{k}={v}" for k, v in options.items())])
    return Case(f"{kind}({settings})", kind, arguments, [shape], options)


CAUSAL = [[j > i for j in range(4)] for i in range(4)]  # True blocks
SLANTED = [[-0.5 * abs(i - j) for j in range(4)] for i in range(4)]
HOLES = [[i == j or (i + j) % 2 == 0 for j in range(4)] for i in range(4)]  # True lets through

CASES = [
    *(_plain("Linear", (3,), 3, 2, bias=bias) for bias in (True, False)),
    *(
        _plain(kind, (11,), *arguments)
        for kind, *arguments in [
            ("ReLU",), ("ReLU6",), ("LeakyReLU",), ("LeakyReLU", 0.2), ("ELU",), ("ELU", 0.7),
            ("CELU",), ("CELU", 0.6), ("SELU",), ("GELU",), ("SiLU",), ("Mish",), ("Softplus",),
            ("Softplus", 2.0), ("Softsign",), ("Tanh",), ("Sigmoid",), ("LogSigmoid",),
            ("Hardtanh",), ("Hardtanh", -0.5, 1.5), ("Hardsigmoid",), ("Hardswish",),
            ("Tanhshrink",), ("Softshrink",), ("Softshrink", 0.8), ("Hardshrink",),
            ("Hardshrink", 0.8), ("PReLU",),
        ]
    ),
    _plain("GELU", (11,), approximate="tanh"),
    Case("PReLU by channel", "PReLU", (3,), [(3, 4)], style="one of a batch"),
    Case("Softmax", "Softmax", (), [(2, 5)], style="along rows"),
    Case("LogSoftmax", "LogSoftmax", (), [(2, 5)], style="along rows"),
    Case("Embedding", "Embedding", (5, 3), [], extra=([4, 1, 1],), style="indices"),
    Case("Embedding, padded", "Embedding", (5, 3, 1), [], extra=([4, 1, 0],), style="indices"),
    Case("Embedding of a matrix", "Embedding", (5, 3), [], extra=([[4, 1], [0, 1]],),
         style="indices"),
    *(
        Case(f"{kind} {n} {options or ''} {mode}", kind, (n,), [shape], options, style="batch",
             mode=mode, calls=calls)
        for kind, n, shape in [
            ("BatchNorm1d", 3, (4, 3)), ("BatchNorm1d", 2, (3, 2, 4)),
            ("BatchNorm2d", 2, (2, 2, 3, 2)),
        ]
        for options in [
            {}, {"momentum": None}, {"affine": False, "eps": 1e-3}, {"track_running_stats": False},
        ]
        for mode, calls in [("train", 3), ("eval", 3)]
    ),
    *(_plain("LayerNorm", (5,), 5, **o) for o in [{}, {"eps": 0.1}, {"bias": False}]),
    _plain("LayerNorm", (5,), 5, elementwise_affine=False),
    _plain("LayerNorm", (2, 3), [2, 3]),
    *(_plain("RMSNorm", (5,), 5, **o) for o in [{}, {"eps": 0.1}, {"elementwise_affine": False}]),
    _plain("RMSNorm", (2, 3), [2, 3]),
    *(
        _plain("Conv1d", (2, 9), 2, 3, k, stride=s, padding=p, dilation=d)
        for k, s, p, d in [(1, 1, 0, 1), (3, 1, 0, 1), (3, 2, 1, 1), (2, 3, 4, 1), (3, 1, 2, 2)]
    ),
    _plain("Conv1d", (4, 5), 4, 6, 3, groups=2, bias=False),
    *(
        _plain("Conv2d", (2, 5, 6), 2, 2, k, stride=s, padding=p, dilation=d)
        for k, s, p, d in [
            (1, 1, 0, 1), (3, 1, 1, 1), (2, 2, 0, 1), ((2, 3), (2, 1), (1, 2), 1),
            (2, 1, 0, (2, 3)),
        ]
    ),
    _plain("Conv2d", (2, 4, 4), 2, 4, 3, groups=2, bias=False),
    *(
        _plain(kind, (2, 9), k, stride=s, padding=p)
        for kind in ("MaxPool1d", "AvgPool1d")
        for k, s, p in [(2, None, 0), (3, 2, 1), (4, 1, 2), (2, 3, 0)]
    ),
    _plain("AvgPool1d", (2, 9), 3, stride=2, padding=1, count_include_pad=False),
    *(
        _plain(kind, (2, 5, 6), k, stride=s, padding=p)
        for kind in ("MaxPool2d", "AvgPool2d")
        for k, s, p in [(2, None, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 0))]
    ),
    _plain("AvgPool2d", (2, 5, 6), (3, 2), stride=2, padding=1, count_include_pad=False),
    *(
        Case(f"scaled_dot_product_attention {label}", "", (), [(4, 3), (4, 3), (4, 2)],
             extra=(mask, causal), style="function")
        for label, mask, causal in [
            ("", None, False), ("causal", None, True), ("holes", HOLES, False),
            ("slanted", SLANTED, False),
        ]
    ),
    *(
        Case(f"MultiheadAttention {label} {o or ''}", "MultiheadAttention", (6, heads),
             [(4, 6), (4, 6), (4, 6)], o, extra=(mask,), style="attention")
        for label, heads, mask, o in [
            ("one head", 1, None, {}), ("three heads", 3, None, {}), ("causal", 2, CAUSAL, {}),
            ("slanted", 2, SLANTED, {}), ("causal", 2, CAUSAL, {"bias": False}),
        ]
    ),
    *(
        Case(f"TransformerEncoderLayer {label} {o}", "TransformerEncoderLayer", (4, 2, 5, 0.0),
             [(4, 4)], o, extra=(mask,), style="block")
        for label, mask in [("", None), ("causal", CAUSAL)]
        for o in [
            {}, {"activation": "gelu", "norm_first": True}, {"bias": False, "layer_norm_eps": 0.1},
        ]
    ),
    *(
        _cell(kind, 3, 2, bias=bias)
        for kind in ("RNNCell", "GRUCell", "LSTMCell")
        for bias in (True, False)
    ),
    _cell("RNNCell", 3, 4, nonlinearity="relu"),
    *(_recurrent(k, f"{k}", 3, 2) for k in ("RNN", "GRU", "LSTM")),
    *(_recurrent(k, f"{k}, one step", 1, 1, steps=1) for k in ("RNN", "GRU", "LSTM")),
    *(_recurrent(k, f"{k}, two layers", 3, 2, 2) for k in ("RNN", "GRU", "LSTM")),
    *(_recurrent(k, f"{k}, both ways", 3, 2, bidirectional=True) for k in ("RNN", "GRU", "LSTM")),
    *(
        _recurrent(k, f"{k}, both ways, three layers, no bias", 2, 2, 3, bidirectional=True,
                   bias=False)
        for k in ("RNN", "GRU", "LSTM")
    ),
    _recurrent("RNN", "RNN, relu", 3, 4, 2, nonlinearity="relu"),
]  # fmt: skip

assert len({case.name for case in CASES}) == len(CASES), "each case needs a name of its own"
for case in CASES:
    if case.name in ("CELU(0.6)", "Hardsigmoid()"):
        case.tolerance = 1e-7  # torch has 1/alpha and 1/6 in single precision there
