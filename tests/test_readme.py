"""What the README says runs, as it stands there."""

import json
import pathlib
import re
from xml.etree import ElementTree

import pytest

from notebooks import pictures

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


def looks(svg):
    """What a picture shows, as (words, numbers): renderers and platforms may differ in the rest."""
    elements = list(ElementTree.fromstring(svg).iter())
    seen = [e.text or "" for e in elements if e.tag.endswith(("}text", "}title", "}desc"))]
    seen += [f"{place} {e.get(place)}" for e in elements for place in ("fill", "stroke")]
    text = re.sub("#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", hexadecimal, "\n".join(seen))
    text = text.replace("−", "-")
    number = r"-?\b\d[\d,]*\.?\d*(?:e[-+]?\d+)?"
    return re.sub(number, "0", text), [float(n.replace(",", "")) for n in re.findall(number, text)]


def hexadecimal(colour):
    return " ".join(f"{int(part, 16) / 255:.4f}" for part in colour.groups())


def test_the_command_makes_the_pictures_that_are_shown():
    assert set(re.findall(r"notebooks/images/(\w+)\.svg", README)) == set(pictures.PICTURES)
    kept = {path.stem for path in pictures.FOLDER.iterdir()}
    assert kept == set(pictures.PICTURES)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_is_what_a_user_gets(name):
    shown = (pictures.FOLDER / f"{name}.svg").read_text("utf-8")
    words, numbers = looks(pictures.PICTURES[name]().svg)
    assert looks(shown)[0] == words, "make it again: python -m notebooks.pictures"
    assert looks(shown)[1] == pytest.approx(numbers, rel=0.02, abs=5e-3)
