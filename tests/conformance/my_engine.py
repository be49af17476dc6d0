"""Your engine: fill it in, stage by stage.

    python -m pytest tests/conformance --engine tests/conformance/my_engine.py:Value -x

``-x`` stops at the first test that fails. The last lines on the screen say which one it is,
what was expected, and give a hint. Write what is missing, run it again. Each stage's file
(test_stage_01_forward.py, test_stage_02_one_step.py, …) opens with a page on the idea behind
it: read that page when you reach the stage.

When a method is still to come, it raises NotImplementedError, and the test suite says "this is
your next step". The functions at the end are optional: delete those you do not want (their
tests are then skipped), but keep relu or tanh for the networks of stage 9.

Stuck? gallery/ holds classic mistakes, each explained; gallery/correct.py is one solution.
"""


class Value:
    """One number in a computation, and its gradient."""

    def __init__(self, data):
        """Keep the number in ``self.data``, and 0.0 in ``self.grad``.

        Stage 2: a result must also know which Values it was made from, and the local
        derivative by each of them. Give __init__ further arguments with defaults for that.
        """
        raise NotImplementedError

    # --- stage 1: forward arithmetic; stage 2: note the local derivatives -----------------------

    def __add__(self, other):
        """self + other, as a new Value. ``other`` may be a plain number: make it a Value first."""
        raise NotImplementedError

    def __mul__(self, other):
        """self · other."""
        raise NotImplementedError

    def __sub__(self, other):
        """self − other."""
        raise NotImplementedError

    def __neg__(self):
        """−self."""
        raise NotImplementedError

    def __truediv__(self, other):
        """self / other."""
        raise NotImplementedError

    def __pow__(self, n):
        """self to the power n, a plain number."""
        raise NotImplementedError

    def __radd__(self, other):
        """other + self, when ``other`` is a plain number."""
        raise NotImplementedError

    def __rmul__(self, other):
        """other · self."""
        raise NotImplementedError

    def __rsub__(self, other):
        """other − self: mind the order. (With ``other`` as a Value, it is a plain subtraction.)"""
        raise NotImplementedError

    def __rtruediv__(self, other):
        """other / self: mind the order."""
        raise NotImplementedError

    # --- stages 2 to 5, and 8 ---------------------------------------------------------------------

    def backward(self):
        """Work out ``grad`` for every Value that this one was computed from.

        Stage 2: this result's own gradient is 1.0; each operand gets its local derivative.
        Stage 3: the gradient that arrived, times the local derivative.
        Stage 4: added to what is there.
        Stage 5: in reverse topological order, without recursion.
        Stage 8: again and again.
        """
        raise NotImplementedError

    # --- stage 6: functions, each with its slope -------------------------------------------------

    def relu(self):
        """The number itself above 0, else 0."""
        raise NotImplementedError

    def tanh(self):
        """The hyperbolic tangent (``math.tanh``)."""
        raise NotImplementedError

    def exp(self):
        """e to the power self (``math.exp``)."""
        raise NotImplementedError

    def log(self):
        """The natural logarithm (``math.log``)."""
        raise NotImplementedError
