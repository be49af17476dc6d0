"""A thin neural-network layer on scalar Values, with PyTorch's names.

Read first: ``layers`` (a neuron, a layer, an MLP), ``losses``, ``optim`` (SGD, Adam), ``train``
(the loop); then ``cells`` (one step of an RNN) and ``unrolling``. The rarer ones have files of
their own.

>>> import nn
>>> model = nn.MLP(2, [3, 1], rng=0)
>>> model([1.0, -2.0]).requires_grad
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _engine as _engine  # first: it checks whose `autograd` this is
from . import init, interpret, plots
from .activations import (
    CELU,
    ELU,
    GELU,
    SELU,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
)
from .attention import MultiheadAttention, scaled_dot_product_attention
from .cells import GRUCell, LSTMCell, RNNCell
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .clip import (
    clip_grad_norm_,
    clip_grad_value_,
)
from .containers import Flatten, Identity, ModuleDict, ModuleList, Residual, Sequential
from .convolution import Conv1d, Conv2d
from .data import Normalizer, batches, k_fold, train_test_split, train_validation_test_split
from .diagnose import (
    Checkup,
    GradientFlow,
    Landscape,
    RateSweep,
    Recorder,
    Trace,
    Verdict,
    checkup,
    find_learning_rate,
    gradient_flow,
    judge_history,
    landscape,
    trace_path,
    update_ratios,
)
from .dropout import Dropout
from .embedding import Embedding
from .history import History
from .layers import MLP, Layer, Linear, Neuron
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
from .normalization import BatchNorm1d, BatchNorm2d, LayerNorm, RMSNorm
from .opinions import make_opinions
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
from .optim_averaged import ASGD
from .optim_batch import (
    LBFGS,
    ConjugateGradient,
)
from .padding import bucket_length, pad_sequence, sequence_mask
from .pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from .real_data import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_functions,
    load_iris,
    load_names,
    load_spoken_digits,
    load_sunspots,
    load_wine,
)
from .recurrent import GRU, LSTM, RNN
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
    MultiplicativeLR,
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
    CyclicLR,
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
from .train import fit, predict
from .transformer import TransformerEncoderLayer
from .unrolling import detached, tbptt, unroll

if TYPE_CHECKING:
    from .compiled_step import CompiledStep

__all__ = [
    "ASGD",
    "CELU",
    "ELU",
    "GELU",
    "GRU",
    "LBFGS",
    "LSTM",
    "MLP",
    "RNN",
    "SELU",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "ChainedScheduler",
    "CheckpointError",
    "Checkup",
    "CompiledStep",
    "ConjugateGradient",
    "ConstantLR",
    "Conv1d",
    "Conv2d",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "CyclicLR",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "ExponentialLR",
    "Flatten",
    "GRUCell",
    "GradientFlow",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeLoss",
    "History",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LRScheduler",
    "LSTMCell",
    "LambdaLR",
    "Landscape",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LinearLR",
    "Lion",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiMarginLoss",
    "MultiStepLR",
    "MultiheadAttention",
    "MultiplicativeLR",
    "NAdam",
    "NLLLoss",
    "Neuron",
    "Normalizer",
    "OneCycleLR",
    "Optimizer",
    "PReLU",
    "PolynomialLR",
    "RAdam",
    "RMSNorm",
    "RMSprop",
    "RNNCell",
    "RateSweep",
    "ReLU",
    "ReLU6",
    "Recorder",
    "ReduceLROnPlateau",
    "Residual",
    "Rprop",
    "Sequential",
    "SequentialLR",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Softshrink",
    "Softsign",
    "StepLR",
    "Tanh",
    "Tanhshrink",
    "Trace",
    "TransformerEncoderLayer",
    "Verdict",
    "accuracy",
    "adding_problem",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "bucket_length",
    "checkup",
    "clip_grad_norm_",
    "clip_grad_value_",
    "confusion_matrix",
    "copy_task",
    "cosine_embedding_loss",
    "cross_entropy",
    "detached",
    "elastic_net",
    "find_learning_rate",
    "fit",
    "gradient_flow",
    "hinge_loss",
    "huber_loss",
    "init",
    "interpret",
    "judge_history",
    "k_fold",
    "kl_div",
    "l1_loss",
    "l1_penalty",
    "l2_penalty",
    "landscape",
    "load_breast_cancer",
    "load_checkpoint",
    "load_diabetes",
    "load_digits",
    "load_functions",
    "load_iris",
    "load_names",
    "load_spoken_digits",
    "load_sunspots",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_opinions",
    "make_parity",
    "make_sine",
    "make_spirals",
    "make_xor",
    "max_norm_",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "pad_sequence",
    "perplexity",
    "plots",
    "precision_recall_f1",
    "predict",
    "predictions",
    "r2",
    "rmse",
    "save_checkpoint",
    "scaled_dot_product_attention",
    "sequence_mask",
    "smooth_l1_loss",
    "tbptt",
    "trace_path",
    "train_test_split",
    "train_validation_test_split",
    "unroll",
    "update_ratios",
]


def __getattr__(name: str) -> Any:
    if name == "CompiledStep":  # with the compiler and NumPy, which an eager run never loads
        from .compiled_step import CompiledStep

        return CompiledStep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
