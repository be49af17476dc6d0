"""Large graphs for the tests of pictures, and what their folded pictures hold."""

from pictures import Network

from autograd import Value, scoped, tanh
from autograd import sum as total


def chain(n):
    y = Value(0.5)
    for _ in range(n):
        y = y.tanh()
    return y


def unrolled(steps, w=0.9):
    """A recurrence of two ops a step, each step a scope; the outputs of all steps."""
    w, h, states = Value(w, label="w"), Value(0.5), []
    for t in range(steps):
        h = scoped(f"t={t}", lambda h: tanh(h * w), h)
        states.append(h)
    return states


def samples(n):
    """The mean of a network's outputs for ``n`` samples."""
    network = Network()
    return total([network(Value(0.01 * i), Value(1.0)) for i in range(n)])


def boxes(drawing):
    """What the boxes are called, with how many calls or nodes they hold."""
    return {(fold.name, fold.times): fold.about for fold in drawing.scene.folds}
