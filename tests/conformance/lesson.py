"""A failed test as a page to read: the program, what came out, and the hint."""

import ast
import inspect
import textwrap

from .crashes import explain
from .hints import Hint

WIDTH = 88


def stage(module):
    """(number, title) from a stage's docstring, "Stage 4: shared nodes and accumulation."."""
    first_line = module.__doc__.splitlines()[0]
    number, title = first_line.removeprefix("Stage ").split(": ", 1)
    return int(number), title.rstrip(".")


def page(item, error):
    """The page for a stage's test that failed with this error, and its hint alone."""
    number, title = stage(item.module)
    line = failing_line(item, error)
    shown, failing = program(item, line)
    if is_call_of(failing, "expect") and not isinstance(error, Hint):
        shown += "\n" + ast.unparse(failing.value.args[0])
    if isinstance(error, Hint):
        happened = f"{subject(failing)} {error.verdict}".strip() if error.verdict else ""
        hint = error.hint
    else:
        happened, hint = explain(error, item.function)
    hint = textwrap.fill(f"hint: {hint}", WIDTH, subsequent_indent="      ")
    parts = [
        f"stage {number}, {title}: {sentence(item)}",
        textwrap.indent(shown, "    "),
        happened,
        hint,
    ]
    return "\n\n".join(part for part in parts if part), f"{happened}\n{hint}".strip()


def sentence(item):
    """test_a_value_used_twice[2] → a value used twice [2]"""
    return item.name.removeprefix("test_").replace("_", " ").replace("[", " [")


def failing_line(item, error):
    """The line of the test function in which it stopped."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is item.function.__code__:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def program(item, line):
    """The test's statements up to the one which failed, without expectations; and that one."""
    source, first = inspect.getsourcelines(item.function)
    body = ast.parse(textwrap.dedent("".join(source))).body[0].body
    parameters = getattr(item, "callspec", None)
    given = parameters.params.items() if parameters else ()
    shown = [f"{name} = {value!r}" for name, value in given if not callable(value)]
    source = textwrap.dedent("".join(source)).splitlines()
    failing = None
    for statement in body:
        start = first + statement.lineno - 1
        if start > line:
            break
        failing = innermost(statement, line - first + 1)
        if not is_talk(statement):
            compound = any(is_talk(inner) for inner in ast.walk(statement))
            text = ast.unparse(WithoutTalk().visit(statement)) if compound else None
            lines = source[statement.lineno - 1 : statement.end_lineno]
            shown.append(text or textwrap.dedent("\n".join(lines)))
    return "\n".join(shown), failing


def innermost(statement, line):
    """The smallest statement within this one that the line belongs to."""
    inside = [
        inner
        for inner in ast.walk(statement)
        if isinstance(inner, ast.stmt) and inner.lineno <= line <= inner.end_lineno
    ]
    return max(inside, key=lambda inner: inner.lineno, default=statement)


def subject(statement):
    """``a.grad`` of ``expect(a.grad, 7.0, …)``."""
    if is_call_of(statement, "expect"):
        return ast.unparse(statement.value.args[0])
    return ""


def is_talk(statement):
    """True for docstrings, hints and expectations: what the reader need not run."""
    if isinstance(statement, ast.Expr | ast.Assign) and is_text(statement.value):
        return True
    if isinstance(statement, ast.If | ast.With) and all(is_talk(inner) for inner in statement.body):
        return True
    return is_call_of(statement, "expect", "need") or isinstance(statement, ast.Raise)


def is_text(expression):
    """True for a string, for strings put together, and for a dict of them."""
    if isinstance(expression, ast.Dict):
        return all(is_text(value) for value in expression.values)
    if isinstance(expression, ast.BinOp):
        return is_text(expression.left) or is_text(expression.right)
    return isinstance(expression, ast.Constant) and isinstance(expression.value, str)


def is_call_of(statement, *names):
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and ast.unparse(statement.value.func) in names
    )


class WithoutTalk(ast.NodeTransformer):
    """Takes expectations out of loops and branches."""

    def generic_visit(self, node):
        super().generic_visit(node)
        if isinstance(node, ast.stmt) and is_talk(node):
            return None
        return node
