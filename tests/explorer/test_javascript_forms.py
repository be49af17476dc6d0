"""The page computes as Python does: op by op, graph by graph, step by step."""

import base64
import math
import random
from array import array

import pytest
from graphs import graphs, in_javascript, needs_node
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, explore, primitive, softplus, tanh
from autograd.drawing.paths import best_paths
from autograd.explorer.snapshot import packed
from autograd.primitives import pow_constant, table
from autograd.primitives.activations import (
    celu_constant,
    clip_constant,
    elu_constant,
    hardtanh_constant,
    leaky_relu_constant,
)
from autograd.primitives.elementary import _power_below, pow_fraction
from autograd.primitives.smooth import normal_cdf, normal_pdf, sigmoid_slope
from autograd.primitives.trigonometric import sech2

pytestmark = needs_node

FAMILIES = [
    pow_constant(3.0), pow_constant(-2.0), pow_constant(0.0), pow_constant(0.5),
    pow_fraction(1 / 3), _power_below(1 / 3), leaky_relu_constant(0.01), elu_constant(1.5),
    celu_constant(0.7),
    clip_constant(-1.0, 2.0), hardtanh_constant(-1.0, 1.0),
]  # fmt: skip
WIDE = {"sum", "mean", "prod", "norm", "dot", "max", "min", "logsumexp", "shift", "excess"}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -3.0, 6.0, 1e-300, 1e300, math.inf, -math.inf, math.nan]


def unpack(text):
    return array("d", base64.b64decode(text)).tolist()


def arity_of(entry):
    if entry.name in WIDE:
        return 5
    for n in (1, 2, 3):
        try:
            entry.partials(entry.forward(*[0.5] * n), *[0.5] * n)
            return n
        except TypeError:
            continue
    raise AssertionError(entry)


def points_for(entry, rng):
    n = arity_of(entry)
    sizes = [0.1, 1.0, 3.0, 30.0, 300.0]
    points = [[rng.uniform(-s, s) for _ in range(n)] for s in sizes for _ in range(60)]
    if entry.name == "pick":
        return [[1.5, -2.0, 4.0, float(i)] for i in (0, 1, 2)]
    return points + [[rng.choice(SPECIAL) for _ in range(n)] for _ in range(60)]


def test_every_primitive_of_the_table_has_a_form_and_no_other():
    names = in_javascript("names")
    assert set(names["primitives"]) == {name for name in table if "example" not in name}
    assert set(names["families"]) == {entry.family[0].__name__ for entry in FAMILIES}


def test_each_op_is_within_8_ulp_of_python():
    rng = random.Random(1)
    entries = [entry for name, entry in table.items() if "example" not in name] + FAMILIES
    asked, expected = [], []
    for entry in entries:
        points = points_for(entry, rng)
        form = entry.family[0].__name__ if entry.family else entry.name
        constants = entry.family[1] if entry.family else ()
        asked.append({"form": form, "constants": packed("d", constants),
                      "points": [packed("d", p) for p in points]})  # fmt: skip
        expected.append([evaluated(entry, p) for p in points])
    wrong = []
    for entry, ask, rows, answers in zip(
        entries, asked, expected, in_javascript("ops", asked), strict=True
    ):
        for point, row, answer in zip(ask["points"], rows, answers, strict=True):
            found = unpack(answer)
            assert len(found) == len(row)
            for i, (a, b) in enumerate(zip(row, found, strict=True)):
                if not near(a, b, entry, unpack(point), i):
                    wrong.append((entry.name, unpack(point), "slope" if i else "value", a, b))
    assert not wrong, f"{len(wrong)} wrong: {wrong[:8]}"


def evaluated(entry, point):
    out = entry.forward(*point)
    return [out, *(math.nan if p is None else p for p in entry.partials(out, *point))]


def near(a, b, entry, point, place):
    """Within 8 ulp; where terms cancel (a zero crossing), 8 ulp of the largest of them."""
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or math.isinf(b):
        return (math.isnan(a) and math.isnan(b)) or a == b
    unit = math.ulp(max(abs(a), abs(b)))
    terms = (SUMS if place == 0 else SLOPES).get(entry.name)
    if terms:
        unit = max(unit, math.ulp(max(map(abs, terms(*point)))))
    return abs(a - b) <= 8 * unit


# The terms of functions that are sums, and of slopes that are.
SUMS = {
    "sum": lambda *xs: xs,
    "mean": lambda *xs: xs,
    "dot": lambda a, b, x, y, bias: (a * x, b * y, bias),
    "logsumexp": lambda *xs: xs,
}
SLOPES = {
    "silu": lambda x: (autograd.sigmoid(x), x * sigmoid_slope(x)),
    "gelu": lambda x: (normal_cdf(x), x * normal_pdf(x)),
    "gelu_tanh": lambda x: (autograd.sigmoid(1.6 * x), 1.0 if -1.5 < x < 0.0 else 0.0),
    "mish": lambda x: (tanh(softplus(x)), x * sech2(softplus(x)) * autograd.sigmoid(x)),
}


