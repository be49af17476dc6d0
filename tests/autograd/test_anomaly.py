"""detect_anomaly: which op made nan or inf, in which line, on which way, and in which picture."""

import asyncio
import threading
import warnings

import pytest

import autograd as ag
import nn
from autograd import AnomalyError, Value, detect_anomaly, draw, no_grad, set_detect_anomaly
from autograd import value as engine


@pytest.fixture(autouse=True)
def modes_are_left_behind():
    yield
    assert not engine.busy
    assert engine.inspectors.get() == ()


def anomaly(function, *args):
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        function(*args)
    return caught.value


# --- forward --------------------------------------------------------------------------------------


def test_an_op_that_makes_inf_or_nan_is_named_with_its_operands():
    x = Value(0.0, label="x")
    with detect_anomaly():
        with pytest.raises(AnomalyError, match=r"forward: log\(x = 0\.0\) gave -inf"):
            x.log()
        with pytest.raises(AnomalyError, match=r"forward: /\(1\.0, x = 0\.0\) gave inf"):
            1 / x
        with pytest.raises(AnomalyError, match=r"forward: exp\(1000\.0\) gave inf"):
            Value(1000.0).exp()
        with pytest.raises(AnomalyError, match=r"forward: sum\(.*1 more\) gave inf"):
            ag.sum([Value(1e308)] * 7)


def test_inf_that_was_there_before_is_no_anomaly():
    with detect_anomaly():
        assert (Value(float("inf")) * 2).data == float("inf")
        assert (Value(float("nan")).exp() + 1).requires_grad


def test_the_error_shows_the_line_that_made_the_node_and_underlines_the_op():
    def loss(x):
        return 1 + x.log() * 2  # here it is born

    error = anomaly(loss, Value(0.0))
    first, place, line, underline = str(error).split("\n")
    assert first == "forward: log(0.0) gave -inf"
    assert place.startswith(f'  made by File "{__file__}", line ')
    assert place.endswith(", in loss")
    assert line == "    return 1 + x.log() * 2  # here it is born"
    assert underline == "               ^^^^^^^"
    assert error.node.data == float("-inf")
    assert error.path == (error.node,)


def test_of_code_over_several_lines_the_first_is_shown():
    error = anomaly(lambda x: 1 + x.log(
    ) * 2, Value(0.0))  # fmt: skip
    *_, line, underline = str(error).split("\n")
    assert line == "    error = anomaly(lambda x: 1 + x.log("
    assert underline == "                                  ^^^^^^"


def test_the_line_of_a_layer_is_followed_by_the_users_own_that_called_it():
    model = nn.MLP(2, [3, 1], rng=0)
    model.layers[0].neurons[1].w[0].data = 1e308

    def step():
        return model([10.0, 0.0])

    text = str(anomaly(step))
    assert text.index("made by File") < text.index("layers.py") < text.index("called by File")
    assert text.index("called by File") < text.index("return model([10.0, 0.0])")


def test_code_without_a_file_is_named_by_its_line_alone():
    program = compile("x.log()", "<a cell>", "eval")
    error = anomaly(lambda: eval(program, {"x": Value(0.0)}))
    assert str(error).endswith('made by File "<a cell>", line 1, in <module>')


# --- backward -------------------------------------------------------------------------------------


def test_backward_names_the_op_whose_slope_is_infinite_and_leaves_no_trace():
    x, w = Value(0.0, label="x"), Value(1.0)
    w.grad = 0.5
    y = w * x.sqrt()
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward: sqrt\(x = 0\.0\) passes"):
        y.backward()
    assert (x.grad, w.grad) == (0.0, 0.5)
    y.backward()
    assert x.grad == float("inf")


def test_the_path_leads_from_the_loss_to_the_op_at_fault():
    def train():
        x = Value(0.0, label="x")
        root = x.sqrt()
        loss = (root * 3 + root * 0.5).tanh()
        loss.label = "loss"
        loss.backward()

    error = anomaly(train)
    assert [node.op for node in error.path] == ["tanh", "+", "*", "sqrt"]
    assert error.path[-1] is error.node
    assert error.path[-2].parents[1].data == 3.0  # the way on which most gradient came
    assert "\n  path: loss [tanh] → + → * → sqrt\n  made by File" in str(error)
    assert "root = x.sqrt()\n           ^^^^^^^^" in str(error)


