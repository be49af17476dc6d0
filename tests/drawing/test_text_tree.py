"""The text tree: complete for small graphs, bounded for all."""

from autograd import Value, draw, log, where
from autograd import sum as total


def test_each_node_stands_above_its_operands():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + 10
    loss.label = "loss"
    loss.backward()
    assert draw(loss).tree.splitlines() == [
        "loss [+] = 4, grad 1",
        "├─ × = −6, grad 1   ∂ 1",
        "│  ├─ a = 2, grad −3   ∂ −3",
        "│  └─ b = −3, grad 2   ∂ 2",
        "└─ constant 10   ∂ 1",
    ]


def test_what_is_used_again_is_written_once_and_referred_to():
    x = Value(2.0, label="x")
    square = x * x
    assert draw(square + square).tree.splitlines() == [
        "+ = 8, grad 0",
        "├─ × = 4, grad 0   ∂ 1   (1)",
        "│  ├─ x = 2, grad 0   ∂ 2   (2)",
        "│  └─ x: see (2)   ∂ 2",
        "└─ ×: see (1)   ∂ 1",
    ]


def test_a_missing_edge_is_named():
    x = Value(0.0, label="x")
    tree = draw(where(False, log(x), x)).tree
    assert "log = −inf, grad 0   no edge" in tree


def test_a_doubling_graph_stays_linear():
    y = Value(1.0)
    for _ in range(20):  # 2²⁰ paths
        y = y + y
    assert len(draw(y).tree.splitlines()) == 41


def test_depth_is_bounded_and_says_so():
    y = Value(1.0)
    for _ in range(100):
        y = y.tanh()
    lines = draw(y).tree.splitlines()
    assert len(lines) == 25
    assert lines[-1].endswith("… 1 operand below, not shown")


def test_breadth_is_bounded_and_says_so():
    lines = draw(total([Value(1.0) for _ in range(1999)]), max_nodes=2000).tree.splitlines()
    assert "only the first 200 lines" in lines[-1]
    assert len(lines) < 250


def test_exactly_as_many_lines_as_fit_are_all_shown():
    lines = draw(total([Value(1.0) for _ in range(199)])).tree.splitlines()
    assert len(lines) == 200
    assert lines[-1].startswith("└─ ")
