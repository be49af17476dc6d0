"""A function may make Values of its own, detach some, and compute without a graph."""

import math

import pytest

import autograd
import nn
from autograd import CompileError, Value, compile


def assert_same(loss, parameters, *calls):
    """Loss and gradients of the compiled function, for several arguments, are the engine's."""
    program = compile(loss)
    for args in calls:
        value = program(*args)
        compiled = [p.grad for p in parameters]
        for p in parameters:
            p.grad = 0.0
        expected = loss(*args)
        expected.backward()
        assert value == pytest.approx(expected.data, rel=1e-12)
        assert compiled == pytest.approx([p.grad for p in parameters], rel=1e-10, abs=1e-15)
        for p in parameters:
            p.grad = 0.0
            p.data += 0.1
    return program


# --- Value(…) inside: a number of the program, no parameter --------------------------------------


def test_a_sum_may_start_at_a_value():
    w, b = Value(0.0), Value(0.0)

    def loss(xs, ys):
        total = Value(0.0)
        for x, y in zip(xs, ys, strict=True):
            total += (w * x + b - y) ** 2
        return total / Value(len(xs))

    program = assert_same(loss, [w, b], ([1.0, 2.0], [3.0, 5.0]), ([-1.0, 0.0], [1.0, 1.0]))
    assert program.traces == 1
    assert len(program.parameters) == 2


def test_inputs_of_a_module_may_be_values():
    model = nn.MLP(2, [3, 1], rng=0)
    loss = lambda: sum((model([Value(x), Value(1.0)]) - 1.0) ** 2 for x in (0.5, 2.0))  # noqa: E731
    program = assert_same(loss, model.parameters(), (), ())
    assert len(program.parameters) == len(model.parameters())


def test_the_state_before_the_first_step_may_be_of_values():
    cell, head = nn.GRUCell(1, 3, rng=0), nn.Linear(3, 1, rng=1)

    def loss(xs):
        h = [Value(0.0)] * 3
        for x in xs:
            h = cell([x], h)
        return head(h)[0] ** 2

    assert_same(loss, cell.parameters() + head.parameters(), ([0.1, -0.4, 0.3],))


def test_the_engines_own_example_as_a_function():
    w = Value(0.5)

    def loss():
        a, b = Value(-4.0, label="a"), Value(2.0, label="b")
        c = a + b * w
        c += c + 1
        c.label = "c"
        return c.relu() + (b - a) ** 2 / w

    assert_same(loss, [w], (), ())


def test_python_may_compare_such_a_value():
    w = Value(0.25)
    loss = lambda x: max(Value(0.0), 1 - w * x)  # noqa: E731
    program = assert_same(loss, [w], (2.0,), (9.0,), (-1.0,))
    assert program.traces == 2  # one for each side of the hinge


def test_such_a_value_may_be_returned_beside_the_loss():
    w = Value(0.5)

    def loss(xs):
        state = Value(0.0)
        states = [state]
        for x in xs:
            state = (w * x + state).tanh()
            states.append(state)
        return state * state, states

    program = compile(loss)
    program([1.0])
    program([2.0, 3.0])
    expected = [0.0, math.tanh(1.0), math.tanh(1.5 + math.tanh(1.0))]
    assert program.outputs() == pytest.approx(expected)
    assert len(program.parameters) == 1


def test_a_function_within_that_calls_itself_keeps_nothing_for_long():
    w, tree = [Value(0.3), Value(-0.2)], ((1.0, 2.0), (3.0, (4.0, 5.0)))

    def loss():
        bias = Value(0.5)

        def encoded(node):
            if isinstance(node, float):
                return w[0] * node + bias
            return (w[1] * encoded(node[0]) + encoded(node[1])).tanh()

        return encoded(tree)

    assert len(assert_same(loss, w, (), ()).parameters) == 2


