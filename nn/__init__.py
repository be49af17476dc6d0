"""A thin neural-network layer on scalar Values, with PyTorch's names.

Read first: ``layers`` (a neuron, a layer, an MLP), ``losses``, ``optim``, ``train``.

>>> import nn
>>> model = nn.MLP(2, [3, 1], rng=0)
>>> model([1.0, -2.0]).requires_grad
True
"""

from __future__ import annotations

from . import _engine as _engine  # first: it checks whose `autograd` this is
from . import init
from .data import batches, load_digits, make_moons, train_test_split
from .layers import MLP, Layer, Neuron
from .losses import binary_cross_entropy_with_logits, cross_entropy, hinge_loss, mse_loss
from .metrics import accuracy, confusion_matrix, predictions
from .module import Module
from .optim import SGD, Adam, Optimizer
from .regularize import l2_penalty
from .train import History, fit, predict

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "accuracy",
    "batches",
    "binary_cross_entropy_with_logits",
    "confusion_matrix",
    "cross_entropy",
    "fit",
    "hinge_loss",
    "init",
    "l2_penalty",
    "load_digits",
    "make_moons",
    "mse_loss",
    "predict",
    "predictions",
    "train_test_split",
]
