"""Each illness is found in a network that was built to have it, and in no healthy one."""

import math
import random

import pytest

import nn
from autograd import Value
from autograd import sum as total
from nn.diagnose import Distribution
from nn.diagnose.sweep import gradients_from


def moons(n=40):
    X, y = nn.make_moons(n, noise=0.1, rng=0)
    return X, [2 * label - 1 for label in y]


def examined(model, loss=nn.mse_loss, optimizer=None, n=40):
    X, y = moons(n)
    return nn.checkup(loss(model.on_batch(X), y), model, optimizer)


def illnesses(checkup):
    return [verdict.illness for verdict in checkup.verdicts]


def sequence(steps, seed=0):
    rng = random.Random(seed)
    return [[rng.gauss(0, 1)] for _ in range(steps)]


class Reader(nn.Module):
    """A recurrent layer, and a linear one on its last state."""

    def __init__(self, recurrent):
        self.recurrent = recurrent
        self.head = nn.Linear(recurrent.hidden_size, 1, rng=1)

    def forward(self, xs):
        outputs, _ = self.recurrent(xs)
        return self.head(outputs[-1])[0]


def read(recurrent, steps=40, samples=2):
    model = Reader(recurrent)
    loss = nn.mse_loss([model(sequence(steps, i)) for i in range(samples)], [1.0, -1.0][:samples])
    return nn.checkup(loss, model)


def scaled(recurrent, factor):
    for row in recurrent.l0.weight_hh:
        for weight in row:
            weight.data *= factor
    return recurrent


# --- the healthy --------------------------------------------------------------------------------

HEALTHY = {
    "relu": lambda: nn.MLP(2, [16, 16, 1], rng=0),
    "tanh, deep": lambda: nn.MLP(2, [12] * 7 + [1], "tanh", init="xavier", rng=0),
    "relu, deep": lambda: nn.MLP(2, [16] * 7 + [1], rng=0),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1)),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_network_gets_no_verdict(name):
    model = HEALTHY[name]()
    model_loss = nn.mse_loss if name != "Sequential" else first_output_mse
    found = examined(model, model_loss, nn.SGD(model.parameters(), lr=0.005))
    assert found.healthy, str(found)
    assert "✓ healthy" in str(found)


def first_output_mse(outputs, targets):
    return nn.mse_loss([output[0] for output in outputs], targets)


def test_a_trained_network_is_healthy_too():
    model = nn.MLP(2, [8, 8, 1], "tanh", init="xavier", rng=0)
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    nn.fit(model, moons(), nn.mse_loss, optimizer, epochs=15, batch_size=10, progress=False)
    assert examined(model, optimizer=optimizer).healthy


def test_an_lstm_that_remembers_is_healthy():
    found = read(nn.LSTM(1, 4, forget_bias=4.0, rng=0))
    assert found.healthy, str(found)
    assert found.flow.layers[0].steps.change > 0.01


# --- the ill ------------------------------------------------------------------------------------


def test_gradients_that_vanish_over_layers():
    found = examined(nn.MLP(2, [10] * 9 + [1], "sigmoid", init="xavier", rng=0))
    (verdict,) = [v for v in found.verdicts if v.illness == "vanishing over layers"]
    assert verdict.where == "layers.0 … layers.9"
    first, last = (found.flow.layers[i].gradients.rms for i in (0, -1))
    assert first < 1e-3 * last
    assert f"from {last:.1e} in layers.9 to {first:.1e} in layers.0" in verdict.evidence
    assert "relu" in verdict.cure


def test_gradients_that_explode_over_layers():
    model = nn.MLP(2, [10] * 9 + [1], "relu", init="he", rng=0)
    for parameter in model.parameters():
        parameter.data *= 5.0
    assert "exploding over layers" in illnesses(examined(model))


def test_signals_that_shrink_over_layers():
    model = nn.MLP(2, [10] * 9 + [1], "tanh", init="xavier", rng=0)
    for parameter in model.parameters():
        parameter.data *= 0.1
    assert "shrinking signal" in illnesses(examined(model))


