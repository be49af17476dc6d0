"""What a function sees besides its arguments: when that has changed, it is traced again."""

import math
import random
import sys
import types
import weakref

import numpy as np
import pytest

import nn
from autograd import Value, compile, cos, primitive
from autograd import sum as total
from autograd.primitives import table


def test_a_replaced_parameter_is_seen():
    ws = [[Value(2.0), Value(3.0)]]
    program = compile(lambda x: ws[0][0] * x + ws[0][1])
    assert program(1.0) == 5.0
    ws[0][1] = Value(10.0)
    assert program(1.0) == 12.0
    assert ws[0][1].grad == 1.0
    assert "traced again: item 1 of a list was Value(3.0" in program.explain()


def test_a_replaced_parameter_of_a_module_is_seen():
    class Scale:
        def __init__(self):
            self.factor = Value(2.0)

        def __call__(self, x):
            return self.factor * x

    scale = Scale()
    program = compile(lambda x: scale(x))
    bound = compile(scale)
    assert (program(3.0), bound(3.0)) == (6.0, 6.0)
    scale.factor = Value(4.0)
    assert (program(3.0), bound(3.0)) == (12.0, 12.0)
    assert scale.factor.grad == 6.0


def test_a_changed_mode_is_seen_and_both_programs_are_kept():
    model = nn.Sequential(nn.Linear(2, 1, rng=0), nn.Dropout(0.999, rng=1))
    model.eval()
    program = compile(lambda x: model(x)[0])
    sure = program([1.0, 2.0])
    model.train()
    assert program([1.0, 2.0]) == 0.0
    model.eval()
    traces = program.traces
    assert program([1.0, 2.0]) == sure
    assert program.traces == traces


SCALE = [2.0]


def double(x):
    return SCALE[0] * x


def test_globals_defaults_and_functions_that_are_called_are_seen():
    w = Value(1.0)
    settings = {"power": 2}
    program = compile(lambda x, settings=settings: double(w * x) ** settings["power"])
    assert program(1.0) == 4.0
    SCALE[0] = 3.0
    assert program(1.0) == 9.0
    settings["power"] = 3
    assert program(1.0) == 27.0
    SCALE[0] = 2.0
    assert program(1.0) == 8.0


def test_a_dict_with_other_keys_is_seen():
    w, settings = Value(3.0), {"squared": True}
    program = compile(lambda x: (w * x) ** 2 if "squared" in settings else w * x)
    assert program(2.0) == 36.0
    del settings["squared"]
    settings["plain"] = True
    assert program(2.0) == 6.0
    assert "traced again: a key of a dict was 'squared', and is 'plain' now" in program.explain()
    settings["more"] = 0.0
    assert program(2.0) == 6.0
    assert "a dict has 2 items now, not 1" in program.explain()


class WithSlots:
    __slots__ = ("gain", "scale")


@pytest.mark.parametrize("make", [types.SimpleNamespace, WithSlots, lambda: type("Plain", (), {})])
def test_an_attribute_of_another_name_is_seen(make):
    settings = make()
    settings.scale = 2.0
    program = compile(lambda x: x * getattr(settings, "scale", 1.0))
    assert program(3.0) == 6.0
    settings.gain = settings.scale
    del settings.scale
    assert program(3.0) == 3.0
    assert "traced again: the name of an attribute of " in program.explain()
    settings.gain = 5.0
    assert program(3.0) == 3.0
    assert ".gain was 2.0, and is 5.0 now" in program.explain()


FACTORS = {"dict": 2.0}


