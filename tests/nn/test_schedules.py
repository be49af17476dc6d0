"""Schedules: their semantics, fit, states, what is refused. (Numbers: test_against_torch.)"""

import json
import math

import pytest

import nn
from autograd import Value


def sgd(lr=1.0, **options):
    return nn.SGD([Value(1.0)], lr=lr, **options)


def two_groups():
    return nn.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.1}], lr=1.0)


SCHEDULES = {
    "lambda": lambda o: nn.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "multiplicative": lambda o: nn.MultiplicativeLR(o, lambda epoch: 1 - 0.1 / epoch),
    "constant": lambda o: nn.ConstantLR(o, total_iters=3),
    "step": lambda o: nn.StepLR(o, 3),
    "multi-step": lambda o: nn.MultiStepLR(o, [2, 5]),
    "exponential": lambda o: nn.ExponentialLR(o, 0.9),
    "linear": lambda o: nn.LinearLR(o, total_iters=4),
    "polynomial": lambda o: nn.PolynomialLR(o, 12, 2.0),
    "cosine": lambda o: nn.CosineAnnealingLR(o, 12),
    "restarts": lambda o: nn.CosineAnnealingWarmRestarts(o, 3, 2),
    "cyclic": lambda o: nn.CyclicLR(o, 0.5, 2.0, 4, 3, "exp_range", 0.9),
    "one cycle": lambda o: nn.OneCycleLR(o, 2.0, total_steps=20),
    "sequence": lambda o: nn.SequentialLR(
        o, [nn.LinearLR(o, total_iters=4), nn.CosineAnnealingWarmRestarts(o, 3)], [4]
    ),
    "chain": lambda o: nn.ChainedScheduler([nn.ConstantLR(o, 0.5, 3), nn.ExponentialLR(o, 0.9)]),
}
each_schedule = pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)


@each_schedule
def test_each_can_be_called_with_the_epoch_as_fit_does(make):
    stepped, called = make(sgd()), make(sgd())
    for epoch in range(10):
        assert called(epoch) == stepped.get_last_lr()[0] == stepped.optimizer.lr
        assert called(epoch) == called.optimizer.lr  # asking again changes nothing
        stepped.step()
    with pytest.raises(ValueError, match="epoch 3 is over, it is at 9"):
        called(3)


@each_schedule
def test_each_group_keeps_its_own_rate(make):
    schedule = make(two_groups())
    for epoch in range(10):
        rates = schedule(epoch)
        if schedule.interval == "epoch":  # the others' highest rate is the same for all
            assert rates[1] == pytest.approx(0.1 * rates[0])
        schedule.optimizer.lr = rates  # what fit does with them
        assert schedule.get_last_lr() == rates


@each_schedule
def test_a_state_that_went_through_json_goes_on_to_the_bit(make):
    one = make(sgd())
    for _ in range(5):
        one.step()
    other = make(sgd())
    other.optimizer.load_state_dict(json.loads(json.dumps(one.optimizer.state_dict())))
    other.load_state_dict(json.loads(json.dumps(one.state_dict())))
    for _ in range(9):
        one.step()
        other.step()
        assert one.get_last_lr() == other.get_last_lr()
    assert one.state_dict() == other.state_dict()


def test_a_state_on_a_plateau_goes_on_too():
    schedules = [nn.ReduceLROnPlateau(sgd(), patience=1) for _ in range(2)]
    schedules[0].step(1.0)
    schedules[0].step(1.0)
    schedules[1].load_state_dict(json.loads(json.dumps(schedules[0].state_dict())))
    for schedule in schedules:
        schedule.step(1.0)
    assert [s.get_last_lr() for s in schedules] == [[0.1], [0.1]]


@each_schedule
def test_fit_takes_each_as_its_schedule(make):
    model = nn.MLP(1, [2, 1], rng=0)
    optimizer, twin = nn.SGD(model.parameters(), lr=0.01), make(sgd(lr=0.01))
    data = ([[0.0], [1.0]], [1, -1])
    history = nn.fit(
        model, data, nn.hinge_loss, optimizer, epochs=8, schedule=make(optimizer), progress=False
    )
    assert history.learning_rates == [twin(epoch) for epoch in range(8)]


def test_fit_takes_a_schedule_of_several_groups():
    model = nn.MLP(1, [2, 1], rng=0)
    first, last = (layer.parameters() for layer in model.layers)
    optimizer = nn.SGD([{"params": first}, {"params": last, "lr": 0.5}], lr=0.1)
    schedule = nn.ExponentialLR(optimizer, 0.5)
    nn.fit(
        model,
        ([[0.0], [1.0]], [1, -1]),
        nn.hinge_loss,
        optimizer,
        epochs=3,
        schedule=schedule,
        progress=False,
    )
    assert [group["lr"] for group in optimizer.param_groups] == [0.1 / 4, 0.5 / 4]