def test_signals_that_grow_over_layers():
    model = nn.MLP(2, [10] * 9 + [1], rng=0)
    for parameter in model.parameters():
        parameter.data *= 5.0
    assert "growing signal" in illnesses(examined(model))


def test_gradients_that_vanish_through_time():
    found = read(nn.RNN(1, 6, rng=0))
    (verdict,) = found.verdicts
    assert (verdict.illness, verdict.where) == ("vanishing through time", "recurrent.l0")
    steps = found.flow.layers[0].steps
    fall = math.floor(math.log10(steps.carried[-1] / steps.carried[0]))
    assert f"the norm falls 1e{fall}-fold over 40 steps" in verdict.evidence
    assert fall >= 6
    assert "LSTM" in verdict.cure
    assert "orthogonal" in verdict.cure


def test_gradients_that_explode_through_time():
    # With relu nothing saturates: each step multiplies by the same matrix.
    found = read(scaled(nn.RNN(1, 6, nonlinearity="relu", rng=3), 5.0))
    assert "exploding through time" in illnesses(found)
    (verdict,) = [v for v in found.verdicts if v.illness == "exploding through time"]
    assert "clip_grad_norm_" in verdict.cure


def test_losses_at_every_step_do_not_hide_that_the_gradient_vanishes():
    model = nn.RNN(1, 6, rng=0)
    outputs, _ = model(sequence(40))
    found = nn.checkup(total([state[0] for state in outputs]), model)
    steps = found.flow.layers[0].steps
    norms = [g.norm for g in steps.gradients]
    assert max(norms) < 100 * min(norms)  # each step has a gradient, from its own loss
    assert steps.change < 1e-6
    assert "vanishing through time" in illnesses(found)


def test_reading_backwards_ends_at_step_0():
    model = nn.RNN(1, 3, bidirectional=True, rng=0)
    outputs, _ = model(sequence(12))
    loss = total([*outputs[-1], *outputs[0]])
    forward, reverse = nn.gradient_flow(loss, model).layers
    assert (forward.name, reverse.name) == ("l0", "l0_reverse")
    assert forward.steps.numbers == tuple(range(12))
    assert reverse.steps.numbers == tuple(reversed(range(12)))
    assert reverse.steps.carried[-1] > reverse.steps.carried[0]


def test_relus_that_are_dead():
    model = nn.MLP(2, [8, 8, 1], rng=0)
    for i, neuron in enumerate(model.layers[1].neurons):
        neuron.b.data = -100.0 if i < 5 else 10.0
    found = examined(model)
    (verdict,) = [v for v in found.verdicts if v.illness == "dead units"]
    assert verdict.where == "layers.1"
    assert verdict.evidence.startswith("5 of 8 units are off in all 40 calls")


def test_relus_that_are_off_for_one_sample_are_not_called_dead():
    model = nn.MLP(2, [8, 8, 1], rng=0)
    loss = nn.mse_loss([model([0.5, -0.5])], [1.0])
    found = nn.checkup(loss, model)
    assert found.flow.layers[0].units.dead == 2
    assert "dead units" not in illnesses(found)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_units_that_are_saturated(activation):
    model = nn.MLP(2, [8, 8, 1], activation, rng=0)
    for parameter in model.parameters():
        parameter.data *= 40.0
    found = examined(model)
    assert "saturated units" in illnesses(found)
    assert found.flow.layers[1].units.saturated > 0.5


def test_units_that_are_copies_of_one_another():
    model = nn.MLP(2, [4, 1], "tanh", init=lambda fan_in, fan_out, rng: 0.5, rng=0)
    found = examined(model)
    assert [(v.illness, v.where) for v in found.verdicts] == [("copies", "layers.0")]


def test_one_unit_that_differs_does_not_cure_the_others():
    model = nn.MLP(2, [5, 1], "tanh", init=lambda fan_in, fan_out, rng: 0.5, rng=0)
    model.layers[0].neurons[0].w[0].data = 0.7
    assert "copies" not in illnesses(examined(model))  # only if every unit has a twin


