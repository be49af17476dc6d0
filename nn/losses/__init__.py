"""Losses: how wrong the outputs are, as one Value to call ``backward()`` on.

Each takes the outputs of a batch and its targets, with PyTorch's names, arguments and
reductions. All that take logits are stable: no overflow, no ln 0. By family: ``regression``,
``margins``, ``binary``, ``classes``; ``modules`` has them as classes.
"""

from .binary import binary_cross_entropy, binary_cross_entropy_with_logits
from .classes import cross_entropy, kl_div, nll_loss
from .margins import cosine_embedding_loss, hinge_loss, multi_margin_loss
from .modules import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    Loss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    SmoothL1Loss,
)
from .regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "Loss",
    "MSELoss",
    "MultiMarginLoss",
    "NLLLoss",
    "SmoothL1Loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "smooth_l1_loss",
]
