"""What the first call costs besides the program: memory, the collector, the graph."""

import gc
import random
import subprocess
import sys
import tracemalloc

import autograd.compiler
from autograd import Value, compile
from autograd.compiler.emit import Emitter
from tests.compiler.programs import by_zip, matrix, vector


def test_the_collector_rests_and_is_as_before(monkeypatch):
    seen = []

    def noting(function):
        def noted(*args, **options):
            seen.append(gc.isenabled())
            return function(*args, **options)

        return noted

    for name in ("trace", "Program", "verify"):
        monkeypatch.setattr(autograd.compiler, name, noting(getattr(autograd.compiler, name)))
    w = Value(2.0)
    assert gc.isenabled()
    compile(lambda x: w * x)(3.0)
    assert seen == [False, False, False]
    assert gc.isenabled()


def test_the_graph_is_freed_before_there_is_a_program(monkeypatch):
    counts = []

    class Noted(autograd.compiler.Program):
        def __init__(self, *args, **options):
            counts.append(sys.getrefcount(w))  # each node that uses w refers to it
            super().__init__(*args, **options)

    monkeypatch.setattr(autograd.compiler, "Program", Noted)
    w = Value(2.0)
    before = sys.getrefcount(w)
    compile(lambda xs: sum(w * x for x in xs))([0.1] * 1000)
    assert counts
    assert counts[0] < before + 10


def emitters():
    return [thing for thing in gc.get_objects() if type(thing) is Emitter]


def test_nothing_is_left_of_the_schedule_that_was_not_chosen():
    """Without waiting for the collector, which rests while a program is made."""
    W, b = matrix(4, 4, random.Random(0)), vector(4, random.Random(0))

    def loss(X):  # with a penalty, which can be computed first or last
        outputs = [by_zip(W, b, [v.tanh() for v in by_zip(W, b, x)]) for x in X]
        return sum(v.tanh() for output in outputs for v in output) + sum(
            w.exp() for row in W for w in row
        )

    program = compile(loss, form="arrays")
    before = emitters()  # of other programs; held, so that none can take the place of another
    gc.disable()
    try:
        program([[0.1, 0.2, 0.3, 0.4]] * 4)
        new = [e for e in emitters() if not any(e is old for old in before)]
    finally:
        gc.enable()
    assert new == [program.program.code.emitter]


def test_memory_beyond_the_graph():
    """At most 150 bytes a node; 1,000,000 nodes then take less than 300 MB, graph and all."""
    rng = random.Random(0)
    layers = [(matrix(16, n, rng), vector(16, rng)) for n in (2, 16)]

    def loss(X):
        outputs = []
        for x in X:
            for W, b in layers:
                x = [v.relu() for v in by_zip(W, b, x)]
            outputs += x
        return sum(outputs)

    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(170)]
    compile(loss)(X)  # what is imported and cached once does not count
    gc.collect()  # nor do nodes' places that are there already
    tracemalloc.start()
    try:
        root = loss(X)
        graph = tracemalloc.get_traced_memory()[0]
        del root
        tracemalloc.reset_peak()
        program = compile(loss)
        program(X)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    nodes = program.program.nodes
    assert nodes > 100_000
    assert (peak - graph) / nodes < 150, (peak - graph) / nodes


def test_a_first_program_does_not_import_what_it_does_not_need():
    script = (
        "import sys; from autograd import Value, compile; w = [Value(1.0)] * 8; "
        "compile(lambda X: sum(sum(a * b for a, b in zip(w, x)) for x in X), form='arrays')"
        "([[0.1] * 8] * 8); print('numpy.ma' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stdout + done.stderr