def test_cosine_returns_to_where_it_was_after_two_half_periods():
    schedule = nn.CosineAnnealingLR(sgd(), T_max=5, eta_min=0.1)
    rates = [schedule(epoch) for epoch in range(11)]
    assert rates[5] == pytest.approx(0.1)
    assert rates[10] == pytest.approx(1.0)
    assert rates[:6] == sorted(rates[:6], reverse=True)


def test_warm_restarts_can_be_stepped_within_an_epoch():
    schedule = nn.CosineAnnealingWarmRestarts(sgd(), T_0=2, T_mult=2)
    for epoch, expected in [(0.5, 0.25), (1.0, 0.5), (2.0, 0.0), (3.0, 0.25), (6.0, 0.0)]:
        schedule.step(epoch)
        assert schedule.get_last_lr()[0] == pytest.approx((1 + math.cos(math.pi * expected)) / 2)
    schedule.step()  # from 6 to 7, an eighth of the third period
    assert schedule.get_last_lr()[0] == pytest.approx((1 + math.cos(math.pi / 8)) / 2)


@pytest.mark.parametrize("make", [sgd, lambda: nn.Adam([Value(1.0)])], ids=["SGD", "Adam"])
def test_one_cycle_turns_momentum_against_the_rate(make):
    optimizer = make()
    schedule = nn.OneCycleLR(optimizer, max_lr=1.0, total_steps=10, pct_start=0.5)
    group = optimizer.param_groups[0]

    def momentum():
        return group["betas"][0] if "betas" in group else group["momentum"]

    rates, momenta = [], []
    for _ in range(10):
        rates.append(optimizer.lr)
        momenta.append(momentum())
        schedule.step()
    assert rates[0] == pytest.approx(1 / 25)
    assert momenta[0] == pytest.approx(0.95)
    assert max(rates) == pytest.approx(1.0, rel=0.02)
    assert momenta[rates.index(max(rates))] == pytest.approx(0.85, rel=0.02)
    assert rates[-1] == pytest.approx(1 / 25 / 1e4)
    with pytest.raises(ValueError, match="over after 10 steps"):
        schedule.step()


def test_a_sequence_can_contain_chains_and_sequences():
    optimizer = sgd()
    chain = nn.ChainedScheduler(
        [nn.ConstantLR(optimizer, 0.5, 2), nn.ExponentialLR(optimizer, 0.1)]
    )
    inner = nn.SequentialLR(
        optimizer, [nn.ConstantLR(optimizer, 0.25, 9), nn.StepLR(optimizer, 1)], [1]
    )
    outer = nn.SequentialLR(optimizer, [nn.StepLR(optimizer, 9), chain, inner], [2, 5])
    rates = [outer(epoch) for epoch in range(8)]
    assert rates == pytest.approx([1.0, 1.0, 0.5, 0.05, 0.01, 0.25, 1.0, 0.1])


def test_the_highest_number_counts_on_a_plateau_of_accuracies():
    schedule = nn.ReduceLROnPlateau(sgd(), mode="max", patience=0, factor=0.5)
    for accuracy in (0.5, 0.7, 0.8):
        schedule.step(accuracy)
    assert schedule.get_last_lr() == [1.0]
    schedule.step(0.8)
    schedule.step(math.nan)
    assert schedule.get_last_lr() == [0.25]


