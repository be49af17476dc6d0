"""Stage 5: topological order and depth.

A node may pass its gradient on only when it is *complete*: after all nodes that use it have
added their shares. Take

    b = 2 * a
    c = b + 1
    y = b * c            b is used by y AND by c

Going down from y: c must come before b, else b passes on a gradient that c's share is still
missing from. An order in which every node stands after its operands is called topological,
and its reverse is what backward() needs. The classic way to get it is a depth-first walk:

    visit(node):  if node was not visited yet:
                      mark it visited;  visit each operand;  then append node to the order

Then ``for node in reversed(order)`` everybody is complete when their turn comes.

Written as a recursive function, this breaks at a depth of about 1,000: Python's limit. A loop
of 1,000 additions is that deep! With a list as your own stack there is no limit:

    stack = [(root, False)]
    pop (node, operands_done): if operands_done, append node to the order; else, unless
    visited, push (node, True) and then (operand, False) for each operand.
"""

from .hints import difference_quotients, expect, patience

ORDER = (
    "a node passed its gradient on before all its users had added their shares. Process nodes "
    "in the reverse of a topological order (operands before results), not as a plain walk "
    "down from the result meets them."
)


def test_a_node_waits_for_all_its_users(Value):
    a = Value(3.0)
    b = 2 * a
    c = b + 1
    y = b * c
    y.backward()
    expect(b.grad, 13.0, ORDER + " b gets c from y, and b by way of c: 7 + 6.")
    expect(a.grad, 26.0, ORDER)


def test_and_whichever_operand_comes_first(Value):
    a = Value(3.0)
    b = 2 * a
    c = b + 1
    y = c * b
    y.backward()
    expect(a.grad, 26.0, ORDER)


def test_one_short_and_one_long_way_down(Value):
    a = Value(1.5)
    b = a * 4
    long_way = ((b + 1) * 2 - 3) * 5
    y = long_way + b * 100
    y.backward()
    expect(a.grad, 440.0, ORDER + " b gets 10 by the long way and 100 by the short one.")


def test_diamond_upon_diamond(Value):
    def f(a):
        b = a * 1.1
        c = (b + 2) * b
        d = (c - 3) * (b + c)
        return d * (c + d) + b

    a = Value(0.9)
    f(a).backward()
    (slope,) = difference_quotients(f, 0.9)
    expect(a.grad, slope, ORDER, tolerance=1e-6)


def test_two_nodes_with_the_same_number_are_two_nodes(Value):
    a = Value(2.0)
    b = Value(4.0)
    c = a * 3
    d = b + 2
    y = c * 10 + d * 7
    y.backward()
    merged = (
        "c and d are both 6.0, and one of them was taken for the other. `in` compares with "
        "__eq__: a node is known by being the same object, so mark nodes by id(node) or do not "
        "define __eq__ (dataclasses do)."
    )
    expect(a.grad, 30.0, ORDER, if_got={0.0: merged})
    expect(b.grad, 7.0, ORDER, if_got={0.0: merged})


def test_a_ladder_takes_one_step_per_node(Value):
    x = Value(1.0)
    y = x
    for _ in range(40):
        y = y + y
    paths = (
        "40 additions, but 2⁴⁰ paths from y down to x, and your backward walks each of them. "
        "Visit each node once: gather all shares in a node first (topological order), then pass "
        "on the sum."
    )
    with patience(200_000, paths):
        y.backward()
    expect(x.grad, 2.0**40, "each rung doubles the gradient.")


def test_a_sum_of_a_thousand_terms(Value):
    terms = [Value(float(i)) for i in range(1_000)]
    total = sum(terms)
    total.backward()
    expect(terms[0].grad, 1.0, "the first term lies 1,000 additions deep.")
    expect(terms[-1].grad, 1.0, "the last term lies at the top.")


def test_a_chain_of_ten_thousand(Value):
    x = Value(1.0)
    y = x
    for _ in range(10_000):
        y = y + x
    y.backward()
    expect(x.grad, 10_001.0, "x is used 10,001 times.")


def test_a_chain_of_a_hundred_thousand(Value):
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + x
    y.backward()
    expect(x.grad, 100_001.0, "x is used 100,001 times.")
