"""Initialisation: where the weights start.

An initialiser is a function ``(fan_in, fan_out, rng)`` that draws **one weight** of a layer
with ``fan_in`` inputs and ``fan_out`` outputs, a float; or, where the weights depend on
each other (``orthogonal``), the **whole matrix**, fan_out rows of fan_in. Layers take one,
or its name in ``INITIALISERS``; ``matrix`` is how they call either kind.

>>> import random
>>> -1 <= uniform(2, 16, random.Random(0)) <= 1
True
>>> [row] = matrix("constant", rows=1, columns=3, rng=0)
>>> row
[0.0, 0.0, 0.0]

Other constants: ``functools.partial(xavier_uniform, gain=calculate_gain("tanh"))``. The
functions with PyTorch's names (``xavier_uniform_``) fill Values that are there already.
"""

from .in_place import (
    calculate_fans,
    constant_,
    kaiming_normal_,
    kaiming_uniform_,
    lecun_normal_,
    lecun_uniform_,
    normal_,
    ones_,
    orthogonal_,
    uniform_,
    xavier_normal_,
    xavier_uniform_,
    zeros_,
)
from .initialisers import (
    INITIALISERS,
    Initialiser,
    calculate_gain,
    constant,
    generator,
    initialiser,
    kaiming_normal,
    kaiming_uniform,
    lecun_normal,
    lecun_uniform,
    matrix,
    normal,
    orthogonal,
    uniform,
    xavier_normal,
    xavier_uniform,
)

__all__ = [
    "INITIALISERS",
    "Initialiser",
    "calculate_fans",
    "calculate_gain",
    "constant",
    "constant_",
    "generator",
    "initialiser",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "lecun_normal",
    "lecun_normal_",
    "lecun_uniform",
    "lecun_uniform_",
    "matrix",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]
