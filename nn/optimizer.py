"""Optimizer: what all optimisers share. Their rules are in ``optim`` and beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from autograd import Value

from .checks import flag, fraction, not_negative, number, pair, positive, same_names, share, whole

Params = Iterable[Value] | Iterable[Mapping[str, Any]]


class Optimizer:
    """What optimisers share: parameters in groups, their states, ``step`` and ``zero_grad``.

    Args:
        params: Values, or groups of them: dicts with the Values under ``"params"`` and the
            group's own options beside them (``{"params": layer.parameters(), "lr": 0.01}``).
        defaults: the options of groups that do not say otherwise.

    A subclass names its state per parameter and defines ``rule``.

    Raises ``ValueError`` or ``TypeError`` that name what is wrong: no parameters, one that
    is given twice or is not a leaf, an option out of its range or unknown.
    """

    state_names: ClassVar[tuple[str, ...]] = ()
    needs_closure: ClassVar[bool] = False
    """True if ``step`` computes the loss itself, several times, and so takes a closure."""

    def __init__(self, params: Params, **defaults: Any) -> None:
        self.defaults = self.check({"maximize": False, **defaults})
        self.param_groups: list[dict[str, Any]] = []  # as in PyTorch; may be changed between steps
        self.parameters: list[Value] = []  # of all groups, in order
        self.state: list[tuple[float, ...]] = []  # of each parameter
        for group in self._groups(params):
            self.add_param_group(group)

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Optimise more Values, with options of their own: ``{"params": […], "lr": …}``."""
        name = f"{type(self).__name__}: param_groups[{len(self.param_groups)}]"
        unknown = [key for key in param_group if key != "params" and key not in self.defaults]
        if unknown or "params" not in param_group:
            raise ValueError(
                f"{name} must have 'params' and may have {sorted(self.defaults)}, "
                f"not {sorted(param_group)}"
            )
        params = param_group["params"]
        params = [params] if isinstance(params, Value) else list(params)
        if not params:
            raise ValueError(f"{name} has no parameters to optimise")
        seen = {id(parameter) for parameter in self.parameters}
        for i, parameter in enumerate(params):
            if not isinstance(parameter, Value):
                raise TypeError(f"{name}: params[{i}] must be a Value, not {parameter!r}")
            if not parameter.is_leaf:
                raise ValueError(
                    f"{name}: params[{i}] is the result of an operation ({parameter.op}); only "
                    "leaves, made with Value(…), can be optimised"
                )
            if not parameter.requires_grad:
                raise ValueError(
                    f"{name}: params[{i}] is a constant, which gets no gradient; leave it out, as "
                    "model.parameters() does"
                )
            if id(parameter) in seen:
                raise ValueError(f"{name}: params[{i}] ({parameter!r}) is there already")
            seen.add(id(parameter))
        options = self.check({**self.defaults, **param_group, "params": None})
        group = {**options, "steps": 0, "params": params}
        self.param_groups.append(group)
        self.parameters += params
        self.state += [self.initial_state(group) for _ in params]

    def step(self, closure: Callable[[], Value] | None = None) -> Value | None:
        """Move every parameter by its ``grad``.

        ``closure``, if given, computes the loss and the gradients first; its result comes back.
        """
        loss = None if closure is None else closure()
        i = 0
        for group in self.param_groups:
            group["steps"] += 1
            rule = self.rule_for(group)
            for parameter in group["params"]:
                parameter.data, *state = rule(parameter.data, parameter.grad, *self.state[i])
                self.state[i] = tuple(state)
                i += 1
        return loss

    def rule_for(self, group: Mapping[str, Any]) -> Callable[..., tuple[Any, ...]]:
        """``rule(parameter, gradient, *state)`` with a group's options, at its present step.

        It holds for numbers, and for arrays of all the group's parameters at once.
        """
        return functools.partial(self.whole_rule, **self.options_for(group))

    def options_for(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """A group's options, and its present step, as ``whole_rule`` takes them."""
        return {"step": group["steps"], **{name: group[name] for name in self.defaults}}

    def whole_rule(
        self, parameter: Any, gradient: Any, *state: Any, maximize: bool, **options: Any
    ) -> tuple[Any, ...]:
        """``rule``, which goes downhill, or uphill."""
        return self.rule(parameter, -gradient if maximize else gradient, *state, **options)

    @staticmethod
    def rule(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """``rule(parameter, gradient, *state, step, **options)``: new parameter and state."""
        raise NotImplementedError

    def initial_state(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """The state of a parameter before the first step, in the order of ``state_names``."""
        return (0.0,) * len(self.state_names)

    def check(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options, each checked by its entry in ``OPTIONS``."""
        name = type(self).__name__
        return {
            option: OPTIONS[option](f"{name}: {option}", x) if option in OPTIONS else x
            for option, x in options.items()
        }

    def __repr__(self) -> str:
        groups = [
            ", ".join(
                [f"{len(group['params'])} parameter{'s' if len(group['params']) > 1 else ''}"]
                + [f"{name}={group[name]!r}" for name in self.defaults if group[name]]
            )
            for group in self.param_groups
        ]
        return f"{type(self).__name__}({'; '.join(groups)})"

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    @property
    def lr(self) -> float:
        """The learning rate, of the first group.

        Setting it sets that of every group; a list sets one for each.
        """
        lr: float = self.param_groups[0]["lr"]
        return lr

    @lr.setter
    def lr(self, lr: float | list[float]) -> None:
        rates = lr if isinstance(lr, list) else [lr] * len(self.param_groups)
        if len(rates) != len(self.param_groups):
            raise ValueError(f"lr: {len(rates)} rates for {len(self.param_groups)} groups: {lr!r}")
        rates = [not_negative(f"{type(self).__name__}: lr", rate) for rate in rates]
        for group, rate in zip(self.param_groups, rates, strict=True):
            group["lr"] = rate

    # --- saving and loading --------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """State and options as plain numbers, which ``json`` keeps to the bit.

        Like PyTorch's: parameters are counted through all groups.
        """
        groups, first = [], 0
        for group in self.param_groups:
            last = first + len(group["params"])
            groups.append({**group, "params": list(range(first, last))})
            first = last
        return {"state": self._saved_state(), "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from ``state_dict()``'s result.

        All or nothing: ``KeyError`` names what is missing or unknown, ``ValueError`` and
        ``TypeError`` what does not fit, and then nothing has changed.
        """
        what = f"{type(self).__name__}.load_state_dict"
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"{what}: what state_dict() returned is needed, not {state_dict!r}")
        same_names(what, state_dict, ["state", "param_groups"])
        saved, groups = state_dict["param_groups"], []
        if len(saved) != len(self.param_groups):
            raise ValueError(f"{what}: {len(saved)} groups for {len(self.param_groups)}")
        for i, (old, new) in enumerate(zip(self.param_groups, saved, strict=True)):
            name = f"{what}: param_groups[{i}]"
            same_names(name, set(new) - {"initial_lr"}, ["params", *self.defaults, "steps"])
            if len(new["params"]) != len(old["params"]):
                raise ValueError(f"{name}: {len(new['params'])} params for {len(old['params'])}")
            options = {key: x for key, x in new.items() if key not in ("params", "steps")}
            steps = whole(f"{name}: steps", new["steps"])
            groups.append({**self.check(options), "steps": steps, "params": old["params"]})
        self._load_state(f"{what}: state", state_dict["state"])
        for old, new in zip(self.param_groups, groups, strict=True):
            old.clear()
            old.update(new)

    def _saved_state(self) -> Any:
        return [dict(zip(self.state_names, state, strict=True)) for state in self.state]

    def _load_state(self, what: str, saved: Any) -> None:
        if len(saved) != len(self.state):
            raise ValueError(f"{what}: of {len(saved)} parameters, but there are {len(self.state)}")
        states = []
        for i, state in enumerate(saved):
            same_names(f"{what}[{i}]", state, self.state_names)
            for name, x in state.items():
                if isinstance(x, bool) or not isinstance(x, (int, float)):
                    raise TypeError(f"{what}[{i}][{name!r}] must be a number, not {x!r}")
            states.append(tuple(float(state[name]) for name in self.state_names))
        self.state = states

    def _groups(self, params: Params) -> list[Mapping[str, Any]]:
        name = type(self).__name__
        if isinstance(params, (Value, Mapping, set, frozenset)) or not hasattr(params, "__iter__"):
            raise TypeError(
                f"{name}: params must be a list of Values, such as model.parameters(), or of "
                f"groups (dicts), not a {type(params).__name__}"
            )
        given: list[Any] = list(params)
        if not given:
            raise ValueError(f"{name}: there are no parameters to optimise")
        groups = [group for group in given if isinstance(group, Mapping)]
        if not groups:
            return [{"params": given}]
        if len(groups) < len(given):
            raise TypeError(f"{name}: params must be Values or groups (dicts), not both")
        return groups


def _betas(name: str, x: Any) -> tuple[float, float]:
    first, second = pair(name, x)
    return fraction(f"{name}[0]", first), fraction(f"{name}[1]", second)


def _etas(name: str, x: Any) -> tuple[float, float]:
    minus, plus = pair(name, x)
    if not 0 < number(name, minus) < 1 < number(name, plus):
        raise ValueError(f"{name} must be a factor below 1 and one above 1, not {x!r}")
    return float(minus), float(plus)


def _step_sizes(name: str, x: Any) -> tuple[float, float]:
    least, most = pair(name, x)
    if not positive(name, least) <= positive(name, most):
        raise ValueError(f"{name} must be the least and the largest step, not {x!r}")
    return float(least), float(most)


# How each option is checked, whichever optimiser has it.
OPTIONS: dict[str, Callable[[str, Any], Any]] = {
    "lr": not_negative,
    "initial_lr": not_negative,
    "momentum": fraction,
    "dampening": number,
    "nesterov": flag,
    "maximize": flag,
    "weight_decay": not_negative,
    "decoupled_weight_decay": flag,
    "betas": _betas,
    "eps": not_negative,
    "amsgrad": flag,
    "rho": share,
    "alpha": share,
    "centered": flag,
    "lr_decay": not_negative,
    "lambd": not_negative,
    "t0": not_negative,
    "initial_accumulator_value": not_negative,
    "momentum_decay": not_negative,
    "etas": _etas,
    "step_sizes": _step_sizes,
}
