"""Pictures of training: what they show, that they are the same every time, and safe."""

import base64
import hashlib
import io
import re
import time
import xml.etree.ElementTree as ElementTree

import pytest

import nn
from autograd import Value
from autograd import sum as total

pytest.importorskip("matplotlib")
from nn import plots


@pytest.fixture(scope="module")
def run():
    """A short training run with everything that records it."""
    X, labels = nn.make_moons(24, noise=0.1, rng=0)
    y = [2 * label - 1 for label in labels]
    model = nn.MLP(2, [6, 1], "tanh", init="xavier", rng=0)
    recorder = nn.Recorder(model)
    film = plots.BoundaryFilm(model, X, labels, resolution=8)
    live = plots.LivePlot(model, (X, labels), resolution=8)
    history = nn.fit(
        model, (X, y), nn.mse_loss, nn.Adam(model.parameters(), lr=0.05), epochs=6, batch_size=12,
        callbacks=[recorder, film, live], progress=False, rng=0,
    )  # fmt: skip
    return {"model": model, "data": (X, y), "labels": labels, "history": history,
            "recorder": recorder, "film": film, "live": live}  # fmt: skip


def time_flow(kind=nn.RNN, **options):
    model = kind(1, 3, rng=0, **options)
    outputs, _ = model([[0.1 * i] for i in range(8)])
    return nn.gradient_flow(total(outputs[-1]), model)


def layer_flow(run):
    X, y = run["data"]
    return nn.gradient_flow(nn.mse_loss(run["model"].on_batch(X), y), run["model"])


def small_landscape(traces=2):
    a, b = Value(1.0, label="a"), Value(2.0, label="b")

    def loss():
        return a * a + 4.0 * b * b

    rules = [("SGD", nn.SGD([a, b], lr=0.05)), ("Adam", nn.Adam([a, b], lr=0.2))]
    paths = [nn.trace_path([a, b], loss, rule, 5, name) for name, rule in rules[:traces]]
    return nn.landscape([a, b], loss, paths, resolution=6)


def sweep(run):
    model = nn.MLP(2, [3, 1], rng=0)
    return nn.find_learning_rate(
        model, run["data"], nn.mse_loss, nn.SGD(model.parameters(), lr=0.1), steps=12, rng=0
    )


