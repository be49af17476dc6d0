"""What must hold for every program, whatever it computes."""

import copy
import pickle
import random
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Value, detect_anomaly, topological_order

from .programs import (
    ENGINE,
    EXACT_OPS,
    Program,
    exact_programs,
    gradient,
    same,
    smooth_programs,
)

EVERYTHING = sorted(ENGINE)
programs = smooth_programs(EVERYTHING)


def built(program, inputs=None):
    """Leaves and root."""
    xs = [Value(x) for x in (program.inputs if inputs is None else inputs)]
    return xs, program.root(ENGINE, xs)


def grads(xs):
    return [x.grad for x in xs]


# --- the seed -------------------------------------------------------------------------------------


@given(program=programs, power=st.integers(-40, 40))
def test_the_gradient_is_linear_in_the_seed_exactly_so_for_powers_of_two(program, power):
    xs, root = built(program)
    root.backward(2.0**power)
    scaled = grads(xs)
    root.zero_grad()
    root.backward()
    assert same(scaled, [2.0**power * g for g in grads(xs)])


@given(program=exact_programs(steps=8), a=st.integers(-9, 9), b=st.integers(-9, 9))
def test_seeds_add_up(program, a, b):
    xs, root = built(program)
    root.backward(a)
    root.backward(b)
    ys, again = built(program)
    again.backward(a + b)
    assert grads(xs) == grads(ys)


# --- sums of losses -------------------------------------------------------------------------------


@given(program=programs)
def test_a_root_added_to_itself_doubles_the_gradient_exactly(program):
    xs, root = built(program)
    (root + root).backward()
    assert same(grads(xs), [2.0 * g for g in gradient(program)[1:]])


@given(program=programs)
def test_a_second_backward_doubles_the_gradient_exactly(program):
    xs, root = built(program)
    root.backward()
    root.backward()
    assert same(grads(xs), [2.0 * g for g in gradient(program)[1:]])


@given(program=exact_programs(steps=10), data=st.data())
def test_two_backward_passes_equal_that_of_the_sum(program, data):
    i, j = [data.draw(st.integers(0, len(program.steps))) for _ in range(2)]
    xs = [Value(x) for x in program.inputs]
    nodes = program.run(ENGINE, xs)
    first, second = nodes[-1 - i], nodes[-1 - j]
    first.backward()
    second.backward()
    ys = [Value(x) for x in program.inputs]
    nodes = program.run(ENGINE, ys)
    (nodes[-1 - i] + nodes[-1 - j]).backward()
    assert grads(xs) == grads(ys)


# --- scaling by powers of two ---------------------------------------------------------------------

HOMOGENEOUS = ["add", "sub", "neg", "half", "scaled", "sum", "mean", "relu", "leaky_relu", "abs"]
HOMOGENEOUS += ["maximum", "minimum", "max", "min", "where"]


@given(program=smooth_programs(HOMOGENEOUS, fallback="half"), power=st.integers(-60, 60))
def test_programs_of_degree_one_scale_by_powers_of_two_exactly(program, power):
    scale = 2.0**power
    value, *slopes = gradient(program)
    scaled, *same_slopes = gradient(program, [scale * x for x in program.inputs])
    assert same([scaled], [scale * value])
    assert same(same_slopes, slopes)

    xs, root = built(program)
    zs, big = built(program, [scale * x for x in program.inputs])
    (root * root).backward()
    (big * big).backward()
    assert same(grads(zs), [scale * g for g in grads(xs)])


# --- order and names ------------------------------------------------------------------------------


def shuffled(program, rng):
    """The same program with its inputs, its independent steps and its operands in another order."""
    count = len(program.inputs)
    place = rng.sample(range(count), count)  # old input i becomes input place[i]
    inputs = [0.0] * count
    for i, p in enumerate(place):
        inputs[p] = program.inputs[i]
    steps = []
    waiting = list(range(len(program.steps)))
    where = dict(enumerate(place))
    while waiting:
        ready = [s for s in waiting if all(i in where for i in program.steps[s][1])]
        s = rng.choice(ready)
        op, operands = program.steps[s]
        indices = [where[i] for i in operands]
        if op in ("add", "mul", "sum", "prod", "mean", "maximum", "minimum"):
            rng.shuffle(indices)
        where[count + s] = count + len(steps)
        steps.append((op, tuple(indices)))
        waiting.remove(s)
    return Program(tuple(inputs), tuple(steps)), place


