"""One case on our layer, on torch's, and how far they are apart.

``python -m tests.nn.layers_and_torch`` runs all cases on the installed torch, writes
``fixtures/layers.json`` (torch's outputs, gradients and buffers by case) and prints the
differences.
"""

import json
import math
import pathlib
import random
import re
import sys

import nn
from autograd import Value

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "layers.json"


def run_ours(case):
    """Outputs, gradients of inputs and parameters, buffers, of our module."""
    module = case.ours() if case.kind else None
    if module is not None:
        module.train()
        for call in range(1, case.calls):
            module(case.inputs(call)[0])
        module.train(case.mode == "train")
    inputs = [_map(Value, x) for x in case.inputs()]
    outputs = list(_flat(_call_ours(case, module, inputs)))
    loss = sum(c * y for c, y in zip(coefficients(case, len(outputs)), outputs, strict=True))
    loss.backward()
    result = {"outputs": [y.data for y in outputs]}
    result |= {f"input {i}": [x.grad for x in _flat(xs)] for i, xs in enumerate(inputs)}
    if module is not None:
        for name, leaf in [*module.named_parameters(), *module.named_buffers()]:
            number = leaf.grad if leaf.requires_grad else leaf.data
            result.setdefault(torch_name(name), []).append(number)
    return result


def _call_ours(case, module, inputs):
    if case.style == "function":
        return nn.scaled_dot_product_attention(*inputs, *case.extra)
    if case.style in ("indices", "attention", "block"):
        return module(*inputs, *case.extra)
    if case.style == "cell":
        x, *state = inputs
        return module(x, tuple(state) if len(state) == 2 else state[0])
    if case.style == "recurrent":
        xs, *state = inputs
        return module(xs, tuple(state) if len(state) == 2 else state[0])
    return module(inputs[0])


def run_theirs(case, torch):
    """The same from torch, in float64."""
    module = None
    if case.kind:
        options = dict(case.options)
        if case.kind in ("Softmax", "LogSoftmax"):
            options["dim"] = -1
        module = getattr(torch.nn, case.kind)(*case.arguments, **options).double()
        load(case.ours(), module, torch)
        module.train()
        for call in range(1, case.calls):
            module(torch.tensor(case.inputs(call)[0], dtype=torch.float64))
        module.train(case.mode == "train")
    inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in case.inputs()]
    outputs = torch.cat([y.flatten() for y in _call_theirs(case, module, inputs, torch)])
    weights = torch.tensor(coefficients(case, len(outputs)), dtype=torch.float64)
    (weights * outputs).sum().backward()
    result = {"outputs": outputs.tolist()}
    result |= {f"input {i}": x.grad.flatten().tolist() for i, x in enumerate(inputs)}
    if module is not None:
        for name, p in module.named_parameters():
            result[name] = p.grad.flatten().tolist()
        for name, b in module.named_buffers():
            result[name] = b.double().flatten().tolist()
    return result


def _call_theirs(case, module, inputs, torch):
    def mask(m):
        dtype = torch.bool if m and isinstance(m[0][0], bool) else torch.float64
        return None if m is None else torch.tensor(m, dtype=dtype)

    if case.style == "function":
        m, causal = case.extra
        function = torch.nn.functional.scaled_dot_product_attention
        batched = [x[None] for x in inputs]
        return [function(*batched, attn_mask=mask(m), is_causal=causal)[0]]
    if case.style == "indices":
        return [module(torch.tensor(case.extra[0]))]
    if case.style == "attention":
        return list(module(*inputs, attn_mask=mask(case.extra[0])))
    if case.style == "block":
        return [module(inputs[0], src_mask=mask(case.extra[0]))]
    if case.style in ("cell", "recurrent"):
        x, *state = inputs
        outputs = module(x, tuple(state) if len(state) == 2 else state[0])
        return list(_flat(outputs))
    if case.style == "one of a batch":
        return [module(inputs[0][None])]
    return [module(inputs[0])]


def load(ours, theirs, torch):
    """Copy our module's parameters into theirs."""
    flat = {}
    for name, parameter in ours.named_parameters():
        flat.setdefault(torch_name(name), []).append(parameter.data)
    with torch.no_grad():
        for name, p in theirs.named_parameters():
            p.copy_(torch.tensor(flat.pop(name), dtype=torch.float64).reshape(p.shape))
    assert not flat, f"theirs has no {list(flat)}"


def torch_name(name):
    """``l0.weight_ih.3.1`` is an element of ``weight_ih_l0``, ``weight.3.1`` of ``weight``."""
    name = re.sub(r"(\.\d+)+$", "", name)
    return re.sub(r"^(l\d+(?:_reverse)?)\.(.*)$", r"\2_\1", name)


def coefficients(case, n):
    rng = random.Random(f"coefficients of {case.name}")
    return [rng.uniform(-1.0, 1.0) for _ in range(n)]


def difference(ours, theirs):
    """The largest difference, relative to the largest number of the tensor it is in."""
    assert ours.keys() == theirs.keys(), (list(ours), list(theirs))
    worst = 0.0
    for name, expected in theirs.items():
        found = ours[name]
        assert len(found) == len(expected), name
        size = max(map(abs, expected), default=0.0) or 1.0
        for a, b in zip(found, expected, strict=True):
            worst = max(worst, math.inf if a != a or b != b else abs(a - b) / size)
    return worst


def _map(function, nested):
    if isinstance(nested, list):
        return [_map(function, element) for element in nested]
    return function(nested)


def _flat(nested):
    if isinstance(nested, list | tuple):
        for element in nested:
            yield from _flat(element)
    else:
        yield nested


if __name__ == "__main__":
    import torch

    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    from layer_cases import CASES

    recorded = {case.name: run_theirs(case, torch) for case in CASES}
    FIXTURES.parent.mkdir(exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(result)}" for name, result in recorded.items()]
    FIXTURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for case in CASES:
        print(f"{difference(run_ours(case), recorded[case.name]):.1e}  {case.name}")