PICTURES = {
    "curves": lambda run: plots.training_curves(run["history"]),
    "norms": lambda run: plots.gradient_norms(run["history"]),
    "boundary": lambda run: run["film"].picture(),
    "live": lambda run: run["live"].picture(),
    "time": lambda run: plots.gradient_flow_map({"RNN": time_flow(), "LSTM": time_flow(nn.LSTM)}),
    "layers": lambda run: plots.gradient_flow_map({"": layer_flow(run)}),
    "weights": lambda run: run["recorder"].plot(),
    "gradients": lambda run: run["recorder"].plot("gradients"),
    "landscape": lambda run: small_landscape().plot(),
    "rates": lambda run: sweep(run).plot(),
    "functions": lambda run: plots.activation_functions(["relu", "tanh"]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_every_time_titled_and_labelled(name, run):
    first, second = PICTURES[name](run), PICTURES[name](run)
    assert first.svg == second.svg
    root = ElementTree.fromstring(first.svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.find(f"{space}title").text == first.title
    assert root.find(f"{space}desc").text == first.description != ""
    assert "<script" not in first.svg
    assert "<image" not in first.svg or "data:image/png" in first.svg  # nothing from elsewhere
    labelled = [axes for axes in first.figure.axes if axes.get_xlabel() or axes.get_ylabel()]
    assert labelled
    assert "0x" not in repr(first)


def test_a_picture_is_the_same_whatever_the_user_has_set():
    import matplotlib

    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}):
        mine = plots.activation_functions(["tanh"]).svg
    assert mine == plots.activation_functions(["tanh"]).svg


def test_only_maps_and_colours_for_the_colour_blind_are_used():
    from nn.plots import figure

    assert figure.SIZES == "cividis"
    assert figure.SIGNED == "PuOr"
    assert len(set(figure.COLOURS)) == 6
    assert len({str(style) for style in figure.STYLES}) == 6  # lines differ without colour too


def test_vanishing_is_seen_in_the_numbers_that_are_drawn():
    flow = time_flow()
    picture = plots.gradient_flow_map({"RNN": flow})
    heat, curves = picture.figure.axes[0].get_images()[0], picture.figure.axes[1].lines
    cells = heat.get_array()
    assert cells.shape == (1, 8)
    assert cells[0, -1] == 0.0  # beside itself, the last step is 1
    assert cells[0, 0] < -1.0
    carried = flow.layers[0].steps.carried
    assert list(curves[0].get_ydata()) == pytest.approx([norm / carried[-1] for norm in carried])


def test_networks_with_and_without_time_are_drawn_apart(run):
    with pytest.raises(ValueError, match="draw them apart"):
        plots.gradient_flow_map({"a": time_flow(), "b": layer_flow(run)})
    with pytest.raises(ValueError, match="there must be layers"):
        plots.gradient_flow_map({})


def test_histograms_are_of_what_was_recorded(run):
    picture = run["recorder"].plot()
    mesh = picture.figure.axes[0].collections[0]
    shares = mesh.get_array().reshape(-1, 6) ** 2
    assert shares.sum(axis=0).tolist() == pytest.approx([1.0] * 6)  # each column holds all weights
    with pytest.raises(ValueError, match='must be "weights" or "gradients", not \'x\''):
        run["recorder"].plot("x")
    with pytest.raises(ValueError, match="kept nothing"):
        nn.Recorder(run["model"]).plot()


def test_each_path_has_its_panel_and_starts_and_ends_where_it_did():
    landscape = small_landscape()
    picture = landscape.plot()
    for axes, path in zip(picture.figure.axes, landscape.paths, strict=False):
        xs, ys = axes.lines[1].get_data()
        assert list(zip(xs, ys, strict=True)) == [tuple(point) for point in path]
    titles = [axes.get_title(loc="left").split("\n")[0] for axes in picture.figure.axes[:2]]
    assert titles == ["SGD", "Adam"]
    assert small_landscape(0).plot().title == "Loss landscape"


def test_activations_are_drawn_with_the_engines_slopes():
    axes = plots.activation_functions({"cube": lambda x: x**3}, reach=2.0).figure.axes[0]
    x, slope = axes.lines[2].get_data()
    assert list(slope) == pytest.approx([3 * t * t for t in x])
    with pytest.raises(ValueError, match="'nonsense' is none of"):
        plots.activation_functions(["nonsense"])


def test_names_are_text_and_no_formulas():
    hostile = "$\\frac<script>alert(1)</script>$"
    flow = time_flow()
    picture = plots.gradient_flow_map({hostile: flow})
    assert "<script" not in picture.svg
    assert hostile not in picture.svg
    ElementTree.fromstring(picture.svg)


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_pictures_are_saved_by_suffix_and_alike_each_time(tmp_path, suffix):
    paths = [
        plots.activation_functions(["relu"]).save(tmp_path / f"{i}.{suffix}") for i in range(2)
    ]
    one, other = (path.read_bytes() for path in paths)
    assert one == other
    assert one[:4] in (b"<svg", b"\x89PNG", b"%PDF")
    with pytest.raises(ValueError, match=r"must end in one of \.svg, \.png, \.pdf"):
        plots.activation_functions(["relu"]).save(tmp_path / "x.doc")


# --- the film ------------------------------------------------------------------------------------


def test_a_film_is_a_gif_that_plays(run, tmp_path):
    Image = pytest.importorskip("PIL.Image")
    path = run["film"].save(tmp_path / "film.gif", seconds=0.1)
    with Image.open(path) as film:
        assert film.n_frames == 6
        assert film.info["loop"] == 0  # for ever
        assert film.info["duration"] == 100
        film.seek(5)
        assert film.info["duration"] == 2000
    assert path.read_bytes() == run["film"].save(tmp_path / "again.gif", 0.1).read_bytes()


def test_a_film_is_a_page_that_runs_its_own_script_only(run, tmp_path):
    text = run["film"].save(tmp_path / "film.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert "default-src 'none'" in policy
    for tag in ("script", "style"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", text, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert text.count("<img ") == 6
    assert text.count(" hidden>") == 5
    assert "http:" not in text
    assert "https:" not in text


def test_a_film_stays_short_and_refuses_to_be_saved_empty(run, tmp_path):
    film = plots.BoundaryFilm(run["model"], run["data"][0], run["labels"], resolution=2, most=3)
    with pytest.raises(ValueError, match="has no frames"):
        film.save(tmp_path / "x.gif")
    with pytest.raises(ValueError, match=r"must end in \.gif or \.html"):
        film.save(tmp_path / "x.mp4")
    for epochs in range(1, 11):
        film(nn.History(losses=[0.5] * epochs, train_loss=[0.5] * epochs))
    assert [frame.epoch for frame in film.frames] == [1, 5, 9]


# --- live ----------------------------------------------------------------------------------------


class Screen:
    """Stands in for a notebook: what is shown, and what replaces it."""

    def __init__(self, monkeypatch):
        self.shown, self.replaced, self.callbacks, self.times = [], [], [], []
        screen = self

        class Handle:
            def update(self, frame, raw):
                screen.times.append(time.perf_counter())
                screen.replaced.append(frame)

        def display(frame, raw, display_id):
            screen.times.append(time.perf_counter())
            screen.shown.append(frame)
            return Handle()

        pytest.importorskip("IPython")
        monkeypatch.setattr("IPython.display.display", display)
        monkeypatch.setattr("nn.plots.live.in_notebook", lambda: True)
        monkeypatch.setattr("nn.plots.live.redraw_after_the_cell", self.callbacks.append)


def test_a_live_plot_is_shown_once_and_replaced_in_place(monkeypatch):
    screen = Screen(monkeypatch)
    live = plots.LivePlot(hertz=10.0)
    losses = []
    started = time.perf_counter()
    # A second; but on a busy machine the first picture alone may take as long.
    while (seconds := time.perf_counter() - started) < (1.2 if screen.replaced else 60.0):
        losses.append(1.0 / (1 + len(losses)))
        live(nn.History(losses=losses[:], train_loss=losses, train_metric=losses))
        time.sleep(0.002)
    assert len(screen.shown) == 1
    assert len(screen.replaced) >= 1, seconds
    gaps = [b - a for a, b in zip(screen.times, screen.times[1:], strict=False)]
    assert min(gaps) >= 0.1
    frames = [*screen.shown, *screen.replaced]
    sizes = {png_size(frame) for frame in frames}
    assert len(sizes) == 1  # nothing jumps
    assert max(len(frame["image/png"]) for frame in frames) < 100_000
    (finish,) = screen.callbacks
    before = len(screen.replaced)
    finish()
    assert screen.replaced[-1]["text/plain"] == f"After epoch {len(losses)}"
    finish()
    assert len(screen.replaced) <= before + 1  # what is shown already is not drawn again


def png_size(frame):
    header = base64.b64decode(frame["image/png"])[16:24]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")


def test_a_live_plot_of_a_long_run_is_no_larger():
    from nn.plots.live import MOST_POINTS, thinned

    places, numbers = thinned(list(range(100_000)))
    assert len(places) <= MOST_POINTS
    assert numbers[-1] == 99_999
    live = plots.LivePlot()
    sizes = []
    for n in (1_000, 100_000):
        live(nn.History(losses=[1.0 / (1 + i) for i in range(n)]))
        buffer = io.BytesIO(live.picture().png(dpi=80))
        sizes.append(len(buffer.getvalue()))
    assert sizes[1] < 2 * sizes[0]


def test_a_live_plot_outside_a_notebook_shows_nothing(run):
    assert run["live"].frames == 0
    assert run["live"].picture().title == "After epoch 6"


@pytest.mark.parametrize(
    ("options", "message"),
    [({"hertz": 60}, "at most 10"), ({"data": ([[1.0, 2.0]], [1])}, "needs both")],
)
def test_live_plots_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        plots.LivePlot(**options)


def test_points_that_are_not_in_a_plane_are_refused(run):
    with pytest.raises(ValueError, match="points of 2 numbers, not 3"):
        plots.BoundaryFilm(run["model"], [[1.0, 2.0, 3.0]], [1])


@pytest.mark.slow
def test_a_live_plot_in_a_real_kernel_leaves_one_picture_of_the_last_epoch():
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    code = """
import nn
X, labels = nn.make_moons(20, rng=0)
model = nn.MLP(2, [4, 1], rng=0)
live = nn.plots.LivePlot(model, (X, labels), resolution=5)
optimizer = nn.SGD(model.parameters(), lr=0.1)
history = nn.fit(model, (X, [2 * label - 1 for label in labels]), nn.hinge_loss, optimizer,
                 epochs=150, callbacks=[live], progress=False)
"""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("live.frames")]
    )
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (shown,) = notebook.cells[0].outputs  # replaced in place: there is only one
    assert shown["data"]["text/plain"] == "After epoch 150"
    assert shown["data"]["image/png"]
    assert int(notebook.cells[1].outputs[0]["data"]["text/plain"]) >= 2


def test_what_was_measured_once_is_a_point():
    history = nn.History(
        losses=[0.5], gradient_norms={"layers.0": [1.0]}, train_loss=[0.5], train_metric=[0.8],
        validation_loss=[0.6], validation_metric=[0.7],
    )  # fmt: skip
    for picture in plots.training_curves(history), plots.gradient_norms(history):
        for axes in picture.figure.axes:
            assert all(line.get_marker() == "o" for line in axes.lines)
            assert [x for x in axes.get_xticks() if 0.5 < x < 1.5] == [1.0]


def test_many_measurements_are_a_line(run):
    for picture in plots.training_curves(run["history"]), plots.gradient_norms(run["history"]):
        assert all(line.get_marker() == "None" for a in picture.figure.axes for line in a.lines)