def test_a_path_tells_the_module_calls_on_it_and_is_shortened_in_the_middle():
    model = nn.MLP(1, [1, 1], activation="tanh", rng=0)

    def train():
        y = model([Value(0.0).sqrt()])
        for _ in range(10):
            y = y + 1
        y.backward()

    error = anomaly(train)
    assert len(error.path) == 14
    assert "path: + → + → + → + → … 6 more … → MLP.layers.1 [dot] →" in str(error)


def test_lines_are_known_of_nodes_made_inside_the_mode_only():
    y = Value(0.0).sqrt() + 1
    assert "made by" not in str(anomaly(y.backward))
    with detect_anomaly():
        y = Value(0.0).sqrt() + 1
    assert "made by" in str(anomaly(y.backward))


def test_a_slope_towards_a_constant_is_no_anomaly():
    with detect_anomaly():
        x = Value(0.5)
        (0**x + Value(-2.0) ** Value(2.0, requires_grad=False)).backward()
    assert x.grad == 0.0


def test_finite_gradients_that_add_up_to_infinity_are_an_anomaly():
    x = Value(0.0)
    h = x * 1.0
    y = h * 1e308 + h * 1e308
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward: .* add up to inf"):
        y.backward()
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward: .* add up to inf"):
        (x * 1e308 + x * 1e308).backward()
    assert x.grad == 0.0


def test_a_hook_that_makes_nan_is_said_to_have_done_so():
    x = Value(1.0)
    y = x * 2
    y.register_hook(lambda grad: float("nan"))
    assert "add up to nan, after its hooks have seen them" in str(anomaly((y + 1).backward))


def test_detect_anomaly_changes_no_number():
    def run():
        x = Value(0.3)
        y = nn.MLP(2, [3, 1], rng=0)([x, x]) + (x * x).tanh() + ag.logsumexp([x, 1.0])
        y.label = "y"
        y.backward()
        return y.data, x.grad

    plain = run()
    with detect_anomaly():
        assert run() == plain


# --- derivatives of derivatives -------------------------------------------------------------------


def test_an_anomaly_in_a_derivative_of_a_derivative_is_found():
    def slope(x):
        y = x.sqrt()
        return ag.grad(y, x, create_graph=True)  # 0.5 / sqrt(0)

    error = anomaly(slope, Value(0.0))
    assert str(error).startswith("forward: /(0.5, 0.0) gave inf")
    assert "return ag.grad(y, x, create_graph=True)" in str(error)


def test_graphs_of_gradients_are_watched_in_their_own_backward_pass():
    def curvature(x):
        slope = ag.grad(x**1.5, x, create_graph=True)
        slope.backward()

    error = anomaly(curvature, Value(0.0, label="x"))
    assert str(error).startswith("backward: **0.5(x = 0.0) passes 1.5 × inf on")


# --- what is looked for ---------------------------------------------------------------------------


def test_without_check_inf_infinities_pass_and_the_nan_made_of_them_is_found():
    with detect_anomaly(check_inf=False):
        zero = Value(0.0)
        y = zero.log()
        with pytest.raises(AnomalyError, match=r"forward: \*\(0\.0, -inf\) gave nan"):
            zero * y
        y.backward()
    assert zero.grad == float("inf")


def test_without_check_nan_nothing_raises_but_lines_are_remembered():
    with detect_anomaly(check_nan=False, check_inf=False):
        y = Value(0.0).sqrt() * Value(-1.0).sqrt()
        y.backward()
    assert "made by" in str(anomaly(y.backward))


def test_modes_nest_and_the_innermost_counts():
    zero = Value(0.0)
    with detect_anomaly():
        with detect_anomaly(check_inf=False):
            assert zero.log().data == float("-inf")
        with pytest.raises(AnomalyError):
            zero.log()
        with no_grad():
            assert zero.log().data == float("-inf")  # nothing is recorded, nothing looked at
    assert zero.log().data == float("-inf")


def test_set_detect_anomaly_switches_for_good_or_for_a_block():
    zero = Value(0.0)
    set_detect_anomaly(True)
    try:
        with pytest.raises(AnomalyError):
            zero.log()
        with set_detect_anomaly(False):
            zero.log()
        with pytest.raises(AnomalyError):
            zero.log()
    finally:
        set_detect_anomaly(False)
    with set_detect_anomaly(True), pytest.raises(AnomalyError):
        zero.log()
    zero.log()


