"""Where things stand in a picture: a chain in a row, time steps one after the other."""

import itertools
import re

import pytest
from pictures import groups

from autograd import Value, dot, draw, scoped, tanh
from autograd import sum as total


def extent(group, axis):
    """The smallest and the largest coordinate of a group's outline."""
    outline = next(e for e in group if e.tag.endswith(("}path", "}polygon")))
    points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", outline.get("d") or outline.get("points"))
    along = [float(point["xy".index(axis)]) for point in points]
    return min(along), max(along)


def middle(group, axis):
    return sum(extent(group, axis)) / 2


@pytest.mark.parametrize("length", [10, 80])  # with numbers on the edges, and too many for them
def test_a_chain_stands_in_one_row_whatever_constants_come_in(length):
    y = Value(0.5)
    for _ in range(length):
        y = (y * 1.1).tanh()
    nodes = groups(draw(y).svg, "node")
    ops = [node for node in nodes if node.find("{*}title").text[0] in "×t"]
    assert len(ops) == 2 * length
    heights = [middle(node, "y") for node in ops]
    assert max(heights) - min(heights) < 20


def test_time_steps_stand_side_by_side_even_if_there_are_many_edges():
    w = [[Value(0.1 * i - 0.2 * j) for i in range(5)] for j in range(5)]

    def step(h):
        return [tanh(dot(row, h)) for row in w]

    h = [Value(0.1)] * 5
    for t in range(4):
        h = scoped(f"t={t}", step, h)
    drawing = draw(total(h))
    assert len(drawing.scene.edges) > 120  # beyond, edges have no numbers
    steps = sorted(extent(cluster, "x") for cluster in groups(drawing.svg, "cluster"))
    assert len(steps) == 4
    for (_, end), (start, _) in itertools.pairwise(steps):
        assert end < start
