"""Backpropagation through time as derived on paper, in NumPy: the judge of unrolled cells.

The loss is Σₜ loss_t · h_t with given rows loss_t. Gate blocks are PyTorch's. Each function
returns the states and the gradients of x, h0 (c0), W_ih, W_hh, b_ih, b_hh. ``cuts`` are steps
before which the state is a constant: nothing goes back from step t to t − 1 for t in cuts.
"""

import numpy as np


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def rnn(xs, h0, W, U, b, d, loss, cuts=()):
    """hₜ = tanh(aₜ), aₜ = W·xₜ + b + U·hₜ₋₁ + d; so ∂L/∂aₜ = (1 − hₜ²)·∂L/∂hₜ."""
    hs = [h0]
    for x in xs:
        hs.append(np.tanh(W @ x + b + U @ hs[-1] + d))
    dW, dU, db, dd = (np.zeros_like(p) for p in (W, U, b, d))
    dx, dh = np.zeros_like(xs), np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        da = (1.0 - hs[t + 1] ** 2) * (loss[t] + dh)
        dW += np.outer(da, xs[t])
        dU += np.outer(da, hs[t])
        db += da
        dd += da
        dx[t] = W.T @ da
        dh = 0.0 * h0 if t in cuts else U.T @ da
    return hs[1:], [dx, dh, dW, dU, db, dd]


def gru(xs, h0, W, U, b, d, loss, cuts=()):
    """hₜ = (1 − z)·n + z·hₜ₋₁ with n = tanh(W_n·x + b_n + r·m), m = U_n·hₜ₋₁ + d_n."""
    H = len(h0)
    hs, kept = [h0], []
    for x in xs:
        from_x, from_h = W @ x + b, U @ hs[-1] + d
        r = sigmoid(from_x[:H] + from_h[:H])
        z = sigmoid(from_x[H : 2 * H] + from_h[H : 2 * H])
        m = from_h[2 * H :]
        n = np.tanh(from_x[2 * H :] + r * m)
        kept.append((r, z, n, m))
        hs.append((1.0 - z) * n + z * hs[-1])
    dW, dU, db, dd = (np.zeros_like(p) for p in (W, U, b, d))
    dx, dh = np.zeros_like(xs), np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        r, z, n, m = kept[t]
        g = loss[t] + dh
        dn = g * (1.0 - z) * (1.0 - n**2)  # with respect to what tanh is taken of
        dz = g * (hs[t] - n) * z * (1.0 - z)
        dr = dn * m * r * (1.0 - r)
        of_x, of_h = np.concatenate([dr, dz, dn]), np.concatenate([dr, dz, dn * r])
        dW += np.outer(of_x, xs[t])
        dU += np.outer(of_h, hs[t])
        db += of_x
        dd += of_h
        dx[t] = W.T @ of_x
        dh = 0.0 * h0 if t in cuts else g * z + U.T @ of_h
    return hs[1:], [dx, dh, dW, dU, db, dd]


def lstm(xs, h0, c0, W, U, b, d, loss, cuts=()):
    """cₜ = f·cₜ₋₁ + i·g, hₜ = o·tanh(cₜ): the gradient travels along c and along h."""
    H = len(h0)
    hs, cs, kept = [h0], [c0], []
    for x in xs:
        a = W @ x + b + U @ hs[-1] + d
        i, f, o = sigmoid(a[:H]), sigmoid(a[H : 2 * H]), sigmoid(a[3 * H :])
        g = np.tanh(a[2 * H : 3 * H])
        kept.append((i, f, g, o))
        cs.append(f * cs[-1] + i * g)
        hs.append(o * np.tanh(cs[-1]))
    dW, dU, db, dd = (np.zeros_like(p) for p in (W, U, b, d))
    dx, dh, dc = np.zeros_like(xs), np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(len(xs))):
        i, f, g, o = kept[t]
        shown = np.tanh(cs[t + 1])
        dh = loss[t] + dh
        dc = dc + dh * o * (1.0 - shown**2)
        da = np.concatenate(
            [
                dc * g * i * (1.0 - i),
                dc * cs[t] * f * (1.0 - f),
                dc * i * (1.0 - g**2),
                dh * shown * o * (1.0 - o),
            ]
        )
        dW += np.outer(da, xs[t])
        dU += np.outer(da, hs[t])
        db += da
        dd += da
        dx[t] = W.T @ da
        dh, dc = (0.0 * h0, 0.0 * c0) if t in cuts else (U.T @ da, dc * f)
    return hs[1:], [dx, dh, dc, dW, dU, db, dd]
