"""What a learner is told when an engine crashes, hangs, or cannot be loaded."""

import math
import sys

import pytest

from .crashes import explain
from .engine import load
from .hints import Hint, expect, patience, time_limit


def crash(program, names):
    """The explanation of what happens when ``program`` is run as a test."""
    source = "def test_it():\n" + "".join(f"    {line}\n" for line in program.splitlines())
    exec(source, names)
    with pytest.raises(Exception) as caught:
        names["test_it"]()
    return explain(caught.value, names["test_it"])


class OnlyAdds:
    """Loses the result of ×, and takes + for granted."""

    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return OnlyAdds(self.data + other.data)

    def __radd__(self, other):
        return other + self

    def __mul__(self, other):
        pass

    def __rsub__(self, other):
        return -self.__sub__(other)

    def __sub__(self, other):
        return self.__rsub__(other)

    def __eq__(self, other):
        return self.data == other.data

    def walk(self):
        return self.walk()


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        ("Value(1.0) + 1", "turn `other` into a Value first"),
        ("Value(1.0) / 2", "Python found no operator for these two"),
        ("(Value(1.0) * Value(2.0)).data", "forget to return its result"),
        ("Value(1.0) * Value(2.0) + 1", "does an operator forget its return?"),
        ("1 - Value(1.0)", "operators that call each other without end"),
        ("Value(1.0).walk()", "walk calls itself once per node"),
        ("{Value(1.0)}", "so that no set or dict can hold its nodes"),
        ("Value(1.0).backward()", "is the name spelt right"),
        ("0.0 ** -1", "For n = 0 the slope is 0 everywhere"),
        ("1.0 / 0.0", "(not n·out/x)"),
        ("math.exp(1000.0)", "catch OverflowError and return math.inf"),
        ("math.log(-1.0)", "outside its domain"),
        ("raise KeyError('a')", "the engine raised this error; --tb=long"),
    ],
)
def test_a_crash_is_explained(program, hint):
    happened, explanation = crash(program, {"Value": OnlyAdds, "math": math})
    assert hint in explanation
    assert "Error" in happened.splitlines()[0]


def test_the_line_of_the_engine_is_shown():
    happened, _ = crash("Value(1.0) + 1", {"Value": OnlyAdds})
    first, place, line = happened.splitlines()
    assert first == "AttributeError: 'int' object has no attribute 'data'"
    assert place.startswith("in __add__, ")
    assert "test_messages.py" in place
    assert line.strip() == "return OnlyAdds(self.data + other.data)"


def test_an_endless_loop_is_stopped():
    def forever():
        while True:
            pass

    with pytest.raises(TimeoutError) as caught, time_limit(0.05):
        forever()
    assert "an endless loop?" in explain(caught.value, forever)[1]


def test_patience_counts_lines_and_ends_quietly_in_time():
    def loop(n):
        while n:
            n -= 1

    with patience(1_000, "too many"):
        loop(100)
    message = r"not done after 1,000 lines of Python\ntoo many"
    with pytest.raises(Hint, match=message), patience(1_000, "too many"):
        loop(1_000)


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (4.0, "should be 7.0, but is 4.0\n`+=`"),
        (5.0, "should be 7.0, but is 5.0\nadd them"),
        (7.0 + 1e-6, "but is 7.000001\nadd them"),
        (math.nan, "but is nan\nadd them"),
        (None, "but is None\na plain number is needed"),
        (7 + 1j, r"a complex number"),
    ],
)
def test_expect_says_what_is_wrong(got, message):
    with pytest.raises(Hint) as caught:
        expect(got, 7.0, "add them", if_got={4.0: "`+=`"})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("got", "wanted"), [(7, 7.0), (7.0 + 1e-12, 7.0), (math.inf, math.inf), (math.nan, math.nan)]
)
def test_expect_accepts_what_is_right(got, wanted):
    expect(got, wanted, "no hint is needed")


def test_next_to_nothing_is_not_nothing():
    with pytest.raises(Hint):
        expect(0.0, 1.7e-17, "the slope is tiny, and not 0")
    expect(1e-12, 0.0, "rounding")


@pytest.fixture
def as_before(monkeypatch):
    """Loading an engine leaves traces: take them away again."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in ("mine", "my_very_own", "engine_under_test_my_very_own"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class Value\n    pass\n", "expected ':'\n  .*mine.py, line 1: class Value"),
        ("x = 1 / 0\n", "ZeroDivisionError: division by zero\n  .*mine.py, line 1: x = 1 / 0"),
        ("class Node: pass\n", r"no class Value there \(it has Node\)"),
        ("x = 1\n", r"no class Value there \(it has no class at all\)"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message(tmp_path, source, message):
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    with pytest.raises(pytest.UsageError, match=message):
        load("mine.py:Value", tmp_path)


@pytest.mark.usefixtures("as_before")
def test_a_path_or_module_that_is_not_there_is_one_message(tmp_path):
    with pytest.raises(pytest.UsageError, match=r"there is no file .*mine\.py; say --engine"):
        load("mine.py:Value", tmp_path)
    with pytest.raises(pytest.UsageError, match=r"No module named 'nowhere'\n  say --engine"):
        load("nowhere.to.be.found:Value", tmp_path)


@pytest.mark.usefixtures("as_before")
def test_an_engine_is_found_by_path_and_by_name(tmp_path):
    (tmp_path / "my_very_own.py").write_text("class Number: pass\nclass Value: pass\n", "utf-8")
    assert load("my_very_own.py:Number", tmp_path).Value.__name__ == "Number"
    assert load("my_very_own:Number", tmp_path).Value.__name__ == "Number"
    assert load("my_very_own", tmp_path).Value.__name__ == "Value"
    assert load(f"{tmp_path / 'my_very_own.py'}:Value", "/").Value.__name__ == "Value"
