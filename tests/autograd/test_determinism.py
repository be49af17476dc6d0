"""Same program, same bits: whatever the hash seed, in whatever thread."""

import threading

from processes import run_python

import autograd as ag
from autograd import Value

PROGRAM = """
    import autograd as ag
    from autograd import Value

    ws = [Value(0.1 * i - 0.7, label=f"w{i}") for i in range(12)]
    xs = [Value(0.3 * i - 1.1) for i in range(4)]
    hs = [ag.dot(ws[4 * j : 4 * j + 4], xs, ws[j]).tanh() for j in range(3)]
    loss = ag.logsumexp(hs) + sum(w * w for w in ws) * 0.01 + ag.max(hs) / (xs[1] - 2)
    loss = loss + ag.where(hs[0], hs[1].exp(), hs[2] ** 3)
    loss.backward()
    print(loss.data.hex(), *[v.grad.hex() for v in ws + xs])
    print(*[node.op for node in ag.topological_order(loss)])
"""


def test_the_same_bits_for_any_hash_seed():
    outputs = {run_python(PROGRAM, PYTHONHASHSEED=seed) for seed in ("0", "1", "12345")}
    assert len(outputs) == 1


def train(seed):
    """Some steps of gradient descent on a graph of its own; the weights in hex."""
    ws = [Value(0.1 * seed + 0.01 * i) for i in range(6)]
    for step in range(30):
        xs = [Value(0.1 * step - seed), Value(1.0)]
        h = (ws[0] * xs[0] + ws[1] * xs[1]).tanh() + ag.dot(ws[2:4], xs).sigmoid()
        loss = (h * ws[4] + ws[5] - 0.5) ** 2
        if loss > 100:
            loss = loss * 0.5
        for w in ws:
            w.grad = 0.0
        loss.backward()
        for w in ws:
            w.data -= 0.1 * w.grad
    return [w.data.hex() for w in ws]


def test_eight_threads_give_the_bits_of_one():
    serial = [train(seed) for seed in range(8)]
    parallel = [None] * 8
    start = threading.Barrier(8)

    def work(seed):
        start.wait()
        if seed % 2:
            parallel[seed] = train(seed)
        else:  # a mode in one thread changes nothing in another
            with ag.detect_anomaly():
                parallel[seed] = train(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parallel == serial
