"""What the tests say: ``expect`` with a hint for the person whose engine it is."""

import math
import signal
import sys
import threading
from contextlib import contextmanager

import pytest


class Hint(AssertionError):
    """A failed expectation: advice, and what was seen ("should be 7.0, but is 4.0")."""

    def __init__(self, hint, verdict=""):
        super().__init__(f"{verdict}\n{hint}" if verdict else hint)
        self.hint = hint
        self.verdict = verdict


def expect(got, wanted, hint, *, if_got=None, tolerance=1e-9):
    """Fail with the hint unless ``got`` is ``wanted``, up to rounding.

    if_got: wrong numbers which betray a mistake, and what to say of each.
    """
    verdict = f"should be {wanted!r}, but is {got!r}"
    if isinstance(got, complex):
        raise Hint(f"a complex number: gradients need real ones. {hint}", verdict)
    try:
        number = float(got)
    except (TypeError, ValueError):
        hint = "a plain number is needed here. Does .data or .grad hold None or another Value?"
        raise Hint(hint, verdict) from None
    if close(number, wanted, tolerance):
        return
    for wrong, explanation in (if_got or {}).items():
        if close(number, wrong, tolerance):
            raise Hint(explanation, verdict)
    raise Hint(hint, verdict)


def close(a, b, tolerance=1e-9):
    """Equal up to a relative tolerance; next to zero, up to the same absolute one."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=0.0 if b else tolerance)


def need(Value, *methods):
    """Skip the test unless the engine has these methods: functions like exp are optional."""
    for method in methods:
        if not hasattr(Value, method):
            pytest.skip(f"no {method}()")


def activation(Value):
    """The name of the engine's activation function: "relu", or else "tanh"."""
    for method in ("relu", "tanh"):
        if hasattr(Value, method):
            return method
    return pytest.skip("neither relu() nor tanh()")


@contextmanager
def patience(lines, hint):
    """Let the block run so many lines of Python and no more: steps are counted, not seconds."""
    left = lines

    def count(frame, event, argument):
        nonlocal left
        left -= 1
        if left < 0:
            raise Hint(hint, f"not done after {lines:,} lines of Python")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def time_limit(seconds):
    """``TimeoutError`` in a block that never ends. No limit if None, or without signals."""
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number, frame):
        raise TimeoutError(f"no end after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def difference_quotients(f, *numbers, step=1e-6):
    """Each slope of f at these numbers, measured: (f(x + h) − f(x − h)) / 2h."""
    slopes = []
    for i, x in enumerate(numbers):
        above = f(*numbers[:i], x + step, *numbers[i + 1 :])
        below = f(*numbers[:i], x - step, *numbers[i + 1 :])
        slopes.append((above - below) / (2 * step))
    return slopes
