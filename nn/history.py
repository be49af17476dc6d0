"""History: what happened in a training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self


@dataclass
class History:
    """What happened in ``fit``, per step (losses, gradient norms) and per epoch (the rest).

    The learning rate of an epoch is that of its last step.

    >>> History(losses=[2.0, 1.0], train_loss=[1.5], train_metric=[0.5], seconds=3.0)
    History(1 epochs, 2 steps, 3.0 s: train loss 1.5, metric 0.5)
    """

    losses: list[float] = field(default_factory=list)
    gradient_norms: dict[str, list[float]] = field(default_factory=dict)
    train_loss: list[float] = field(default_factory=list)
    train_metric: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_metric: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    stopped_early: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs there were; the last may have been interrupted."""
        return len(self.train_loss)

    @property
    def steps(self) -> int:
        """How many steps of the optimiser there were."""
        return len(self.losses)

    @property
    def best_epoch(self) -> int:
        """The epoch, from 0, of the smallest validation loss (without one, training loss)."""
        watched = self.watched()
        if not watched:
            raise ValueError("best_epoch: no epoch has been trained yet")
        return watched.index(min(watched))

    def watched(self, mode: str = "min") -> list[float]:
        """What tells how good each epoch was: the loss ("min") or the metric ("max").

        That of the validation data, if there are any.
        """
        if mode == "max":
            return self.validation_metric or self.train_metric
        return self.validation_loss or self.train_loss

    def plot(self) -> Any:
        """Loss and metric over the epochs, a picture; needs the extra ``[plots]``."""
        from .plots import training_curves

        return training_curves(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        if self.train_loss:
            try:
                bundle["image/svg+xml"] = self.plot().svg
            except ImportError as error:
                bundle["text/plain"] += f"\n{error}"
        return bundle

    def state_dict(self) -> dict[str, Any]:
        """All of it as plain numbers, lists and dicts."""
        return asdict(self)

    @classmethod
    def from_state_dict(cls, state_dict: Mapping[str, Any]) -> Self:
        """The history that ``state_dict()`` was made from."""
        return cls(**{f.name: state_dict[f.name] for f in fields(cls)})

    def __repr__(self) -> str:
        if not self.train_loss:
            return f"History({len(self.losses)} steps)"
        text = f"History({self.epochs} epochs, {len(self.losses)} steps, {self.seconds:.1f} s"
        text += f": train loss {self.train_loss[-1]:.4g}, metric {self.train_metric[-1]:.4g}"
        if self.validation_loss:
            text += f"; validation loss {self.validation_loss[-1]:.4g}"
            text += f", metric {self.validation_metric[-1]:.4g}"
        if self.interrupted:
            text += ", interrupted"
        return text + (", stopped early)" if self.stopped_early else ")")
