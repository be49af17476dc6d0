"""gradcheck: it passes what is right, and fails what is wrong."""

import pytest

import autograd as ag
from autograd import Value, gradcheck, primitive
from autograd.primitives import table


def test_right_gradients_pass():
    assert gradcheck(lambda x, y: x * y.tanh() + ag.logsumexp([x, y]), 2.0, 0.5)
    assert gradcheck(lambda x: x.exp(), -30.0).ok  # small gradients, small tolerance
    assert gradcheck(lambda x: x**3, 1e4).ok
    assert gradcheck(lambda x, y: x, 1.0, 2.0).ok  # y is not used: 0 = 0


@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.001])
def test_a_wrong_closure_fails(factor):
    wrong = primitive("wrong", lambda x: x * x, lambda out, x: (factor * 2.0 * x,))
    try:
        with pytest.raises(AssertionError, match=r"input 1 at 3\.0: .* numeric 6.* WRONG"):
            gradcheck(lambda a, b: a + wrong(b), 1.0, 3.0)
        result = gradcheck(lambda a, b: a + wrong(b), 1.0, 3.0, raise_exception=False)
    finally:
        del table["wrong"]
    assert not result
    assert [c.ok for c in result.comparisons] == [True, False]
    assert str(result).count("\n") == 1


def test_a_detached_path_fails():
    assert not gradcheck(lambda x: x * x.detach(), 3.0, raise_exception=False)


def test_a_kink_fails():
    assert not gradcheck(abs, 0.0, raise_exception=False).comparisons[0].numeric
    assert not gradcheck(lambda x: x.relu(), 0.0, raise_exception=False)


def test_constant_functions_have_gradient_zero():
    assert gradcheck(lambda x: Value(3.0, requires_grad=False), 1.0)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(ValueError, match="at least one input"):
        gradcheck(lambda: Value(1.0))
    with pytest.raises(TypeError, match="must return a Value, not float"):
        gradcheck(lambda x: x.data, 1.0)
    with pytest.raises(TypeError, match="gradcheck input must be a real number"):
        gradcheck(lambda x: x, "1")
