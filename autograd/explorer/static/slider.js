// A leaf's slider: its number, and its gradient with it.

import { element } from "./element.js";
import { linkTo } from "./links.js";
import { called, number } from "./words.js";

export function slider(explorer, leaf) {
  const { graph } = explorer;
  const name = called(graph, leaf);
  const start = graph.original[leaf];
  const reach = Math.max(1, 2 * Math.abs(start));
  const off = Boolean(explorer.source.problem) || !Number.isFinite(start);
  const key = `leaf ${leaf}`;
  const set = (x) => Number.isFinite(x) && explorer.set(leaf, x);
  const range = element("input", {
    type: "range", min: start - reach, max: start + reach, step: reach / 200,
    "aria-label": `${name}, slider`, "data-key": key, disabled: off,
    oninput: () => set(range.valueAsNumber),
  });
  const field = element("input", {
    type: "number", step: "any", "aria-label": `${name}, number`, "data-key": `${key} n`, disabled: off,
    onchange: () => set(field.valueAsNumber),
  });
  const grad = element("span", { class: "ag-faint" });
  const host = element("div", { class: "ag-slider" },
    element("span", { class: "ag-name" }, linkTo(explorer, leaf)), range, field,
    element("button", { title: "As it was", "aria-label": `${name}: as it was`, disabled: off, onclick: () => set(start) }, "↺"), grad);
  host.update = () => {
    if (document.activeElement !== field) field.value = Number(graph.data[leaf].toPrecision(12));
    if (!range.matches(":active")) range.value = graph.data[leaf];
    grad.textContent = graph.isConstant(leaf) ? "" : gradOf(explorer, leaf);
  };
  host.update();
  return host;
}

function gradOf({ quiz, stepper }, leaf) {
  if (quiz.hides(leaf)) return "grad ?";
  const progress = stepper.state(leaf) === "complete" ? "" : " so far";
  return `grad ${number(stepper.sum[leaf])}${progress}`;
}
