"""Optimisers: the first steps by hand, a bowl to descend, and arrays as parameters."""

import json
import math

import numpy as np
import pytest

import nn
from autograd import Value


def bowl(x, y):
    """Steep in one direction, flat in the other; the bottom is at (1, −2)."""
    return 10 * (x - 1) ** 2 + 0.1 * (y + 2) ** 2


def test_sgd_with_momentum_and_weight_decay_takes_the_textbook_steps():
    p = Value(1.0)
    optimizer = nn.SGD([p], lr=0.1, momentum=0.9, weight_decay=0.5)
    p.grad = 2.0
    optimizer.step()
    assert p.data == 1.0 - 0.1 * 2.5
    velocity = 0.9 * 2.5 + (2.0 + 0.5 * 0.75)
    optimizer.step()
    assert p.data == 0.75 - 0.1 * velocity


def test_adams_first_steps_are_those_of_the_paper():
    p, m, v, expected = Value(1.0), 0.0, 0.0, 1.0
    optimizer = nn.Adam([p], lr=0.1)
    for t, g in enumerate([2.0, -1.0, 0.5], start=1):
        p.grad = g
        optimizer.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        expected -= 0.1 * m_hat / (math.sqrt(v_hat) + 1e-8)
        assert p.data == pytest.approx(expected, rel=1e-12)


# Every optimiser, with rates that suit the bowl.
OPTIMISERS = {
    "SGD": lambda ps: nn.SGD(ps, lr=0.05),
    "SGD with momentum": lambda ps: nn.SGD(ps, lr=0.02, momentum=0.9),
    "SGD, Nesterov": lambda ps: nn.SGD(ps, lr=0.02, momentum=0.9, nesterov=True),
    "SGD, dampened": lambda ps: nn.SGD(ps, lr=0.09, momentum=0.9, dampening=0.5),
    "ASGD": lambda ps: nn.ASGD(ps, lr=0.05, t0=10),
    "Adagrad": lambda ps: nn.Adagrad(ps, lr=1.0),
    "Adadelta": lambda ps: nn.Adadelta(ps, lr=30.0),
    "RMSprop": lambda ps: nn.RMSprop(ps, lr=0.02),
    "RMSprop, centred": lambda ps: nn.RMSprop(ps, lr=0.01, centered=True, momentum=0.5),
    "Rprop": lambda ps: nn.Rprop(ps, lr=0.1),
    "Adam": lambda ps: nn.Adam(ps, lr=0.3),
    "Adam, amsgrad": lambda ps: nn.Adam(ps, lr=0.3, amsgrad=True),
    "AdamW": lambda ps: nn.AdamW(ps, lr=0.3, weight_decay=1e-5),
    "NAdam": lambda ps: nn.NAdam(ps, lr=0.3),
    "RAdam": lambda ps: nn.RAdam(ps, lr=0.3),
    "Adamax": lambda ps: nn.Adamax(ps, lr=0.3),
    "Lion": lambda ps: nn.Lion(ps, lr=0.01),
}
each_optimiser = pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)


def descend(optimizer, steps):
    x, y = optimizer.parameters
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(x, y).backward()
        optimizer.step()
    return x.data, y.data


@each_optimiser
def test_each_optimiser_reaches_the_bottom_of_a_bowl(make):
    assert descend(make([Value(4.0), Value(3.0)]), 800) == pytest.approx((1.0, -2.0), abs=0.03)


@each_optimiser
def test_an_update_rule_holds_for_arrays_as_for_numbers(make):
    numbers, gradients = [1.0, -2.0, 0.0, 3.0], [[0.3, -4.0, 0.0, 1.0], [0.5, 5.0, 0.0, 1.0]]
    optimizer = make([Value(x) for x in numbers])
    on_arrays = [np.array(numbers), *map(np.array, zip(*optimizer.state, strict=True))]
    for row in gradients:
        for parameter, g in zip(optimizer.parameters, row, strict=True):
            parameter.grad = g
        optimizer.step()
        rule = optimizer.rule_for(optimizer.param_groups[0])
        on_arrays = rule(on_arrays[0], np.array(row), *on_arrays[1:])
    for i, parameter in enumerate(optimizer.parameters):
        expected = [parameter.data, *optimizer.state[i]]
        # A state that does not depend on the parameter may stay one number for all.
        assert [float(np.broadcast_to(a, 4)[i]) for a in on_arrays] == pytest.approx(expected)


