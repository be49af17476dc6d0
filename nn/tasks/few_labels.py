"""What a few labels are worth: to features learned before without any, and without those."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..layers import MLP, Linear
from ..losses import cross_entropy
from ..metrics import accuracy
from ..module import Module
from ..optim import Adam
from ..train import fit, predict

Rows = list[list[float]]
DRAWS, PER_CLASS = 6, 5


class Images(NamedTuple):
    """The same images as pixels and as features, to train and held out, and their classes."""

    pixels: Rows
    features: Rows
    classes: list[int]
    held_out_pixels: Rows
    held_out_features: Rows
    held_out_classes: list[int]


def few_labels(images: Images, seed: int, quick: bool, compile: bool) -> dict[str, float]:
    """The mean held-out accuracy of each way, over draws of five labels per digit."""
    draws = [
        one_draw(images, 1000 * seed + d, quick, compile) for d in range(1 if quick else DRAWS)
    ]
    return {name: math.fsum(draw[name] for draw in draws) / len(draws) for name in draws[0]}


def one_draw(images: Images, seed: int, quick: bool, compile: bool) -> dict[str, float]:
    """The held-out accuracy of each way with the same 50 labels."""
    rng = random.Random(seed)
    chosen = [
        i
        for digit in range(10)
        for i in rng.sample([i for i, c in enumerate(images.classes) if c == digit], PER_CLASS)
    ]
    known = [images.classes[i] for i in chosen]
    pixels, features = ([rows[i] for i in chosen] for rows in (images.pixels, images.features))

    def reached(model: Module, rows: Rows, held_out: Rows) -> float:
        fit(model, (rows, known), cross_entropy, Adam(model.parameters(), lr=0.01),
            epochs=3 if quick else 150, rng=0, compile=compile, progress=False)  # fmt: skip
        outputs = predict(model, held_out, compile=compile)
        return accuracy(outputs, images.held_out_classes)

    alike = MLP(64, [64, 32, 16, 10], "elu", init="xavier_uniform", rng=seed)
    found = {
        "pretrained features": reached(
            Linear(len(features[0]), 10, rng=seed), features, images.held_out_features
        ),
        "the same network, not pretrained": reached(alike, pixels, images.held_out_pixels),
        "logistic regression on pixels": reached(
            Linear(64, 10, rng=seed), pixels, images.held_out_pixels
        ),
        "1-NN on pixels": neighbours(
            pixels, known, images.held_out_pixels, images.held_out_classes, 1
        ),
    }
    print("50 labels: " + ", ".join(f"{name} {share:.1%}" for name, share in found.items()))
    return found


def verdict(few: dict[str, float]) -> str:
    """What pretraining gained, told as it is."""
    gain = few["pretrained features"] - few["the same network, not pretrained"]
    return (
        "A linear layer is trained with 50 labels, on features learned from all images without "
        f"labels: {100 * gain:+.1f} points beside the same network that starts from nothing. "
    ) + (
        "It beats the nearest of the 50 images, too."
        if few["pretrained features"] > few["1-NN on pixels"]
        else "To take the label of the nearest of the 50 images does as well: in images so small "
        "and so alike there is little left to learn without labels."
    )


def neighbours(rows: Rows, classes: Sequence[int], held_out: Rows, truth: Any, k: int) -> float:
    """The accuracy of the majority of the k nearest rows; scikit-learn's."""
    from sklearn.neighbors import KNeighborsClassifier

    return float(KNeighborsClassifier(k).fit(rows, classes).score(held_out, truth))
