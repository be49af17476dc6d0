"""grad, vjp, jvp, jacobian, hessian, hvp: from functions to their derivatives.

All of them record the function once and read the recording as a linear map, backward
(``pull``) or forward (``push``). They leave no trace: no ``.grad`` is touched, no hook is
called. They nest to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from ..value import Value
from .arguments import Argnums, check_argnums, check_function, check_primals, positions
from .of_values import gradient_of_values
from .recorded import Recorded
from .structures import matching, rebuild


@overload
def grad(fun: Callable[..., Any], /, argnums: Argnums = 0) -> Callable[..., Any]: ...
@overload
def grad(
    outputs: Value | Sequence[Value],
    /,
    inputs: Any,
    grad_outputs: Any = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> Any: ...


def grad(  # type: ignore[misc]  # the second argument goes by two names
    target: Any,
    /,
    argnums: Any = 0,
    grad_outputs: Any = None,
    create_graph: bool = False,
    allow_unused: bool = False,
    *,
    inputs: Any = None,
) -> Any:
    """The gradient: of a function, as a function; or of Values, with respect to Values.

    ``grad(fun, argnums=0)`` is the function ∇fun. It takes fun's arguments, and returns the
    gradient with respect to the one at position ``argnums`` (a tuple of positions gives a
    tuple of gradients). The argument is a number, or lists, tuples and dicts of numbers; the
    gradient has its form. Numbers in, floats out; if an argument holds Values, or fun closes
    over Values that require a gradient, the gradient is made of Values and can be
    differentiated in turn. It is 0 where fun does not depend on the argument, or returns a
    plain number. One sweep, whatever the number of inputs.

    >>> from autograd import Value, tanh
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(grad(grad(grad(tanh)))))(0.0)
    16.0
    >>> grad(lambda p: p["w"] * p["x"][0] + p["b"])({"w": 2.0, "x": [3.0], "b": 1.0})
    {'w': 3.0, 'x': [2.0], 'b': 1.0}
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)

    ``grad(outputs, inputs)`` is Σ ∂outputᵢ/∂input for every input, in the form of
    ``inputs``: floats, or with ``create_graph`` Values to be differentiated again.
    ``grad_outputs`` holds a factor for each output. An input on which the outputs do not
    depend is an error, or None with ``allow_unused``. In both forms no ``.grad`` is
    touched and no hook is called.

    >>> x = Value(3.0)
    >>> slope = grad(x**3, x, create_graph=True)
    >>> slope.data, grad(slope, x), x.grad
    (27.0, 18.0, 0.0)

    Raises ``TypeError`` for arguments that are not numbers and results that are not one
    number, ``ValueError`` for a position that is not there, ``RuntimeError`` for inputs that
    are constants or unused, ``StaleGraphError`` if data changed since the graph was
    recorded and ``create_graph`` would need it.
    """
    if isinstance(target, (Value, list, tuple)):
        if inputs is None:
            inputs = argnums
        return gradient_of_values(target, inputs, grad_outputs, create_graph, allow_unused)
    check_function("grad", target, "; or grad(outputs, inputs) Values")
    if grad_outputs is not None or create_graph or allow_unused or inputs is not None:
        raise TypeError(
            "grad(fun, argnums): inputs, grad_outputs, create_graph and allow_unused belong to "
            "grad(outputs, inputs) on Values; a gradient function gives its result a graph by "
            "itself where one is needed"
        )
    check_argnums("grad", argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return _value_and_gradient("grad", target, argnums, args, kwargs)[1]

    return gradient


def value_and_grad(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that returns ``(fun(…), grad(fun, argnums)(…))`` from one evaluation.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    check_function("value_and_grad", fun)
    check_argnums("value_and_grad", argnums)

    def both(*args: Any, **kwargs: Any) -> Any:
        recorded, gradient = _value_and_gradient("value_and_grad", fun, argnums, args, kwargs)
        return recorded.value(), gradient

    return both


def vjp(fun: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """``(fun(*primals), pullback)``, where ``pullback(u)`` is u·J: vector times Jacobian.

    Reverse mode, one sweep per call: u has the form of fun's result, u·J is a tuple in the
    form of the primals. The pullback holds the recorded graph and can be called again.

    >>> value, pullback = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> value, pullback([1.0, 0.0]), pullback([0.0, 1.0])
    ([6.0, 5.0], (3.0, 2.0), (1.0, 1.0))
    """
    check_function("vjp", fun)
    recorded = Recorded("vjp", fun, primals, range(len(primals)), {})

    def pullback(cotangents: Any) -> tuple[Any, ...]:
        u = recorded.outputs_like(cotangents, "vjp: the cotangents")
        return recorded.arguments(recorded.pull(u))

    return recorded.value(), pullback


def jvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """``(fun(*primals), J·v)``: Jacobian times vector, v being the tangents.

    Forward mode, one sweep along the recorded graph: each node's tangent is Σ ∂node/∂operand
    times the operand's tangent. ``primals`` is the tuple of arguments, ``tangents`` has its
    form, J·v that of fun's result.

    >>> jvp(lambda x, y: [x * y, x + y], (2.0, 3.0), (1.0, 0.0))
    ([6.0, 5.0], [3.0, 1.0])
    """
    check_function("jvp", fun)
    check_primals("jvp", primals)
    v = matching(tuple(tangents) if isinstance(tangents, list) else tangents, tuple(primals),
                 "jvp: tangents", "primals")  # fmt: skip
    recorded = Recorded("jvp", fun, tuple(primals), range(len(primals)), {})
    return recorded.value(), rebuild(recorded.result, recorded.push(v))


def jacobian(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that returns J, all ∂resultᵢ/∂argumentⱼ: in the form of fun's result, and
    in each place of it the form of the argument.

    One evaluation and min(m, n) sweeps for m results and n inputs: a sweep back per result,
    or forward per input, whichever are fewer. (Differences would take n + 1 evaluations.)

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """
    check_function("jacobian", fun)
    check_argnums("jacobian", argnums)

    def matrix(*args: Any, **kwargs: Any) -> Any:
        return _jacobian("jacobian", fun, argnums, args, kwargs)

    return matrix


