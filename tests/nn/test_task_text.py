"""Texts and their classes, how they become numbers, opinions from templates, steps on batches."""

from collections import Counter

import pytest

import nn
from autograd import Value, no_grad
from nn import charts, plots
from nn.corpora.make_functions import MODULES, functions_in
from nn.opinions import filled, templates_and_words
from nn.tasks import tasks
from nn.tasks.steps import Steps
from nn.tasks.text import softmax, verdict
from nn.tasks.text_problems import OpinionReader, docstrings, names, sentiment, words

PROBLEMS = {"names": names, "docstrings": docstrings, "sentiment": sentiment}


@pytest.mark.parametrize("kind", PROBLEMS)
def test_no_text_is_both_trained_on_and_held_out(kind):
    problem = PROBLEMS[kind](1, False)
    train, test = ([text for text, _ in part] for part in (problem.train, problem.test))
    assert not set(train) & set(test)
    assert len(set(train)) == len(train) > 4 * len(test) - 4
    assert {label for _, label in problem.test} == set(range(len(problem.classes)))
    assert problem.test == PROBLEMS[kind](2, False).test  # whatever the seed


@pytest.mark.parametrize("kind", PROBLEMS)
def test_all_texts_become_numbers_of_one_shape(kind):
    problem = PROBLEMS[kind](1, True)
    samples = [problem.encode(text) for text, _ in problem.train + problem.test]
    assert len({tuple(map(len, sample)) for sample in samples}) == 1
    with no_grad():
        assert len(problem.model(*samples[0])) == len(problem.classes)


def test_a_name_has_blanks_around_it():
    (numbers,) = names(1, True).encode("read")
    assert numbers[0] == 0 and 0 not in numbers[1:5] and set(numbers[5:]) == {0}


def test_words_that_training_did_not_show_are_not_counted():
    encode = docstrings(1, False).encode
    assert encode("Return the qwertyuiop.") == encode("Return the.")
    (numbers,) = encode("qwertyuiop")
    assert set(numbers) == {0.0}
    (numbers,) = encode("return RETURN return, return")
    assert sum(numbers) == pytest.approx(2.0)  # 4 over the root of 4


def test_functions_are_read_from_source_without_those_that_are_private():
    source = "def _a(): pass\nclass B:\n    def c(self):\n        '''D  e.\n\n        F'''\n"
    assert list(functions_in(source + "async def g(): pass")) == [("g", ""), ("c", "D e.")]
    functions = nn.load_functions()
    assert {module for module, _, _ in functions} == set(MODULES)
    assert functions == sorted(set(functions))
    assert not [name for _, name, _ in functions if name.startswith("_")]


def test_opinions_are_different_and_half_of_them_praise():
    sentences, praise = nn.make_opinions(640, rng=0)
    assert len(set(sentences)) == 640 and sum(praise) == 320
    assert (sentences, praise) == nn.make_opinions(640, rng=0)
    with pytest.raises(ValueError, match="there are"):
        nn.make_opinions(1_000_000)
    with pytest.raises(ValueError, match="must be an int"):
        nn.make_opinions(0)


def test_templates_turn_into_their_opposites_when_good_and_bad_change_places():
    templates, choices = templates_and_words()
    known = dict(templates)
    for template, praise in templates:
        opposite = template.replace("{good}", "{x}").replace("{bad}", "{good}")
        assert known[opposite.replace("{x}", "{bad}")] == 1 - praise
    assert not set(choices["good"]) & set(choices["bad"])
    assert "{" not in " ".join(filled(templates[0][0], choices))


def test_padding_does_not_change_what_is_read_from_a_sentence():
    model = OpinionReader(5, rng=0)
    with no_grad():
        short = model([1, 2], [1.0, 1.0])
        padded = model([1, 2, 4], [1.0, 1.0, 0.0])
    assert [v.item() for v in padded] == pytest.approx([v.item() for v in short])


def test_steps_are_the_same_compiled_and_on_the_graph_of_scalars():
    def trained(compile):
        w = [Value(0.5), Value(-1.0)]

        def loss(x, target):
            output = w[0] * x + w[1]
            return (output - target) ** 2, [output]

        steps = Steps(loss, nn.SGD(w, lr=0.1), compile)
        with steps:
            losses = [steps([1.0, 2.0], [0.0, 1.0]) for _ in range(3)]
            latest = steps.latest()
        return losses, latest, steps.outputs([3.0, 4.0], [0.0, 0.0]), [v.data for v in w]

    compiled, eager = trained(True), trained(False)
    assert compiled[0] == pytest.approx(eager[0]) and compiled[3] == pytest.approx(eager[3])
    for one, other in zip(compiled[1] + compiled[2], eager[1] + eager[2], strict=True):
        assert one == pytest.approx(other)
    assert eager[0][0] == pytest.approx(((0.5 - 1.0) ** 2 + (1.0 - 1.0 - 1.0) ** 2) / 2)


def test_the_verdict_says_where_a_simpler_method_is_better():
    assert "is better: b" in verdict(0.6, {"a": 0.5, "b": 0.8}, 400)
    assert "does as well: a" in verdict(0.6, {"a": 0.61}, 400)
    assert "No simpler method" in verdict(0.9, {"a": 0.61}, 400)


def test_the_confusion_matrix_has_the_measured_accuracy_on_its_diagonal(monkeypatch):
    pytest.importorskip("sklearn")
    drawn, confusion = [], plots.confusion

    def noted(matrix, *rest):
        drawn.append(matrix)
        return confusion(matrix, *rest)

    monkeypatch.setattr(plots, "confusion", noted)
    task = tasks()["text"]
    options = task.options(model="docstrings", quick=True, epochs=20)
    report = task.run(options)
    [matrix] = drawn
    right = sum(row[k] for k, row in enumerate(matrix))
    assert right == report.measured["held-out accuracy"] * sum(map(sum, matrix)) > 0
    predicted = [sum(column) for column in zip(*matrix, strict=True)]
    assert sum(count > 0 for count in predicted) > 2


def test_softmax_and_words_of_plain_things():
    assert softmax([1000.0, 1000.0]) == [0.5, 0.5]
    assert Counter(words("A-b, a!")) == {"a": 2, "b": 1}


def test_a_heatmap_may_have_texts_in_its_cells():
    numbers, cells = [[1.0, -0.1], [0.0, 0.5]], [["far", "near$"], ["", "half"]]
    picture = charts.heatmap(numbers, ["a", "b"], ["c", "d"], "x", signed=True, cells=cells)
    written = {text.get_text(): text.get_color() for text in picture.figure.axes[0].texts}
    assert written == {"far": "white", "near\\$": "black", "": "black", "half": "black"}
