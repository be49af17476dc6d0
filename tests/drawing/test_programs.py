"""A compiled program can be drawn: one box for what is computed at once."""

import pytest

import autograd
from tests.compiler.programs import classifier, irregular


def drawn(model, **options):
    loss, args = model()
    program = autograd.compile(loss, **options)
    program(*args)
    return program, autograd.draw(program, title="a program")


def test_each_group_is_a_box_and_matrix_products_stand_out():
    program, picture = drawn(classifier, form="arrays")
    groups = program.program.code.emitter.groups
    assert len(picture.scene.folds) == len(groups) + 2  # parameters, arguments
    marked = [fold for fold in picture.scene.folds if fold.is_marked]
    assert [fold.about[0] for fold in marked] == ["7 × 6 numbers", "7 × 4 numbers"]
    assert [fold.is_output for fold in picture.scene.folds].count(True) == 1
    assert "7 × 4 numbers" in str(picture)


def test_every_box_but_the_loss_is_used_and_every_computed_one_uses_something():
    _, picture = drawn(classifier, form="arrays")
    edges = picture.scene.edges
    folds = picture.scene.folds
    assert {e.source for e in edges} == {f.id for f in folds if not f.is_output}
    assert {e.target for e in edges} == {f.id for f in folds if f.kind == "ops"}


def test_the_legend_speaks_of_arrays_not_of_gradients():
    _, picture = drawn(classifier, form="arrays")
    assert "matrix product" in picture.dot
    assert "backward()" not in picture.dot
    assert "local derivatives" not in picture.dot


def test_a_program_of_scalar_lines_has_no_arrays_to_show():
    with pytest.raises(ValueError, match='form="arrays"'):
        drawn(irregular)


def test_a_program_has_to_be_there():
    with pytest.raises(RuntimeError, match="call the function once"):
        autograd.draw(autograd.compile(lambda x: x))


def test_a_symbol_with_a_newline_stays_on_its_line():
    name = "odd (of a test)"
    odd = autograd.primitive(
        name, lambda x: x * x, lambda out, x: (2.0 * x,), array=lambda np, x: x * x, symbol="a\n<b>"
    )
    try:
        weights = [autograd.Value(1.0) for _ in range(5)]
        program = autograd.compile(lambda x: sum(odd(w * x) for w in weights), form="arrays")
        program(2.0)
        picture = autograd.draw(program)
    finally:
        del autograd.primitives.table[name]
    assert len(str(picture).split("\n")) == 1 + len(picture.scene.folds)
    assert "<b>" not in picture.dot.replace("<B>", "")
