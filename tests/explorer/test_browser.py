"""The page in a real browser, without a network: stepping, sliders, folding, predicting."""

import pytest
from browser import Watched, chromium, until

import autograd
from autograd import Value, explore, primitive, scoped
from autograd.primitives import table


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


def neuron():
    x, w, b = Value(0.5, label="x"), Value(2.0, label="w"), Value(-0.6, label="b")

    def forward():
        s = w * x + b
        return s.tanh() + s * x

    return explore(forward, title="A neuron"), (x, w, b)


@pytest.fixture
def page(browser, tmp_path):
    explorer, _ = neuron()
    watched = Watched(browser, explorer.save(tmp_path / "neuron.html"))
    yield watched.page
    watched.close()


def status(page):
    return page.text_content(".ag-status")


def panel(page):
    return page.text_content(".ag-panel")


def choose(page, label):
    page.evaluate(
        "label => explorer.choose([...explorer.graph.names].find(([, n]) => n === label)[0])", label
    )


def test_stepping_tells_each_use_of_the_chain_rule_in_numbers(page):
    steps = neuron()[0].steps
    page.click("text=Reset")
    assert "output's gradient is 1" in status(page)
    for i, step in enumerate(steps, 1):
        page.click("button:has-text('Step')")
        assert f"Step {i} of {len(steps)}" in status(page)
        number = page.evaluate("explorer.stepper.last")
        assert (number["upstream"], number["local"]) == (step.upstream, step.local)
        assert (number["before"], number["after"]) == (step.before, step.after)
    assert "It adds up: " in status(page)
    assert page.is_disabled("button:has-text('Step')")
    page.click("text=Back")
    assert f"Step {len(steps) - 1} of" in status(page)


def test_in_the_middle_of_the_pass_the_panel_shows_the_gradient_so_far(page):
    steps = [step for step in neuron()[0].steps if step.to.label == "x"]
    choose(page, "x")
    page.click("text=Reset")
    assert "Nothing has been passed back to it yet; 2 contributions to come." in panel(page)
    seen = []
    for _ in neuron()[0].steps:
        page.click("button:has-text('Step')")
        seen.append((float(page.text_content(".ag-grad").replace("−", "-")), panel(page)))
    amounts = [amount for amount, _ in seen]
    assert list(dict.fromkeys(amounts)) == [0.0, steps[0].after, steps[1].after]
    first = seen[amounts.index(steps[0].after)][1]
    assert "1 of 2 contributions; 1 more to come." in first
    assert "sum so far" in first
    assert "Compared once the gradient is complete." in first
    last = seen[-1][1]
    assert "more to come" not in last
    assert "so far" not in last


def test_a_list_has_every_box_with_its_numbers_as_text(page):
    page.click("text=The boxes as a list")
    rows = page.locator(".ag-list li button")
    until(page, "document.querySelectorAll('.ag-list li').length > 0")
    assert rows.count() == page.evaluate("explorer.scene.boxes.length")
    texts = rows.all_text_contents()
    assert any(text.startswith("w: data 2, gradient ") for text in texts), texts
    assert not any("so far" in text for text in texts)
    page.click("text=Reset")
    assert any("so far, more is to come" in text for text in rows.all_text_contents())
    row = page.locator(".ag-list li button", has_text="w: data 2")
    row.focus()
    page.keyboard.press("Enter")
    assert row.get_attribute("aria-current") == "true"
    assert "w: data 2" in status(page)