def test_a_loss_without_any_slope():
    model = nn.MLP(2, [4, 1], rng=0)
    X, y = moons()
    scores = [score * 0.0 + 5.0 for score in model.on_batch(X)]
    loss = nn.hinge_loss(scores, [1.0] * len(y))
    found = nn.checkup(loss, model)
    assert "no signal" in illnesses(found)


def test_parameters_that_the_loss_does_not_reach():
    class Forgetful(nn.Module):
        def __init__(self):
            self.used, self.forgotten = nn.Linear(2, 1, rng=0), nn.Linear(2, 1, rng=1)

        def forward(self, x):
            return self.used(x)[0] + self.forgotten(x)[0].data

    found = examined(Forgetful())
    (verdict,) = found.verdicts
    assert verdict.illness == "unreached"
    assert verdict.where == "forgotten.weight.0.0, forgotten.weight.0.1, forgotten.bias.0"
    assert "3 parameters" in verdict.evidence


def test_numbers_that_are_not_finite_and_where_they_begin():
    model = nn.MLP(2, [4, 4, 1], rng=0)
    model.layers[1].neurons[2].w[0].data = math.inf
    found = examined(model)
    assert (found.verdicts[0].illness, found.verdicts[0].where) == ("not finite", "layers.1")
    assert "detect_anomaly" in found.verdicts[0].cure


@pytest.mark.parametrize(("lr", "illness"), [(1e3, "steps too large"), (1e-9, "steps too small")])
def test_steps_of_the_wrong_size(lr, illness):
    model = nn.MLP(2, [8, 1], rng=0)
    found = examined(model, optimizer=nn.SGD(model.parameters(), lr=lr))
    assert set(illnesses(found)) == {illness}


# --- the data behind the verdicts ----------------------------------------------------------------


def test_gradients_are_those_of_backward_and_nothing_is_touched():
    model = nn.MLP(2, [6, 6, 1], "tanh", rng=0)
    X, y = moons(10)
    loss = nn.mse_loss(model.on_batch(X), y)
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    for i, parameter in enumerate(model.parameters()):
        parameter.grad = float(i)  # left over from elsewhere
    before = [(p.data, p.grad) for p in model.parameters()]
    state = optimizer.state_dict()
    found = nn.checkup(loss, model, optimizer)
    assert [(p.data, p.grad) for p in model.parameters()] == before
    assert optimizer.state_dict() == state
    model.zero_grad()
    loss.backward()
    assert found.flow.gradients == {n: p.grad for n, p in model.named_parameters()}


def test_update_ratios_are_what_the_next_step_does():
    model = nn.MLP(2, [6, 1], rng=0)
    X, y = moons(10)
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        nn.mse_loss(model.on_batch(X), y).backward()
        foretold = nn.update_ratios(model, optimizer)
        before = {n: p.data for n, p in model.named_parameters()}
        optimizer.step()
        first = [n for n in before if n.startswith("layers.0")]
        after = dict(model.named_parameters())
        moved = math.hypot(*[after[n].data - before[n] for n in first])
        assert foretold["layers.0"] == pytest.approx(
            moved / math.hypot(*[before[n] for n in first])
        )


def test_update_ratios_need_an_optimiser_that_steps():
    model = nn.MLP(2, [1], rng=0)
    with pytest.raises(ValueError, match="LBFGS computes the loss itself"):
        nn.update_ratios(model, nn.LBFGS(model.parameters()))


def test_layers_are_named_as_their_parameters():
    model = nn.MLP(2, [3, 1], rng=0)
    X, y = moons(4)
    flow = nn.gradient_flow(nn.mse_loss(model.on_batch(X), y), model)
    assert [(layer.name, layer.calls) for layer in flow.layers] == [
        ("layers.0", 4),
        ("layers.1", 4),
    ]
    assert [group.name for group in flow.groups] == ["layers.0", "layers.1"]


def test_a_cell_unrolled_by_hand_is_a_layer():
    cell = nn.RNNCell(1, 2, rng=0)
    flow = nn.gradient_flow(total(nn.unroll(cell, sequence(6))[-1]), cell)
    (layer,) = flow.layers
    assert (layer.name, layer.steps.numbers) == ("RNNCell", tuple(range(6)))


