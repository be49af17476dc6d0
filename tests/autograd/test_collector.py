"""The garbage collector does not visit nodes, as long as no node can lead back to itself.

Each test runs in a process of its own: what it makes changes the rest of the process.
"""

import re
import signal
import subprocess
import sys
import textwrap

import pytest

from autograd import collector, untracking

PREAMBLE = """
import functools, gc, weakref
import autograd
from autograd import Value, collector, untracking
untracking.MANY = 1  # in pure Python, few nodes are not hidden

class Owner:
    "Something whose end can be observed, which a Value's cannot."
"""


def run(program):
    """What a program prints."""
    source = PREAMBLE + "import nn\n" * ("nn." in program) + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")  # a callback's errors are only printed
    return done.stdout.strip()


def nodes_are_seen_after(made):
    """By a full collection, before which pure Python hides nodes."""
    node = "x = Value(2.0)\ny = x * x + 1\ngc.collect()"
    return run(f"{made}\n{node}\nprint(gc.is_tracked(y))")


LOADED_AGAIN = """
import importlib
Value(1.0).register_hook(lambda grad: None)
importlib.reload(autograd)
"""
ATTRIBUTE = """
f = lambda x: 2 * x
f.seen = []
autograd.primitive("f", f, lambda out, x: (2.0,))
"""


@pytest.mark.skipif(collector.hider is None, reason="here it visits all objects")
@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("nothing", ""),
        ("plain functions", "autograd.primitive('twice', lambda x: 2 * x, lambda out, x: (2.0,))"),
        ("a number", "autograd.leaky_relu(Value(1.0), 0.3) ** 2.5"),
        ("a label", "Value(1.0, label='x')"),
        ("no module", "autograd.scoped('part', lambda x: x * x, Value(1.0))"),
    ],
)
def test_nodes_are_hidden_while_nothing_leads_back(what, made):
    assert nodes_are_seen_after(made) == "False"


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("a hook", "Value(1.0).register_hook(lambda grad: None)"),
        ("a module", "nn.Linear(1, 1)([1.0])"),
        ("a hook, before autograd was loaded again", LOADED_AGAIN),
        ("an attribute", ATTRIBUTE),
        ("a bound method", "autograd.primitive('f', [].count, lambda out, x: (1.0,))"),
        ("a checkpoint", "autograd.checkpoint(lambda x: x * x, Value(1.0))"),
    ],
)
def test_nodes_are_seen_once_something_may_lead_back(what, made):
    assert nodes_are_seen_after(made) == "True"


# Cycles that users make. Each ends with the owner out of reach, and the collector's turn.
CYCLES = {
    "a hook that holds its own node's result": """
        x = Value(2.0)
        y = x * x
        x.register_hook(lambda grad: (owner, y) and None)
    """,
    "a hook that holds what is computed later": """
        x = Value(2.0)
        x.register_hook(lambda grad: (owner, y) and None)
        y = x * x
    """,
    "a hook that holds what is computed later from what was hidden before": """
        x = Value(2.0)
        h = x * x
        x.register_hook(lambda grad: (owner, y) and None)
        y = h * 3
        del x, h
    """,
    "a long chain that was hidden": """
        x = y = Value(2.0)
        for _ in range(50_000): y = y + 1.0
        x.register_hook(lambda grad: (owner, y) and None)
        del x
    """,
    "a hook with containers in between": """
        x = Value(2.0)
        owner.seen = {"steps": [x * 3 + 1]}
        x.register_hook(functools.partial(lambda o, grad: None, owner))
    """,
    "a hook that has attributes": """
        x = Value(2.0)
        y = x * x
        hook = lambda grad: None
        hook.seen = [owner, y]
        x.register_hook(hook)
    """,
    "a hook on a node in between": """
        x = Value(2.0)
        y = x * x
        z = y.exp()
        y.register_hook(lambda grad: (owner, z) and None)
    """,
    "a module that keeps its output": """
        class Keeps(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(1, 1)
            def forward(self, xs):
                self.kept = [y * 2 for y in self.layer(xs)]
                return self.kept
        owner = Keeps()
        gone = weakref.ref(owner)
        ys = owner([1.0])
        owner.kept += [y * 3 for y in ys]
    """,
    "a primitive that is a method": """
        owner.f = lambda x: 2 * x
        owner.op = autograd.primitive("f", owner.f, lambda out, x, owner=owner: (2.0,))
        del autograd.primitives.table["f"]
        owner.kept = owner.op(Value(1.0)) * 3
    """,
    "a checkpoint that is kept": """
        owner.scale = 2.0
        owner.kept = autograd.checkpoint(lambda x, o=owner: x * o.scale, Value(1.0)) + 1
    """,
}