def test_everything_can_be_done_from_the_keyboard(page):
    page.focus("canvas")
    for key, expected in [
        ("Home", "Step 0 of"), ("n", "Step 1 of"), ("n", "Step 2 of"), ("b", "Step 1 of"),
        ("End", "all gradients are complete"), ("]", "Speed: 4 steps"), ("[", "Speed: 2 steps"),
        ("ArrowLeft", "gradient"), ("ArrowLeft", "data"), ("v", "within two edges"),
        ("v", "paths"), ("v", "whole graph"), ("p", "predict its gradient"), ("p", "Press Step"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert expected in status(page), key
    page.keyboard.press("?")
    assert page.is_visible(".ag-help")
    page.keyboard.press("Home")
    for _ in range(6):
        page.keyboard.press("]")
    page.keyboard.press("Space")
    until(page, "explorer.stepper.isAtEnd")


def test_the_panel_says_all_of_a_node(page):
    choose(page, "w")
    text = panel(page)
    assert "upstream × local" in text
    until(page, "document.querySelector('.ag-check').textContent.includes('gradient says')")
    assert "Paths that contribute most" in text
    page.evaluate("explorer.choose(explorer.graph.root)")
    text = panel(page)
    assert "out = tanh(w · x + b) + (w · x + b) · x" in text
    assert 'File "test_browser.py"' in text
    assert "∂out/∂operand" in text


def test_a_slider_recomputes_values_and_gradients_as_python_does(page):
    explorer, (_, w, _) = neuron()
    choose(page, "w")
    page.fill(".ag-panel input[type=number]", "1.25")
    page.keyboard.press("Tab")
    output = explorer.set(w, 1.25)
    assert page.evaluate("explorer.graph.data[explorer.graph.root]") == pytest.approx(
        output, rel=1e-14
    )
    found = page.evaluate("explorer.graph.grad[explorer.selected]")
    assert found == pytest.approx(w.grad, rel=1e-14)
    slider = page.locator(".ag-panel input[type=range]").first
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert page.evaluate("explorer.graph.data[explorer.selected]") > 3.0


def test_predict_first_hides_gradients_and_explains_mistakes(page):
    grads = {
        label: page.evaluate(
            "l => explorer.graph.grad[[...explorer.graph.names].find(([, n]) => n === l)[0]]", label
        )
        for label in "xwb"
    }
    page.click("text=Predict first")
    choose(page, "b")
    assert "grad?" in panel(page)
    assert f"{grads['b']:.4g}" not in panel(page)
    page.fill(".ag-question input", str(-grads["b"]))
    page.click(".ag-question button")
    assert "The size is right, the sign is not." in panel(page)
    choose(page, "x")
    contributions = page.evaluate(
        "[...explorer.graph.uses(explorer.selected)].map(e => explorer.stepper.contribution(e))"
    )
    page.fill(".ag-question input", str(contributions[0]))
    page.click(".ag-question button")
    assert "the contributions add up" in panel(page)
    choose(page, "w")
    page.fill(".ag-question input", f"{grads['w']:.3f}")
    page.keyboard.press("Enter")
    assert "✓ Right." in panel(page)
    assert "1 of 3 right so far" in status(page)


def test_parts_fold_and_unfold_and_large_graphs_start_folded(browser, tmp_path):
    w, h = Value(0.9, label="w"), Value(0.5, label="h")
    for t in range(400):
        h = scoped(f"t={t}", lambda h: autograd.tanh(w * h), h)
    watched = Watched(browser, explore(h).save(tmp_path / "rnn.html"))
    page = watched.page
    boxes = "explorer.scene.boxes.length"
    first = page.evaluate(boxes)
    assert first < 20
    page.focus("canvas")
    page.keyboard.press("ArrowLeft")  # chooses the box with the output
    page.keyboard.press("Enter")
    assert "unfolded" in status(page)
    assert page.evaluate(boxes) > first
    page.keyboard.press("f")
    assert page.evaluate(boxes) == first
    page.keyboard.press("Home")
    page.keyboard.press("n")  # to the next step that can be seen
    assert page.evaluate("explorer.stepper.at") > 1
    watched.close()


@pytest.mark.parametrize("steps", [12, 40])
def test_a_folded_recurrence_is_readable_at_first_sight(browser, tmp_path, steps):
    w, h = Value(0.9, label="w"), Value(0.5, label="h")

    def step(h):
        for _ in range(30):
            h = autograd.tanh(w * h)
        return h

    for t in range(steps):
        h = scoped(f"t={t}", step, h)
    watched = Watched(browser, explore(h).save(tmp_path / "rnn.html"))
    page = watched.page
    assert page.evaluate("explorer.painter.scale * 12") >= 11
    assert page.evaluate(
        "(() => { const { left, right, top, bottom } = explorer.painter.window;"
        "return explorer.scene.boxes.every((b) => b.x - b.w / 2 >= left && b.x + b.w / 2 <= right"
        " && b.y - b.h / 2 >= top && b.y + b.h / 2 <= bottom) })()"
    )
    names = page.evaluate("explorer.graph.parts.map((part) => part.name)")
    calls = [name for name in names if "…" not in name and name.startswith("t=")]
    assert calls == [f"t={t}" for t in range(steps)]
    watched.close()


def test_a_picture_that_had_no_place_at_first_is_laid_out_when_it_gets_one(browser, tmp_path):
    w, h = Value(0.9, label="w"), Value(0.5, label="h")
    for t in range(12):
        h = scoped(f"t={t}", lambda h: autograd.tanh(autograd.tanh(w * h)), h)
    watched = Watched(browser, explore(h).save(tmp_path / "rnn.html"))
    first = watched.page.evaluate("[explorer.scene.boxes.length, explorer.painter.scale]")
    again = watched.page.evaluate(
        "(async () => { const main = document.querySelector('main');"
        "const snapshot = JSON.parse(document.getElementById('snapshot').textContent);"
        "const { source, root } = explorer; root.remove(); main.style.display = 'none';"
        "window.explorer = new explorer.constructor(main, snapshot, () => source);"
        "main.style.display = ''; await new Promise((done) => setTimeout(done, 300));"
        "return [window.explorer.scene.boxes.length, window.explorer.painter.scale] })()"
    )
    assert again == first
    watched.close()


def test_sliders_are_off_and_say_why_where_an_op_has_no_javascript(browser, tmp_path):
    entry = primitive("cube (in a page)", lambda x: x * x * x, lambda out, x: (3.0 * x * x,))
    try:
        path = explore(entry(Value(2.0, label="x"))).save(tmp_path / "cube.html")
    finally:
        del table["cube (in a page)"]
    watched = Watched(browser, path)
    assert "cube (in a page) has no form in JavaScript" in panel(watched.page)
    assert watched.page.is_disabled(".ag-panel input[type=range]")
    watched.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_by_day_and_by_night(browser, tmp_path, scheme):
    path = neuron()[0].save(tmp_path / "neuron.html")
    phone = {"viewport": {"width": 360, "height": 740}, "color_scheme": scheme}
    watched = Watched(browser, path, **phone, reduced_motion="reduce", has_touch=True)
    page = watched.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    background = page.evaluate("getComputedStyle(document.querySelector('.ag')).backgroundColor")
    assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(13, 17, 23)")
    watched.close()


def test_hostile_labels_are_shown_and_not_run(browser, tmp_path):
    evil = "<img src=x onerror=alert(1)></script>{0}"
    y = scoped(evil, lambda v: v * 3.0, Value(2.0, label=evil))
    watched = Watched(browser, explore(y, title=evil).save(tmp_path / "evil.html"))
    choose(watched.page, evil)
    assert evil in panel(watched.page)
    assert watched.page.query_selector("img") is None
    watched.close()
