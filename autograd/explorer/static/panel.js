// The panel beside the picture: all there is to say of what is chosen.

import { element, living, table } from "./element.js";
import { linkTo } from "./links.js";
import { aboutNode } from "./node.js";
import { slider } from "./slider.js";
import { called, count, exact, number } from "./words.js";

const MOST_SLIDERS = 12;
const MOST_LEAVES = 40;

export class Panel {
  constructor(host, explorer) {
    this.host = host;
    this.explorer = explorer;
  }

  get graph() {
    return this.explorer.graph;
  }

  show() {
    this.keepFocus(() => this.host.replaceChildren(...this.parts()));
  }

  parts() {
    const box = this.explorer.selectedBox;
    const kinds = { part: () => this.ofPart(box), leaves: () => this.ofLeaves(box), node: () => aboutNode(this.explorer, box.node) };
    return (box ? kinds[box.kind]() : this.overview()).filter(Boolean);
  }

  keepFocus(change) {
    const active = this.host.contains(document.activeElement) && document.activeElement.dataset.key;
    change();
    if (active && !this.host.contains(document.activeElement)) this.host.querySelector(`[data-key="${active}"]`)?.focus();
  }

  // After a step: only what depends on it.
  tick() {
    this.keepFocus(() => this.refreshValues());
  }

  // After new numbers, without taking the slider from under the finger.
  refresh() {
    const held = this.host.querySelector("input[type=range]:active, input:focus");
    if (held) this.refreshAround(held);
    else this.show();
  }

  refreshAround(held) {
    const box = this.explorer.selectedBox;
    if (!box || box.kind !== "node") {
      this.refreshValues();
      return;
    }
    const kept = held.closest(".ag-slider");
    const fresh = this.parts();
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
    for (const host of this.host.querySelectorAll(".ag-slider, [data-living]")) host.update?.();
  }

  overview() {
    const { graph } = this;
    const leaves = [];
    for (let i = 0; i < graph.size && leaves.length <= MOST_SLIDERS; i++) {
      if (graph.isLeaf(i) && !graph.isConstant(i)) leaves.push(i);
    }
    const { problem } = this.explorer.source;
    return [
      element("h3", {}, graph.title || "Computation graph"),
      element("p", {}, `${count(graph.size, "node")}; output ${called(graph, graph.root)} = ${exact(graph.data[graph.root])}.`),
      element("p", { class: "ag-faint" }, "Choose a box to see its formula, its local derivatives and where its gradient comes from."),
      legend(),
      problem && element("p", { class: "ag-note" }, problem),
      ...(leaves.length <= MOST_SLIDERS ? leaves.map((leaf) => slider(this.explorer, leaf)) : []),
    ];
  }

  ofPart(box) {
    const { graph, explorer } = this;
    const { name, kind } = graph.parts[box.part];
    const what = { call: "One call of a scope", range: "Several scopes in a row", alike: "Nodes that are computed alike" }[kind];
    return [
      element("h3", {}, name),
      element("p", {}, `${what}: ${count(box.nodes.length, "result")}, which use ${count(box.leaves.size, "leaf").replace("leafs", "leaves")}.`),
      explorer.quiz.isOn ? null : living("p", {}, () => [this.sizes(box)]),
      element("button", { class: "ag-wide", "data-key": "unfold", onclick: () => explorer.views.toggle(box.part) }, "Unfold (Enter)"),
    ];
  }

  // The gradients of a folded part, as far as they have grown.
  sizes(box) {
    const { stepper, picture } = this.explorer;
    let [least, most] = [Infinity, -Infinity];
    for (const node of box.nodes) {
      const grad = stepper.sum[node];
      if (!Number.isFinite(grad)) continue;
      least = Math.min(least, grad);
      most = Math.max(most, grad);
    }
    const progress = { untouched: " (nothing has reached them yet)", growing: " (so far: more is to come)", complete: "" }[picture.stateOf(box)];
    return `Gradients: ‖grad‖ ${number(picture.normOf(box))}, from ${number(least)} to ${number(most)}${progress}.`;
  }

  ofLeaves(box) {
    const { graph, explorer } = this;
    const rows = box.nodes.slice(0, MOST_LEAVES).map((leaf) =>
      element("tr", {},
        element("td", {}, linkTo(this.explorer, leaf)),
        element("td", {}, number(graph.data[leaf])),
        living("td", {}, () => [explorer.quiz.hides(leaf) ? "?" : number(explorer.stepper.sum[leaf])])));
    const rest = box.nodes.length - rows.length;
    return [
      element("h3", {}, box.title),
      element("button", { class: "ag-wide", onclick: () => explorer.views.open(box) }, "Draw one by one (Enter)"),
      table(["leaf", "data", "grad"], rows),
      rest > 0 ? element("p", { class: "ag-faint" }, `… ${rest.toLocaleString("en")} more`) : null,
    ];
  }
}

function legend() {
  const sign = (name, text) => element("li", {}, element("i", { class: `ag-${name}`, "aria-hidden": "true" }), text);
  return element("ul", { class: "ag-legend" },
    sign("positive", "gradient > 0"), sign("negative", "gradient < 0"), sign("large", "folded: by typical size"),
    sign("parameter", "parameter"), sign("growing", "ghost, or still growing"), sign("alarm", "nan or inf"));
}
