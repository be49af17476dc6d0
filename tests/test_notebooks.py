"""Every lesson runs from top to bottom, without a word on the error stream, its committed
outputs are what it prints, its solutions run; and the index page tells of it."""

import pathlib
import re
import textwrap

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
INDEX = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")


def printed(notebook):
    """The text of each cell's outputs; pictures are compared by their text form.

    As one text: into how many pieces a stream is cut is a matter of time. What runs a compiled
    program depends on the build.
    """
    texts = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        pieces = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
        lines = "".join(pieces).splitlines(keepends=True)
        texts.append("".join(line for line in lines if not line.startswith("executor: ")))
    return texts


def solutions(notebook):
    """The programs in the solutions, which are hidden until asked for."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    hidden = "\n".join(re.findall(r"<details>.*?</details>", text, re.S))
    return [textwrap.dedent(block) for block in re.findall(r"```python\n(.*?)```", hidden, re.S)]


def test_there_are_notebooks():
    assert NOTEBOOKS


# Two in every run, the rest of the course in the slow one.
QUICK = ("01", "19")
EACH = [
    pytest.param(path, id=path.stem, marks=[] if path.name[:2] in QUICK else [pytest.mark.slow])
    for path in NOTEBOOKS
]


@pytest.mark.parametrize("path", EACH)
@pytest.mark.filterwarnings("ignore")  # of the kernel's client
def test_a_notebook_runs_and_prints_what_is_committed(path):
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    lesson = len(notebook.cells)
    notebook.cells += map(nbformat.v4.new_code_cell, solutions(committed))
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    notebook.cells = notebook.cells[:lesson]
    assert printed(notebook) == printed(committed)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_index_page_has_every_lesson(path):
    number, title = int(path.stem[:2]), nbformat.read(path, as_version=4).cells[0].source
    assert f"| {number} | [" in INDEX, title
    assert f"]({path.name}) | " in INDEX, title


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", INDEX))))
def test_every_file_that_the_index_page_links_to_is_there(target):
    assert (ROOT / "notebooks" / target).exists()


def test_the_tables_have_all_that_there_is():
    import nn
    from nn.losses.modules import Loss

    def classes(*bases):
        named = [(name, getattr(nn, name)) for name in nn.__all__]
        kinds = [(n, kind) for n, kind in named if isinstance(kind, type)]
        return [(n, kind) for n, kind in kinds if issubclass(kind, bases) and kind not in bases]

    wanted = [f"`{name}`" for name, _ in classes(nn.Optimizer, nn.LRScheduler)]
    wanted += [f"`{kind.function.__name__}`" for _, kind in classes(Loss)]
    wanted += [f'`"{name}"`' for name in [*nn.init.INITIALISERS, *nn.activations.ACTIVATIONS]]
    wanted += [
        f"`{name}`"
        for name, kind in classes(nn.Module)
        if kind.__module__ == "nn.activations" and name != "Elementwise"
    ]
    assert len(wanted) > 70
    assert [name for name in wanted if name not in INDEX] == []