@given(program=exact_programs(), seed=st.integers(0, 10**6))
def test_order_does_not_matter_where_arithmetic_is_exact(program, seed):
    other, place = shuffled(program, random.Random(seed))
    value, *slopes = gradient(program)
    other_value, *other_slopes = gradient(other)
    assert other_value == value
    assert [other_slopes[p] for p in place] == slopes


@given(program=programs, data=st.data())
def test_labels_and_hooks_that_only_look_change_no_bit(program, data):
    xs = [Value(x, label="x") for x in program.inputs]
    root = program.root(ENGINE, xs)
    for node in topological_order(root):
        if data.draw(st.booleans()):
            node.label = "here"
        if node.requires_grad and data.draw(st.booleans()):
            node.register_hook(lambda grad: None)
    root.backward()
    assert same([root.data, *grads(xs)], gradient(program))


@given(program=programs)
def test_the_long_way_through_a_mode_gives_the_same_bits(program):
    with detect_anomaly():
        assert same(gradient(program), gradient(program))
        inside = gradient(program)
    assert same(inside, gradient(program))


@settings(max_examples=50)
@given(program=programs)
def test_copies_have_the_bits_of_the_original(program):
    for clone in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        root, xs = clone(built(program)[::-1])
        root.backward()
        assert same([root.data, *grads(xs)], gradient(program))


# --- replay ---------------------------------------------------------------------------------------


@given(program=smooth_programs(EVERYTHING, steps=12), data=st.data())
def test_replay_equals_building_the_graph_again(program, data):
    inputs = [data.draw(st.floats(-3, 3)) for _ in program.inputs]
    xs, root = built(program)
    nodes = topological_order(root)
    root.backward()
    for x, new in zip(xs, inputs, strict=True):
        x.data, x.grad = new, 0.0
    assert same([root.replay()], [root.data])
    root.backward()
    ys, again = built(program, inputs)
    again.backward()
    assert same([root.data, *grads(xs)], [again.data, *grads(ys)])
    for node, other in zip(nodes, topological_order(again), strict=True):
        assert node.op == other.op
        assert same([node.data], [other.data])
        assert [p is None for p in node.partials] == [p is None for p in other.partials]
        assert same([p or 0.0 for p in node.partials], [p or 0.0 for p in other.partials])


# --- ladders: many nodes, exact answers -----------------------------------------------------------


def test_doubling_1023_times_gives_the_largest_power_of_two():
    x = Value(1.0)
    y = x
    for _ in range(1023):
        y = y + y
    y.backward()
    assert y.data == x.grad == 2.0**1023


def test_doubling_and_halving_10000_times_gives_one():
    x = Value(0.3)
    y = x
    for _ in range(10_000):
        y = (y + y) / 2
    y.backward()
    assert (y.data, x.grad) == (0.3, 1.0)


def test_a_fibonacci_ladder_counts_its_paths():
    x = Value(1.0)
    a, b = x, x + 0.0
    for _ in range(70):
        a, b = b, a + b
    b.backward()
    fib = [1, 1]
    while len(fib) <= 71:
        fib.append(fib[-1] + fib[-2])
    assert x.grad == b.data == fib[71] < 2**53


# --- training -------------------------------------------------------------------------------------


def step(ws, xs, target):
    hidden = [ag.dot(ws[i : i + 2], xs, ws[i]).tanh() for i in (0, 2, 4)]
    loss = (ag.sum(hidden) * ws[6] - target) ** 2
    for w in ws:
        w.grad = 0.0
    loss.backward()
    for w in ws:
        w.data -= 0.05 * w.grad
    return loss.data


def test_a_thousand_steps_of_training_keep_memory_flat():
    rng = random.Random(1)
    ws = [Value(rng.uniform(-1, 1)) for _ in range(7)]
    step(ws, [0.1, 0.2], 0.3)
    tracemalloc.start()
    try:
        sizes = []
        for i in range(1000):
            loss = step(ws, [rng.uniform(-1, 1), 1.0], 0.5)
            if i % 100 == 99:
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert loss < 0.1
    assert max(sizes) - min(sizes) < 2_000  # a graph of these takes 4,000 bytes


def test_exact_programs_cover_every_operation_that_is_exact():
    assert set(EXACT_OPS) <= ENGINE.keys()
