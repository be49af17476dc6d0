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
from .clip import (
    clip_grad_norm_,
    clip_grad_value_,
)
from .data import Normalizer, batches, k_fold, train_test_split, train_validation_test_split
from .layers import MLP, Layer, Neuron
from .losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    SmoothL1Loss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cross_entropy,
    hinge_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    multi_margin_loss,
    nll_loss,
    smooth_l1_loss,
)
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
from .optim import (
    SGD,
    Adam,
    AdamW,
    Optimizer,
)
from .optim_adam import (
    Adamax,
    Lion,
    NAdam,
    RAdam,
)
from .optim_adaptive import (
    Adadelta,
    Adagrad,
    RMSprop,
    Rprop,
)
from .optim_batch import (
    LBFGS,
    ConjugateGradient,
)
from .real_data import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_names,
    load_sunspots,
    load_wine,
)
from .regularize import (
    EarlyStopping,
    elastic_net,
    l1_penalty,
    l2_penalty,
    max_norm_,
)
from .schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from .schedules_combined import (
    ChainedScheduler,
    ReduceLROnPlateau,
    SequentialLR,
)
from .schedules_cyclic import (
    CosineAnnealingWarmRestarts,
    OneCycleLR,
)
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
    "LBFGS",
    "MLP",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "BCELoss",
    "BCEWithLogitsLoss",
    "ChainedScheduler",
    "CheckpointError",
    "ConjugateGradient",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "EarlyStopping",
    "ExponentialLR",
    "HingeLoss",
    "History",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "LRScheduler",
    "LambdaLR",
    "Layer",
    "LinearLR",
    "Lion",
    "MSELoss",
    "Module",
    "MultiMarginLoss",
    "MultiStepLR",
    "NAdam",
    "NLLLoss",
    "Neuron",
    "Normalizer",
    "OneCycleLR",
    "Optimizer",
    "PolynomialLR",
    "RAdam",
    "RMSprop",
    "ReduceLROnPlateau",
    "Rprop",
    "SequentialLR",
    "SmoothL1Loss",
    "StepLR",
    "accuracy",
    "adding_problem",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm_",
    "clip_grad_value_",
    "confusion_matrix",
    "copy_task",
    "cosine_embedding_loss",
    "cross_entropy",
    "elastic_net",
    "fit",
    "hinge_loss",
    "huber_loss",
    "init",
    "k_fold",
    "kl_div",
    "l1_loss",
    "l1_penalty",
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
    "max_norm_",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "perplexity",
    "precision_recall_f1",
    "predict",
    "predictions",
    "r2",
    "rmse",
    "save_checkpoint",
    "smooth_l1_loss",
    "train_test_split",
    "train_validation_test_split",
]
