// A gradient held against finite differences.

import { element, living } from "./element.js";
import { number } from "./words.js";

export const QUICK = 5000; // nodes of a graph for which more is computed than was asked for

export function checkOf(explorer, node) {
  const { graph, stepper, version } = explorer;
  let found; // nothing until they are computed
  const ask = () => explorer.source.differences(node).then((answer) => {
    if (version !== explorer.version) return;
    found = answer;
    out.update();
  });
  const out = living("p", { class: "ag-check" }, () => {
    if (stepper.state(node) !== "complete") return ["Compared once the gradient is complete."];
    if (found !== undefined) return [verdict(found, graph.grad[node])];
    return [graph.size > QUICK ? element("button", { onclick: ask }, "Check by finite differences") : "…"];
  });
  if (graph.size <= QUICK) ask();
  return element("div", {}, element("h4", {}, "Finite differences"), out);
}

export function verdict(found, grad) {
  if (!found) return "Not to be had here: this graph cannot be computed in JavaScript.";
  const { central, left, right } = found;
  const scale = Math.max(Math.abs(grad), Math.abs(central), 1e-3);
  if (!Number.isFinite(central) || !Number.isFinite(grad)) return `Differences give ${number(central)}: not a number to compare with.`;
  if (Math.abs(left - right) > 0.02 * Math.max(Math.abs(left), Math.abs(right), 1e-3) && Math.abs(grad - central) > 1e-4 * scale) {
    return `A kink: the slope is ${number(left)} to the left, ${number(right)} to the right; grad is ${number(grad)}.`;
  }
  const agrees = Math.abs(grad - central) <= 1e-5 * scale;
  return `${agrees ? "✓" : "✗"} (f(x+h) − f(x−h)) / 2h = ${central.toPrecision(9).replace("-", "−")}, ${agrees ? "as the gradient says" : `but grad is ${number(grad)}`}.`;
}
