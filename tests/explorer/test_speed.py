"""How quick the explorer is in a browser: medians, printed and held against what it must reach."""

import time

import pytest
from browser import Watched, chromium

import autograd
from autograd import Value, explore, scoped

pytestmark = pytest.mark.slow

# Everything unfolded; each repaint is finished (by reading a pixel) before the clock stops.
MEASURE = """() => {
  const { graph, boxes, stepper, painter } = explorer;
  graph.parts.forEach((_, part) => boxes.unfolded.add(part));
  explorer.rebuild();
  explorer.fit();
  const median = (n, run) => {
    const times = [];
    for (let i = 0; i < n; i++) {
      const start = performance.now();
      run(i);
      painter.context.getImageData(0, 0, 1, 1);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[n >> 1];
  };
  const leaf = [...graph.names.keys()][0];
  const x = graph.data[leaf];
  const whole = median(31, (i) => explorer.set(leaf, x + i / 1000));
  explorer.goTo(0);
  const step = median(41, () => explorer.step());
  const near = median(31, (i) => explorer.set(leaf, x + i / 1000));
  return { boxes: explorer.scene.boxes.length, step, slider: Math.max(whole, near) };
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


def perceptron(samples, width):
    """A layer by hand, for some samples: as many nodes as products and sums."""
    weights = [[Value(0.1 * (i - j), label=f"w{j}{i}") for i in range(3)] for j in range(width)]
    losses = []
    for s in range(samples):
        xs = [0.3 * s, 1.0, -0.5]

        def forward(xs=xs):
            return [
                autograd.tanh(sum((w * x for w, x in zip(row, xs, strict=True)), Value(0.0)))
                for row in weights
            ]

        losses += scoped(f"sample {s}", forward)
    return autograd.sum(losses)


@pytest.mark.parametrize(
    ("nodes", "graph", "limit"),
    [(200, lambda: perceptron(5, 4), 16), (2000, lambda: perceptron(20, 10), 50)],
)
def test_a_step_and_a_slider_repaint_in_time(browser, tmp_path, nodes, graph, limit):
    explorer = explore(graph())
    watched = Watched(
        browser, explorer.save(tmp_path / "page.html"), viewport={"width": 1400, "height": 900}
    )
    found = watched.page.evaluate(MEASURE)
    print(f"\n{len(explorer.order):,} nodes, {found}")
    assert 0.9 * nodes <= found["boxes"] <= 1.5 * nodes
    assert found["step"] <= limit
    assert found["slider"] <= limit


def thin():
    """A recurrence of few numbers over many steps: 100,002 nodes, two edges each."""
    w, h = [Value(0.1 * i) for i in range(5)], Value(0.5)

    def step(h, t):
        for weight in w:
            h = autograd.tanh(weight * h + w[0] * (0.001 * t))
        return h + w[1]

    for t in range(3846):
        h = scoped(f"t={t}", step, h, t)
    return h


def dense():
    """A recurrence of vectors: 100,866 nodes, a third of which have 17 edges."""
    weights = [[Value(0.1 * (i - j)) for i in range(8)] for j in range(8)]
    h = [Value(0.5)] * 8

    def step(h, t):
        return [autograd.tanh(autograd.dot(row, h, 0.001 * t)) for row in weights]

    for t in range(4200):
        h = scoped(f"t={t}", step, h, t)
    return autograd.sum(h)


@pytest.mark.parametrize("graph", [thin, dense])
def test_a_folded_graph_of_100000_nodes_opens_in_three_seconds(browser, tmp_path, graph):
    root = graph()
    start = time.perf_counter()
    explorer = explore(root)
    path = explorer.save(tmp_path / "page.html")
    written = time.perf_counter() - start
    watched = Watched(browser, path)
    watched.page.evaluate("explorer.painter.context.getImageData(0, 0, 1, 1)[0]")
    seconds = time.perf_counter() - start
    nodes = len(explorer.order)
    print(f"\n{nodes:,} nodes: {written:.2f} s to the page, {seconds:.2f} s to the picture")
    assert nodes >= 100_000
    assert seconds <= 3.0