@settings(max_examples=1, suppress_health_check=list(HealthCheck))
@given(roots=st.lists(graphs(), min_size=60, max_size=60))
def test_random_graphs_agree_after_their_leaves_have_moved(roots):
    rng = random.Random(2)
    asked, explorers = [], []
    for root in roots:
        explorer = explore(root)
        leaves = [i for i, node in enumerate(explorer.order) if node.is_leaf]
        moved = [[i, explorer.order[i].data + rng.uniform(-0.5, 0.5)] for i in leaves]
        asked.append({"snapshot": dict(explorer.snapshot), "leaves": moved})
        explorers.append(explorer)
    for explorer, ask, found in zip(explorers, asked, in_javascript("graphs", asked), strict=True):
        assert found["problem"] == ""
        for i, x in ask["leaves"]:
            explorer.order[i].data = x
        explorer.replay()
        for kind, column in (("data", unpack(found["data"])), ("grad", unpack(found["grad"]))):
            ours = [getattr(node, kind) for node in explorer.order]
            if kind == "grad":
                ours = [
                    g if n.requires_grad else 0.0 for g, n in zip(ours, explorer.order, strict=True)
                ]
            largest = max([1.0, *(abs(x) for x in ours)])
            assert column == pytest.approx(ours, abs=1e-12 * largest, nan_ok=True)


@settings(max_examples=1, suppress_health_check=list(HealthCheck))
@given(roots=st.lists(graphs(), min_size=60, max_size=60))
def test_the_page_steps_through_the_very_log_of_python(roots):
    hooked = Value(2.0)
    hooked.register_hook(lambda grad: 3.0 * grad)
    roots = [*roots, hooked * hooked]
    explorers = [explore(root) for root in roots]
    found = in_javascript("steps", [explorer.snapshot for explorer in explorers])
    for explorer, page in zip(explorers, found, strict=True):
        index = explorer.log.index
        ours = [
            [
                index[id(step.node if len(step) == 3 else step.to)],
                packed("d", [step.before, step.after]),
            ]
            for step in explorer.steps
        ]
        assert page["found"] == ours
        grads = [
            g if n.requires_grad else 0.0
            for g, n in zip(explorer.log.grads, explorer.order, strict=True)
        ]
        assert page["end"] == page["again"]
        assert unpack(page["end"]) == pytest.approx(grads, rel=0, abs=0, nan_ok=True)
        assert sum(map(abs, unpack(page["start"]))) == 1.0  # stepped back: the output's alone


@settings(max_examples=1, suppress_health_check=list(HealthCheck))
@given(roots=st.lists(graphs(), min_size=30, max_size=30))
def test_the_page_finds_the_same_best_paths(roots):
    asked, expected = [], []
    for root in roots:
        explorer = explore(root)
        for i, node in enumerate(explorer.order):
            if node.label:
                asked.append([explorer.snapshot, i])
                expected.append(best_paths(explorer.order, node, 3))
    for paths, found in zip(expected, in_javascript("paths", asked), strict=True):
        assert found["number"] == paths.number
        sizes = [abs(path.product) for path in paths.best]
        assert [abs(p) for p in unpack(found["products"])] == pytest.approx(sizes)


def test_an_op_without_a_form_says_so():
    entry = primitive("cube (explored)", lambda x: x * x * x, lambda out, x: (3.0 * x * x,))
    try:
        explorer = explore(entry(Value(2.0)))
        (found,) = in_javascript("graphs", [{"snapshot": explorer.snapshot, "leaves": []}])
        assert found["problem"] == "cube (explored) has no form in JavaScript"
    finally:
        del table["cube (explored)"]


def test_an_op_that_only_has_the_name_of_one_is_not_mistaken_for_it():
    impostor = autograd.custom(lambda x: x + 1.0, lambda out, x: (1.0,))
    impostor.name = "tanh"
    explorer = explore(impostor(Value(2.0)))
    (found,) = in_javascript("graphs", [{"snapshot": explorer.snapshot, "leaves": []}])
    assert found["problem"] == "tanh has no form in JavaScript"


def test_hooks_are_python_and_so_keep_the_page_from_computing():
    x = Value(2.0)
    x.register_hook(lambda grad: 2.0 * grad)
    (found,) = in_javascript("graphs", [{"snapshot": explore(x * x).snapshot, "leaves": []}])
    assert "hook" in found["problem"]
