"""The losses as modules, for those who like ``loss = nn.MSELoss()``: functions with options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from ..module import Module
from .binary import binary_cross_entropy, binary_cross_entropy_with_logits
from .classes import cross_entropy, kl_div, nll_loss
from .margins import cosine_embedding_loss, hinge_loss, multi_margin_loss
from .regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss

# The arguments of a call; all others are options.
CALLED_WITH = ("input", "input1", "input2", "target")


class Loss(Module):
    """A loss function with its options, given by name; ``TypeError`` for unknown ones.

    >>> from autograd import Value
    >>> loss = MSELoss(reduction="sum")
    >>> loss([Value(1.0), Value(3.0)], [1.0, 1.0])
    Value(4.0)
    """

    function: ClassVar[Callable[..., Any]]

    def __init__(self, **options: Any) -> None:
        known = [n for n in inspect.signature(self.function).parameters if n not in CALLED_WITH]
        for option in options:
            if option not in known:
                raise TypeError(f"{type(self).__name__}: {option!r} is not among {known}")
        self.options = options

    def forward(self, *inputs: Any) -> Any:
        """The loss of outputs and their targets."""
        return self.function(*inputs, **self.options)

    def describe(self) -> str:
        options = ", ".join(f"{name}={x!r}" for name, x in self.options.items())
        return f"{type(self).__name__}({options})"


class MSELoss(Loss):
    """``mse_loss`` as a module."""

    function = staticmethod(mse_loss)


class L1Loss(Loss):
    """``l1_loss`` as a module."""

    function = staticmethod(l1_loss)


class SmoothL1Loss(Loss):
    """``smooth_l1_loss`` as a module."""

    function = staticmethod(smooth_l1_loss)


class HuberLoss(Loss):
    """``huber_loss`` as a module."""

    function = staticmethod(huber_loss)


class HingeLoss(Loss):
    """``hinge_loss`` as a module."""

    function = staticmethod(hinge_loss)


class MultiMarginLoss(Loss):
    """``multi_margin_loss`` as a module."""

    function = staticmethod(multi_margin_loss)


class CosineEmbeddingLoss(Loss):
    """``cosine_embedding_loss`` as a module."""

    function = staticmethod(cosine_embedding_loss)


class BCELoss(Loss):
    """``binary_cross_entropy`` as a module."""

    function = staticmethod(binary_cross_entropy)


class BCEWithLogitsLoss(Loss):
    """``binary_cross_entropy_with_logits`` as a module."""

    function = staticmethod(binary_cross_entropy_with_logits)


class CrossEntropyLoss(Loss):
    """``cross_entropy`` as a module."""

    function = staticmethod(cross_entropy)


class NLLLoss(Loss):
    """``nll_loss`` as a module."""

    function = staticmethod(nll_loss)


class KLDivLoss(Loss):
    """``kl_div`` as a module."""

    function = staticmethod(kl_div)
