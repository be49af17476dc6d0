"""Scopes are clusters; leaves that several of them use are drawn in each."""

import pytest
from pictures import Layer, Network, groups, texts

from autograd import Value, draw, scoped, tanh
from autograd import sum as total


def where_drawn(drawing):
    """(name or symbol, path of its cluster) of every box, sorted."""
    clusters = {cluster.id: cluster for cluster in drawing.scene.clusters}

    def path(cluster_id):
        names = []
        while cluster_id is not None:
            names.append(clusters[cluster_id].name)
            cluster_id = clusters[cluster_id].outer
        return "/".join(reversed(names))

    return sorted((node.name or node.symbol, path(node.cluster)) for node in drawing.scene.nodes)


def named(value, name):
    value.label = name
    return value


def test_a_scope_holds_what_lies_between_its_inputs_and_outputs():
    x = Value(1.0, label="x")
    before = named(x * 2, "before")
    inside = scoped("f", lambda v: named(named(v.tanh(), "inside").exp(), "out"), before)
    after = named(inside + 1, "after")
    places = dict(where_drawn(draw(after)))
    assert places["inside"] == places["out"] == "f"
    assert places["before"] == places["x"] == places["after"] == ""


def test_scopes_nest():
    places = dict(where_drawn(draw(Network()(Value(1.0, label="x"), Value(2.0, label="y")))))
    assert places["layers.0.w.0"] == places["layers.0.b"] == "network/layers.0"
    assert places["layers.1.w.0"] == places["dot"] == "network/layers.1"
    assert places["x"] == places["y"] == ""


def test_two_calls_of_one_scope_are_two_clusters():
    y = scoped("f", tanh, scoped("f", tanh, Value(1.0)))
    drawing = draw(y)
    assert [cluster.name for cluster in drawing.scene.clusters] == ["f", "f"]
    assert len(groups(drawing.svg, "cluster")) == 2
    assert texts(drawing.svg).count("f") == 2


def test_a_scope_that_returns_its_input_holds_nothing():
    x = named(Value(1.0) * 2, "x")
    drawing = draw(scoped("identity", lambda v: v, x) + 1)
    assert drawing.scene.clusters == ()


def test_a_value_that_two_scopes_take_from_around_them_is_in_neither():
    shared = named(Value(1.0).exp(), "shared")
    y = scoped("f", lambda: shared * 2) + scoped("g", lambda: shared * 3)
    assert ("shared", "") in where_drawn(draw(y))


def test_a_leaf_used_in_one_cluster_sits_in_it():
    w = Value(2.0, label="w")
    drawing = draw(scoped("f", lambda x: w * x + w, Value(1.0)))
    assert [place for name, place in where_drawn(drawing) if name == "w"] == ["f"]
    assert not any(node.is_ghost for node in drawing.scene.nodes)


def test_a_leaf_shared_by_clusters_has_a_dashed_ghost_in_each():
    layer = Layer(2.0)
    y = total([layer([x], f"sample {x}")[0] for x in (1, 2, 3)])
    y.backward()
    drawing = draw(y)
    assert [place for name, place in where_drawn(drawing) if name == "b"] == [
        "sample 1", "sample 2", "sample 3",
    ]  # fmt: skip
    ghosts = [node for node in drawing.scene.nodes if node.name == "b"]
    assert all(node.is_ghost for node in ghosts)
    assert {node.grad for node in ghosts} == {layer.b.grad}  # each shows the whole gradient
    dashed = [
        g
        for g in groups(drawing.svg, "node")
        if g.find("{*}polygon[@stroke-dasharray]") is not None
    ]
    assert len(dashed) == 6  # b and w, three times each
    assert "copy" in " ".join(texts(drawing.svg))


def test_every_ghost_feeds_only_its_own_cluster():
    layer = Layer(2.0)
    scene = draw(layer(layer([1.0], "one"), "two")[0]).scene
    cluster = {node.id: node.cluster for node in scene.nodes}
    ghosts = {node.id for node in scene.nodes if node.is_ghost}
    assert len(ghosts) == 4
    for edge in scene.edges:
        if edge.source in ghosts:
            assert cluster[edge.source] == cluster[edge.target]


def test_a_leaf_used_in_a_cluster_and_around_it_keeps_an_original_outside():
    w = Value(2.0, label="w")
    drawing = draw(scoped("f", lambda: w * 2) + w)
    copies = sorted(
        (node.cluster is None, node.is_ghost) for node in drawing.scene.nodes if node.name == "w"
    )
    assert copies == [(False, True), (True, False)]


def test_leaves_handed_to_many_scopes_as_arguments_are_shared_too():
    w = Value(2.0, label="w")
    h = Value(0.5)
    for t in range(4):
        h = scoped(f"t{t}", lambda h, w: tanh(h * w), h, w)
    assert [place for name, place in where_drawn(draw(h)) if name == "w"] == [
        "t0",
        "t1",
        "t2",
        "t3",
    ]


def test_a_leaf_used_far_apart_is_drawn_near_each_use():
    w = Value(1.0, label="w")
    y = w.tanh()
    for _ in range(20):
        y = y.tanh()
    drawing = draw(y * w)
    assert [node.is_ghost for node in drawing.scene.nodes if node.name == "w"] == [False, True]


def test_very_many_long_edges_start_from_copies_of_results():
    h = y = named(Value(0.5).tanh(), "h")
    for _ in range(60):
        y = (y * h).tanh()
    drawing = draw(y)
    copies = [node for node in drawing.scene.nodes if node.name == "h"]
    assert [node.is_ghost for node in copies][:2] == [False, True]
    assert {
        edge.target for edge in drawing.scene.edges if edge.source in {n.id for n in copies}
    } == {edge.target for edge in drawing.scene.edges if edge.operand == 1} | {
        next(edge.target for edge in drawing.scene.edges if edge.source == copies[0].id)
    }


def test_scopes_may_be_left_out():
    drawing = draw(Network()(1.0, 2.0), scopes=False)
    assert drawing.scene.clusters == ()
    assert groups(drawing.svg, "cluster") == []


@pytest.mark.parametrize("depth", [60])
def test_deeply_nested_scopes_are_drawn(depth):
    def down(level, x):
        return scoped(f"level {level}", down, level - 1, x * 2) if level else x.tanh()

    assert len(groups(draw(down(depth, Value(1.0))).svg, "cluster")) == depth
