"""Principal components: the directions in which points differ most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Components:
    """Points along the directions of greatest variance.

    ``points``: the coordinates of each sample; ``explained``: the share of the variance that
    each direction has, in [0, 1]; ``axes``: the directions, unit vectors; ``mean``: their
    origin.
    """

    points: list[list[float]]
    explained: list[float]
    axes: list[list[float]]
    mean: list[float]

    def rebuilt(self, point: Sequence[float]) -> list[float]:
        """The mean plus the axes times a point's coordinates: the sample, but for the rest."""
        return [
            m + sum(c * axis[i] for c, axis in zip(point, self.axes, strict=True))
            for i, m in enumerate(self.mean)
        ]

    def point(self, sample: Sequence[float]) -> list[float]:
        """The coordinates of another sample."""
        return [
            sum(a * (x - m) for a, x, m in zip(axis, sample, self.mean, strict=True))
            for axis in self.axes
        ]


def principal_components(rows: Sequence[Sequence[float]], components: int = 2) -> Components:
    """The first axes of a cloud of points, by a singular value decomposition [Pearson 1901].

    Args:
        rows: at least two points, lists of as many numbers each.
        components: how many axes; at most there are numbers in a row, and rows.

    The sign of an axis is such that its largest entry is positive. ``ValueError`` for more
    components than there can be.

    >>> found = principal_components([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]], 1)
    >>> found.axes, found.explained, [round(x, 9) for x in found.point([3.0, 1.0])]
    ([[1.0, 0.0]], [1.0], [1.0])
    """
    import numpy as np

    cloud = np.array([list(row) for row in rows], float)
    if cloud.ndim != 2 or len(cloud) < 2 or not 1 <= components <= min(cloud.shape):
        raise ValueError(
            "principal_components: components must be from 1 to the length of a row and to the "
            f"number of rows (at least 2), not {components!r} for an array {cloud.shape}"
        )
    mean = cloud.mean(axis=0)
    left, sizes, axes = np.linalg.svd(cloud - mean, full_matrices=False)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)[:, 0]
    signs = np.where(largest < 0.0, -1.0, 1.0)
    total = float((sizes**2).sum()) or 1.0
    return Components(
        (left * sizes * signs)[:, :components].tolist(),
        (sizes[:components] ** 2 / total).tolist(),
        (axes * signs[:, None])[:components].tolist(),
        mean.tolist(),
    )