@each_optimiser
def test_a_state_that_went_through_json_goes_on_to_the_bit(make):
    one = make([Value(4.0), Value(3.0)])
    descend(one, 7)
    other = make([Value(p.data) for p in one.parameters])
    other.load_state_dict(json.loads(json.dumps(one.state_dict())))
    assert descend(one, 7) == descend(other, 7)
    assert one.state_dict() == other.state_dict()


@each_optimiser
def test_maximize_climbs_as_the_other_descends(make):
    down, up = make([Value(4.0), Value(3.0)]), make([Value(4.0), Value(3.0)])
    for group in up.param_groups:
        group["maximize"] = True
    for step in range(3):
        for p, q in zip(down.parameters, up.parameters, strict=True):
            p.grad, q.grad = 1.5 - step, step - 1.5
        down.step()
        up.step()
    assert [p.data for p in down.parameters] == [p.data for p in up.parameters]


def test_groups_have_their_own_options_and_states():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    optimizer = nn.SGD([{"params": [a, b]}, {"params": [c], "lr": 0.5}], lr=0.1)
    for p in (a, b, c):
        p.grad = 1.0
    optimizer.step()
    assert [p.data for p in (a, b, c)] == [0.9, 0.9, 0.5]
    assert optimizer.parameters == [a, b, c]
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.step()
    assert [p.data for p in (a, b, c)] == [0.9, 0.9, 0.0]


def test_a_group_that_is_added_later_counts_its_own_steps():
    a, b = Value(1.0), Value(1.0)
    optimizer = nn.Adam([a], lr=0.1)
    a.grad = 1.0
    optimizer.step()
    optimizer.add_param_group({"params": [b], "lr": 0.2})
    b.grad = 5.0
    optimizer.step()
    assert b.data == pytest.approx(0.8)  # a first step, so lr long
    assert [group["steps"] for group in optimizer.param_groups] == [2, 1]


def test_setting_lr_sets_that_of_every_group_or_of_each():
    optimizer = nn.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.5}], lr=0.1)
    assert optimizer.lr == 0.1
    optimizer.lr = 0.3
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.3]
    optimizer.lr = [0.3, 0.4]
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.4]
    for wrong in (-1.0, math.nan, [0.1], [0.1, -1.0]):
        with pytest.raises(ValueError, match="lr"):
            optimizer.lr = wrong
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.4]


def test_step_calls_a_closure_and_returns_its_loss():
    x, y = Value(4.0), Value(3.0)
    optimizer = nn.SGD([x, y], lr=0.01)

    def closure():
        optimizer.zero_grad()
        loss = bowl(x, y)
        loss.backward()
        return loss

    assert optimizer.step(closure).data == bowl(4.0, 3.0)
    assert x.data == 4.0 - 0.01 * 60


def test_centred_rmsprop_survives_a_gradient_that_stays_the_same():
    p = Value(0.0)
    optimizer = nn.RMSprop([p], lr=1e-9, alpha=0.5, centered=True, eps=1e-3)
    for _ in range(300):
        p.grad = 0.1
        optimizer.step()
    assert math.isfinite(p.data)


def states(**changes):
    optimizer = nn.Adam([Value(1.0), Value(2.0)])
    optimizer.step()
    return {**optimizer.state_dict(), **changes}


def changed_group(**changes):
    (group,) = states()["param_groups"]
    return states(param_groups=[{**group, **changes}])


