"""Recurrence: unrolled cells against derivations on paper, truncation, directions, scopes."""

import random

import bptt
import numpy as np
import pytest

import autograd
import nn
from autograd import Value, no_grad, scope_of, topological_order

KINDS = {"RNN": (nn.RNNCell, bptt.rnn), "GRU": (nn.GRUCell, bptt.gru)}
KINDS |= {"LSTM": (nn.LSTMCell, bptt.lstm)}


def setting(kind, steps, inputs=3, hidden=4):
    """A cell, Values to feed it, and the same as arrays, with a weight for every hₜ."""
    cell = KINDS[kind][0](inputs, hidden, rng=7)
    rng = random.Random(steps)

    def rows(*shape):
        return nn._shapes.parameters(lambda: rng.uniform(-1.0, 1.0), *shape)

    xs, state = rows(steps, inputs), rows(hidden)
    if kind == "LSTM":
        state = (state, rows(hidden))
    loss = numbers(rows(steps, hidden))
    return cell, xs, state, loss


def numbers(nested, of=lambda v: v.data):
    if isinstance(nested, list | tuple):
        return np.array([numbers(n, of) for n in nested])
    return of(nested)


def gradients(cell, xs, state):
    states = list(state) if isinstance(state, tuple) else [state]
    held = [xs, *states, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh]
    return [numbers(v, lambda v: v.grad) for v in held]


def on_paper(kind, cell, xs, state, loss, cuts=()):
    states = list(state) if isinstance(state, tuple) else [state]
    held = [xs, *states, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh]
    return KINDS[kind][1](*map(numbers, held), loss, cuts)


def shown(state):
    return state[0] if isinstance(state, tuple) else state


def weighed(state, weights):
    return autograd.dot(weights.tolist(), shown(state))


def close(found, expected, tolerance=1e-12):
    for a, b in zip(found, expected, strict=True):
        assert np.max(np.abs(a - b)) <= tolerance * max(np.max(np.abs(b)), 1e-300)