@pytest.mark.parametrize("what", CYCLES)
def test_cycles_that_users_make_are_collected(what):
    program = "def make():\n    owner = Owner()\n    gone = weakref.ref(owner)\n"
    steps = re.sub(r"^(?=\w)", "gc.collect()\n", textwrap.dedent(CYCLES[what]), flags=re.MULTILINE)
    program += textwrap.indent(steps, "    ")
    program += "    return gone\ngone = make()\ngc.collect()\nprint(gone())"
    assert run(program) == "None"


def test_hooks_that_hold_themselves_or_nothing_yet():
    program = """
        def make():
            def hook(grad):
                return hook and later and None
            Value(1.0).register_hook(hook)
            assert collector.holds_objects(lambda: hook) is False
            later = 1.0
        make()
        print("done")
    """
    assert run(program) == "done"


def test_hooks_that_hold_proxies_of_what_is_gone():
    program = """
        gone = weakref.proxy(Owner())
        remove = Value(1.0).register_hook(lambda grad, gone=gone: None)
        print(collector.holds_objects(lambda gone=gone: None))
    """
    assert run(program) == "True"


@pytest.mark.skipif(collector.hider is untracking, reason="a price of pure Python: see there")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a system without such timers")
def test_ctrl_c_during_a_collection_is_not_lost():
    """Python would print and drop what a callback of the collector raises."""
    program = """
        import signal, time
        gc.disable()
        nodes = [Value(1.0) for _ in range(100_000)]
        others = [[] for _ in range(1_000_000)]
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.005)
            gc.collect()
            time.sleep(10)
        except KeyboardInterrupt:
            print("interrupted")
    """
    assert run(program) == "interrupted"


def test_a_collection_while_python_ends_is_quiet():
    """Then the modules' contents are gone already."""
    program = """
        class Late:
            def __del__(self, collect=gc.collect):
                collect()
                print("collected")
        collector.late, untracking.late = Late(), Late()
    """
    assert run(program) == "collected\ncollected"


@pytest.mark.skipif(collector.hider is not untracking, reason="the compiled build needs neither")
@pytest.mark.parametrize(
    "missing", ["import sys\nsys.modules['ctypes'] = None", "gc.get_objects = lambda: [0] * 10**18"]
)
def test_pure_python_hides_nothing_without_ctypes_or_memory(missing):
    assert nodes_are_seen_after(missing) == "True"


@pytest.mark.skipif(
    collector.hider is not untracking, reason="the compiled build hides all at once"
)
def test_pure_python_hides_nodes_when_there_are_many():
    program = """
        untracking.MANY = 10
        few = [Value(2.0) for _ in range(9)]
        gc.collect()
        before = gc.is_tracked(few[0])
        many = [few[0] * 2]
        gc.collect()
        print(before, gc.is_tracked(few[0]), gc.is_tracked(many[0]))
    """
    assert run(program) == "True False False"


@pytest.mark.skipif(
    collector.hider is not untracking, reason="the compiled build hides all at once"
)
@pytest.mark.parametrize(
    "start", ["threading.Thread(target=wait).start()", "_thread.start_new_thread(wait, ())"]
)
def test_pure_python_takes_nothing_off_the_lists_while_other_threads_run(start):
    """They may be making a tuple, which Python forbids others to hold meanwhile."""
    program = f"""
        import _thread, sys, threading, time
        started, end = threading.Event(), threading.Event()
        def wait():
            started.set()
            end.wait()
        x = Value(2.0)
        {start}
        started.wait()
        gc.collect()
        seen = gc.is_tracked(x)
        end.set()
        while len(sys._current_frames()) > 1:
            time.sleep(0.01)
        gc.collect()
        print(seen, gc.is_tracked(x))
    """
    assert run(program) == "True False"
