"""Modes: no_grad, enable_grad, paused_gc. Per thread, per task, undone on exit."""

import asyncio
import gc
import threading

import pytest

import autograd as ag
from autograd import Value, detect_anomaly, enable_grad, no_grad, paused_gc
from autograd import value as engine


@pytest.fixture(autouse=True)
def modes_are_left_behind():
    yield
    assert not engine.busy
    assert engine.grad_enabled.get()
    assert engine.inspectors.get() == ()


def test_no_grad_computes_and_records_nothing():
    x = Value(2.0)
    with no_grad():
        results = [x * 3, 3 * x, x + x, x.relu(), x.tanh(), x**2, ag.dot([x], [x]), ag.sum([x, x])]
    assert [y.data for y in results] == [6, 6, 4, 2, x.tanh().data, 4, 4, 4]
    assert not any(y.requires_grad or y.parents for y in results)
    assert (x * 3).requires_grad


def test_enable_grad_within_no_grad():
    x = Value(2.0)
    with no_grad():
        with enable_grad():
            assert (x * 3).requires_grad
        assert not (x * 3).requires_grad


def test_modes_are_decorators():
    @no_grad()
    def predict(x):
        return x * 2

    assert not predict(Value(1.0)).requires_grad
    assert not predict(Value(1.0)).requires_grad


def test_modes_are_decorators_of_generators_and_end_at_each_yield():
    seen = []

    @no_grad()
    def predictions(x):
        try:
            while True:
                x = yield x * 2
        except KeyError:
            yield x * 3
        finally:
            seen.append((x * 2).requires_grad)
        return "done"

    x = Value(1.0)
    steps = predictions(x)
    for resume in (lambda: next(steps), lambda: steps.send(x), lambda: steps.throw(KeyError)):
        assert not resume().requires_grad
        assert (x * 2).requires_grad
    with pytest.raises(StopIteration, match="done"):
        next(steps)
    closed = predictions(x)
    next(closed)
    closed.close()
    assert seen == [False, False]


def test_modes_are_decorators_of_coroutines():
    @no_grad()
    async def predict(x):
        await asyncio.sleep(0)
        return x * 2

    assert not asyncio.run(predict(Value(1.0))).requires_grad


def test_a_mode_can_be_kept_and_entered_again_and_within_itself():
    mode, x = no_grad(), Value(1.0)
    for _ in range(2):
        with mode:
            with mode:
                assert not (x * 2).requires_grad
            assert not (x * 2).requires_grad
        assert (x * 2).requires_grad


def test_modes_end_with_an_exception():
    for mode in (no_grad, enable_grad, detect_anomaly):
        with pytest.raises(KeyError), mode():
            raise KeyError


def test_leaves_made_under_no_grad_are_leaves():
    with no_grad():
        w = Value(2.0)
    (w * w).backward()
    assert w.grad == 4.0


def test_backward_works_under_no_grad():
    x = Value(2.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 4.0


def test_no_grad_is_per_thread():
    inside, checked, found = threading.Event(), threading.Event(), []

    def other():
        with no_grad():
            inside.set()
            checked.wait(10)
            found.append((Value(1.0) * 2).requires_grad)

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10)
    found.append((Value(1.0) * 2).requires_grad)
    checked.set()
    thread.join()
    assert found == [True, False]


def test_no_grad_is_per_task():
    found = {}

    async def without():
        with no_grad():
            await asyncio.sleep(0.01)
            found["without"] = (Value(1.0) * 2).requires_grad

    async def plain():
        await asyncio.sleep(0.005)
        found["plain"] = (Value(1.0) * 2).requires_grad

    async def both():
        await asyncio.gather(without(), plain())

    asyncio.run(both())
    assert found == {"without": False, "plain": True}


# --- paused_gc ----------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_paused_gc_restores_the_collector_also_after_an_exception(before):
    was = gc.isenabled()
    try:
        gc.enable() if before else gc.disable()
        with paused_gc():
            assert not gc.isenabled()
            with paused_gc():
                pass
            assert not gc.isenabled()
        assert gc.isenabled() is before
        with pytest.raises(KeyError), paused_gc():
            raise KeyError
        assert gc.isenabled() is before
    finally:
        gc.enable() if was else gc.disable()
