"""What a program cannot do is refused in words that help, and never done wrongly."""

import collections
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import CompileError, Value, compile

# --- effects of the function --------------------------------------------------------------------


def a_random_choice(rng, w):
    return lambda x: rng.choice([w, 2.0 * w]) * x


def a_coin_that_is_rarely_head(rng, w):
    return lambda x: w * w * x if rng.random() < 1e-9 else w * x


def a_random_batch(rng, w):
    return lambda x: sum(w * x for _ in rng.sample(range(5), 2))


@pytest.mark.parametrize(
    "loss", [a_random_choice, a_coin_that_is_rarely_head, a_random_batch], ids=lambda f: f.__name__
)
def test_random_numbers_are_found_whatever_they_did(loss):
    with pytest.raises(CompileError, match="draws random numbers"):
        compile(loss(random.Random(0), Value(1.0)))(2.0)


@pytest.mark.parametrize("draw", [random.random, np.random.rand, np.random.default_rng(0).random])
def test_wherever_they_come_from(draw):
    w = Value(1.0)
    with pytest.raises(CompileError, match="draws random numbers"):
        compile(lambda x: w * x if draw() > -1.0 else w)(2.0)


def test_the_same_numbers_in_every_call_are_none():
    w = Value(1.0)
    program = compile(lambda x: w * x * random.Random(3).random())
    assert program(2.0) == 2.0 * random.Random(3).random()


def test_a_whole_training_step_is_refused():
    w = Value(1.0)

    def step(x):
        loss = (w * x - 1.0) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        w.grad = 0.0
        return loss

    with pytest.raises(CompileError, match=r"changes the data of a parameter.*only the loss"):
        compile(step)(2.0)


@pytest.mark.parametrize("change", ["backward", "zero"])
def test_gradients_are_not_changed_inside(change):
    w = Value(1.0)

    def loss(x):
        y = w * x
        if change == "zero":
            w.grad = 0.0
        else:
            y.backward()
        return y

    with pytest.raises(CompileError, match=r"changes the grad of a parameter"):
        compile(loss)(2.0)


def test_a_hook_is_no_bug_of_the_compiler():
    w = Value(1.0)
    w.register_hook(lambda grad: 10.0 * grad)
    with pytest.raises(CompileError, match=r"has a hook"):
        compile(lambda x: w * x)(2.0)


SEEN = {"calls": 0, "history": []}


def counted():
    SEEN["calls"] += 1


def remembered():
    SEEN["history"].append(SEEN["calls"])


@pytest.mark.parametrize("effect", [counted, remembered])
def test_what_happens_only_when_a_function_is_traced_is_warned_of(effect):
    w = Value(1.0)

    def loss(x):
        effect()
        return w * x

    program = compile(loss)
    with pytest.warns(RuntimeWarning, match=r"changes what it sees.*only computes.*is traced"):
        assert program(2.0) == 2.0
    assert program(3.0) == 3.0


# --- arguments ----------------------------------------------------------------------------------

Point = collections.namedtuple("Point", "x y")


def test_a_named_tuple_keeps_its_names():
    w = Value(2.0)
    program = compile(lambda points: autograd.sum([w * p.x - p.y for p in points]))
    assert program([Point(1.0, 2.0), Point(3.0, 4.0)]) == 2.0


class Batch:
    def __init__(self):
        self.xs, self.scale = [1.0, 2.0], 3.0


def test_an_object_among_the_arguments_is_watched():
    w, batch = Value(2.0), Batch()
    program = compile(lambda batch: autograd.sum([w * x for x in batch.xs]) * batch.scale)
    assert program(batch) == 18.0
    batch.xs[0] = 5.0
    assert program(batch) == 42.0
    batch.scale = 1.0
    assert program(batch) == 14.0


def test_a_module_among_the_arguments_is_watched():
    model = nn.Sequential(nn.Linear(2, 1, rng=0), nn.Dropout(0.999, rng=1))
    program = compile(lambda model, x: model(x)[0])
    model.eval()
    sure = program(model, [1.0, 2.0])
    model.train()
    assert program(model, [1.0, 2.0]) == 0.0
    model.eval()
    assert program(model, [1.0, 2.0]) == sure


@pytest.mark.parametrize("made", [lambda xs: (x for x in xs), lambda xs: zip(xs, xs, strict=True)])
def test_what_can_be_run_through_only_once_is_no_argument(made):
    w = Value(2.0)
    with pytest.raises(TypeError, match=r"only once; pass a list"):
        compile(lambda xs: sum(w * x for x in xs))(made([1.0, 2.0]))


class Frame:
    """A table of some other library."""

    ndim, shape = 2, (1, 1)


def test_tables_of_other_libraries_are_to_be_arrays():
    with pytest.raises(TypeError, match=r"a Frame; pass its numbers as a list or as a NumPy array"):
        compile(lambda frame: Value(1.0))(Frame())


TABLE = {0: Value(1.0), 1: Value(2.0)}


@pytest.mark.parametrize(
    ("loss", "advice"),
    [
        (lambda n: TABLE[n] * 2.0, "pick"),
        (lambda n: list(TABLE.values())[:n][0], "pick"),
        (lambda n: TABLE[int(n)] * 2.0, "pick"),
        (lambda n: sum(TABLE[0] for _ in range(n)), "a number of steps"),
    ],
)
def test_a_whole_number_that_python_needs(loss, advice):
    with pytest.raises(CompileError, match=f"(?i){advice}"):
        compile(loss)(1)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda x: None, r"not NoneType \(None\)\. Is there no return\?"),
        (lambda x: [TABLE[0] * x], r"a pair: its loss, and what else is to be known"),
        (lambda x: (TABLE[0] * x).item(), r"Was it computed from \.data or \.item\(\)\?"),
    ],
)
def test_what_is_returned_is_a_loss(loss, message):
    with pytest.raises(CompileError, match=message):
        compile(loss)(1.0)


def test_what_is_returned_beside_the_loss_may_be_in_a_dict():
    w = Value(2.0)
    program = compile(lambda x: (w * x, {"twice": 2.0 * w * x, "parts": [w, (w * x, "text")]}))
    program(1.0)
    program(3.0)
    assert program.outputs() == {"twice": 12.0, "parts": [2.0, [6.0, "text"]]}


# --- traced again and again ---------------------------------------------------------------------


def test_ever_new_branches_are_warned_of():
    ws = [Value(1.0) for _ in range(5)]
    own_relu = lambda v: v if v > 0 else 0.0 * v  # noqa: E731
    program = compile(lambda xs: sum(own_relu(w * x) for w, x in zip(ws, xs, strict=True)))
    with pytest.warns(RuntimeWarning, match=r"traced anew 10 times.*relu"):
        for i in range(12):
            program([1.0 if i >> k & 1 else -1.0 for k in range(5)])


def test_ever_new_bools_are_warned_of():
    w = Value(1.0)
    program = compile(lambda xs, mask: sum(w * x * m for x, m in zip(xs, mask, strict=True)))
    with pytest.warns(RuntimeWarning, match=r"traced anew 10 times.*1\.0 and 0\.0 for bools"):
        for i in range(12):
            program([1.0, 2.0, 3.0, 4.0], [bool(i >> k & 1) for k in range(4)])


def test_ever_new_shapes_are_warned_of():
    w = Value(1.0)
    program = compile(lambda xs: w * sum(xs))
    with pytest.warns(RuntimeWarning, match=r"traced anew 64 times.*Pad them"):
        for n in range(1, 70):
            program([1.0] * n)