def test_gates_and_units_are_told_apart_by_their_weights():
    cell = nn.Sequential(nn.Linear(2, 5, rng=0), nn.ReLU())
    X, _ = moons(12)
    flow = nn.gradient_flow(total([total(cell(x)) for x in X]), cell)
    relu = flow.layers[1]
    assert (relu.name, relu.units.units, relu.units.calls) == ("1", 5, 12)


def test_a_distribution_survives_anything():
    d = Distribution.of([math.nan, math.inf, 1e300, -1e300, 0.0, 5e-324])
    assert (d.count, d.not_finite, d.zeros) == (6, 2, 1)
    assert d.norm == pytest.approx(math.sqrt(2) * 1e300)
    assert d.decades == {-20: 1, 300: 2}
    assert Distribution.of([]).rms == 0.0


def test_the_sweep_agrees_with_backward_where_a_branch_has_no_edge():
    from autograd import topological_order, where

    x, y = Value(2.0), Value(3.0)
    out = where(x, x * x, y.log()) * y
    order = topological_order(out)
    gradients = gradients_from({out: 1.0}, order)
    out.backward()
    assert gradients[id(x)] == x.grad
    assert gradients[id(y)] == y.grad


def test_gradients_through_a_checkpoint_are_those_of_the_plain_network():
    from autograd import checkpoint

    def look(call):
        model = nn.MLP(2, [3, 3, 1], activation="tanh", rng=0)
        inner = model.layers[1]
        inner.forward = call(inner.forward)
        X, y = nn.make_moons(12, rng=0)
        found = nn.checkup(nn.mse_loss(model.on_batch(X), y), model)
        assert all(p.grad == 0.0 for p in model.parameters())
        return found

    plain = look(lambda forward: forward)
    forgetful = look(lambda forward: lambda xs: checkpoint(forward, xs))
    assert forgetful.flow.gradients == pytest.approx(plain.flow.gradients, rel=1e-12)
    assert all(forgetful.flow.gradients.values())
    assert forgetful.verdicts == plain.verdicts == []


def test_a_hook_has_its_say_as_in_a_backward_pass():
    model = nn.MLP(2, [3, 1], activation="tanh", rng=0)
    X, y = nn.make_moons(12, rng=0)
    loss = nn.mse_loss(model.on_batch(X), y)
    first = model.layers[0].neurons[0].w[0]
    calls = []
    first.register_hook(lambda grad: calls.append(grad) or 100.0 * grad)
    first.grad = 7.0
    flow = nn.gradient_flow(loss, model)
    assert first.grad == 7.0
    first.grad = 0.0
    loss.backward()
    assert flow.gradients["layers.0.neurons.0.w.0"] == first.grad
    assert calls[0] == calls[1] == first.grad / 100.0


