// The panel beside the picture: all there is to say of what is chosen.

import { bestPaths } from "./paths.js";
import { contributionsTo, judge, parsed } from "./predict.js";
import { called, count, exact, filledIn, inFormula, number } from "./words.js";

const MOST_ROWS = 12;
const MOST_SLIDERS = 12;

// An element with attributes, handlers (onclick …) and children; texts are only ever texts.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export class Panel {
  constructor(host, explorer) {
    this.host = host;
    this.explorer = explorer;
  }

  get graph() {
    return this.explorer.graph;
  }

  show() {
    const box = this.explorer.selectedBox;
    const active = this.host.contains(document.activeElement) && document.activeElement.dataset.key;
    const parts = !box ? this.overview() : box.kind === "part" ? this.ofPart(box) : box.kind === "leaves" ? this.ofLeaves(box) : this.ofNode(box.node);
    this.host.replaceChildren(...parts.filter(Boolean));
    if (active) this.host.querySelector(`[data-key="${active}"]`)?.focus();
  }

  // After new numbers, without taking the slider from under the finger.
  refresh() {
    const slider = this.host.querySelector("input[type=range]:active, input:focus");
    if (slider) this.refreshAround(slider);
    else this.show();
  }

  refreshAround(slider) {
    const box = this.explorer.selectedBox;
    if (!box || box.kind !== "node") {
      this.refreshValues();
      return;
    }
    const kept = slider.closest(".ag-slider");
    const fresh = this.ofNode(box.node).filter(Boolean);
    const old = [...this.host.children];
    const at = old.indexOf(kept);
    if (at < 0) return;
    fresh.forEach((node, i) => {
      if (node.classList.contains("ag-slider")) return;
      if (old[i] && old[i] !== kept && !node.isEqualNode(old[i])) old[i].replaceWith(node);
    });
    this.refreshValues();
  }

  refreshValues() {
    for (const host of this.host.querySelectorAll(".ag-slider")) host.update?.();
  }

  overview() {
    const { graph } = this;
    const leaves = [];
    for (let i = 0; i < graph.size && leaves.length <= MOST_SLIDERS; i++) {
      if (graph.isLeaf(i) && !graph.isConstant(i)) leaves.push(i);
    }
    const problem = this.explorer.source.problem;
    return [
      element("h3", {}, graph.title || "Computation graph"),
      element("p", {}, `${count(graph.size, "node")}; output ${called(graph, graph.root)} = ${exact(graph.data[graph.root])}.`),
      element("p", { class: "ag-faint" }, "Choose a box to see its formula, its local derivatives and where its gradient comes from."),
      legend(),
      problem && element("p", { class: "ag-note" }, problem),
      ...(leaves.length <= MOST_SLIDERS ? leaves.map((leaf) => this.slider(leaf)) : []),
    ];
  }

  ofPart(box) {
    const { graph, explorer } = this;
    const { name, kind } = graph.parts[box.part];
    const grads = box.nodes.map((node) => graph.grad[node]);
    const finite = grads.filter(Number.isFinite);
    const what = { call: "One call of a scope", range: "Several scopes in a row", alike: "Nodes that are computed alike" }[kind];
    return [
      element("h3", {}, name),
      element("p", {}, `${what}: ${count(box.nodes.length, "result")}, which use ${count(box.leaves.size, "leaf").replace("leafs", "leaves")}.`),
      explorer.predicting ? null : element("p", {}, `Gradients: ‖grad‖ ${number(Math.hypot(...sample(grads)))}, from ${number(least(finite))} to ${number(-least(finite.map((g) => -g)))}.`),
      element("button", { class: "ag-wide", "data-key": "unfold", onclick: () => explorer.toggle(box.part) }, "Unfold (Enter)"),
    ];
  }

  ofLeaves(box) {
    const { graph, explorer } = this;
    const rows = box.nodes.slice(0, 40).map((leaf) =>
      element("tr", {},
        element("td", {}, this.link(leaf)),
        element("td", {}, number(graph.data[leaf])),
        element("td", {}, explorer.hides(leaf) ? "?" : number(graph.grad[leaf]))));
    return [
      element("h3", {}, box.title),
      element("button", { class: "ag-wide", onclick: () => explorer.open(box) }, "Draw one by one (Enter)"),
      table(["leaf", "data", "grad"], rows),
      box.nodes.length > 40 ? element("p", { class: "ag-faint" }, `… ${count(box.nodes.length - 40, "more")}`.replace("mores", "more")) : null,
    ];
  }

  ofNode(node) {
    const { graph, explorer } = this;
    const op = graph.ops[graph.op[node]];
    const hidden = explorer.hides(node);
    const name = graph.names.get(node);
    const kind = graph.isLeaf(node) ? ["", "parameter", "input", "constant"][graph.kind[node]] : op.name;
    const line = graph.lines.get(node);
    return [
      element("h3", {}, name ?? (op.symbol || "a number"), " ", element("small", {}, name || !op.symbol ? kind : op.name !== op.symbol ? op.name : "")),
      element("dl", {},
        element("dt", {}, "data"), element("dd", {}, exact(graph.data[node])),
        ...(graph.isConstant(node) ? [] : [element("dt", {}, "grad"), element("dd", { class: "ag-grad" }, hidden ? "?" : exact(graph.grad[node]))])),
      hidden ? this.question(node) : null,
      graph.isLeaf(node) ? this.slider(node) : this.formulas(node, op),
      graph.isConstant(node) || hidden ? null : this.sources(node),
      graph.isConstant(node) || hidden ? null : this.check(node),
      graph.isConstant(node) || hidden ? null : this.paths(node),
      line ? element("details", { open: true }, element("summary", {}, "Made by"), element("pre", {}, line)) : null,
      this.views(node),
    ];
  }

  link(node) {
    return element("button", { class: "ag-link", onclick: () => this.explorer.choose(node) }, called(this.graph, node));
  }

  formulas(node, op) {
    const { graph } = this;
    const operands = graph.operands(node);
    const named = (operand) => inFormula(graph, operand);
    const numbers = (operand) => number(graph.data[operand]);
    const rows = [...operands.slice(0, MOST_ROWS)].map((operand, i) => {
      const edge = graph.first[node] + i;
      const text = op.partials[i];
      const isLive = graph.live[edge];
      return element("tr", {},
        element("td", {}, this.link(operand)),
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

  // Where the gradient comes from: a row for each use, and their sum.
  sources(node) {
    const { graph } = this;
    if (node === graph.root) return element("p", {}, "The output: its gradient is 1, and the backward pass starts here.");
    const sum = contributionsTo(graph, node);
    if (!sum.length) return element("p", {}, "Nothing flows back to it: its gradient is 0.");
    const rows = sum.slice(0, MOST_ROWS).map(({ user, upstream, local, contribution }) =>
      element("tr", {},
        element("td", {}, this.link(user)),
        element("td", {}, `${number(upstream)} × ${number(local)}`),
        element("td", {}, number(contribution))));
    if (sum.length > MOST_ROWS) rows.push(element("tr", {}, element("td", {}, `… ${sum.length - MOST_ROWS} more`)));
    if (sum.length > 1) rows.push(element("tr", { class: "ag-total" }, element("td", {}, "sum"), element("td", {}), element("td", {}, number(graph.grad[node]))));
    return table(["through", "upstream × local", "contribution"], rows);
  }

  check(node) {
    const { graph, explorer } = this;
    const out = element("p", { class: "ag-check" }, "…");
    const token = explorer.version;
    const run = () => explorer.source.differences(node).then((found) => {
      if (token === explorer.version) out.textContent = verdict(found, graph.grad[node]);
    });
    if (graph.size > 5000) {
      out.replaceChildren(element("button", { onclick: run }, "Check by finite differences"));
    } else run();
    return element("div", {}, element("h4", {}, "Finite differences"), out);
  }

  paths(node) {
    const { graph, explorer } = this;
    if (node === graph.root) return null;
    const list = element("ol", {});
    const fillIn = () => {
      const { best, number: n } = bestPaths(graph, node);
      list.replaceChildren(...best.map((path) => element("li", {},
        element("button", { class: "ag-link", onclick: () => explorer.mark(path) },
          `${number(path.product)}: ${words(graph, path)}`))));
      const total = n < 1e6 ? count(n, "path") : `about ${number(n)} paths`;
      list.before(element("p", { class: "ag-faint" }, `${total} to the output; the products of the local derivatives along them add up to the gradient.`));
    };
    const details = element("details", { open: graph.size <= 5000 }, element("summary", {}, "Paths that contribute most"), list);
    if (graph.size <= 5000) fillIn();
    else details.addEventListener("toggle", () => !list.children.length && fillIn());
    return details;
  }

  views(node) {
    const { explorer } = this;
    const button = (mode, text) => element("button", { "data-key": mode, "aria-pressed": String(explorer.mode.kind === mode), onclick: () => explorer.view(mode, node) }, text);
    return element("p", { class: "ag-buttons" }, button("around", "Around it"), node === this.graph.root ? null : button("paths", "Its paths"), explorer.mode.kind === "all" ? null : button("all", "Whole graph"));
  }

  slider(leaf) {
    const { graph, explorer } = this;
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
      element("span", { class: "ag-name" }, this.link(leaf)), range, field,
      element("button", { title: "As it was", "aria-label": `${name}: as it was`, disabled: off, onclick: () => set(start) }, "↺"), grad);
    host.update = () => {
      if (document.activeElement !== field) field.value = Number(graph.data[leaf].toPrecision(12));
      if (!range.matches(":active")) range.value = graph.data[leaf];
      grad.textContent = graph.isConstant(leaf) ? "" : `grad ${explorer.hides(leaf) ? "?" : number(graph.grad[leaf])}`;
    };
    host.update();
    return host;
  }

  question(node) {
    const { graph, explorer } = this;
    const field = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Your gradient of ${called(graph, node)}`, "data-key": "guess" });
    const answer = element("p", { class: "ag-answer", role: "status" });
    const submit = (event) => {
      event.preventDefault();
      const guess = parsed(field.value);
      if (Number.isNaN(guess)) {
        answer.textContent = "Type a number, such as −0.25 or 1/3.";
        return;
      }
      const { isRight, why } = judge(graph, node, guess);
      explorer.count(isRight);
      answer.className = `ag-answer ${isRight ? "ag-right" : "ag-wrong"}`;
      answer.textContent = `${isRight ? "✓ Right." : "✗ Not right."} ${why}`;
      explorer.reveal(node, answer);
    };
    const users = [...new Set(Array.from(graph.uses(node), (edge) => called(graph, graph.to[edge])))];
    const hint = users.length ? `It is used by ${users.slice(0, 4).join(", ")}${users.length > 4 ? " …" : ""}: what does each pass back?` : "";
    return element("form", { class: "ag-question", onsubmit: submit },
      element("label", {}, "What is its gradient? ", field), element("button", {}, "Check"),
      hint ? element("p", { class: "ag-faint" }, hint) : null, answer);
  }
}

function table(heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

function legend() {
  const sign = (name, text) => element("li", {}, element("i", { class: `ag-${name}`, "aria-hidden": "true" }), text);
  return element("ul", { class: "ag-legend" },
    sign("positive", "gradient > 0"), sign("negative", "gradient < 0"), sign("large", "folded: by typical size"),
    sign("parameter", "parameter"), sign("growing", "ghost, or still growing"), sign("alarm", "nan or inf"));
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

function words(graph, path) {
  const names = path.nodes.map((node) => called(graph, node));
  const shown = names.length > 10 ? [...names.slice(0, 4), `… ${names.length - 8} more …`, ...names.slice(-4)] : names;
  return shown.join(" → ");
}

function least(xs) {
  return xs.reduce((a, b) => Math.min(a, b), Infinity);
}

function sample(xs) {
  return [Math.sqrt(xs.reduce((s, x) => s + x * x, 0))];
}
