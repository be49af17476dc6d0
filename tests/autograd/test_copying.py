"""Copies and pickles: every graph round-trips, and what was shared stays shared."""

import copy
import pickle
import threading

import pytest
from oracles import same_bits

import autograd as ag
from autograd import Value, primitive, topological_order
from autograd.primitives import CONSTANT, LEAF, table

WAYS = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "pickle, protocol 0": lambda x: pickle.loads(pickle.dumps(x, protocol=0)),
    "pickle, pure Python": lambda x: pickle._loads(pickle._dumps(x)),
    "deepcopy": copy.deepcopy,
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def everything():
    """A graph with every kind of node, and its leaves."""
    w, x = Value(0.7, label="w"), Value(-1.2)
    c = Value(2.0, label="c", requires_grad=False)
    h = ag.dot([w, x], [x, c], w * 0.5)
    h.label = "labelled"
    y = ag.where(x, h.log(), h.tanh()) + ag.max([w, x, h]) - (x**3).relu().leaky_relu(0.2)
    y = ag.sum([y, w.sigmoid(), ag.softmax([w, x])[0], y / w, 2**w, x.clip(-1, None), x.elu(0.5)])
    return y, w, x


@each_way
def test_a_graph_round_trips_to_the_bit(way):
    y, w, x = everything()
    y.backward()
    v = way(y)
    for copied, node in zip(topological_order(v), topological_order(y), strict=True):
        assert copied is not node
        assert same_bits(copied.data, node.data)
        assert same_bits(copied.grad, node.grad)
        assert copied.partials == node.partials
        assert copied.primitive is node.primitive  # also those with constants in them
        assert copied.label == node.label
    v.backward()
    y.backward()
    copies = {leaf.label: leaf.grad for leaf in ag.leaves(v)}
    assert copies == {"w": w.grad, "": x.grad}


@each_way
def test_a_copy_is_independent(way):
    x = Value(2.0)
    y = x * x
    z = way(y)
    z.backward()
    assert x.grad == 0.0
    assert z.parents[0] is z.parents[1]


@each_way
def test_roots_and_leaves_keep_what_they_share(way):
    w, x = Value(0.5), Value(2.0)
    h = (w * x).tanh()
    model = {"w": w, "losses": [h * h, h + x], "inside": h, "x": [x, x]}
    copied = way(model)
    first, second = copied["losses"]
    assert first.parents[0] is second.parents[0] is copied["inside"]
    assert copied["inside"].parents[0].parents[0] is copied["w"]
    assert copied["x"][0] is copied["x"][1] is second.parents[1]
    first.backward()
    (h * h).backward()
    assert copied["w"].grad == w.grad


@each_way
def test_leaves_before_and_after_their_root(way):
    x = Value(2.0)
    y = x * 3
    for order in ([x, y], [y, x]):
        a, b = way(order)
        root, leaf = (b, a) if order[0] is x else (a, b)
        assert root.parents[0] is leaf


@each_way
def test_leaves_constants_and_nan(way):
    assert way(Value(2.0, label="x")).label == "x"
    assert way(Value(2.0)).primitive is LEAF
    assert way(Value(2.0).detach()).primitive is CONSTANT
    assert way(Value(float("nan"))).data != 0
    assert same_bits(way(Value(-0.0)).data, -0.0)


def test_a_shallow_copy_shares_its_operands():
    x = Value(2.0)
    y = x * x
    z = copy.copy(y)
    assert z is not y
    assert z.parents == (x, x)
    z.backward()
    assert x.grad == 4.0


@each_way
def test_a_comparison_is_remembered(way):
    x = Value(2.0)
    h = x * 1.0
    y = h * 2 if h > 0 else h * 3
    copied = way(y)
    ag.leaves(copied)[0].data = -1.0
    with pytest.warns(RuntimeWarning, match="frozen"):
        copied.replay()


def chain(length):
    """A path of so many nodes, its leaf, and a node in the middle."""
    x = Value(1.0)
    y = x
    middle = None
    for i in range(length):
        y = y + x if i % 3 else y.relu()
        if i == length // 2:
            middle = y
    return y, x, middle


@pytest.mark.parametrize("way", ["pickle", "deepcopy", "pickle, pure Python"])
def test_deep_graphs_round_trip(way):
    y, x, _ = chain(10_000 if way == "pickle, pure Python" else 100_000)
    z = WAYS[way](y)
    z.backward()
    y.backward()
    assert ag.leaves(z)[0].grad == x.grad
    ag.release(z)


@each_way
def test_deep_nodes_shared_between_roots(way):
    y, x, middle = chain(5_000)
    other = middle * 2
    copied = way([y, other, middle, x])
    assert copied[1].parents[0] is copied[2]
    copied[1].backward()
    other.backward()
    assert copied[3].grad == x.grad


@each_way
def test_a_node_inside_may_be_a_root_of_its_own_afterwards(way):
    y, _, middle = chain(5_000)
    for root in (y, middle, y):
        assert way(root).data == root.data


@each_way
def test_a_pickle_that_fails_half_way_spoils_no_later_one(way):
    class Refuses:
        def __reduce_ex__(self, protocol):
            raise KeyError("no")

    y, x, _ = chain(5_000)
    x.to_record().compared = Refuses()
    with pytest.raises(KeyError):
        way(y)
    x.to_record().compared = None
    assert way(y).data == y.data


def test_pickles_in_threads_do_not_meet():
    graphs = [chain(3_000)[0] for _ in range(4)]
    copies = [None] * 4

    def work(i):
        copies[i] = pickle.loads(pickle.dumps(graphs[i]))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [c.data for c in copies] == [g.data for g in graphs]


def test_primitives_pickle_by_name():
    for entry in table.values():
        assert pickle.loads(pickle.dumps(entry)) is entry
        assert copy.deepcopy(entry) is entry


def test_a_graph_with_an_unknown_primitive_says_what_to_import():
    stranger = primitive("stranger", lambda x: 2.0 * x, lambda out, x: (2.0,))
    pickled = pickle.dumps(stranger(Value(1.0)))
    del table["stranger"]
    with pytest.raises(KeyError, match=r"no primitive named 'stranger'.*imported"):
        pickle.loads(pickled)


def test_hooks_do_not_travel():
    x = Value(2.0)
    x.register_hook(lambda grad: 100.0)  # a lambda could not be pickled
    y = pickle.loads(pickle.dumps(x * 3))
    y.backward()
    assert ag.leaves(y)[0].grad == 3.0