def test_gradients_of_constants_are_their_seeds_and_an_error_leaves_all_as_it_was():
    from autograd import topological_order

    c = Value(2.0, requires_grad=False)
    assert gradients_from({c: 3.0}, [c]) == {id(c): 3.0}
    x = Value(2.0)
    x.grad = 5.0
    y = x * x
    y.register_hook(lambda grad: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gradients_from({y: 1.0}, topological_order(y))
    assert (x.grad, y.grad) == (5.0, 0.0)


@pytest.mark.parametrize("bad", [(1.0, nn.MLP(1, [1])), (Value(1.0), [Value(1.0)])])
def test_what_is_no_loss_or_model_is_refused(bad):
    with pytest.raises(TypeError, match="must be a"):
        nn.checkup(*bad)


# --- why ------------------------------------------------------------------------------------------


def test_why_ranks_the_paths_to_a_parameter():
    model = nn.MLP(2, [3, 1], "tanh", rng=0)
    X, y = moons(6)
    loss = nn.mse_loss(model.on_batch(X), y)
    found = nn.checkup(loss, model)
    why = found.why("layers.0.neurons.1.w.0", most=20)
    assert why.paths == len(why.ways) == 6  # one through each sample
    assert why.explained == pytest.approx(why.gradient)
    assert why.gradient == pytest.approx(found.flow.gradients["layers.0.neurons.1.w.0"])
    sizes = [abs(way.contribution) for way in why.ways]
    assert sizes == sorted(sizes, reverse=True)
    for way in why.ways:
        assert math.prod(way.slopes) == pytest.approx(way.contribution)
        assert len(way.slopes) == len(way.nodes) - 1
        assert way.nodes[0] == "layers.0.neurons.1.w.0"
    assert "<svg" in why.picture.svg


def test_why_takes_the_largest_gradient_by_itself_and_names_what_is_not_there():
    model = nn.MLP(2, [3, 1], rng=0)
    X, y = moons(6)
    found = nn.checkup(nn.mse_loss(model.on_batch(X), y), model)
    largest = max(found.flow.gradients, key=lambda n: abs(found.flow.gradients[n]))
    assert found.why().value == largest
    with pytest.raises(KeyError, match=r"no 'w'; there are layers\.0"):
        found.why("w")


# --- rates, histories, recorders, landscapes ------------------------------------------------------


def test_the_suggested_rate_trains_and_one_much_larger_does_not():
    X, y = moons()
    model = nn.MLP(2, [8, 1], "tanh", init="xavier", rng=0)
    sweep = nn.find_learning_rate(
        model, (X, y), nn.mse_loss, nn.SGD(model.parameters(), lr=1.0), rng=0
    )
    assert sweep.losses[-1] > min(sweep.losses)  # it went on until it hurt
    losses = {}
    for lr in (sweep.suggestion, 1000 * sweep.suggestion, sweep.suggestion / 1000):
        trained = nn.MLP(2, [8, 1], "tanh", init="xavier", rng=0)
        optimizer = nn.SGD(trained.parameters(), lr=lr)
        for _ in range(25):
            optimizer.zero_grad()
            loss = nn.mse_loss(trained.on_batch(X), y)
            loss.backward()
            optimizer.step()
        losses[lr] = loss.data
    right, large, small = losses.values()
    assert right < 0.8 * small
    assert not large < 10 * right


def test_a_rate_sweep_leaves_everything_as_it_was():
    X, y = moons()
    model = nn.Sequential(nn.Linear(2, 4, rng=0), nn.Dropout(0.1, rng=0), nn.Linear(4, 1, rng=0))
    model.eval()
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    before = model.state_dict(), optimizer.state_dict(), [p.grad for p in model.parameters()]
    sweep = nn.find_learning_rate(
        model, (X, y), first_output_mse, optimizer, steps=20, batch_size=7, rng=0
    )
    assert len(sweep.rates) <= 20
    after = model.state_dict(), optimizer.state_dict(), [p.grad for p in model.parameters()]
    assert after == before
    assert not any(module.training for module in model.modules())


def test_a_rate_sweep_where_nothing_falls_suggests_nothing():
    w = nn.Linear(1, 1, rng=0)
    sweep = nn.find_learning_rate(
        w, ([[0.0]], [0.0]), lambda o, y: o[0][0] * 0.0 + 1.0, nn.SGD(w.parameters(), lr=1.0)
    )
    assert sweep.suggestion is None
    assert "never fell" in repr(sweep)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"train_loss": [5, 4, 3, 2, 1, 0.5]}, []),
        ({"train_loss": [5, 4, 3]}, []),  # too early to say
        ({"train_loss": [1, 1.5, 3, 10, 40]}, ["diverging", "no progress"]),
        ({"train_loss": [1, 1, 1, 1, 0.999]}, ["no progress"]),
        ({"train_loss": [5, 4, 3, 2, 1], "validation_loss": [5, 4, 3.5, 4, 5]}, ["overfitting"]),
        ({"train_loss": [5, 4, 3, 2, 1], "validation_loss": [5, 4, 3, 3, 3.1]}, []),
    ],
)  # fmt: skip
def test_histories_are_judged(history, expected):
    found = nn.judge_history(nn.History(**history))
    assert [verdict.illness for verdict in found] == expected


