"""Who may import whom, what `import autograd` loads, and how large the inner room is."""

import ast
import builtins
import importlib
import inspect
import os
import pathlib
import pkgutil
import shutil
import subprocess
import sys

import pytest

import autograd

ROOT = pathlib.Path(autograd.__file__).resolve().parent.parent
TESTS = pathlib.Path(__file__).resolve().parent

# A module imports from lower floors, or from its own folder.
FLOORS = {
    "_build": -1,
    "untracking": -1,
    "collector": 0,
    "native": 0,
    "_neighbours": 0,
    "numerics": 0,
    "primitives": 1,
    "graph": 2,
    "lines": 5,
    "copying": 3,
    "replaying": 3,
    "value": 4,
    "check": 5,
    "functional": 5,
    "modes": 5,
    "scopes": 5,
    "wide": 5,
    "anomaly": 6,
    "checkpointing": 6,
    "effects": 5,
    "inspector": 0,
    "compiler": 6,
    "drawing": 7,
    "explorer": 8,
    "formulas": 8,
    "__main__": 9,
}
CORE = [
    "__init__.py",
    "_build.py",
    "collector.py",
    "untracking.py",
    "_neighbours.py",
    "numerics.py",
    "primitives",
    "graph.py",
    "copying.py",
    "replaying.py",
    "value.py",
]
INNER_ROOM = ["primitives/arithmetic.py", "graph.py", "value.py"]


def files(package):
    return sorted((ROOT / package).rglob("*.py"))


def imports(path, *, at_load_only=False):
    """(module, names) of each import in a file, absolute; those for type checkers aside."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]

    def visit(node):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if at_load_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, tuple(alias.name for alias in node.names)
        for child in ast.iter_child_nodes(node):
            yield from visit(child)

    return list(visit(ast.parse(path.read_text(encoding="utf-8"))))


def parts_of_autograd(path):
    """The top-level parts of autograd that a file imports, by name."""
    for module, names in imports(path):
        first, *rest = module.split(".")
        if first == "autograd":
            yield from rest[:1] or names


def part(path):
    return path.relative_to(ROOT / "autograd").with_suffix("").parts[0]


@pytest.mark.parametrize("path", files("autograd"), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards(path):
    if path == ROOT / "autograd/__init__.py":
        return  # the public names: it may import everything, and nothing imports it
    own = part(path)
    assert own in FLOORS, f"say in FLOORS on which floor autograd/{own} stands"
    for imported in parts_of_autograd(path):
        assert imported in FLOORS, f"imports autograd.{imported}: name the module it comes from"
        lower = FLOORS[imported] < FLOORS[own]
        assert imported == own or lower, f"imports autograd.{imported}, which is not below it"


@pytest.mark.parametrize("path", files("autograd"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_never_imports_nn(path):
    assert not [module for module, _ in imports(path) if module.split(".")[0] == "nn"]


@pytest.mark.parametrize("path", files("nn"), ids=lambda p: str(p.relative_to(ROOT)))
def test_nn_uses_public_names_of_autograd_only(path):
    public = {*autograd.__all__, *(n for n in vars(autograd) if not n.startswith("_"))}
    public |= set(autograd._LAZY)  # compile is public, and there once it was used
    tree = ast.parse(path.read_text(encoding="utf-8"))
    submodules = {m.name for m in pkgutil.iter_modules(autograd.__path__)}
    for module, names in imports(path):
        if module.split(".")[0] == "autograd":
            assert module == "autograd", f"imports {module}"
            assert set(names) <= public - submodules, set(names) - public
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "autograd"
    }
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in aliases
        and not node.attr.startswith("__")
    }
    assert used <= public, f"uses {used - public} of autograd"


@pytest.mark.parametrize("path", files("autograd"), ids=lambda p: str(p.relative_to(ROOT)))
def test_other_projects_are_imported_on_first_use_only(path):
    allowed = {"autograd", *sys.stdlib_module_names}
    if path.parent.name == "compiler":  # which is itself loaded on first use
        allowed.add("numpy")
    if path.name == "backend.py":  # which only the build loads
        allowed |= {"setuptools", "documented", "checksums"}
    for module, _ in imports(path, at_load_only=True):
        assert module.split(".")[0] in allowed, module


def test_import_autograd_loads_little():
    program = (
        "import sys; before = set(sys.modules); import autograd; "
        "print(*set(sys.modules) - before, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "autograd.value" in loaded
    assert {name.split(".")[0] for name in loaded} <= {"autograd", *sys.stdlib_module_names}
    heavy = {"fractions", "decimal", "inspect", "dataclasses", "asyncio", "logging"}
    assert not loaded & heavy
    late = {"anomaly", "check", "compiler", "drawing", "modes", "scopes"}
    assert not loaded & {f"autograd.{name}" for name in late}


# --- names ----------------------------------------------------------------------------------------


def test_star_import_gives_every_public_name_and_shadows_no_builtin():
    names = {}
    exec("from autograd import *", names)
    del names["__builtins__"]
    assert set(names) == set(autograd.__all__)  # those that are loaded late included
    assert not set(names) & set(dir(builtins))
    assert autograd.__all__ == sorted(autograd.__all__)
    assert set(autograd.__all__) <= set(dir(autograd))


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_no_public_name_is_that_of_a_submodule(package):
    module = importlib.import_module(package)
    submodules = {m.name for m in pkgutil.iter_modules(module.__path__)}
    public = {*vars(module), *module.__all__}
    assert not {n for n in submodules & public if not inspect.ismodule(getattr(module, n))}


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'nonsense'"):
        autograd.nonsense  # noqa: B018


@pytest.mark.parametrize("name", [*autograd.__all__, "abs", "max", "min", "pow", "sum"])
def test_everything_public_is_documented(name):
    thing = getattr(autograd, name)
    assert inspect.getdoc(thing)
    if inspect.isclass(thing):
        for attribute, member in vars(thing).items():
            if not attribute.startswith("_") and (callable(member) or isinstance(member, property)):
                assert member.__doc__, f"{name}.{attribute} has no docstring"


# --- the inner room -------------------------------------------------------------------------------


def test_the_inner_room_is_600_lines_at_most():
    lines = {f: (ROOT / "autograd" / f).read_text("utf-8").count("\n") for f in INNER_ROOM}
    assert sum(lines.values()) <= 600, lines


@pytest.mark.parametrize("name", INNER_ROOM)
def test_the_inner_room_imports_nothing_of_the_rest(name):
    core = {file.removesuffix(".py") for file in CORE} - {"__init__"}
    assert set(parts_of_autograd(ROOT / "autograd" / name)) <= core


CORE_TESTS = ["oracles", "processes", "test_backward", "test_closures", "test_copying"]
CORE_TESTS += ["test_depth", "test_edge_cases", "test_graph", "test_micrograd", "test_operands"]
CORE_TESTS += ["test_primitives", "test_value"]


def test_the_core_stands_without_every_other_part(tmp_path):
    (tmp_path / "autograd").mkdir()
    for name in CORE:
        path = ROOT / "autograd" / name
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, tmp_path / "autograd" / name)
    (tmp_path / "tests").mkdir()
    shutil.copy(TESTS / "conftest.py", tmp_path / "tests")
    for name in CORE_TESTS:
        shutil.copy(TESTS / "autograd" / f"{name}.py", tmp_path / "tests")
    # Without the tests that draw many examples: those run on the whole already.
    chosen = ["-k", "not whatever and not differences", "-m", "not slow", "-o", "markers=slow"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-x", *chosen, "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
