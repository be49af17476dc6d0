"""What the README says runs, as it stands there."""

import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.S | re.M)


def test_the_python_blocks_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    from autograd import primitives

    before = dict(primitives.table)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    try:
        for block in blocks("python"):
            exec(compile(block, "README.md", "exec"), names)
    finally:
        primitives.table.clear()
        primitives.table.update(before)
    assert (tmp_path / "y.svg").exists()
    printed = re.search(r"print\(x\.grad, w\.grad\) +# (\S+)\.\.\. (\S+)\.\.\.", README)
    x_grad, w_grad = (float(text) for text in capsys.readouterr().out.splitlines()[0].split())
    assert (x_grad, w_grad) == pytest.approx([float(g) for g in printed.groups()], abs=1e-6)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_every_linked_file_is_there(target):
    assert (ROOT / target).exists()


def test_every_named_path_is_there():
    for path in set(re.findall(r"`((?:autograd|nn|tests|notebooks)/[\w./]+)`", README)):
        assert (ROOT / path).exists(), path


LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_every_file_that_a_lesson_links_to_is_there(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for target in re.findall(r"\]\((?!http|attachment|#)([^)#\s]+)", text):
        assert (path.parent / target).exists(), target
