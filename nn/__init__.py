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
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .data import Normalizer, batches, k_fold, train_test_split, train_validation_test_split
from .layers import MLP, Layer, Neuron
from .losses import binary_cross_entropy_with_logits, cross_entropy, hinge_loss, mse_loss
from .metrics import (
    accuracy,
    confusion_matrix,
    perplexity,
    precision_recall_f1,
    predictions,
    r2,
    rmse,
)
from .module import Module
from .optim import SGD, Adam, Optimizer
from .real_data import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_names,
    load_sunspots,
    load_wine,
)
from .regularize import l2_penalty
from .toy_data import (
    adding_problem,
    copy_task,
    make_blobs,
    make_circles,
    make_moons,
    make_parity,
    make_sine,
    make_spirals,
    make_xor,
)
from .train import History, fit, predict

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "CheckpointError",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Normalizer",
    "Optimizer",
    "accuracy",
    "adding_problem",
    "batches",
    "binary_cross_entropy_with_logits",
    "confusion_matrix",
    "copy_task",
    "cross_entropy",
    "fit",
    "hinge_loss",
    "init",
    "k_fold",
    "l2_penalty",
    "load_breast_cancer",
    "load_checkpoint",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_names",
    "load_sunspots",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_parity",
    "make_sine",
    "make_spirals",
    "make_xor",
    "mse_loss",
    "perplexity",
    "precision_recall_f1",
    "predict",
    "predictions",
    "r2",
    "rmse",
    "save_checkpoint",
    "train_test_split",
    "train_validation_test_split",
]
