"""The command ``python -m nn``: reports, options, errors."""

import dataclasses
import html.parser
import os
import re
import signal
import subprocess
import sys

import pytest

import autograd
import nn
import nn.charts
from autograd.drawing import RenderError
from nn.__main__ import main
from nn.report import Report
from nn.tasks import tasks

HOSTILE = "a|b<c>\"</script><script>alert(1)</script>&'"


class Page(html.parser.HTMLParser):
    """Collects a page's tags, addresses and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href")]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def test_moons_writes_one_self_contained_report(tmp_path, capsys):
    assert main(["moons", "--epochs", "3", "--out", str(tmp_path / "new" / "folder")]) == 0
    path = tmp_path / "new" / "folder" / "report.html"
    assert f"report: {path}" in capsys.readouterr().out
    page = Page(path.read_text(encoding="utf-8"))
    for heading in ["Loss and accuracy", "Decision boundary", "graph of one sample", "norms"]:
        assert heading in page.text
    assert "script" not in page.tags
    assert all(a.startswith(("data:", "#")) for a in page.addresses)
    assert "default-src 'none'" in path.read_text(encoding="utf-8")


def test_digits_writes_its_report(tmp_path, capsys):
    pytest.importorskip("sklearn")
    assert main(["digits", "--epochs", "1", "--out", str(tmp_path)]) == 0
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    for heading in ["Predictions on held-out images", "Confusion matrix", "last layer"]:
        assert heading in page.text


def test_a_convolution_reads_digits_too_and_shows_its_kernels(tmp_path, capsys, monkeypatch):
    pytest.importorskip("sklearn")
    X, y = nn.load_digits()
    monkeypatch.setattr("nn.tasks.digits.load_digits", lambda: (X[:100], y[:100]))
    assert main(["digits", "--model", "cnn", "--epochs", "1", "--out", str(tmp_path)]) == 0
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    for heading in ["A convolution of 8 and 16 channels", "What the first convolution looks for"]:
        assert heading in page.text
    assert "From the 64 hidden activations" in page.text


def test_a_model_that_is_not_the_default_has_a_folder_of_its_own(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = []

    def run(options):
        seen.append(options.model)
        return Report("A title", "A lead.")

    task = dataclasses.replace(tasks()["digits"], run=run)
    monkeypatch.setattr("nn.__main__.tasks", lambda: {"digits": task})
    for arguments in [[], ["--model", "mlp"], ["--model", "cnn"]]:
        assert main(["digits", *arguments]) == 0
    assert seen == ["mlp", "mlp", "cnn"]
    assert sorted(path.parent.name for path in tmp_path.rglob("report.html")) == [
        "digits",
        "digits-cnn",
    ]


@pytest.mark.slow
def test_the_convolution_reads_at_least_96_percent_of_unseen_digits(tmp_path, capsys):
    pytest.importorskip("sklearn")
    assert main(["digits", "--model", "cnn", "--out", str(tmp_path)]) == 0
    share = re.search(r"test accuracy: ([\d.]+)%", capsys.readouterr().out)
    assert float(share[1]) >= 96.0


def test_the_same_seed_writes_the_same_report(tmp_path):
    pages = []
    for name in "ab":
        main(["moons", "--epochs", "2", "--out", str(tmp_path / name)])
        text = (tmp_path / name / "report.html").read_text(encoding="utf-8")
        pages.append(re.sub(r"\d+\.\d+ s<", "", text))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["moons", "--epochs", "0"], "--epochs: must be a whole number from 1, not '0'"),
        (["moons", "--lr", "-1"], "--lr: must be a number above 0, not '-1'"),
        (["moons", "--lr", "nan"], "--lr: must be a number above 0"),
        (["moons", "--seed", "x"], "--seed: must be a whole number from 0, not 'x'"),
        (["digits", "--model", "x"], "--model: for digits, must be one of mlp, cnn, not 'x'"),
        (["moons", "--model", "cnn"], "--model: for moons, must be left out, not 'cnn'"),
        (["moon"], "invalid choice: 'moon'"),
        ([], "name a task: "),
        (["--table", "--seeds", "1,x"], "--seeds: must be a whole number from 0, not 'x'"),
        (["moons", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["moons", "--seeds", "1,2"], "--seeds: goes with --table; for one report, --seed"),
        (["moons", "--table", "--open"], "--open: there is no report to open with --table"),
    ],
)
def test_bad_options_get_one_clear_line_and_exit_code_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert stop.value.code == 2
    assert message in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize("more", [[], ["--table"]])
def test_a_folder_that_cannot_be_written_is_said_before_training(more, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["moons", *more, "--out", str(tmp_path / "file")]) == 2
    shown = capsys.readouterr()
    assert "cannot write" in shown.err and shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize(
    ("task", "package", "extra"), [("moons", "matplotlib", "plots"), ("digits", "sklearn", "data")]
)
def test_a_missing_extra_is_named_before_training(
    task, package, extra, tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, package, None)
    assert main([task, "--out", str(tmp_path)]) == 2
    assert f"pip install 'scalar-autograd[{extra}]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []  # no empty report


@pytest.mark.parametrize("more", [[], ["--table"]])
def test_training_that_diverges_ends_with_one_line_and_exit_code_1(more, tmp_path, capsys):
    assert main(["moons", *more, "--lr", "1e200", "--out", str(tmp_path)]) == 1
    message = capsys.readouterr().err.splitlines()[-1]
    assert "at step" in message and "the parameters are as after the step before" in message
    assert list(tmp_path.iterdir()) == []  # no empty report


# --- Ctrl-C, and terminals of all kinds -----------------------------------------------------------


def test_ctrl_c_ends_the_training_and_the_report_says_so(tmp_path, capsys, monkeypatch):
    def interrupted(*args, **options):
        stop = [lambda history: history.steps == 3 and signal.raise_signal(signal.SIGINT)]
        return nn.fit(*args, **options, on_batch=stop)

    monkeypatch.setattr("nn.tasks.moons.fit", interrupted)
    assert main(["moons", "--epochs", "9", "--out", str(tmp_path)]) == 0
    assert re.search(r"training: 3 steps, [\d.]+ s, stopped\n", capsys.readouterr().out)
    assert ", stopped" in Page((tmp_path / "report.html").read_text(encoding="utf-8")).text


@pytest.mark.parametrize("more", [[], ["--table"]])
def test_ctrl_c_outside_of_a_training_ends_with_one_line(more, tmp_path, capsys, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.tasks.moons.fit", interrupted)
    assert main(["moons", *more, "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "python -m nn: stopped, without a report\n"
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_the_sign_gets_its_name():
    command = [sys.executable, "-m", "nn", "--list"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=True)
    assert rb"test accuracy \N{GREATER-THAN OR EQUAL TO} 96.0%" in done.stdout
    assert done.stderr == b""


def test_a_reader_who_goes_away_is_no_error():
    command = [sys.executable, "-m", "nn", "--list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""


def test_the_table_is_of_the_epochs_that_were_asked_for(capsys, monkeypatch):
    seen = []

    def run(options):
        seen.append((options.epochs, options.lr))
        return Report("A title", "A lead.")

    task = dataclasses.replace(tasks()["moons"], run=run)
    monkeypatch.setattr("nn.__main__.tasks", lambda: {"moons": task})
    assert main(["--table"]) == main(["--table", "--epochs", "3", "--lr", "0.5"]) == 0
    assert seen == [(task.epochs, task.lr), (3, 0.5)]


@pytest.mark.parametrize("found", [True, False])
def test_open_shows_the_report_or_says_that_it_cannot(found, tmp_path, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or found)
    folder = tmp_path / "with spaces and ü"
    assert main(["moons", "--epochs", "2", "--open", "--out", str(folder)]) == 0
    assert opened == [(folder / "report.html").as_uri()]
    assert ("no browser was found" in capsys.readouterr().err) is not found


def test_help_and_list_name_every_task(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    help_text = capsys.readouterr().out
    assert main(["--list"]) == 0
    listing = capsys.readouterr().out
    for name, task in tasks().items():
        assert name in help_text and task.summary in listing
    assert "examples:" in help_text


def test_text_in_a_report_is_never_markup():
    report = Report(HOSTILE, HOSTILE)
    report.figures = {HOSTILE: HOSTILE}
    report.plot(HOSTILE, "<svg/>", HOSTILE)
    report.table(HOSTILE, {HOSTILE: HOSTILE})
    page = Page(report.html())
    assert "script" not in page.tags
    assert page.text.count("alert(1)") == 10


def test_a_graph_that_nothing_can_render_is_there_as_text(monkeypatch):
    def render(dot, kind):
        raise RenderError("no SVG could be drawn <here>")

    monkeypatch.setattr("autograd.drawing.drawing.render", render)
    x = autograd.Value(2.0, label="<x>")
    report = Report("A title", "A lead.")
    report.drawing("A graph", autograd.draw(x * 3.0), "A caption.")
    page = Page(report.html())
    assert "no SVG could be drawn <here>" in page.text and "<x> = 2" in page.text
    assert {"pre", "svg", "x", "here"} & set(page.tags) == {"pre"}


def test_a_large_graph_is_scrolled_rather_than_shrunk_until_nobody_can_read_it():
    assert ".graph svg { display: block; margin: 0 auto; max-width: max(100%, 54rem)" in (
        Report("A title", "A lead.").html()
    )


def test_the_images_that_were_hardest_to_read_are_the_last_ones(monkeypatch):
    pytest.importorskip("sklearn")
    X, y = nn.load_digits()
    monkeypatch.setattr("nn.tasks.digits.load_digits", lambda: (X[:150], y[:150]))
    titles = []

    def pictures(images, captions, **options):
        titles.extend(captions)
        return draw(images, captions, **options)

    draw = nn.charts.pictures
    monkeypatch.setattr("nn.charts.pictures", pictures)
    task = tasks()["digits"]
    task.run(task.options(epochs=1))
    right = [title[0] == title[-1] for title in titles]
    assert right == [True] * 4 + [False] * 4
