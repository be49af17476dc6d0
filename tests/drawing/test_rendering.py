"""Who draws: the pygraphviz wheel, else a system dot, else an error that says what to install."""

import os
import shutil
import stat
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET

import pytest
from pictures import Network

from autograd import Value, draw
from autograd.drawing import RenderError
from autograd.drawing.render import render


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)  # its import raises ImportError


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def fake_dot(monkeypatch, tmp_path):
    """A system ``dot`` that writes down its arguments and answers with an empty SVG."""
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(tmp_path / 'called')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        "text = sys.stdin.read()\n"
        "if 'fail' in text: sys.stderr.write('syntax error'); sys.exit(3)\n"
        'print(\'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>\')\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_the_wheel_renders_without_a_system_dot(no_dot, format, magic):
    assert shutil.which("dot") is None
    assert render("digraph { a -> b }", format).startswith(magic)


def test_the_wheel_comes_first(fake_dot):
    assert b">a</text>" in render("digraph { a [label=a] }", "svg")
    assert not (fake_dot / "called").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a script")
def test_without_the_wheel_the_system_dot_draws(no_pygraphviz, fake_dot):
    assert ET.fromstring(draw(Value(1.0)).svg).tag.endswith("svg")
    assert (fake_dot / "called").read_text() == "-Tsvg"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a script")
def test_what_the_system_dot_complains_of_is_reported(no_pygraphviz, fake_dot):
    with pytest.raises(RenderError, match="code 3: syntax error"):
        render("digraph { fail }", "svg")


def test_without_either_the_error_says_what_to_install(no_pygraphviz, no_dot):
    with pytest.raises(RenderError) as caught:
        draw(Value(1.0)).svg  # noqa: B018
    message = str(caught.value)
    assert "pip install 'pygraphviz>=2'" in message
    assert "graphviz.org/download" in message
    assert ".tree" in message


def test_without_either_dot_source_and_tree_are_still_there(no_pygraphviz, no_dot, tmp_path):
    drawing = draw(Value(1.0, label="x").tanh())
    assert drawing.save(tmp_path / "x.gv").read_text().startswith("digraph")
    assert "x = 1" in drawing.save(tmp_path / "x.txt").read_text()
    with pytest.raises(RenderError):
        drawing.save(tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()


def test_an_error_of_graphviz_is_not_hidden(no_dot):
    with pytest.raises(RenderError, match=r"pygraphviz .* failed"):
        render("digraph { a -> ", "svg")


def test_rendering_is_quiet():
    program = "from autograd import Value, draw; v = Value(1.0) * 2; draw(v).svg; draw(v).svg"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == done.stderr == ""


SMALL_STACK = """
import threading
from autograd import Value, draw
y = Value(1.0)
for _ in range(1999):
    y = y.tanh()
drawing = draw(y, max_nodes=2000)
threading.stack_size(128 << 10)
thread = threading.Thread(target=lambda: print(len(drawing.svg) > 1_000_000))
thread.start()
thread.join()
"""


def test_the_layout_has_room_on_a_thread_with_a_small_stack():
    done = subprocess.run([sys.executable, "-c", SMALL_STACK], capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, b"True")


def test_threads_may_draw_at_once():
    drawings = [draw(Network()(1.0, 2.0)) for _ in range(8)]
    threads = [threading.Thread(target=lambda d=d: d.svg) for d in drawings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({drawing.svg for drawing in drawings}) == 1


PROGRAM = """
from autograd import Value, draw, scoped
xs = [Value(float(i), label=f"x{i}") for i in range(5)]
w = Value(2.0, label="w")
y = sum([scoped(f"s{i}", lambda x: w * x + 1, x) for i, x in enumerate(xs)], Value(0.0))
y.backward()
import sys
sys.stdout.buffer.write((draw(y).dot + draw(y).tree).encode())
y = sum([scoped(f"s{i}", lambda x: (w * x + 1).tanh() * w, x) for x in xs for i in range(99)], w)
y.backward()
for drawing in (draw(y), draw(y, scopes=False), draw(y, path_from=w), draw(y, worst=3)):
    sys.stdout.buffer.write((drawing.dot + drawing.tree).encode())
"""


def test_the_same_program_gives_the_same_bytes_whatever_the_hash_seed():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "12345")
    ]  # fmt: skip
    assert outputs[0].startswith(b"digraph")
    assert len(set(outputs)) == 1
