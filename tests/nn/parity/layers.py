"""Layers: the cases of ``tests/nn/layer_cases.py``, which have a fixture of their own.

``python -m tests.nn.layers_and_torch`` records it.
"""

from __future__ import annotations

import json
from typing import Any

from tests.nn import layer_cases, layers_and_torch

from . import Case, Vectors

RECORDED: dict[str, Vectors] = json.loads(layers_and_torch.FIXTURES.read_text("utf-8"))


def theirs(case: Any) -> Vectors:
    import torch

    return layers_and_torch.run_theirs(case, torch)


CASES = [
    Case(
        case.kind or "scaled_dot_product_attention",
        case.name,
        lambda case=case: layers_and_torch.run_ours(case),
        lambda case=case: theirs(case),
        case.tolerance,
    )
    for case in layer_cases.CASES
]
RECORDED = {case.key: RECORDED[case.label] for case in CASES}