def hessian(fun: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that returns all ∂²fun/∂xᵢ∂xⱼ: in the form of the argument, and in each
    place of it that form again.

    Forward over reverse: the graph of the gradient is recorded once, and n tangents are
    pushed along it. ``hvp`` does with one where only H·v is needed. As with ``grad``: numbers
    in, floats out, but Values where fun closes over Values, such as a module's parameters.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    check_function("hessian", fun)
    check_argnums("hessian", argnums)

    def matrix(*args: Any, **kwargs: Any) -> Any:
        return _jacobian("hessian", grad(fun, argnums), argnums, args, kwargs)

    return matrix


def hvp(fun: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, ...]:
    """H·v, the Hessian of fun at ``fun(*primals)`` times a vector, as a tuple like primals.

    Forward over reverse (Pearlmutter's trick): the tangent of the gradient. Two sweeps and
    never a matrix, whatever the number of inputs.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    ([6.0, 4.0],)
    """
    check_function("hvp", fun)
    check_primals("hvp", primals)
    product: tuple[Any, ...] = jvp(grad(fun, tuple(range(len(primals)))), primals, tangents)[1]
    return product


# --- parts ----------------------------------------------------------------------------------------


def _value_and_gradient(
    name: str, fun: Any, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Recorded, Any]:
    recorded = Recorded(name, fun, args, positions(name, argnums, args), kwargs)
    if isinstance(recorded.result, (list, tuple, dict)):
        raise TypeError(
            f"{name}: the function must return one number or Value, not "
            f"{type(recorded.result).__name__} ({recorded.result!r}); see jacobian and vjp"
        )
    gradients = recorded.arguments(recorded.pull([1.0]))
    return recorded, gradients if isinstance(argnums, tuple) else gradients[0]


def _jacobian(
    name: str, fun: Any, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    recorded = Recorded(name, fun, args, positions(name, argnums, args), kwargs)
    m, n = len(recorded.linear.outputs), len(recorded.linear.inputs)
    if m < n:
        rows = [recorded.pull(row) for row in _unit_vectors(m)]
    else:
        columns = [recorded.push(column) for column in _unit_vectors(n)]
        rows = [[column[i] for column in columns] for i in range(m)]
    shaped = [recorded.arguments(row) for row in rows]
    if not isinstance(argnums, tuple):
        shaped = [row[0] for row in shaped]
    return rebuild(recorded.result, shaped)


def _unit_vectors(n: int) -> list[list[Any]]:
    return [[1.0 if i == j else None for j in range(n)] for i in range(n)]
