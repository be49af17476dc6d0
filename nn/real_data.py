"""Real data, from well-kept packages (the extra ``[data]``) and from this repository.

Nothing is downloaded. Each loader says where its data come from.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

Rows = list[list[float]]


def load_digits() -> tuple[Rows, list[int]]:
    """1,797 handwritten digits of 8×8 pixels, scaled to [0, 1], and their classes 0 … 9.

    From the test set of the UCI repository's optical recognition of handwritten digits
    [Alpaydin & Kaynak 1998], which scikit-learn carries; ``ImportError`` says how to get it.
    """
    images, labels = _from_sklearn("load_digits")
    return (images / 16.0).tolist(), labels.tolist()


def load_iris() -> tuple[Rows, list[int]]:
    """150 irises: 4 lengths in cm, 3 species [Fisher 1936], from scikit-learn."""
    X, y = _from_sklearn("load_iris")
    return X.tolist(), y.tolist()


def load_wine() -> tuple[Rows, list[int]]:
    """178 wines: 13 measurements, 3 growers [Aeberhard & Forina 1991], from scikit-learn."""
    X, y = _from_sklearn("load_wine")
    return X.tolist(), y.tolist()


def load_breast_cancer() -> tuple[Rows, list[int]]:
    """569 tumours: 30 measurements of cell nuclei; 0 malignant, 1 benign, from scikit-learn.

    From [Wolberg, Street & Mangasarian 1995].
    """
    X, y = _from_sklearn("load_breast_cancer")
    return X.tolist(), y.tolist()


def load_diabetes() -> tuple[Rows, list[float]]:
    """442 patients: 10 scaled measurements, the progression after a year, from scikit-learn.

    From [Efron, Hastie, Johnstone & Tibshirani 2004].
    """
    X, y = _from_sklearn("load_diabetes")
    return X.tolist(), y.tolist()


def feature_names(table: str) -> list[str]:
    """The names of the columns of "iris", "wine", "breast cancer" or "diabetes".

    ``KeyError`` for another table.
    """
    loaders = {
        "iris": "load_iris",
        "wine": "load_wine",
        "breast cancer": "load_breast_cancer",
        "diabetes": "load_diabetes",
    }
    if table not in loaders:
        raise KeyError(f"feature_names: {table!r} is none of {', '.join(loaders)}")
    return list(_dataset(loaders[table]).feature_names)


def load_sunspots() -> tuple[list[int], list[float]]:
    """Years 1700 … 2008, and the mean number of sunspots in each, from statsmodels."""
    try:
        from statsmodels.datasets import sunspots
    except ImportError:
        raise ImportError(_missing("load_sunspots", "statsmodels")) from None
    data = sunspots.load_pandas().data
    return [int(year) for year in data["YEAR"]], [float(n) for n in data["SUNACTIVITY"]]


def load_names() -> list[str]:
    """4,128 public function and method names of Python 3.11's standard library, sorted.

    Lower-case letters and underscores, 3 to 20 of them; frozen in this package, made by
    ``nn.corpora.make_names``.

    >>> names = load_names()
    >>> len(names), names[:3], max(map(len, names))
    (4128, ['abort', 'abs', 'abs_paths'], 20)
    """
    text = resources.files("nn.corpora").joinpath("names.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def load_functions() -> list[tuple[str, str, str]]:
    """Functions of ten modules of Python 3.11's standard library, sorted.

    Each as (module, name, first line of its docstring or ""); frozen in this package, made by
    ``nn.corpora.make_functions``.

    >>> functions = load_functions()
    >>> len(functions), len({module for module, _, _ in functions}), functions[0][0]
    (3006, 10, 'asyncio')
    """
    text = resources.files("nn.corpora").joinpath("functions.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [(module, name, line) for module, name, line in rows]


def load_spoken_digits() -> tuple[list[Rows], list[int], list[str]]:
    """2,400 spoken English digits: spectrograms, classes 0 … 9, and the voice of each.

    A spectrogram is 30 frames of 16 bands, a thirtieth of a second each, in [0, 1]: 1 is the
    loudest of the clip, 0 is 60 dB below. Synthetic voices, five takes each; frozen in this
    package, made by ``nn.corpora.make_spoken_digits`` (``spoken_digits.txt`` there says how).

    >>> spectrograms, digits, voices = load_spoken_digits()
    >>> len(spectrograms), len(spectrograms[0]), len(spectrograms[0][0]), len(set(voices))
    (2400, 30, 16, 48)
    """
    import numpy as np

    path = resources.files("nn.corpora").joinpath("spoken_digits.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        names = data["names"].tolist()
        return (
            (data["spectrograms"] / 120.0 + 1.0).tolist(),
            data["digits"].tolist(),
            [names[voice] for voice in data["voices"]],
        )


def _from_sklearn(name: str) -> Any:
    data = _dataset(name)
    return data.data, data.target


def _dataset(name: str) -> Any:
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError(_missing(name, "scikit-learn")) from None
    return getattr(datasets, name)()


def _missing(name: str, package: str) -> str:
    return f"{name} needs {package}, which carries the data: pip install 'scalar-autograd[data]'"