O = sgd()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.StepLR(0.1, 3), TypeError, "StepLR: optimizer must be .* not 0.1"),
        (lambda: nn.OneCycleLR(None, 1.0, 5), TypeError, "OneCycleLR: optimizer"),
        (lambda: nn.StepLR(O, 0), ValueError, "step_size must be at least 1, not 0"),
        (lambda: nn.StepLR(O, 2.5), TypeError, "step_size must be an int, not 2.5"),
        (lambda: nn.StepLR(O, 2, -0.5), ValueError, "gamma must be ≥ 0, not -0.5"),
        (lambda: nn.MultiStepLR(O, [-1]), ValueError, "milestones must be at least 0"),
        (lambda: nn.ExponentialLR(O, math.nan), ValueError, "gamma must be finite"),
        (lambda: nn.LinearLR(O, start_factor=0.0), ValueError, "start_factor must be > 0"),
        (lambda: nn.LinearLR(O, end_factor=2.0), ValueError, r"end_factor must be in \[0, 1\]"),
        (lambda: nn.ConstantLR(O, factor=1.5), ValueError, "factor must be in"),
        (lambda: nn.PolynomialLR(O, 0), ValueError, "total_iters must be at least 1"),
        (lambda: nn.CosineAnnealingLR(O, 0), ValueError, "T_max must be at least 1"),
        (lambda: nn.CosineAnnealingWarmRestarts(O, 5, 0), ValueError, "T_mult must be"),
        (lambda: nn.CosineAnnealingWarmRestarts(O, 5).step(-1), ValueError, "epoch must be ≥ 0"),
        (lambda: nn.LambdaLR(O, [math.sin] * 2), ValueError, "2 functions for 1 groups"),
        (lambda: nn.MultiplicativeLR(O, []), ValueError, "MultiplicativeLR: 0 functions for 1"),
        (lambda: nn.CyclicLR(O, 0.1, 1.0, 0), ValueError, "step_size_up must be at least 1, not 0"),
        (lambda: nn.CyclicLR(O, 0.1, 1.0, mode="x"), ValueError, "mode must be one of 'tri"),
        (lambda: nn.CyclicLR(O, [0.1] * 2, 1.0), ValueError, "base_lr has 2 rates for 1 groups"),
        (lambda: nn.CyclicLR(O, 0.1, 1.0, base_momentum=1.0), ValueError, "base_momentum must be"),
        (
            lambda: nn.CyclicLR(nn.ASGD([Value(1.0)]), 0.1, 1.0),
            ValueError,
            "CyclicLR: ASGD has no momentum; pass cycle_momentum=False",
        ),
        (lambda: nn.OneCycleLR(O, 1.0), ValueError, "give total_steps, or epochs and steps"),
        (lambda: nn.OneCycleLR(O, [1.0, 2.0], 5), ValueError, "2 rates for 1 groups"),
        (lambda: nn.OneCycleLR(O, 1.0, 5, anneal_strategy="sin"), ValueError, "'cos', 'linear'"),
        (lambda: nn.OneCycleLR(O, 1.0, 5, pct_start=2.0), ValueError, "pct_start must be in"),
        (
            lambda: nn.OneCycleLR(nn.Adagrad([Value(1.0)]), 1.0, 5),
            ValueError,
            "Adagrad has no momentum; pass cycle_momentum=False",
        ),
        (lambda: nn.ReduceLROnPlateau(O, mode="least"), ValueError, "mode must be one of 'min'"),
        (lambda: nn.ReduceLROnPlateau(O, factor=1.0), ValueError, r"factor must be in \[0, 1\)"),
        (lambda: nn.ReduceLROnPlateau(O, min_lr=[0.1] * 2), ValueError, "2 rates for 1 groups"),
        (lambda: nn.ReduceLROnPlateau(O).step(), TypeError, r"step\(loss\)"),
        (lambda: nn.SequentialLR(O, [], []), ValueError, "at least one scheduler"),
        (lambda: nn.SequentialLR(O, [nn.StepLR(O, 1)], [3]), ValueError, "need 0 milestones"),
        (
            lambda: nn.SequentialLR(O, [nn.StepLR(O, 1)] * 3, [3, 2]),
            ValueError,
            r"milestones must rise, not \[3, 2\]",
        ),
        (lambda: nn.ChainedScheduler([nn.StepLR(O, 1), 5]), TypeError, r"schedulers\[1\]"),
        (
            lambda: nn.ChainedScheduler([nn.StepLR(O, 1), nn.StepLR(sgd(), 1)]),
            ValueError,
            r"schedulers\[1\] belongs to another optimizer",
        ),
        (
            lambda: nn.ChainedScheduler([nn.ReduceLROnPlateau(O)]),
            ValueError,
            "which needs a metric",
        ),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"speed": 1}, KeyError, "unknown .'speed'."),
        ({"last_epoch": "3"}, TypeError, "last_epoch must be a number, not '3'"),
        ({"base_lrs": [1.0, 2.0]}, ValueError, "base_lrs must be a list of 1"),
        ({"base_lrs": [True]}, TypeError, "base_lrs"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(changes, error, message):
    schedule = nn.StepLR(sgd(), 3)
    before = schedule.state_dict()
    with pytest.raises(error, match=message):
        schedule.load_state_dict({**before, **changes})
    assert schedule.state_dict() == before


def test_a_sequence_loads_all_its_parts_or_none():
    optimizer = sgd()
    schedule = SCHEDULES["sequence"](optimizer)
    state = schedule.state_dict()
    schedule.step()
    before = schedule.state_dict()
    wrong = [
        {**state, "speed": 1},
        {**state, "schedulers": state["schedulers"][:1]},
        {**state, "schedulers": [state["schedulers"][0], {}]},
        {k: x for k, x in state.items() if k != "schedulers"},
    ]
    for broken in wrong:
        with pytest.raises((KeyError, ValueError)):
            schedule.load_state_dict(broken)
        assert schedule.state_dict() == before


def test_a_group_that_comes_later_is_named():
    optimizer = sgd()
    schedule = nn.StepLR(optimizer, 3)
    optimizer.add_param_group({"params": [Value(2.0)]})
    with pytest.raises(ValueError, match="has 2 groups of parameters now, but had 1"):
        schedule.step()