def test_set_detect_anomaly_within_other_modes_ends_with_them():
    zero = Value(0.0)
    with detect_anomaly():
        set_detect_anomaly(False)
        zero.log()
    zero.log()


def test_detect_anomaly_is_per_thread_and_per_task():
    found = []

    def log():
        try:
            found.append(Value(0.0).log().data)
        except AnomalyError:
            found.append("anomaly")

    with detect_anomaly():
        thread = threading.Thread(target=log)
        thread.start()
        thread.join()
        log()

    async def careful():
        with detect_anomaly():
            await asyncio.sleep(0.01)
            log()

    async def careless():
        await asyncio.sleep(0.005)
        log()

    async def both():
        await asyncio.gather(careful(), careless())

    asyncio.run(both())
    assert found == [float("-inf"), "anomaly"] * 2


# --- stale graphs ---------------------------------------------------------------------------------


def test_backward_through_a_stale_graph_is_warned_of_and_faithful_to_the_forward_pass():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    with detect_anomaly():
        y = (w * x).tanh()
        w.data = 0.5
        with pytest.warns(
            RuntimeWarning, match=r"stale: \*\(w = 0\.5, x = 3\.0\) holds 6\.0"
        ) as said:
            y.backward()
    assert "y = (w * x).tanh()" in str(said[0].message)
    assert said[0].filename == __file__
    assert x.grad == y.partials[0] * 2.0  # the weight that it was multiplied by


def test_a_second_backward_after_a_step_is_stale_and_after_replay_it_is_not():
    p = Value(1.0)
    with detect_anomaly(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss = p * p
        loss.backward()
        assert not caught
        p.data -= 0.1 * p.grad
        ag.replay(loss)
        loss.backward()
        assert not caught
        p.data -= 0.1
        loss.backward()
        assert len(caught) == 1


def test_a_warning_made_an_error_leaves_the_gradients_as_they_were():
    p = Value(1.0)
    loss = p * p
    p.data = 2.0
    with detect_anomaly(), warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            loss.backward()
    assert p.grad == 0.0


# --- pictures -------------------------------------------------------------------------------------


def error_of_a_small_network():
    x, w = Value(0.0, label="x"), Value(1.5, label="w")
    return anomaly(lambda: ((w * x).sqrt() + w).backward())


def test_the_node_at_fault_stands_out_in_a_picture():
    error = error_of_a_small_network()
    drawing = draw(error.path[0], mark=error.node)
    (marked,) = [node for node in drawing.scene.nodes if node.is_marked]
    assert marked.symbol == "√"
    assert drawing.dot.count("penwidth=5") == 1
    assert "very thick red border: marked" in drawing.dot
    assert "very thick red border: marked" in drawing.svg.replace("\xa0", " ")
    assert "√ (marked): data 0.0" in drawing.svg
    assert [line[:4] for line in str(drawing).split("\n") if "◀ marked" in line] == ["├─ √"]
    assert "1 marked" in drawing.summary


def test_a_whole_path_can_be_marked_and_a_picture_without_marks_says_nothing_of_them():
    error = error_of_a_small_network()
    drawing = draw(error.path[0], mark=error.path)
    assert sum(node.is_marked for node in drawing.scene.nodes) == len(error.path) == 2
    plain = draw(error.path[0])
    assert "marked" not in plain.dot + plain.summary + str(plain)


def test_a_marked_parameter_is_shown_even_where_parameters_are_left_out():
    model = nn.MLP(1, [1], rng=0)
    y = model([Value(1.0)])
    weight = model.parameters()[0]
    scene = draw(y, parameters=False, mark=weight).scene
    assert [node.kind for node in scene.nodes if node.is_marked] == ["parameter"]
    assert scene.left_out == 1


def test_only_values_of_the_graph_can_be_marked():
    y = Value(1.0) * 2
    with pytest.raises(ValueError, match=r"mark\): Value\(3\.0\) is not in the graph"):
        draw(y, mark=Value(3.0))
    with pytest.raises(TypeError, match=r"mark\): must be Values, not float"):
        draw(y, mark=[1.0])


# --- text -----------------------------------------------------------------------------------------


def test_labels_cannot_break_the_lines_of_a_message():
    x = Value(0.0, label="x\n  path: forged\x1b[31m")
    text = str(anomaly(x.log))
    assert "log(x\\n  path: forged\\x1b[31m = 0.0)" in text
    assert "\x1b" not in text