def test_parameters_made_in_the_first_call_are_parameters():
    class Lazy:
        weights = None

        def __call__(self, xs):
            if self.weights is None:
                self.weights = [Value(0.5) for _ in xs]
            return sum(w * x for w, x in zip(self.weights, xs, strict=True))

    model = Lazy()
    program = compile(lambda xs: (model(xs) - 1.0) ** 2)
    assert program([1.0, 2.0]) == 0.25
    assert [w.grad for w in model.weights] == [1.0, 2.0]


def test_values_that_something_keeps_are_refused():
    kept, w = [], Value(2.0)

    def loss(x):
        kept.append(Value(3.0))
        return w * x * kept[-1]

    with pytest.raises(CompileError, match="makes Values of its own"):
        compile(loss)(1.0)


# --- detach() and no_grad(): computed anew, but nothing flows back -------------------------------


def test_what_is_detached_is_computed_in_every_run():
    w = Value(0.5)
    loss = lambda x: (w * x - (w * x + 1.0).detach()) ** 2  # noqa: E731
    program = assert_same(loss, [w], (1.0,), (3.0,), (-2.0,))
    assert program.traces == 1


def test_a_target_without_a_graph_is_computed_in_every_run():
    net = nn.Linear(2, 2, rng=0)

    def loss(state, action, reward, after):
        with autograd.no_grad():
            target = reward + 0.9 * autograd.max(net(after))
        return (autograd.pick(net(state), action) - target) ** 2

    calls = [([1.0, 2.0], 0, 1.0, [0.5, 1.0]), ([0.0, -1.0], 1, 0.5, [2.0, 1.0])]
    assert assert_same(loss, net.parameters(), *calls).traces == 1


def test_a_straight_through_estimator():
    ws = [Value(0.3), Value(1.7)]

    def loss(x):
        steps = [w * x + (autograd.round(w * x) - w * x).detach() for w in ws]
        return (sum(steps) - 2.5) ** 2

    assert_same(loss, ws, (1.0,), (2.0,))


@pytest.mark.parametrize("form", ["arrays", "scalars"])
def test_detached_values_in_either_form_and_over_a_batch(form):
    w = Value(0.5)
    program = compile(lambda x: (w * x - (w * x + 1.0).detach()) ** 2, batch=True, form=form)
    assert program([1.0, 2.0, 3.0]) == 1.0
    assert w.grad == pytest.approx(-4.0)


def test_two_players_train_in_turns():
    """A discriminator on what a generator made, detached; then the generator through it."""
    losses = []
    for compiled in (False, True):
        D, G = nn.MLP(1, [3, 1], activation="tanh", rng=0), nn.Linear(1, 1, rng=1)

        def judge(real, z, D=D, G=G):
            fake = [G([zi])[0].detach() for zi in z]
            return nn.binary_cross_entropy_with_logits(
                [D([x]) for x in [*real, *fake]], [1.0] * len(real) + [0.0] * len(fake)
            )

        def fool(z, D=D, G=G):
            return nn.binary_cross_entropy_with_logits([D(G([zi])) for zi in z], [1.0] * len(z))

        for step in range(10):
            real, z = [3.0 + 0.1 * step, 2.5], [0.3 - 0.1 * step, 1.0]
            for loss, args, player in ((judge, (real, z), D), (fool, (z,), G)):
                D.zero_grad()
                G.zero_grad()
                if compiled:
                    losses.append(compile(loss)(*args))
                else:
                    value = loss(*args)
                    value.backward()
                    losses.append(value.data)
                for p in player.parameters():
                    p.data -= 0.1 * p.grad
    assert losses[20:] == pytest.approx(losses[:20], rel=1e-9)


def test_under_no_grad_a_program_only_computes():
    w = Value(2.0)
    program = compile(lambda x: w * x)
    with autograd.no_grad():
        assert program(3.0) == 6.0
    assert w.grad == 0.0
    assert program(3.0) == 6.0
    assert (w.grad, program.traces) == (3.0, 1)


def test_a_checkpoint_within_a_program_is_a_plain_call():
    model = nn.MLP(1, [3, 1], rng=0)
    loss = lambda x: autograd.checkpoint(lambda v: model([v]) ** 2, x)  # noqa: E731
    assert_same(loss, model.parameters(), (0.3,), (0.7,))