MOMENTS = {"exp_avg": 0.0, "exp_avg_sq": 0.0, "max_exp_avg_sq": 0.0}


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"state": []}, KeyError, "missing .'param_groups'."),
        (None, TypeError, r"Adam.load_state_dict: what state_dict\(\) returned .*, not None"),
        (states(extra=1), KeyError, "unknown .'extra'."),
        (states(state=[MOMENTS]), ValueError, "of 1 parameters, but there are 2"),
        (states(state=[{**MOMENTS, "speed": 1.0}] * 2), KeyError, "unknown .'speed'."),
        (states(state=[MOMENTS, {"exp_avg": 0.0}]), KeyError, "missing .'exp_avg_sq'"),
        (states(state=[{**MOMENTS, "exp_avg": "0"}] * 2), TypeError, "'exp_avg'.* a number"),
        (states(param_groups=[]), ValueError, "0 groups for 1"),
        (changed_group(lr=-1.0), ValueError, "lr must be ≥ 0"),
        (changed_group(betas=[0.9, 2.0]), ValueError, r"betas\[1\]"),
        (changed_group(momentum=0.5), KeyError, "unknown .'momentum'."),
        (changed_group(params=[0]), ValueError, "1 params for 2"),
        (changed_group(steps=-1), ValueError, "steps must be at least 0"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(state, error, message):
    optimizer = nn.Adam([Value(1.0), Value(2.0)], lr=0.7)
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


x = Value(1.0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.SGD([], lr=1), ValueError, "no parameters"),
        (lambda: nn.SGD([1.0], lr=1), TypeError, r"params\[0\] must be a Value, not 1.0"),
        (lambda: nn.SGD(Value(1)), TypeError, "must be a list of Values"),
        (lambda: nn.SGD({Value(1)}), TypeError, "not a set"),
        (lambda: nn.SGD([Value(1), Value(2).detach()]), ValueError, r"params\[1\] is a constant"),
        (lambda: nn.SGD(nn.Linear(1, 1)), TypeError, r"such as model.parameters\(\), .* a Linear"),
        (lambda: nn.SGD([Value(1), {"params": [Value(1)]}]), TypeError, "not both"),
        (lambda: nn.SGD([x, x]), ValueError, r"params\[1\] .* is there already"),
        (lambda: nn.SGD([{"params": [x]}, {"params": [x]}]), ValueError, "is there already"),
        (lambda: nn.SGD([{"params": []}]), ValueError, r"param_groups\[0\] has no parameters"),
        (lambda: nn.SGD([{"lr": 1.0}]), ValueError, "must have 'params'"),
        (lambda: nn.SGD([{"params": [x], "betas": 1}]), ValueError, "not .'betas', 'params'."),
        (lambda: nn.SGD([{"params": [x], "lr": -2}]), ValueError, "lr must be ≥ 0, not -2"),
        (lambda: nn.SGD([x * x]), ValueError, r"the result of an operation \(\*\)"),
        (lambda: nn.SGD([Value(1)], lr=-1), ValueError, "lr must be ≥ 0, not -1"),
        (lambda: nn.SGD([Value(1)], lr=math.nan), ValueError, "lr must be finite, not nan"),
        (lambda: nn.SGD([Value(1)], lr="fast"), TypeError, "lr must be a number, not 'fast'"),
        (lambda: nn.SGD([Value(1)], lr=1, momentum=1.0), ValueError, r"momentum .*\[0, 1\)"),
        (lambda: nn.SGD([Value(1)], nesterov=True), ValueError, "nesterov needs momentum > 0"),
        (lambda: nn.SGD([Value(1)], nesterov=1), TypeError, "nesterov must be True or False"),
        (lambda: nn.Adam([Value(1)], betas=(0.9, 1.5)), ValueError, r"betas\[1\]"),
        (lambda: nn.Adam([Value(1)], betas=0.9), ValueError, "betas must be a pair, not 0.9"),
        (lambda: nn.Adam([Value(1)], eps=-1), ValueError, "eps must be ≥ 0"),
        (lambda: nn.AdamW([Value(1)], weight_decay=-1), ValueError, "weight_decay must be ≥ 0"),
        (lambda: nn.Adadelta([Value(1)], rho=1.1), ValueError, r"rho must be in \[0, 1\]"),
        (lambda: nn.RMSprop([Value(1)], alpha=-0.1), ValueError, "alpha must be"),
        (lambda: nn.Adagrad([Value(1)], lr_decay=-1), ValueError, "lr_decay must be ≥ 0"),
        (lambda: nn.ASGD([Value(1)], lambd=-1.0), ValueError, "ASGD: lambd must be ≥ 0, not -1"),
        (lambda: nn.Rprop([Value(1)], etas=(1.2, 0.5)), ValueError, "etas must be"),
        (lambda: nn.Rprop([Value(1)], step_sizes=(2, 1)), ValueError, "step_sizes must be"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_optimisers_and_schedules_show_their_settings():
    optimizer = nn.SGD(
        [{"params": [Value(1.0)]}, {"params": [Value(2.0), Value(3.0)], "lr": 0.01}],
        lr=0.5,
        momentum=0.9,
    )
    assert repr(optimizer) == (
        "SGD(1 parameter, lr=0.5, momentum=0.9; 2 parameters, lr=0.01, momentum=0.9)"
    )
    schedule = nn.StepLR(optimizer, 1, gamma=0.5)
    schedule.step()
    assert repr(schedule) == "StepLR(epoch 1: lr 0.25, 0.005)"
    with pytest.raises(TypeError, match="LambdaLR: lr_lambda must be a function of the epoch"):
        nn.LambdaLR(optimizer, 0.5)