@pytest.mark.parametrize("form", ["one", "many", "irregular"])
def test_what_an_op_of_one_s_own_depends_on_is_seen(form):
    settings = types.SimpleNamespace(factor=2.0)

    def factor():
        return settings.factor * FACTORS["dict"]

    scaled = primitive(f"scaled {form}", lambda x: factor() * x, lambda out, x: (factor(),))
    slope = primitive(f"slope {form}", math.sin, lambda out, x: (settings.factor * cos(x),))
    del table[scaled.name], table[slope.name]  # for other tests, which look at all of it
    w = Value(1.5)

    def once(x):
        return scaled(slope(w * x))

    def irregular(x):
        y = w * x
        for i in range(40):
            y = scaled(y) * 0.3 + (slope(y) if i % 3 else y.tanh())
        return y

    many = lambda x: total([once(x + i) for i in range(60)])  # noqa: E731
    loss = {"one": once, "many": many, "irregular": irregular}[form]
    program = compile(loss)
    for settings.factor, FACTORS["dict"] in ((2.0, 1.0), (0.5, 1.0), (0.5, 3.0)):
        w.grad = 0.0
        loss(0.7).backward()
        value, [gradient] = program.value_and_grad(0.7)
        assert (value, gradient) == pytest.approx((loss(0.7).data, w.grad), rel=1e-12)


def test_what_the_methods_of_an_object_name_is_seen(monkeypatch):
    settings = types.ModuleType("settings")
    settings.scale = 1.0
    monkeypatch.setitem(globals(), "settings", settings)

    class Line:
        offset = 0.0

        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x * settings.scale + self.offset + self.slope

        @property
        def slope(self):
            return settings.extra

    settings.extra = 0.0
    line = Line()
    program = compile(lambda x: line(x))
    assert program(1.0) == 2.0
    settings.scale = 3.0  # of a module
    assert program(1.0) == 6.0
    Line.offset = 10.0  # of the class
    assert program(1.0) == 16.0
    settings.extra = 100.0  # that a property names
    assert program(1.0) == 116.0
    assert program(2.0) == 122.0 and program.traces == 4


def test_libraries_that_methods_name_are_not_searched():
    pytest.importorskip("matplotlib")
    from matplotlib import pyplot
    from matplotlib.pyplot import plot

    class Line:
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x

        def show(self):
            pyplot.figure()
            return plot([0.0, self.w.data]), random.gauss(0.0, 1.0), math.tau, np.linalg.norm([1.0])

    line = Line()
    program = compile(lambda x: line(x))
    assert program(1.0) == 2.0
    assert len(program.program.surroundings.seen) < 20


def test_what_is_behind_a_weak_reference_is_seen_and_not_kept_alive():
    class Line:
        def __init__(self):
            self.w, self.offset = Value(2.0), 0.0

    line = Line()
    seen = weakref.ref(line)
    program = compile(lambda x: seen().w * x + seen().offset)
    assert program(1.0) == 2.0
    line.offset = 10.0
    assert program(1.0) == 12.0
    del line
    assert seen() is None
    with pytest.raises(AttributeError):
        program(1.0)


class Settings:
    rate = 2.0


class Doubling(nn.Module):
    factor = 1.0

    def __init__(self):
        self.w = Value(1.0)

    def forward(self, x):
        return self.scaled(self.w * x) * self.factor

    @staticmethod
    def scaled(y):
        return y * SCALE[0]


def test_what_a_class_holds_and_what_its_methods_name_is_seen(monkeypatch):
    model, w = Doubling(), Value(1.0)
    bound, inside = compile(model), compile(lambda x: model(x) * Settings.rate * w)
    assert (bound(1.0), inside(1.0)) == (2.0, 4.0)
    monkeypatch.setattr(Settings, "rate", 3.0)
    monkeypatch.setattr(Doubling, "factor", 10.0)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", [5.0])
    assert (bound(1.0), inside(1.0)) == (50.0, 150.0)


config = types.ModuleType("config")
config.rate = 2.0


def test_what_is_named_of_a_module_is_seen(monkeypatch):
    w = Value(1.0)
    program = compile(lambda x: w * x * config.rate)
    assert program(1.0) == 2.0
    monkeypatch.setattr(config, "rate", 3.0)
    assert program(1.0) == 3.0


def test_an_array_that_changes_in_place_is_seen():
    data, w = np.array([1.0, 2.0]), Value(1.0)
    program = compile(lambda: sum(w * x for x in data.tolist()))
    assert program() == 3.0
    data[1] = 5.0
    assert program() == 6.0
