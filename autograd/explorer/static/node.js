// What the panel says of a node: its numbers, its formula, and where its gradient comes from.

import { QUICK, checkOf } from "./check.js";
import { element, living, table } from "./element.js";
import { linkTo } from "./links.js";
import { bestPaths } from "./paths.js";
import { contributionsTo } from "./predict.js";
import { question } from "./question.js";
import { slider } from "./slider.js";
import { called, count, exact, filledIn, inFormula, number } from "./words.js";

const MOST_ROWS = 12;

export function aboutNode(explorer, node) {
  const { graph, quiz } = explorer;
  const op = graph.ops[graph.op[node]];
  const isConstant = graph.isConstant(node);
  const isKnown = !isConstant && !quiz.hides(node);
  const name = graph.names.get(node);
  const kind = graph.isLeaf(node) ? ["", "parameter", "input", "constant"][graph.kind[node]] : op.name;
  const line = graph.lines.get(node);
  return [
    element("h3", {}, name ?? (op.symbol || "a number"), " ", element("small", {}, name || !op.symbol ? kind : op.name !== op.symbol ? op.name : "")),
    element("dl", {},
      element("dt", {}, "data"), element("dd", {}, exact(graph.data[node])),
      ...(isConstant ? [] : [element("dt", {}, "grad"), living("dd", { class: "ag-grad" }, () => [gradient(explorer, node)])])),
    isKnown ? living("div", {}, () => [progress(explorer, node)]) : null,
    quiz.hides(node) ? question(explorer, node) : null,
    graph.isLeaf(node) ? slider(explorer, node) : formulas(explorer, node, op),
    isKnown ? living("div", {}, () => [sources(explorer, node)]) : null,
    isKnown ? checkOf(explorer, node) : null,
    isKnown ? pathsOf(explorer, node) : null,
    line ? element("details", { open: true }, element("summary", {}, "Made by"), element("pre", {}, line)) : null,
    viewButtons(explorer, node),
  ];
}

// The gradient as it has grown up to the step that is shown.
function gradient({ quiz, stepper }, node) {
  return quiz.hides(node) ? "?" : exact(stepper.sum[node]);
}

// What is still to come, where something is.
function progress({ stepper }, node) {
  const missing = stepper.waiting[node];
  if (stepper.state(node) === "complete" || !missing) return null;
  const arrived = stepper.expected[node] - missing;
  const all = count(stepper.expected[node], "contribution");
  const text = arrived ? `The gradient so far: ${arrived} of ${all}; ${missing.toLocaleString("en")} more to come.` : `Nothing has been passed back to it yet; ${all} to come.`;
  return element("p", { class: "ag-note" }, text);
}

function formulas(explorer, node, op) {
  const { graph } = explorer;
  const operands = graph.operands(node);
  const named = (operand) => inFormula(graph, operand);
  const numbers = (operand) => number(graph.data[operand]);
  const rows = [...operands.slice(0, MOST_ROWS)].map((operand, i) => {
    const edge = graph.first[node] + i;
    const text = op.partials[i];
    const isLive = graph.live[edge];
    return element("tr", {},
      element("td", {}, linkTo(explorer, operand)),
      element("td", {}, number(graph.data[operand])),
      element("td", {}, text ? filledIn(graph, node, text, named) : isLive ? "" : "no edge"),
      element("td", {}, isLive ? number(graph.partial[edge]) : "—"));
  });
  const rest = operands.length - rows.length;
  return element("div", {},
    element("p", { class: "ag-formula" }, `out = ${filledIn(graph, node, op.formula, named)}`),
    element("p", { class: "ag-formula ag-faint" }, `${number(graph.data[node])} = ${filledIn(graph, node, op.formula, numbers)}`),
    op.rule ? element("p", { class: "ag-faint" }, op.rule) : null,
    table(["operand", "data", "∂out/∂operand", "here"], rows),
    rest > 0 ? element("p", { class: "ag-faint" }, `… ${rest.toLocaleString("en")} more operands`) : null);
}

// Where the gradient comes from: a row for each use, and their sum so far.
function sources(explorer, node) {
  const { graph, stepper, picture } = explorer;
  if (node === graph.root) return element("p", {}, "The output: its gradient is 1, and the backward pass starts here.");
  const sum = contributionsTo(graph, node);
  if (!sum.length) return element("p", {}, "Nothing flows back to it: its gradient is 0.");
  const rows = sum.slice(0, MOST_ROWS).map(({ user, edge, upstream, local, contribution }) => {
    const hasArrived = stepper.isAtEnd || picture.hasArrived(edge);
    return element("tr", { class: hasArrived ? "" : "ag-to-come" },
      element("td", {}, linkTo(explorer, user)),
      element("td", {}, `${hasArrived ? number(upstream) : "…"} × ${number(local)}`),
      element("td", {}, hasArrived ? number(contribution) : "to come"));
  });
  if (sum.length > MOST_ROWS) rows.push(element("tr", {}, element("td", {}, `… ${sum.length - MOST_ROWS} more`)));
  if (sum.length > 1) {
    const what = stepper.state(node) === "complete" ? "sum" : "sum so far";
    rows.push(element("tr", { class: "ag-total" }, element("td", {}, what), element("td", {}), element("td", {}, number(stepper.sum[node]))));
  }
  return table(["through", "upstream × local", "contribution"], rows);
}

function pathsOf(explorer, node) {
  const { graph } = explorer;
  if (node === graph.root) return null;
  const list = element("ol", {});
  const fillIn = () => {
    const { best, number: n } = bestPaths(graph, node);
    list.replaceChildren(...best.map((path) => element("li", {},
      element("button", { class: "ag-link", onclick: () => explorer.views.mark(path) },
        `${number(path.product)}: ${inArrows(graph, path)}`))));
    const total = n < 1e6 ? count(n, "path") : `about ${number(n)} paths`;
    list.before(element("p", { class: "ag-faint" }, `${total} to the output; the products of the local derivatives along them add up to the complete gradient.`));
  };
  const details = element("details", { open: graph.size <= QUICK }, element("summary", {}, "Paths that contribute most"), list);
  if (graph.size <= QUICK) fillIn();
  else details.addEventListener("toggle", () => !list.children.length && fillIn());
  return details;
}

function inArrows(graph, path) {
  const names = path.nodes.map((node) => called(graph, node));
  const shown = names.length > 10 ? [...names.slice(0, 4), `… ${names.length - 8} more …`, ...names.slice(-4)] : names;
  return shown.join(" → ");
}

function viewButtons({ views, graph }, node) {
  const now = views.mode.kind;
  const button = (kind, text) => element("button", { "data-key": kind, "aria-pressed": String(now === kind), onclick: () => views.view(kind, node) }, text);
  return element("p", { class: "ag-buttons" }, button("around", "Around it"), node === graph.root ? null : button("paths", "Its paths"), now === "all" ? null : button("all", "Whole graph"));
}
