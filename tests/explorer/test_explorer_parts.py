"""What can be folded is a tree of definite parts; formulas are read off the table's rules."""

import pytest

from autograd import Value, dot, explore, scoped, tanh
from autograd import sum as total
from autograd.explorer.symbols import formula
from autograd.primitives import pow_constant, table


def parts_of(root, **options):
    """Parts as paths of names, and how many results are directly in each."""
    graph = explore(root, **options).snapshot
    paths = []
    for name, _, outer in graph["parts"]:
        paths.append(f"{paths[outer]} / {name}" if outer >= 0 else name)
    return paths


def unrolled(steps):
    w, h = Value(0.9, label="w"), Value(0.5)
    for t in range(steps):
        h = scoped(f"t={t}", lambda h: tanh(w * h), h)
    return h


def test_each_call_of_a_scope_is_a_part_in_what_called_it():
    y = scoped("outer", lambda x: scoped("inner", tanh, x) * 2.0, Value(1.0))
    assert parts_of(y) == ["outer", "outer / inner"]


def test_calls_of_one_name_are_told_apart():
    y = scoped("cell", tanh, scoped("cell", tanh, Value(1.0)))
    assert parts_of(y) == ["cell #1", "cell #2"]


def test_many_steps_are_ranges_of_ranges_in_order():
    paths = parts_of(unrolled(400))
    assert paths[:2] == ["t=0 … t=49", "t=0 … t=49 / t=0 … t=4"]
    assert "t=350 … t=399 / t=395 … t=399 / t=399" in paths
    assert sum(path.count("/") == 2 for path in paths) == 400


def test_many_nodes_without_scopes_are_put_together_where_they_are_alike():
    root = total([tanh(Value(0.01 * i) * 2.0) for i in range(200)])
    assert {"×", "tanh"} <= set(parts_of(root))
    assert parts_of(total([Value(1.0) * 2.0 for _ in range(20)])) == []  # few are drawn


def test_no_part_holds_so_much_that_unfolding_it_would_be_of_no_use():
    root = total([tanh(Value(0.01 * i) * 2.0) for i in range(3000)])
    graph = explore(root).snapshot
    inner = [outer for _, _, outer in graph["parts"]]
    assert max(inner.count(part) for part in range(-1, len(inner))) <= 24


def test_a_part_to_unfold_is_that_of_the_value():
    steps = []
    h = Value(0.5)
    for t in range(40):
        h = scoped(f"t={t}", tanh, h)
        steps.append(h)
    graph = explore(h, unfold=steps[17]).snapshot
    (part,) = graph["unfold"]
    assert graph["parts"][part][0] == "t=17"


def test_formulas_and_slopes_come_from_the_entry_itself():
    assert formula(table["/"], 2) == ("{0} / {1}", ["1 / {1}", "−{out} / {1}"])
    assert formula(pow_constant(3.0), 1) == ("{0}³", ["3 · {0}²"])
    assert formula(table["where"], 3) == (
        "{1} if {0} > 0 else {2}",
        [None, "1 if {0} > 0 else 0", "0 if {0} > 0 else 1"],
    )
    assert formula(table["dot"], 5)[0] == "{0} · {2} + {1} · {3} + {4}"


@pytest.mark.parametrize("name", [name for name in table if "example" not in name])
def test_every_entry_can_say_its_formula_and_its_slopes(name):
    for arity in (1, 2, 3):
        try:
            numbers = table[name].partials(table[name].forward(*[0.5] * arity), *[0.5] * arity)
        except TypeError:
            continue  # of another number of operands
        text, slopes = formula(table[name], arity)
        assert text
        assert len(slopes) == arity
        if name not in ("where", "pick"):  # in which numbers say where no edge is
            assert [s is None for s in slopes] == [n is None for n in numbers]


def test_a_node_of_very_many_operands_is_abbreviated():
    xs = [Value(1.0) for _ in range(50)]
    text, partials = formula(dot(xs, xs).primitive, 100)
    assert text == "{0} · {50} + {1} · {51} + … + {48} · {98} + {49} · {99}"
    assert partials == []