# --- backpropagation through time -----------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 5, 20, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_of_an_unrolled_cell_is_bptt(kind, steps):
    cell, xs, state, loss = setting(kind, steps)
    states = nn.unroll(cell, xs, state)
    sum(weighed(h, row) for h, row in zip(states, loss, strict=True)).backward()
    expected_states, expected = on_paper(kind, cell, xs, state, loss)
    close([numbers(shown(h)) for h in states], expected_states)
    close(gradients(cell, xs, state), expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_bptt_for_every_length_to_200(kind):
    for steps in range(1, 201):
        test_the_gradient_of_an_unrolled_cell_is_bptt(kind, steps)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_on_the_last_step_alone_reaches_the_first_input(kind):
    cell, xs, state, loss = setting(kind, 20)
    loss[:-1] = 0.0
    weighed(nn.unroll(cell, xs, state)[-1], loss[-1]).backward()
    close(gradients(cell, xs, state), on_paper(kind, cell, xs, state, loss)[1])
    assert all(x.grad != 0.0 for x in xs[0])


@pytest.mark.parametrize(("steps", "k"), [(12, 4), (12, 5), (12, 1), (3, 7)])
@pytest.mark.parametrize("kind", KINDS)
def test_windows_side_by_side_are_bptt_with_the_state_cut_between_them(kind, steps, k):
    cell, xs, state, loss = setting(kind, steps)
    parts = nn.tbptt(cell, xs, lambda t, h: weighed(h, loss[t]), k, k, state)
    values = [part.data for part in parts if part.backward() is None]
    cuts = range(k, steps, k)
    states, expected = on_paper(kind, cell, xs, state, loss, cuts)
    close(gradients(cell, xs, state), expected)
    assert len(values) == -(-steps // k)
    assert sum(values) == pytest.approx(np.sum(loss * states), rel=1e-12)


@pytest.mark.parametrize(("steps", "k1", "k2"), [(12, 2, 5), (12, 1, 3), (11, 3, 4), (7, 3, 100)])
@pytest.mark.parametrize("kind", KINDS)
def test_overlapping_windows_go_back_k2_steps_from_each_loss(kind, steps, k1, k2):
    cell, xs, state, loss = setting(kind, steps)
    for part in nn.tbptt(cell, xs, lambda t, h: weighed(h, loss[t]), k1, k2, state):
        part.backward()
    total = None
    for new in range(0, steps, k1):  # each window on paper: its own losses, its own cut
        end = min(new + k1, steps)
        here = np.zeros_like(loss)
        here[new:end] = loss[new:end]
        cut = [new + k1 - k2] if new + k1 > k2 else []
        part = on_paper(kind, cell, xs, state, here, cut)[1]
        if cut:  # what lies before the cut has no loss of its own in this window
            assert not np.any(part[0][: cut[0]])
        total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
    close(gradients(cell, xs, state), total)


def test_a_window_starts_from_constants_with_the_numbers_reached():
    cell, xs, state, loss = setting("LSTM", 6)
    _, second = nn.tbptt(cell, xs, lambda t, h: weighed(h, loss[t]), 3, 3, state)
    inputs = {id(v) for v in topological_order(second)}
    assert not inputs & {id(v) for v in [*state[0], *state[1], *xs[2]]}
    with no_grad():
        reached = nn.unroll(cell, xs[:3], state)[-1]
    constants = [v.data for v in topological_order(second) if v.is_leaf and not v.requires_grad]
    for number in numbers(reached).flat:
        assert number in constants


def test_parameters_may_move_between_windows():
    cell, xs, state, loss = setting("RNN", 6)
    before = cell.state_dict()
    for part in nn.tbptt(cell, xs, lambda t, h: weighed(h, loss[t]), 2, 4, state):
        cell.zero_grad()
        part.backward()
        for p in cell.parameters():
            p.data -= 0.1 * p.grad
    assert all(before[name] != number for name, number in cell.state_dict().items())


@pytest.mark.parametrize(
    ("k1", "k2", "error", "message"),
    [
        (0, 2, ValueError, "k1 must be at least 1, not 0"),
        (3, 2, ValueError, "k2 must be at least k1, 3, not 2"),
        (1.5, 2, TypeError, "k1 must be an int, not 1.5"),
    ],
)
def test_impossible_windows_are_refused_at_once(k1, k2, error, message):
    with pytest.raises(error, match=message):
        nn.tbptt(nn.RNNCell(1, 1), [[1.0]], lambda t, h: h[0], k1, k2)


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_state_a_cell_starts_from_zeros(kind):
    cell, xs, _, _ = setting(kind, 1)
    zeros = ([0.0] * 4, [0.0] * 4) if kind == "LSTM" else [0.0] * 4
    assert numbers(cell(xs[0])).tolist() == numbers(cell(xs[0], zeros)).tolist()


def test_forget_bias_is_the_sum_of_both_biases_of_f_alone():
    plain, biased = nn.LSTMCell(2, 3, rng=0), nn.LSTMCell(2, 3, forget_bias=1.0, rng=0)
    sums = [a.data + b.data for a, b in zip(biased.bias_ih, biased.bias_hh, strict=True)]
    old = [a.data + b.data for a, b in zip(plain.bias_ih, plain.bias_hh, strict=True)]
    assert sums[3:6] == [1.0] * 3
    assert sums[:3] + sums[6:] == old[:3] + old[6:]
    assert nn.LSTM(2, 3, 2, forget_bias=2.0).l1.bias_ih[3].data == 2.0
    with pytest.raises(ValueError, match="forget_bias needs a bias"):
        nn.LSTMCell(2, 3, bias=False, forget_bias=1.0)


def test_parameters_start_within_one_over_the_root_of_hidden_size():
    for kind in (nn.RNNCell, nn.GRUCell, nn.LSTMCell):
        data = [p.data for p in kind(5, 16, rng=0).parameters()]
        assert max(map(abs, data)) <= 0.25 < 1.02 * max(map(abs, data))
        assert abs(sum(data) / len(data)) < 0.04


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_gradients_of_small_networks_agree_with_differences(kind):
    model = kind(1, 2, 2, bidirectional=True, rng=3)

    def output(a, b, w):
        model.l1_reverse.weight_hh[0][1] = w
        outputs, _ = model([[a], [b]])
        return autograd.dot([0.3, -0.7, 0.5, 0.2] * 2, outputs[0] + outputs[1])

    assert autograd.gradcheck(output, 0.4, -0.8, 0.3)


# --- layers, directions, lengths ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_one_layer_is_its_cell_unrolled(kind):
    model = kind(2, 3, rng=0)
    xs = [[0.1, 0.2], [-0.5, 1.0], [2.0, 0.0]]
    outputs, last = model(xs)
    states = nn.unroll(model.l0, xs)
    assert numbers(outputs).tolist() == [numbers(shown(s)).tolist() for s in states]
    final = (last[0][0], last[1][0]) if kind is nn.LSTM else last[0]
    assert numbers(final).tolist() == numbers(states[-1]).tolist()


def test_the_way_back_reads_from_the_end():
    model = nn.GRU(1, 2, bidirectional=True, rng=0)
    xs = [[0.1], [0.7], [-0.4]]
    outputs, (forth, back) = model(xs)
    there = nn.unroll(model.l0, xs)
    home = nn.unroll(model.l0_reverse, xs[::-1])[::-1]
    assert numbers(outputs).tolist() == [
        numbers(a + b).tolist() for a, b in zip(there, home, strict=True)
    ]
    assert numbers(forth).tolist() == numbers(there[-1]).tolist()
    assert numbers(back).tolist() == numbers(home[0]).tolist()


def test_the_first_output_of_both_ways_depends_on_the_last_input_and_of_one_way_does_not():
    for both in (False, True):
        xs = [[Value(0.1)], [Value(0.2)], [Value(0.3)]]
        outputs, _ = nn.LSTM(1, 2, bidirectional=both, rng=0)(xs)
        sum(outputs[0]).backward()
        assert (xs[2][0].grad != 0.0) is both


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_sequences_of_unequal_length_are_what_torch_packs(kind):
    torch = pytest.importorskip("torch")
    from layers_and_torch import load, torch_name

    ours = getattr(nn, kind)(2, 3, 2, bidirectional=True, rng=0)
    theirs = getattr(torch.nn, kind)(2, 3, 2, bidirectional=True, batch_first=True).double()
    load(ours, theirs, torch)
    rng = random.Random(0)
    batch = [[[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(n)] for n in (5, 2, 4)]
    sum(y * y for xs in batch for h in ours(xs)[0] for y in h).backward()

    tensors = [torch.tensor(xs, dtype=torch.float64) for xs in batch]
    packed = torch.nn.utils.rnn.pack_sequence(tensors, enforce_sorted=False)
    outputs, _ = theirs(packed)
    (outputs.data**2).sum().backward()
    grads = {}
    for name, p in ours.named_parameters():
        grads.setdefault(torch_name(name), []).append(p.grad)
    close(
        [np.array(grads[name]) for name, _ in theirs.named_parameters()],
        [p.grad.numpy().ravel() for p in theirs.parameters()],
    )


def test_dropout_works_between_layers_while_training_only():
    model = nn.RNN(1, 8, 2, dropout=0.5, rng=0)
    xs = [[1.0], [0.5]]
    assert numbers(model(xs)[0]).tolist() != numbers(model(xs)[0]).tolist()
    model.eval()
    assert numbers(model(xs)[0]).tolist() == numbers(model(xs)[0]).tolist()
    with pytest.warns(UserWarning, match=r"RNN\(1, 8\): dropout=0.5 does nothing"):
        single = nn.RNN(1, 8, 1, dropout=0.5, rng=0)
    assert numbers(single(xs)[0]).tolist() == numbers(single(xs)[0]).tolist()


# --- scopes, state, errors ------------------------------------------------------------------------


def test_every_step_is_a_scope():
    model = nn.LSTM(1, 2, 2, bidirectional=True, rng=0)
    outputs, _ = model([[1.0], [2.0], [3.0]])
    paths = [scope_of(h).path for h in outputs[1]]
    assert paths == [("LSTM", "l1", "t=1")] * 2 + [("LSTM", "l1_reverse", "t=1")] * 2
    states = nn.unroll(nn.RNNCell(1, 1), [[1.0], [2.0]], start=5)
    assert [scope_of(h[0]).path for h in states] == [("t=5",), ("t=6",)]


def test_a_picture_shows_the_steps_as_clusters():
    outputs, _ = nn.RNN(1, 2, rng=0)([[1.0], [0.5], [-1.0]])
    dot = autograd.draw(autograd.dot([1.0, 1.0], outputs[-1])).dot
    for t in range(3):
        assert f"t={t}" in dot


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM, nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_state_round_trips(kind):
    source, target = kind(2, 3, rng=0), kind(2, 3, rng=1)
    target.load_state_dict(source.state_dict())
    assert target.state_dict() == source.state_dict()


X = [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.RNNCell(2, 3)([1.0]), ValueError, r"RNNCell\(2, 3\) takes 2 inputs, not 1"),
        (
            lambda: nn.GRUCell(2, 3)([1.0, 2.0], [0.0]),
            ValueError,
            r"GRUCell\(2, 3\) takes 3 numbers of state, not 1",
        ),
        (
            lambda: nn.LSTMCell(2, 3)(X[0], ([0.0] * 3, [0.0])),
            ValueError,
            "takes 3 numbers of state c, not 1",
        ),
        (lambda: nn.LSTMCell(2, 3)(X[0], [0.0] * 3), ValueError, r"a pair \(h, c\)"),
        (lambda: nn.RNNCell(2, 3)(1.0), TypeError, r"RNNCell\(2, 3\) takes a sequence of 2"),
        (lambda: nn.RNN(2, 3)([]), ValueError, r"RNN\(2, 3\) takes a sequence of at least one"),
        (lambda: nn.GRU(2, 3, 2)(X, [[0.0] * 3]), ValueError, "each of 2 cells, not 1"),
        (lambda: nn.LSTM(2, 3)(X, [[0.0] * 3]), ValueError, r"a pair \(h0, c0\)"),
        (lambda: nn.RNN(2, 3)([[1.0]]), ValueError, "takes 2 inputs, not 1"),
        (lambda: nn.RNNCell(0, 3), ValueError, "input_size must be at least 1, not 0"),
        (lambda: nn.RNNCell(2, 3, nonlinearity="sin"), ValueError, "tanh.*relu.*'sin'"),
        (lambda: nn.LSTM(2, 3, 0), ValueError, "num_layers must be at least 1"),
        (lambda: nn.LSTM(2, 3, dropout=1.5), ValueError, "p must be between 0 and 1, not 1.5"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call()
