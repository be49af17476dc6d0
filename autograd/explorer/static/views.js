// Folding and unfolding, and the views: the whole graph, around a node, its paths. What would be
// more boxes than can be read is refused, in words.

import { MOST_BOXES } from "./boxes.js";
import { bestPaths } from "./paths.js";
import { count } from "./words.js";
import { ENOUGH } from "./wrapping.js";

// Boxes to which a graph is unfolded at first: the first of these with which it can be read.
const FIRST_BOXES = [120, 60, 30, 12, 0];
const TOLERABLE = 0.4; // scale of one in which almost half of it can be read at a time
const MOST_MARKED = 400; // nodes of a path that are looked for in the picture

export class Views {
  constructor(explorer) {
    this.explorer = explorer;
    this.boxes = explorer.boxes;
    this.graph = explorer.graph;
    this.mode = { kind: "all" };
  }

  rebuild() {
    const { explorer } = this;
    this.boxes.part = this.nodesOfMode();
    const { painter } = explorer;
    painter.resize();
    const view = { width: painter.width - 32, height: painter.height - 32 };
    explorer.picture.rebuild(painter.context, view.width > 0 && view.height > 0 ? view : null);
  }

  // The nodes that a view shows; null if all.
  nodesOfMode() {
    const { kind, node } = this.mode;
    if (kind === "around") return this.boxes.neighbourhood(node, 2);
    if (kind !== "paths") return null;
    const { best } = bestPaths(this.graph, node);
    const shown = new Set([node, this.graph.root]);
    for (const { nodes } of best) nodes.slice(0, 200).forEach((i) => shown.add(i));
    return shown;
  }

  // As far as all can be read at once, or nearly so: then from the output on, as far as it can.
  unfoldReadably() {
    const { explorer, boxes } = this;
    const { painter, picture } = explorer;
    for (const most of FIRST_BOXES) {
      boxes.unfoldReadably(most);
      this.rebuild();
      painter.fit(picture.layout);
      if (painter.scale >= TOLERABLE || boxes.unfolded.size === 0) break;
    }
    this.startReadably();
  }

  startReadably() {
    const { painter, picture, scene } = this.explorer;
    if (painter.scale >= ENOUGH) return;
    painter.zoom(ENOUGH / painter.scale);
    painter.show([scene.boxes[picture.indexOf(this.graph.root)]], false);
  }

  foldAll() {
    this.mode = { kind: "all" };
    this.boxes.opened.clear();
    this.explorer.selected = null;
    this.unfoldReadably();
    this.explorer.refresh();
  }

  toggle(part) {
    const { explorer, boxes } = this;
    if (!boxes.toggle(part)) return this.refuse();
    const isOpen = boxes.unfolded.has(part);
    explorer.selected = isOpen ? null : ~part;
    this.rebuild();
    const cluster = explorer.picture.layout.clusters.find((c) => c.part === part);
    if (cluster) explorer.painter.show([{ x: cluster.x + cluster.w / 2, y: cluster.y + cluster.h / 2, w: cluster.w, h: cluster.h }]);
    else if (explorer.selectedBox) explorer.painter.show([explorer.selectedBox]);
    explorer.say(`${this.graph.parts[part].name} ${isOpen ? "unfolded" : "folded"}: ${this.size()}.`);
    explorer.refresh();
  }

  // Leaves that are drawn as one box, one by one.
  open(box) {
    const { explorer } = this;
    if (!this.boxes.open(box.key)) return this.refuse();
    explorer.selected = null;
    this.rebuild();
    explorer.say(`${box.title}, one by one: ${this.size()}.`);
    explorer.refresh();
  }

  openOrFold(box) {
    if (box.kind === "part") this.toggle(box.part);
    else if (box.kind === "leaves") this.open(box);
    else if (box.container >= 0 && this.mode.kind === "all") this.toggle(box.container);
  }

  // Choose a node wherever it is: what it is folded into is unfolded.
  choose(node) {
    const { explorer, graph, boxes } = this;
    if (boxes.part && !boxes.part.has(node)) this.mode = { kind: "all" };
    const uses = graph.isLeaf(node) ? graph.uses(node) : [];
    const part = graph.isLeaf(node) && uses.length ? graph.part[graph.to[uses[0]]] : graph.part[node];
    explorer.selected = node;
    boxes.unfoldDownTo(part);
    this.rebuild();
    if (explorer.scene.boxes.length > MOST_BOXES) {
      boxes.foldAllBut(part);
      this.rebuild();
    }
    const box = explorer.selectedBox;
    if (box?.kind === "leaves" && boxes.open(box.key)) this.rebuild();
    if (explorer.selectedBox) explorer.painter.show([explorer.selectedBox]);
    explorer.refresh();
  }

  view(kind, node) {
    const { explorer } = this;
    this.mode = { kind, node };
    explorer.selected = node;
    if (kind === "all") this.boxes.unfoldDownTo(this.graph.part[node]);
    this.rebuild();
    explorer.fit();
    const words = { all: "The whole graph.", around: "What is within two edges.", paths: "The paths that contribute most to its gradient." }[kind];
    explorer.say(`${words} ${this.size()}.`);
    explorer.panel.show();
  }

  // The next view of the chosen node.
  cycle() {
    const node = this.explorer.selected;
    if (typeof node !== "number" || node < 0) return this.explorer.say("Choose a node first.");
    const next = { all: "around", around: node === this.graph.root ? "all" : "paths", paths: "all" };
    this.view(next[this.mode.kind], node);
  }

  // Show a path in the picture, unfolded as far as there is room.
  mark(path) {
    const { explorer, boxes } = this;
    const before = new Set(boxes.unfolded);
    for (const node of path.nodes.slice(0, MOST_MARKED)) {
      if (boxes.countResults() > MOST_BOXES / 2) break;
      boxes.unfoldDownTo(this.graph.part[node]);
    }
    this.rebuild();
    if (explorer.scene.boxes.length > MOST_BOXES) {
      boxes.unfolded = before;
      this.rebuild();
    }
    explorer.marked = new Set(path.edges);
    const shown = path.nodes.map((node) => explorer.scene.boxes[explorer.picture.indexOf(node)]).filter(Boolean);
    if (shown.length) explorer.painter.show(shown, false);
    explorer.paint();
  }

  toggleParameters() {
    const { boxes } = this;
    boxes.parameters = !boxes.parameters;
    if (boxes.parameters && boxes.count() > MOST_BOXES) {
      boxes.parameters = false;
      return this.refuse();
    }
    this.rebuild();
    this.explorer.fit();
  }

  refuse() {
    this.explorer.say(`More than ${MOST_BOXES.toLocaleString("en")} boxes: fold something else first, or choose a part of it.`);
  }

  size() {
    return count(this.explorer.scene.boxes.length, "box").replace("boxs", "boxes");
  }
}
