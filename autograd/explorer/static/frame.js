// The elements of the explorer: toolbar, status, picture, list and panel.

import { element } from "./element.js";
import { KEYS } from "./keys.js";
import { BoxList } from "./list.js";
import { SPEEDS } from "./player.js";
import { labelOf } from "./telling.js";

// Makes them, and notes on the explorer those that it needs later.
export function build(explorer, host) {
  const label = labelOf(explorer.graph);
  const canvas = element("canvas", {
    tabindex: 0, role: "application", "aria-roledescription": "graph",
    "aria-label": `${label}. Arrow keys choose a box; the list after the picture has them all.`,
  });
  const zooms = element("div", { class: "ag-zooms" },
    element("button", { "aria-label": "Zoom in", onclick: () => explorer.zoom(1.25) }, "+"),
    element("button", { "aria-label": "Zoom out", onclick: () => explorer.zoom(0.8) }, "−"));
  const help = element("dl", { class: "ag-help", hidden: true },
    ...KEYS.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)]));
  const side = element("aside", { class: "ag-panel", "aria-label": "What is chosen" });
  const status = element("p", { class: "ag-status", role: "status", "aria-live": "polite" });
  const list = new BoxList(explorer);
  Object.assign(explorer, { canvas, help, side, status, list });
  explorer.root = element("section", { class: "ag", "aria-label": label, onkeydown: (event) => explorer.onKey(event) },
    toolbar(explorer), status,
    element("div", { class: "ag-main" }, element("div", { class: "ag-stage" }, canvas, zooms, help), side), list.root);
  host.append(explorer.root);
}

function toolbar(explorer) {
  const { player } = explorer;
  const button = (name, sign, title, action) =>
    (explorer[name] = element("button", { title, "aria-label": title, onclick: action }, sign));
  const speed = element("input", {
    type: "range", min: 0, max: SPEEDS.length - 1, step: 1, value: player.speed, "aria-label": "Speed",
    title: "Speed ([ and ])", oninput: () => (player.speed = speed.valueAsNumber),
  });
  explorer.speedInput = speed;
  return element("div", { class: "ag-tools", role: "toolbar", "aria-label": "Backward pass" },
    button("resetButton", "Reset", "Reset: before the first step (Home)", () => explorer.goTo(0)),
    button("backButton", "Back", "Back (b)", () => explorer.back()),
    button("playButton", "Play", "Play or pause (Space)", () => player.play()),
    button("stepButton", "Step", "Step (n)", () => explorer.step()),
    button("endButton", "End", "End: after the last step (End)", () => explorer.goTo(explorer.stepper.length)),
    element("label", { class: "ag-speed" }, "speed ", speed),
    element("span", { class: "ag-gap" }),
    button("predictButton", "Predict first", "Hide gradients, and predict them (p)", () => explorer.predict()),
    button("parametersButton", "Parameters", "Show or hide parameters (w)", () => explorer.views.toggleParameters()),
    button("foldButton", "Fold", "Fold as at first (f)", () => explorer.views.foldAll()),
    button("fitButton", "Fit", "The whole picture (0)", () => explorer.fit()),
    button("helpButton", "?", "Keys (?)", () => explorer.toggleHelp()));
}

// Which of the buttons can be pressed now, and which are.
export function refreshToolbar(explorer) {
  const { stepper, player } = explorer;
  explorer.backButton.disabled = explorer.resetButton.disabled = stepper.at === 0;
  explorer.stepButton.disabled = explorer.endButton.disabled = stepper.isAtEnd;
  explorer.playButton.textContent = player.isPlaying ? "Pause" : "Play";
  explorer.predictButton.setAttribute("aria-pressed", String(explorer.quiz.isOn));
  explorer.parametersButton.setAttribute("aria-pressed", String(explorer.boxes.parameters));
}