def test_a_network_that_overfits_is_told_so():
    rng = random.Random(0)
    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(12)]
    y = [rng.choice([-1.0, 1.0]) for _ in X]  # nothing to learn but the noise
    model = nn.MLP(2, [12, 1], "tanh", init="xavier", rng=0)
    history = nn.fit(
        model, (X[:6], y[:6]), nn.mse_loss, nn.Adam(model.parameters(), lr=0.05), epochs=60,
        validation=(X[6:], y[6:]), progress=False,
    )  # fmt: skip
    assert "overfitting" in [verdict.illness for verdict in nn.judge_history(history)]


def test_a_recorder_keeps_weights_gradients_and_moves():
    model = nn.MLP(2, [4, 1], rng=0)
    X, y = moons(10)
    recorder = nn.Recorder(model, most=4)
    optimizer = nn.SGD(model.parameters(), lr=0.05)
    weights = {}
    for step in range(1, 13):
        optimizer.zero_grad()
        nn.mse_loss(model.on_batch(X), y).backward()
        optimizer.step()
        recorder()
        weights[step] = tuple(p.data for p in model.layers[0].parameters())
    kept = recorder.layers["layers.0"]
    assert [s.time for s in kept] == [1, 5, 9]  # of twelve: thinned twice, evenly spaced
    assert all(s.weights == weights[s.time] for s in kept)
    assert kept[-1].gradients == pytest.approx(kept[-1].gradients)
    assert any(kept[-1].gradients)


def test_a_landscape_of_two_parameters_is_the_function_itself():
    a, b = Value(0.0, label="a"), Value(0.0, label="b")
    plane = nn.landscape([a, b], lambda: a * a + 10 * b * b, resolution=5, span=2.0)
    for j, y in enumerate(plane.ys):
        for i, x in enumerate(plane.xs):
            assert plane.losses[j][i] == pytest.approx(x * x + 10 * y * y)
    assert (a.data, b.data) == (0.0, 0.0)


def test_the_plane_of_paths_holds_where_they_went():
    model = nn.MLP(2, [4, 1], "tanh", rng=0)
    X, y = moons(10)
    before = model.state_dict()

    def loss():
        return nn.mse_loss(model.on_batch(X), y)

    traces = [
        nn.trace_path(model, loss, nn.SGD(model.parameters(), lr=0.1), 8),
        nn.trace_path(model, loss, nn.Adam(model.parameters(), lr=0.1), 8),
        nn.trace_path(model, loss, nn.LBFGS(model.parameters(), max_iter=2), 2),
    ]
    assert [len(trace.points) for trace in traces] == [9, 9, 3]
    assert model.state_dict() == before
    assert all(trace.losses[0] == loss().data for trace in traces)
    assert all(trace.losses[-1] < trace.losses[0] for trace in traces)
    plane = nn.landscape(model, loss, traces, resolution=4)
    assert model.state_dict() == before
    assert 0.8 < plane.share <= 1.0
    starts = {path[0] for path in plane.paths}
    assert len(starts) == 1
    for path in plane.paths:
        for x, y_ in path:
            assert plane.xs[0] < x < plane.xs[-1]
            assert plane.ys[0] < y_ < plane.ys[-1]


def test_random_directions_are_as_long_as_the_weights_of_each_unit():
    from nn.diagnose.surface import _random_direction

    model = nn.MLP(2, [3, 1], rng=0)
    direction = _random_direction(model, model.parameters(), random.Random(0))
    w = [p.data for p in model.layers[0].neurons[0].w]
    assert math.hypot(*direction[:2]) == pytest.approx(math.hypot(*w))
    assert direction[2] == 0.0  # a bias that is 0 stays


def test_a_trace_of_another_model_is_refused():
    w = Value(1.0)
    trace = nn.trace_path([w], lambda: w * w, nn.SGD([w], lr=0.1), 1)
    with pytest.raises(ValueError, match="has 1 parameters, the model 9"):
        nn.landscape(nn.MLP(2, [2, 1], rng=0), lambda: 0.0, [trace])
