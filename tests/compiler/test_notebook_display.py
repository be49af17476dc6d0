"""What a notebook shows of a compiled function: what became of its nodes, and the program."""

import re

import autograd
from autograd import Value, compile
from autograd.compiler.display import MOST_LINES


def hinge(w):
    def hinge(x):
        return autograd.sum([a * b for a, b in zip(w, x, strict=True)]).tanh()

    return hinge


def test_before_the_first_call_there_is_no_program_to_show():
    compiled = compile(hinge([Value(1.0)]))
    assert compiled._repr_mimebundle_() == {"text/plain": "<compiled hinge: 0 programs>"}


def test_then_there_are_explanation_and_source():
    compiled = compile(hinge([Value(1.0), Value(float("nan"), label="<b>")]))
    compiled([1.0, 2.0])
    for shown in (compiled, compiled.program):
        bundle = shown._repr_mimebundle_(include=None, exclude=None)
        assert bundle["text/plain"] == f"{shown!r}\n{shown.explain()}"
        assert "def program(" in bundle["text/html"]
        assert not re.search(r"0x[0-9a-f]{6,}", "".join(bundle.values()))
    assert repr(compiled) == "<compiled hinge: 1 program>"
    assert repr(compiled.program) == "<program: 8 nodes, 2 parameters, 2 inputs>"


def test_what_is_no_name_in_html_is_text():
    w = Value(1.0)
    compiled = compile(lambda x: w * x)
    compiled(2.0)
    assert "<lambda>" not in compiled._repr_mimebundle_()["text/html"]


def test_of_a_long_program_the_beginning_is_shown():
    w = [Value(0.1 * i) for i in range(300)]
    compiled = compile(hinge(w), form="scalars")
    compiled([1.0] * 300)
    assert compiled.source.count("\n") > MOST_LINES
    text = compiled._repr_mimebundle_()["text/html"]
    assert text.count("\n") < MOST_LINES + 20
    assert "more lines: print(" in text
