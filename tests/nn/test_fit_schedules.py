"""fit with schedules of steps, schedules that watch, and optimisers that need a closure."""

import random

import pytest

import nn
from autograd import Value


def moons(n=20):
    X, labels = nn.make_moons(n, noise=0.1, rng=0)
    return X, [2 * label - 1 for label in labels]


def test_a_schedule_of_steps_goes_on_after_every_step():
    model = nn.MLP(2, [4, 1], rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.5, momentum=0.9)
    schedule = nn.OneCycleLR(optimizer, max_lr=0.5, epochs=3, steps_per_epoch=5)
    rates = []
    history = nn.fit(
        model,
        moons(),
        nn.hinge_loss,
        optimizer,
        epochs=3,
        batch_size=4,
        schedule=schedule,
        clip=lambda parameters: rates.append(optimizer.lr),
        progress=False,
    )
    alone = nn.SGD([Value(0.0)], lr=0.5, momentum=0.9)
    cycle = nn.OneCycleLR(alone, max_lr=0.5, total_steps=15)
    expected = []
    for _ in range(15):
        expected.append(alone.lr)
        alone.step()
        cycle.step()
    assert rates == expected
    assert history.learning_rates == expected[4::5]


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_schedule_that_watches_sees_the_loss_or_the_metric_of_each_epoch(mode):
    class Watching(nn.ReduceLROnPlateau):
        def step(self, metric=None):
            watched.append(metric)
            super().step(metric)

    watched = []
    model = nn.MLP(2, [4, 1], rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    history = nn.fit(
        model,
        moons(),
        nn.hinge_loss,
        optimizer,
        epochs=4,
        validation=moons(10),
        schedule=Watching(optimizer, mode, 0.5, patience=0, threshold=9.0, threshold_mode="abs"),
        progress=False,
    )
    assert watched == (history.validation_loss if mode == "min" else history.validation_metric)
    assert history.learning_rates == [0.5, 0.5, 0.25, 0.125]  # no epoch after the first is enough


def test_schedules_of_steps_and_of_epochs_cannot_be_combined():
    model = nn.MLP(2, [4, 1], rng=0)
    optimizer = nn.SGD(model.parameters(), lr=0.5, momentum=0.9)
    parts = [nn.StepLR(optimizer, 1), nn.OneCycleLR(optimizer, 0.5, total_steps=9)]
    with pytest.raises(ValueError, match="OneCycleLR goes on after every step, StepLR after every"):
        nn.fit(
            model,
            moons(),
            nn.hinge_loss,
            optimizer,
            schedule=nn.ChainedScheduler(parts),
            progress=False,
        )


def test_a_schedule_that_cannot_guide_the_run_is_refused_before_it_starts():
    model = nn.MLP(2, [4, 1], rng=0)
    mine, other = nn.Adam(model.parameters()), nn.Adam([Value(0.0)])
    for schedule, message in [
        (nn.StepLR(other, 1), r"the schedule \(StepLR\) belongs to another optimizer"),
        (nn.OneCycleLR(mine, 0.5, total_steps=9), r"ends after 9 steps .* make 10"),
    ]:
        with pytest.raises(ValueError, match=message):
            nn.fit(model, moons(), nn.hinge_loss, mine, schedule=schedule, progress=False)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda parameters: nn.LBFGS(parameters, line_search_fn="strong_wolfe"),
        lambda parameters: nn.ConjugateGradient(parameters),
    ],
)
def test_an_optimiser_of_the_whole_batch_gets_its_closure(optimizer):
    model = nn.MLP(2, [6, 1], activation="tanh", rng=0)
    X, labels = nn.make_moons(40, noise=0.1, rng=0)
    y = [2 * label - 1 for label in labels]
    history = nn.fit(
        model,
        (X, y),
        nn.mse_loss,
        optimizer(model.parameters()),
        epochs=8,
        penalty=nn.l2_penalty(1e-4),
        progress=False,
    )
    assert len(history.losses) == 8 and history.losses[-1] < 0.2 * history.losses[0]
    assert history.train_metric[-1] == 1.0


def test_the_closure_in_fit_is_the_one_that_one_would_write():
    (X, y), models = moons(), [nn.MLP(2, [4, 1], activation="tanh", rng=0) for _ in range(2)]
    by_fit, by_hand = [nn.LBFGS(m.parameters(), line_search_fn="strong_wolfe") for m in models]
    nn.fit(models[0], (X, y), nn.mse_loss, by_fit, epochs=2, rng=0, progress=False)

    order = random.Random(0)
    for _ in range(2):
        samples, targets = next(iter(nn.batches(X, y, None, order)))

        def closure(samples=samples, targets=targets):
            by_hand.zero_grad()
            loss = nn.mse_loss([models[1](x) for x in samples], targets)
            loss.backward()
            return loss

        by_hand.step(closure)
    assert models[0].state_dict() == models[1].state_dict()


def test_a_step_of_many_moves_that_goes_too_far_is_taken_back():
    model = nn.MLP(2, [4, 1], rng=0)
    before = model.state_dict()
    optimizer = nn.LBFGS(model.parameters(), lr=1e300)  # without a line search
    with pytest.raises(FloatingPointError, match="a parameter is not finite after step 1"):
        nn.fit(model, moons(), nn.mse_loss, optimizer, epochs=1, progress=False)
    assert model.state_dict() == before
